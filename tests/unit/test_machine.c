#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "probe/machine.h"

static enum lf_status read_text(struct lf_machine *machine, const char *text, struct lf_error *err)
{
    return lf_machine_read(machine, "box.json", text, strlen(text), err);
}

/* Reads a document that is expected to be good. */
static void read_good(struct lf_machine *machine, const char *text)
{
    struct lf_error err = {0};
    if (read_text(machine, text, &err) != LF_OK) {
        fail_msg("%s", err.text);
    }
}

static void assert_amount(struct lf_amount amount, uint64_t value, enum lf_origin origin)
{
    assert_int_equal(amount.origin, origin);
    assert_int_equal(amount.value, value);
}

static void every_member_of_a_document_is_read(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    read_good(&machine,
              "{\"machine\": {"
              "\"cpu\": {\"name\": \"EPYC\", \"cores\": 4, \"threads\": 8, \"isa\": [\"avx2\", "
              "\"fma\"], \"preview\": {\"quota_millis\": 2500}},"
              "\"memory\": {\"total_bytes\": 1000, \"available_bytes\": 900, \"limit_bytes\": 800,"
              " \"usable_bytes\": 700, \"bandwidth_bps\": 600, \"preview\": {\"swap_bytes\": 5}},"
              "\"accelerators\": [{\"id\": \"0000:01:00.0\", \"vendor\": \"AMD\", \"name\": \"W\","
              " \"pci_id\": \"1002:744c\", \"memory_kind\": \"partition\", \"total_bytes\": 90,"
              " \"free_bytes\": 80, \"usable_bytes\": 70, \"bandwidth_bps\": 60, \"preview\":"
              " {\"driver\": \"amdgpu\", \"compute\": \"gfx1100\", \"fp16_tflops\": 1.5,"
              " \"fp32_tflops\": 0.5, \"is_integrated\": true}}],"
              "\"disks\": [{\"path\": \"/m\", \"kind\": \"nvme\", \"free_bytes\": 0}],"
              "\"diagnostics\": [{\"code\": \"c\", \"text\": \"t\", \"gap\": \"accelerators\"}],"
              "\"steps\": [{\"name\": \"n\", \"source\": \"s\", \"status\": \"timeout\","
              " \"elapsed_ms\": 1.25}]}}");
    assert_string_equal(machine.label, "box.json");
    assert_string_equal(machine.cpu.name, "EPYC");
    assert_amount(machine.cpu.cores, 4, LF_GIVEN);
    assert_amount(machine.cpu.threads, 8, LF_GIVEN);
    assert_amount(machine.cpu.quota_millis, 2500, LF_GIVEN);
    assert_int_equal(machine.cpu.isa.count, 2);
    assert_string_equal(machine.cpu.isa.items[1], "fma");
    assert_amount(machine.memory.total_bytes, 1000, LF_GIVEN);
    assert_amount(machine.memory.available_bytes, 900, LF_GIVEN);
    assert_amount(machine.memory.limit_bytes, 800, LF_GIVEN);
    assert_amount(machine.memory.usable_bytes, 700, LF_GIVEN);
    assert_amount(machine.memory.bandwidth_bps, 600, LF_GIVEN);
    assert_amount(machine.memory.swap_bytes, 5, LF_GIVEN);
    assert_int_equal(machine.accelerator_count, 1);
    const struct lf_accelerator *gpu = &machine.accelerators[0];
    assert_string_equal(gpu->id, "0000:01:00.0");
    assert_string_equal(gpu->vendor, "AMD");
    assert_string_equal(gpu->name, "W");
    assert_string_equal(gpu->pci_id, "1002:744c");
    assert_string_equal(gpu->driver, "amdgpu");
    assert_string_equal(gpu->compute, "gfx1100");
    assert_int_equal(gpu->memory_kind, LF_MEMORY_PARTITION);
    assert_amount(gpu->total_bytes, 90, LF_GIVEN);
    assert_amount(gpu->free_bytes, 80, LF_GIVEN);
    assert_amount(gpu->usable_bytes, 70, LF_GIVEN);
    assert_amount(gpu->bandwidth_bps, 60, LF_GIVEN);
    assert_true(gpu->fp16_tflops == 1.5 && gpu->fp32_tflops == 0.5);
    assert_true(gpu->is_integrated);
    assert_int_equal(machine.disk_count, 1);
    assert_string_equal(machine.disks[0].path, "/m");
    assert_string_equal(machine.disks[0].kind, "nvme");
    assert_amount(machine.disks[0].free_bytes, 0, LF_GIVEN);
    assert_int_equal(machine.diagnostic_count, 1);
    assert_string_equal(machine.diagnostics[0].code, "c");
    assert_int_equal(machine.diagnostics[0].gap, LF_GAP_ACCELERATORS);
    assert_int_equal(machine.step_count, 1);
    assert_int_equal(machine.steps[0].status, LF_STEP_TIMEOUT);
    lf_machine_clear(&machine);
}

