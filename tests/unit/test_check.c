#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "advise/check.h"
#include "base/units.h"
#include "support.h"

/* Checks one machine; the report's texts live until the catalog is loaded again. */
static enum lf_outcome check_all(const struct lf_machine *machine, const char *const *requirements,
                                 size_t count)
{
    struct lf_catalog catalog;
    struct lf_request request;
    struct lf_check_report report;
    struct lf_error err = {0};
    lf_catalog_init(&catalog, NULL);
    lf_request_init(&request);
    if (lf_check(machine, &catalog, &request, requirements, count, &report, &err) != LF_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(report.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(report.rows[i].text);
        assert_string_equal(report.rows[i].requirement, requirements[i]);
    }
    enum lf_outcome outcome = report.outcome;
    lf_check_clear(&report);
    lf_catalog_clear(&catalog);
    return outcome;
}

static enum lf_outcome check(const struct lf_machine *machine, const char *requirement)
{
    return check_all(machine, &requirement, 1);
}

/* 15.3 GiB seen of 16, a card of 23.99 GiB. */
static void make_pc(struct lf_machine *machine)
{
    *machine = (struct lf_machine){0};
    machine_set_ram(machine, UINT64_C(16428249088), UINT64_C(80000000000));
    machine_add_gpu(machine, "NVIDIA", UINT64_C(25757220864), UINT64_C(1008000000000));
    machine->cpu.cores = lf_amount(8, LF_MEASURED, NULL);
}

static void each_requirement_is_met_or_not(void **state)
{
    (void)state;
    static const struct {
        const char *requirement;
        enum lf_outcome outcome;
    } rows[] = {
        {"ram_installed>=16G", LF_OUTCOME_PASS},
        {"ram_total>=16G", LF_OUTCOME_FAIL},
        {"vram_nominal>=24G", LF_OUTCOME_PASS},
        {"vram_total>=24G", LF_OUTCOME_FAIL},
        {"gpus=1", LF_OUTCOME_PASS},
        {"gpus>1", LF_OUTCOME_FAIL},
        {"cores>=8", LF_OUTCOME_PASS},
        {"threads>=1", LF_OUTCOME_UNKNOWN},
        {"vram_free>=1", LF_OUTCOME_UNKNOWN},
        {"disk_free>=0", LF_OUTCOME_UNKNOWN},
        {"model=qwen3-8b,quant>=Q4_K_M,context>=8k,tps>=10", LF_OUTCOME_PASS},
        {"model=qwen3-8b,quant>=F16,context>=8k", LF_OUTCOME_PASS},
        {"model=qwen3-8b,tps>=10000", LF_OUTCOME_FAIL},
        {"model=qwen3-8b,context>=64k", LF_OUTCOME_FAIL},
        {"model=qwen3-8b,tier>=capable", LF_OUTCOME_FAIL},
        {"model=llama-3.1-405b-instruct", LF_OUTCOME_FAIL},
        {"tier>=capable", LF_OUTCOME_PASS},
        {"tier>=frontier-replacement", LF_OUTCOME_FAIL},
    };
    struct lf_machine machine;
    make_pc(&machine);
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum lf_outcome outcome = check(&machine, rows[i].requirement);
        if (outcome != rows[i].outcome) {
            fail_msg("%s: %s", rows[i].requirement, lf_outcome_name(outcome));
        }
    }
    lf_machine_clear(&machine);
}

static void unknown_is_never_a_pass(void **state)
{
    (void)state;
    static const char *const requirements[] = {"ram_total>=0", "ram_installed>=1G", "cores>=0",
                                               "model=qwen3-0.6b"};
    struct lf_machine machine = {0};
    for (size_t i = 0; i < COUNT(requirements); i++) {
        assert_int_equal(check(&machine, requirements[i]), LF_OUTCOME_UNKNOWN);
    }
    lf_machine_clear(&machine);
}

static void what_an_incomplete_probe_saw_too_little_of_is_unknown(void **state)
{
    (void)state;
    struct lf_machine machine;
    make_pc(&machine);
    lf_machine_diagnose(&machine, LF_GAP_ACCELERATORS, "driver-hang", "x");
    assert_int_equal(check(&machine, "gpus>=2"), LF_OUTCOME_UNKNOWN);
    assert_int_equal(check(&machine, "gpus>=1"), LF_OUTCOME_PASS);
    assert_int_equal(check(&machine, "ram_total>=16G"), LF_OUTCOME_FAIL);
    assert_int_equal(check(&machine, "model=llama-3.1-405b-instruct"), LF_OUTCOME_UNKNOWN);
    lf_machine_clear(&machine);
}

static void fail_beats_unknown_beats_pass(void **state)
{
    (void)state;
    static const struct {
        const char *requirements[3];
        enum lf_outcome outcome;
    } rows[] = {
        {{"gpus=1", "gpus=1", "gpus=1"}, LF_OUTCOME_PASS},
        {{"gpus=1", "threads>=1", "gpus=1"}, LF_OUTCOME_UNKNOWN},
        {{"gpus=2", "threads>=1", "gpus=1"}, LF_OUTCOME_FAIL},
        {{"threads>=1", "gpus=1", "gpus=2"}, LF_OUTCOME_FAIL},
    };
    struct lf_machine machine;
    make_pc(&machine);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(check_all(&machine, rows[i].requirements, 3), rows[i].outcome);
    }
    lf_machine_clear(&machine);
}

static void each_outcome_has_its_status(void **state)
{
    (void)state;
    static const enum lf_status statuses[] = {LF_OK, LF_NO, LF_NO_PROBE};
    for (int i = 0; i < 3; i++) {
        const struct lf_check_report report = {.outcome = (enum lf_outcome)i};
        assert_int_equal(lf_check_status(&report), statuses[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_requirement_is_met_or_not),
        cmocka_unit_test(unknown_is_never_a_pass),
        cmocka_unit_test(what_an_incomplete_probe_saw_too_little_of_is_unknown),
        cmocka_unit_test(fail_beats_unknown_beats_pass),
        cmocka_unit_test(each_outcome_has_its_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
