#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "advise/fit.h"
#include "advise/label.h"
#include "rules/cache.h"
#include "rules/engine.h"
#include "support.h"

static int load(void **state)
{
    return catalog_set_up(state, LF_FIT_PARTS);
}

static void a_size_is_read_as_names_have_it(void **state)
{
    static const struct {
        const char *text;
        uint64_t total;
        uint64_t active;
        bool is_moe;
        int mix; /* -1: none */
    } rows[] = {
        {"70B", UINT64_C(70000000000), UINT64_C(70000000000), false, -1},
        {"0.6b", 600000000, 600000000, false, -1},
        {"270M", 270000000, 270000000, false, -1},
        {"256B-A32B", UINT64_C(256000000000), UINT64_C(32000000000), true, -1},
        {"1.5T-a800m@Q4", UINT64_C(1500000000000), 800000000, true, LF_MIX_Q4_K_M},
        {"8b:q5_k_s", UINT64_C(8000000000), UINT64_C(8000000000), false, LF_MIX_Q5_K_S},
        {"8b@Q2", UINT64_C(8000000000), UINT64_C(8000000000), false, LF_MIX_Q2_K},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_label label;
        assert_true(lf_label_parse(rows[i].text, &label));
        assert_int_equal(label.params_total, rows[i].total);
        assert_int_equal(label.params_active, rows[i].active);
        assert_int_equal(label.is_moe, rows[i].is_moe);
        assert_int_equal(label.has_mix ? (int)label.mix : -1, rows[i].mix);
    }
}

static void what_is_no_size_is_left_alone(void **state)
{
    static const char *const rows[] = {
        "",         "B",    "70",      "70X",          "qwen3-8b", "70B-A",
        "70B-A80B", "8x7B", "70B@Q99", "70B instruct", "1.2.3B",   "0B",
        "-7B",      "1e3B", "999999T", "70B@",         "7B-",      "00000000000000000007B"};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_label label = {.params_total = 42};
        if (lf_label_parse(rows[i], &label)) {
            fail_msg("\"%s\" was read as a size", rows[i]);
        }
        assert_int_equal(label.params_total, 42);
    }
}

/* What a report says of a size on a workstation. */
static void ask(const struct lf_catalog *catalog, const char *text, struct lf_machine *machine,
                struct lf_label_report *report)
{
    static const struct rig rig = {
        .ram_gib = 64, .ram_gbps = 80, .gpu_gib = 24, .gpu_gbps = 1000, .gpu_count = 1};
    struct lf_request request;
    struct lf_label label;
    struct lf_error err = {0};
    rig_make(&rig, machine);
    lf_request_init(&request);
    assert_true(lf_label_parse(text, &label));
    if (lf_label(machine, catalog, &request, &label, report, &err) != LF_OK) {
        fail_msg("%s", err.text);
    }
}

static void intervals_hold_the_models_they_are_made_of(void **state)
{
    static const char *const labels[] = {"0.5B", "8B", "32B", "70B", "30B-A3B", "230B-A22B@Q4"};
    const struct lf_catalog *catalog = *state;
    for (size_t i = 0; i < COUNT(labels); i++) {
        struct lf_machine machine;
        struct lf_label_report report;
        struct lf_arena arena = {0};
        ask(catalog, labels[i], &machine, &report);
        struct lf_settings settings =
            lf_settings_for(&report.request, &lf_engine_gguf, report.request.context_tokens);
        assert_true(report.model_count >= 8);
        for (size_t m = 0; m < report.model_count; m++) {
            struct lf_form form;
            assert_int_equal(lf_model_expand(report.models[m], &arena, &form, NULL), LF_OK);
            struct lf_cache_bytes cache = lf_cache_bytes(&form, &settings);
            double bytes = (double)(cache.kv_bytes + cache.state_bytes);
            assert_true(report.cache.low.value <= bytes && bytes <= report.cache.high.value);
            assert_int_equal(form.experts > 0, report.label.is_moe);
            assert_true(report.models[m]->confidence != LF_CONFIDENCE_LOW);
        }
        for (size_t r = 0; r < report.row_count; r++) {
            const struct lf_label_row *row = &report.rows[r];
            assert_true(row->weights.low.value <= row->weights.high.value);
            assert_true(row->decode.low.value <= row->decode.high.value);
            assert_true(row->total.low.value > row->weights.low.value);
            assert_int_equal(row->fitting == 0, row->decode.low.model == NULL);
        }
        lf_arena_clear(&arena);
        lf_label_clear(&report);
        lf_machine_clear(&machine);
    }
}

/* Qwen3-8B is 8.19 B: at its own size its file lies within. */
static void a_model_of_the_size_lies_within(void **state)
{
    struct lf_machine machine;
    struct lf_label_report report;
    ask(*state, "8.19B@Q4_K_M", &machine, &report);
    assert_int_equal(report.row_count, 1);
    assert_true(report.rows[0].weights.low.value < 5021827072.0 * 1.001);
    assert_true(report.rows[0].weights.high.value > 5021827072.0 * 0.999);
    assert_int_equal(report.rows[0].fitting, report.model_count);
    /* Grouped, hybrid and plain heads: the cache of like sizes is far apart. */
    assert_true(report.cache.high.value > 4 * report.cache.low.value);
    lf_label_clear(&report);
    lf_machine_clear(&machine);
}

static void lower_quants_are_smaller_and_fit_no_fewer(void **state)
{
    struct lf_machine machine;
    struct lf_label_report report;
    ask(*state, "70B", &machine, &report);
    for (size_t r = 1; r < report.row_count; r++) {
        assert_true(report.rows[r].weights.high.value < report.rows[r - 1].weights.low.value);
        assert_true(report.rows[r].fitting >= report.rows[r - 1].fitting);
    }
    lf_label_clear(&report);
    lf_machine_clear(&machine);
}

static int clear(void **state)
{
    return catalog_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_size_is_read_as_names_have_it),
        cmocka_unit_test(what_is_no_size_is_left_alone),
        cmocka_unit_test(intervals_hold_the_models_they_are_made_of),
        cmocka_unit_test(a_model_of_the_size_lies_within),
        cmocka_unit_test(lower_quants_are_smaller_and_fit_no_fewer),
    };
    return cmocka_run_group_tests(tests, load, clear);
}