static void figures_carry_the_origin_the_document_gives(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    read_good(&machine,
              "{\"machine\": {\"memory\": {\"total_bytes\": 9, \"limit_bytes\": 7},"
              "\"cpu\": {\"preview\": {\"quota_millis\": 500}},"
              "\"accelerators\": [{\"total_bytes\": 1}, {\"total_bytes\": 2}],"
              "\"origins\": {"
              "\"memory.total_bytes\": {\"from\": \"measured\", \"source\": \"/proc/meminfo\"},"
              "\"cpu.preview.quota_millis\": {\"from\": \"measured\"},"
              "\"accelerators.1.total_bytes\": {\"from\": \"listed\", \"source\": null}}}}");
    assert_amount(machine.memory.total_bytes, 9, LF_MEASURED);
    assert_string_equal(machine.memory.total_bytes.source, "/proc/meminfo");
    assert_amount(machine.memory.limit_bytes, 7, LF_GIVEN);
    assert_string_equal(machine.memory.limit_bytes.source, "box.json");
    assert_amount(machine.cpu.quota_millis, 500, LF_MEASURED);
    assert_amount(machine.accelerators[0].total_bytes, 1, LF_GIVEN);
    assert_amount(machine.accelerators[1].total_bytes, 2, LF_LISTED);
    lf_machine_clear(&machine);
}

static void null_and_absence_are_unknown(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    read_good(&machine, "{\"machine\": {\"cpu\": {\"name\": null, \"cores\": null}, \"memory\": "
                        "null, \"accelerators\": [{\"total_bytes\": null, \"preview\": null}],"
                        "\"disks\": null, \"origins\": {\"cpu.cores\": {\"from\": \"listed\"}}}}");
    assert_null(machine.cpu.name);
    assert_false(lf_known(machine.cpu.cores));
    assert_false(lf_known(machine.memory.usable_bytes));
    assert_false(lf_known(machine.accelerators[0].total_bytes));
    assert_false(lf_known(machine.accelerators[0].usable_bytes));
    lf_machine_clear(&machine);
}

static void an_accelerator_has_an_id_a_vendor_and_memory_of_its_own_unless_said(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    read_good(&machine, "{\"machine\": {\"accelerators\": [{}, {}]}}");
    assert_string_equal(machine.accelerators[1].id, "gpu1");
    assert_string_equal(machine.accelerators[1].vendor, "unknown");
    assert_int_equal(machine.accelerators[1].memory_kind, LF_MEMORY_DEDICATED);
    lf_machine_clear(&machine);
}

static void keys_of_a_later_version_are_let_through(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    read_good(&machine, "{\"schema\": \"llmfit.system\", \"machine\": {\"mood\": 1, \"memory\": "
                        "{\"total_bytes\": 1, \"colour\": []}, \"accelerators\": [{\"x\": {}}]}}");
    assert_amount(machine.memory.total_bytes, 1, LF_GIVEN);
    lf_machine_clear(&machine);
}

