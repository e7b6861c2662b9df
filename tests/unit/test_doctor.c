/* What a bug report tells of a machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "advise/doctor.h"
#include "base/units.h"
#include "support.h"

static void only_the_systems_own_paths_are_left(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *cleaned;
    } rows[] = {
        {"/proc/meminfo", "/proc/meminfo"},
        {"/sys/fs/cgroup/user-alice.slice/memory.max", "/sys/fs/cgroup/.../memory.max"},
        {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/.../memory.max"},
        {"/home/alice/box.json: no such file", "(path): no such file"},
        {"cannot open '/home/alice/a b'.", "cannot open '(path) b'."},
        {"(/root/x), /dev/dri/renderD128: denied", "((path)), /dev/dri/renderD128: denied"},
        {"12 GB/s and 1/2, a / b", "12 GB/s and 1/2, a / b"},
        {"/", "/"},
        {"", ""},
    };
    struct lf_arena arena = {0};
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(lf_doctor_clean(&arena, rows[i].text), rows[i].cleaned);
    }
    lf_arena_clear(&arena);
}

static const struct lf_doctor_figure *find_figure(const struct lf_doctor_report *report,
                                                  const char *name)
{
    for (size_t i = 0; i < report->figure_count; i++) {
        if (strcmp(report->figures[i].name, name) == 0) {
            return &report->figures[i];
        }
    }
    return NULL;
}

static void what_is_unknown_comes_with_the_way_to_state_it(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    struct lf_doctor_report report;
    machine_add_gpu(&machine, "NVIDIA", 24 * LF_GIB, 0);
    machine.memory.total_bytes = lf_amount(1, LF_GIVEN, "/home/alice/box.json");
    lf_machine_diagnose(&machine, LF_GAP_NONE, "x", "%s is odd", "/home/alice");
    lf_doctor(&machine, NULL, &(struct lf_doctor_system){0}, &report);
    assert_null(find_figure(&report, "memory.total_bytes")->help);
    assert_string_equal(find_figure(&report, "memory.total_bytes")->amount.source, "machine file");
    assert_non_null(find_figure(&report, "memory.bandwidth_bps")->help);
    assert_null(find_figure(&report, "accelerators.0.total_bytes")->help);
    assert_non_null(find_figure(&report, "accelerators.0.bandwidth_bps")->help);
    /* No limit is nothing to state. */
    assert_null(find_figure(&report, "memory.limit_bytes"));
    assert_string_equal(report.diagnostics[0].text, "(path) is odd");
    lf_doctor_clear(&report);
    lf_machine_clear(&machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_systems_own_paths_are_left),
        cmocka_unit_test(what_is_unknown_comes_with_the_way_to_state_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
