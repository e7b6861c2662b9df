/* What is made of the memory's speed: here measured by nobody, but given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "advise/bench_memory.h"

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)
#define GBPS UINT64_C(1000000000)

static struct lf_amount of(uint64_t value)
{
    return value == 0 ? (struct lf_amount){0} : lf_amount(value, LF_MEASURED, "test");
}

static void a_thread_is_used_for_each_core_that_has_time(void **state)
{
    (void)state;
    static const struct {
        uint64_t cores;
        uint64_t threads;
        uint64_t quota_millis;
        unsigned used;
    } rows[] = {
        {8, 16, 0, 8},
        {0, 4, 0, 4},
        {0, 0, 0, 1},
        {64, 128, 2500, 3},
        {8, 16, 1, 1},
        {2, 2, 9000, 2},
        {4096, 8192, 0, LF_MEASURE_THREADS_MOST},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lf_machine machine = {0};
        machine.cpu.cores = of(rows[i].cores);
        machine.cpu.threads = of(rows[i].threads);
        machine.cpu.quota_millis = of(rows[i].quota_millis);
        assert_int_equal(lf_bench_memory_threads(&machine), rows[i].used);
    }
}

static void the_buffer_takes_a_quarter_of_what_is_free(void **state)
{
    (void)state;
    static const struct {
        uint64_t available_bytes;
        uint64_t usable_bytes;
        uint64_t most_bytes;
    } rows[] = {
        {8 * GIB, 16 * GIB, 2 * GIB},
        {8 * GIB, 1 * GIB, 256 * MIB},
        {8 * GIB, 0, 2 * GIB},
        {0, 0, LF_MEASURE_LEAST_BYTES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lf_machine machine = {0};
        machine.memory.available_bytes = of(rows[i].available_bytes);
        machine.memory.usable_bytes = of(rows[i].usable_bytes);
        assert_int_equal(lf_bench_memory_most_bytes(&machine), rows[i].most_bytes);
    }
}

static void a_report_sets_the_figure_beside_the_known_peak(void **state)
{
    (void)state;
    static const struct {
        uint64_t read_bps;
        uint64_t known_bps;
        uint64_t cache_bytes;
        double share;
        const char *warning;
    } rows[] = {
        {45 * GBPS, 50 * GBPS, 32 * MIB, 0.9, NULL},
        {45 * GBPS, 0, 0, 0, NULL},
        {45 * GBPS, 20 * GBPS, 32 * MIB, 2.25, "above-known"},
        {45 * GBPS, 50 * GBPS, 65 * MIB, 0.9, "buffer-small"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct lf_memory_measured measured = {
            .read_bps = rows[i].read_bps, .buffer_bytes = 256 * MIB, .threads = 2};
        struct lf_machine machine = {0};
        struct lf_bench_memory_report report = {0};
        machine.memory.bandwidth_bps = of(rows[i].known_bps);
        lf_bench_memory(&machine, NULL, &measured, rows[i].cache_bytes, &report);
        assert_int_equal(report.peak_bps, 50 * GBPS);
        assert_true(report.share_of_known > rows[i].share - 1e-9);
        assert_true(report.share_of_known < rows[i].share + 1e-9);
        assert_int_equal(report.warning_count, rows[i].warning == NULL ? 0 : 1);
        if (rows[i].warning != NULL) {
            assert_string_equal(report.warnings[0].code, rows[i].warning);
        }
        report.saved_to = "/there";
        lf_bench_memory_not_saved(&report, "/there: is a link");
        assert_null(report.saved_to);
        assert_string_equal(report.warnings[report.warning_count - 1].text,
                            "the figure is not remembered: /there: is a link");
        lf_bench_memory_clear(&report);
    }
}

static void only_the_machine_that_was_measured_recalls_it(void **state)
{
    (void)state;
    static const struct {
        const char *cpu;
        uint64_t cores;
        uint64_t ram_bytes;
        uint64_t known_bps;
        uint64_t bandwidth_bps;
    } rows[] = {
        {"A", 8, 32 * GIB, 0, 50 * GBPS},
        {"A", 8, 32 * GIB - 256 * MIB, 0, 50 * GBPS}, /* another kernel keeps more for itself */
        {"A", 8, 32 * GIB + 256 * MIB, 0, 50 * GBPS},
        {"B", 8, 32 * GIB, 0, 0},
        {NULL, 8, 32 * GIB, 0, 0},
        {"A", 4, 32 * GIB, 0, 0},
        {"A", 0, 32 * GIB, 0, 0},
        {"A", 8, 16 * GIB, 0, 0},
        {"A", 8, 0, 0, 0},
        {"A", 8, 32 * GIB, 80 * GBPS, 80 * GBPS}, /* it is known without */
    };
    const struct lf_remembered remembered = {
        .date = "2026-11-22", .cpu = "A", .cores = 8, .ram_bytes = 32 * GIB, .read_bps = 45 * GBPS};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lf_machine machine = {0};
        machine.cpu.name = rows[i].cpu;
        machine.cpu.cores = of(rows[i].cores);
        machine.memory.total_bytes = of(rows[i].ram_bytes);
        machine.memory.bandwidth_bps = of(rows[i].known_bps);
        lf_machine_recall(&machine, &remembered);
        assert_int_equal(lf_known_or(machine.memory.bandwidth_bps, 0), rows[i].bandwidth_bps);
        if (rows[i].bandwidth_bps == 50 * GBPS) {
            assert_int_equal(machine.memory.bandwidth_bps.origin, LF_MEASURED);
            assert_string_equal(machine.memory.bandwidth_bps.source,
                                "llmfit bench --memory, 2026-11-22 (45.0 GB/s read, taken for 90 % "
                                "of the peak)");
        }
        lf_machine_clear(&machine);
    }
    struct lf_machine machine = {0};
    lf_machine_recall(&machine, &(struct lf_remembered){0});
    assert_false(lf_known(machine.memory.bandwidth_bps));
}