static void a_bad_document_is_refused_with_its_place_and_field(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *sentence;
    } rows[] = {
        {"", "box.json:1:1"},
        {"[]", "box.json:1:1: machine is missing"},
        {"{\"cpu\": {}}", "box.json:1:1: machine is missing"},
        {"{\"machine\": 5}", "box.json:1:13: must be an object"},
        {"{\"machine\": {\"cpu\": []}}", "cpu must be an object"},
        {"{\"machine\": {\"memory\":\n {\"total_bytes\": \"16G\"}}}",
         "box.json:2:18: total_bytes must be a whole number"},
        {"{\"machine\": {\"memory\": {\"total_bytes\": 0}}}", "total_bytes is 0"},
        {"{\"machine\": {\"memory\": {\"total_bytes\": -1}}}", "total_bytes must be a whole"},
        {"{\"machine\": {\"memory\": {\"total_bytes\": 1.5}}}", "total_bytes must be a whole"},
        {"{\"machine\": {\"memory\": {\"bandwidth_bps\": 1000000000000001}}}", "bandwidth_bps is"},
        {"{\"machine\": {\"memory\": {\"total_bytes\": 5, \"usable_bytes\": 6}}}",
         "usable_bytes is more than total_bytes"},
        {"{\"machine\": {\"memory\": {\"preview\": {\"swap_bytes\": true}}}}", "swap_bytes must"},
        {"{\"machine\": {\"cpu\": {\"threads\": 65537}}}", "threads is 65537"},
        {"{\"machine\": {\"cpu\": {\"name\": \"\\u001b[2J\"}}}", "name holds a control character"},
        {"{\"machine\": {\"accelerators\": {}}}", "accelerators must be an array"},
        {"{\"machine\": {\"accelerators\": [1]}}", "must be an object"},
        {"{\"machine\": {\"accelerators\": [{\"id\": \"\"}]}}", "id is empty"},
        {"{\"machine\": {\"accelerators\": [{\"id\": \"a\"}, {\"id\": \"a\"}]}}",
         "box.json:1:44: id \"a\" is used twice"},
        {"{\"machine\": {\"accelerators\": [{\"memory_kind\": \"shared\"}]}}",
         "box.json:1:47: memory_kind must be dedicated, unified or partition"},
        {"{\"machine\": {\"accelerators\": [{\"total_bytes\": 1, \"usable_bytes\": 2}]}}",
         "usable_bytes is more"},
        {"{\"machine\": {\"accelerators\": [{\"preview\": []}]}}", "must be an object"},
        {"{\"machine\": {\"disks\": [{}]}}", "path is missing"},
        {"{\"machine\": {\"disks\": [{\"path\": \"a\"},{\"path\": \"a\"},{\"path\": \"a\"},"
         "{\"path\": \"a\"},{\"path\": \"a\"},{\"path\": \"a\"},{\"path\": \"a\"},{\"path\": "
         "\"a\"},"
         "{\"path\": \"a\"}]}}",
         "disks holds more than 8"},
        {"{\"machine\": {\"diagnostics\": [{\"code\": \"c\"}]}}", "text is missing"},
        {"{\"machine\": {\"diagnostics\": [{\"code\": \"c\", \"text\": \"t\", \"gap\": \"x\"}]}}",
         "gap must be"},
        {"{\"machine\": {\"steps\": [{\"name\": \"n\", \"status\": \"late\"}]}}", "status must be"},
        {"{\"machine\": {\"memory\": {\"total_bytes\": 5}, \"origins\": {\"memory.total_bytes\": "
         "{\"from\": \"rumour\"}}}}",
         "from must be"},
        {"{\"machine\": {\"memory\": {\"total_bytes\": 5}, \"origins\": {\"memory.total_bytes\": "
         "\"measured\"}}}",
         "must be an object"},
        {"{\"machine\": {}, \"machine\": {}}", "key appears twice"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lf_machine machine = {0};
        struct lf_error err = {0};
        assert_int_equal(read_text(&machine, rows[i].text, &err), LF_BAD_INPUT);
        if (strstr(err.text, rows[i].sentence) == NULL) {
            fail_msg("%s\n  said: %s\n  expected: %s", rows[i].text, err.text, rows[i].sentence);
        }
    }
}

static void a_refused_document_leaves_an_all_zero_machine(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    static const struct lf_machine nothing = {0};
    struct lf_error err = {0};
    assert_int_equal(read_text(&machine,
                               "{\"machine\": {\"memory\": {\"total_bytes\": 5}, \"accelerators\": "
                               "[{\"id\": \"a\"}], \"disks\": [{}]}}",
                               &err),
                     LF_BAD_INPUT);
    assert_memory_equal(&machine, &nothing, sizeof machine);
}

static void more_origins_than_figures_are_refused(void **state)
{
    (void)state;
    struct lf_text text = {0};
    lf_text_add_string(&text, "{\"machine\": {\"origins\": {");
    for (int i = 0; i < 1025; i++) {
        lf_text_format(&text, "%s\"%d\": {}", i == 0 ? "" : ", ", i);
    }
    lf_text_add_string(&text, "}}}");
    struct lf_machine machine = {0};
    struct lf_error err = {0};
    assert_int_equal(read_text(&machine, lf_text_string(&text), &err), LF_BAD_INPUT);
    assert_non_null(strstr(err.text, "origins holds more than 1024"));
    lf_text_clear(&text);
}

static void usable_memory_is_the_least_of_total_and_limit(void **state)
{
    (void)state;
    static const struct {
        struct lf_amount total;
        struct lf_amount limit;
        uint64_t usable; /* 0: unknown */
    } rows[] = {
        {{64, LF_MEASURED, NULL}, {4, LF_MEASURED, NULL}, 4},
        {{64, LF_MEASURED, NULL}, {0}, 64},
        {{64, LF_MEASURED, NULL}, {100, LF_MEASURED, NULL}, 64},
        {{0}, {4, LF_MEASURED, NULL}, 4},
        {{0}, {0}, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lf_machine machine = {
            .memory = {.total_bytes = rows[i].total, .limit_bytes = rows[i].limit},
        };
        lf_machine_derive(&machine);
        assert_amount(machine.memory.usable_bytes, rows[i].usable,
                      rows[i].usable == 0 ? LF_UNKNOWN : LF_COMPUTED);
    }
}

static void a_card_is_usable_as_a_whole_but_shared_memory_is_not(void **state)
{
    (void)state;
    static const struct {
        enum lf_memory_kind kind;
        bool is_usable;
    } rows[] = {
        {LF_MEMORY_DEDICATED, true},
        {LF_MEMORY_PARTITION, true},
        {LF_MEMORY_UNIFIED, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lf_machine machine = {0};
        struct lf_accelerator *gpu = lf_machine_add_accelerator(&machine);
        gpu->memory_kind = rows[i].kind;
        gpu->total_bytes = lf_amount(24, LF_LISTED, NULL);
        lf_machine_derive(&machine);
        assert_int_equal(lf_known(gpu->usable_bytes), rows[i].is_usable);
        assert_int_equal(lf_known_or(gpu->usable_bytes, 24), 24);
        lf_machine_clear(&machine);
    }
}

static void what_is_known_is_not_derived(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    machine.memory.total_bytes = lf_amount(64, LF_MEASURED, NULL);
    machine.memory.usable_bytes = lf_amount(60, LF_GIVEN, NULL);
    struct lf_accelerator *gpu = lf_machine_add_accelerator(&machine);
    gpu->total_bytes = lf_amount(24, LF_MEASURED, NULL);
    gpu->usable_bytes = lf_amount(0, LF_MEASURED, NULL);
    lf_machine_derive(&machine);
    assert_amount(machine.memory.usable_bytes, 60, LF_GIVEN);
    assert_amount(gpu->usable_bytes, 0, LF_MEASURED);
    lf_machine_clear(&machine);
}

static void one_accelerator_too_many_is_told_once(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    for (int i = 0; i < LF_ACCELERATORS_MOST; i++) {
        assert_non_null(lf_machine_add_accelerator(&machine));
    }
    assert_null(lf_machine_add_accelerator(&machine));
    assert_null(lf_machine_add_accelerator(&machine));
    assert_int_equal(machine.accelerator_count, LF_ACCELERATORS_MOST);
    assert_int_equal(machine.diagnostic_count, 1);
    assert_true(lf_machine_has_gap(&machine, LF_GAP_ACCELERATORS));
    lf_machine_clear(&machine);
}

static void remarks_without_end_do_not_hide_a_gap(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    for (int i = 0; i < 3 * LF_DIAGNOSTICS_MOST; i++) {
        lf_machine_diagnose(&machine, LF_GAP_NONE, "remark", "number %d", i);
    }
    assert_int_equal(machine.diagnostic_count, LF_DIAGNOSTICS_MOST);
    assert_false(lf_machine_has_gap(&machine, LF_GAP_MEMORY));
    lf_machine_diagnose(&machine, LF_GAP_MEMORY, "gap", "of memory");
    assert_int_equal(machine.diagnostic_count, LF_DIAGNOSTICS_MOST);
    assert_true(lf_machine_has_gap(&machine, LF_GAP_MEMORY));
    assert_string_equal(machine.diagnostics[0].text, "number 0");
    lf_machine_clear(&machine);
}

static void a_cleared_machine_is_all_zero(void **state)
{
    (void)state;
    static const struct lf_machine nothing = {0};
    struct lf_machine machine = {0};
    lf_machine_diagnose(&machine, LF_GAP_NONE, "code", "%s", "text");
    lf_machine_clear(&machine);
    assert_memory_equal(&machine, &nothing, sizeof machine);
    lf_machine_clear(&machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_of_a_document_is_read),
        cmocka_unit_test(figures_carry_the_origin_the_document_gives),
        cmocka_unit_test(null_and_absence_are_unknown),
        cmocka_unit_test(an_accelerator_has_an_id_a_vendor_and_memory_of_its_own_unless_said),
        cmocka_unit_test(keys_of_a_later_version_are_let_through),
        cmocka_unit_test(a_bad_document_is_refused_with_its_place_and_field),
        cmocka_unit_test(a_refused_document_leaves_an_all_zero_machine),
        cmocka_unit_test(more_origins_than_figures_are_refused),
        cmocka_unit_test(usable_memory_is_the_least_of_total_and_limit),
        cmocka_unit_test(a_card_is_usable_as_a_whole_but_shared_memory_is_not),
        cmocka_unit_test(what_is_known_is_not_derived),
        cmocka_unit_test(one_accelerator_too_many_is_told_once),
        cmocka_unit_test(remarks_without_end_do_not_hide_a_gap),
        cmocka_unit_test(a_cleared_machine_is_all_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