#define HEAD "{\"schema\": \"llmfit.bench-memory\", \"schema_version\": 1, "

static void a_document_is_read_or_told_where_it_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *fault; /* NULL: none */
    } rows[] = {
        {HEAD "\"date\": \"2026-11-22\", \"read_bps\": 7, \"new\": 1,\n"
              "\"machine\": {\"cpu\": null, \"cores\": null, \"ram_bytes\": 5}}",
         NULL},
        {"{}", "f:1:1: schema is missing"},
        {HEAD "\"date\": \"2026-11-22\",\n\"read_bps\": 0, \"machine\": {}}",
         "f:2:13: read_bps is 0"},
        {HEAD "\"date\": \"2026-11-22\", \"read_bps\": 7}", "f:1:1: machine is missing"},
        {HEAD "\"date\": \"yesterday\", \"read_bps\": 7, \"machine\": {}}", "date must be a day"},
        {HEAD "\"date\": \"2026-11-22\", \"read_bps\": -7, \"machine\": {}}", "read_bps"},
        {"{\"schema\": ", "f:1:"},
        {"", "f:1:1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lf_remembered remembered = {0};
        struct lf_arena arena = {0};
        struct lf_error err = {0};
        enum lf_status status =
            lf_remembered_parse(&remembered, "f", rows[i].text, strlen(rows[i].text), &arena, &err);
        assert_int_equal(status, rows[i].fault == NULL ? LF_OK : LF_BAD_INPUT);
        assert_int_equal(remembered.read_bps, rows[i].fault == NULL ? 7 : 0);
        if (rows[i].fault != NULL && strstr(err.text, rows[i].fault) == NULL) {
            fail_msg("row %zu: %s", i, err.text);
        }
        lf_arena_clear(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_is_used_for_each_core_that_has_time),
        cmocka_unit_test(the_buffer_takes_a_quarter_of_what_is_free),
        cmocka_unit_test(a_report_sets_the_figure_beside_the_known_peak),
        cmocka_unit_test(only_the_machine_that_was_measured_recalls_it),
        cmocka_unit_test(a_document_is_read_or_told_where_it_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
