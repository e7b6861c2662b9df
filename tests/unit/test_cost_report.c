#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "advise/cost.h"
#include "base/text.h"
#include "support.h"

/* An RTX 4090 in an ordinary PC, and the same PC without it. */
static const struct rig pc = {
    .ram_gib = 64, .ram_gbps = 80, .gpu_gib = 24, .gpu_gbps = 1008, .gpu_count = 1};
static const struct rig plain_pc = {.ram_gib = 64, .ram_gbps = 80};

/* A report on a model there, and all it borrows. */
struct answer {
    struct lf_machine machine;
    struct lf_request request;
    struct lf_cost_report report;
    struct lf_error err;
    enum lf_status status;
};

static int load_catalog(void **state)
{
    return catalog_set_up(state, LF_COST_PARTS);
}

/* Sets up a machine and a request of 2026-11-22 to change before asking. */
static void prepare(const struct rig *rig, struct answer *answer)
{
    memset(answer, 0, sizeof *answer);
    rig_make(rig, &answer->machine);
    if (answer->machine.accelerator_count > 0) {
        struct lf_accelerator *card = &answer->machine.accelerators[0];
        card->name = "NVIDIA GeForce RTX 4090";
        card->vendor = "NVIDIA";
        card->fp16_tflops = 330;
        card->fp32_tflops = 82.6;
    }
    lf_request_init(&answer->request);
    answer->request.today = "2026-11-22";
}

static void ask(const struct lf_catalog *catalog, const char *id, struct answer *answer)
{
    const struct lf_model *model = lf_models_find_id(&catalog->models, id);
    assert_non_null(model);
    answer->status =
        lf_cost(&answer->machine, catalog, &answer->request, model, &answer->report, &answer->err);
}

static void clear(struct answer *answer)
{
    lf_cost_clear(&answer->report);
    lf_machine_clear(&answer->machine);
}

static const struct lf_offer *offer_of(const struct lf_cost_report *report, const char *code)
{
    for (size_t i = 0; i < report->offer_count; i++) {
        if (strcmp(report->offers[i].code, code) == 0) {
            return &report->offers[i];
        }
    }
    return NULL;
}

static bool warns(const struct lf_cost_report *report, const char *code)
{
    for (size_t i = 0; i < report->warning_count; i++) {
        if (strcmp(report->warnings[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

static void assert_near(double found, double expected)
{
    if (!(fabs(found - expected) <= 1e-9 * fabs(expected))) {
        fail_msg("%.12g, expected %.12g", found, expected);
    }
}

static void an_owned_machine_costs_electricity_over_the_interval_of_its_speed(void **state)
{
    struct answer answer;
    prepare(&pc, &answer);
    answer.request.cost.usd_per_kwh = 0.5;
    answer.request.cost.generating_watts = 400;
    answer.request.cost.input_ratio = 3;
    ask(*state, "qwen3-32b", &answer);
    const struct lf_cost_report *report = &answer.report;
    const struct lf_choice *choice = report->choice;
    assert_int_equal(answer.status, LF_OK);
    assert_true(choice->placement.fits);
    assert_near(report->local.hours.mid,
                (1e6 / choice->decode.mid + 3e6 / choice->prefill.mid) / 3600);
    assert_near(report->local.hours.low,
                (1e6 / choice->decode.high + 3e6 / choice->prefill.high) / 3600);
    assert_near(report->local.electricity_usd.high, report->local.hours.high * 0.4 * 0.5);
    assert_true(report->local.electricity_usd.low < report->local.electricity_usd.high);
    assert_true((bool)isnan(report->local.all_in_usd.low));
    for (size_t i = 0; i < report->offer_count; i++) {
        assert_true((bool)isnan(report->offers[i].break_even.low));
    }
    clear(&answer);
}

static void a_price_adds_all_in_sums_and_a_break_even(void **state)
{
    struct answer answer;
    prepare(&pc, &answer);
    answer.request.cost.price_usd = 2500;
    answer.request.cost.hours_per_day = 6;
    ask(*state, "qwen3-32b", &answer);
    const struct lf_cost_report *report = &answer.report;
    assert_near(report->basis.terms.utilisation, 0.25);
    assert_near(report->local.all_in_usd.mid,
                lf_all_in_usd(report->local.hours.mid, &report->basis.terms));
    assert_true(report->local.all_in_usd.low > report->local.electricity_usd.high);
    const struct lf_offer *median = offer_of(report, "same-median");
    assert_near(median->break_even.low,
                lf_mtok_per_day(
                    lf_break_even_mtok(report->local.hours.low, median->usd, &report->basis.terms),
                    report->basis.terms.years));
    assert_true(median->break_even.low <= median->break_even.high);
    clear(&answer);
}

static void the_power_is_the_listed_one_unless_it_is_said(void **state)
{
    struct answer answer;
    prepare(&pc, &answer);
    ask(*state, "qwen3-32b", &answer);
    assert_non_null(answer.report.basis.power);
    assert_near(answer.report.basis.terms.generating_watts,
                answer.report.basis.power->generating_watts);
    assert_true(warns(&answer.report, "power-listed"));
    clear(&answer);

    prepare(&pc, &answer);
    answer.request.cost.generating_watts = 300;
    ask(*state, "qwen3-32b", &answer);
    assert_null(answer.report.basis.power);
    assert_near(answer.report.basis.terms.generating_watts, 300);
    assert_false(warns(&answer.report, "power-listed"));
    clear(&answer);
}

static void unknown_power_gives_no_sums_but_the_hosts_prices(void **state)
{
    struct answer answer;
    prepare(&plain_pc, &answer);
    ask(*state, "qwen3-8b", &answer);
    const struct lf_cost_report *report = &answer.report;
    assert_int_equal(answer.status, LF_OK);
    assert_true((bool)isnan(report->local.electricity_usd.low));
    assert_true(warns(report, "power-unknown"));
    assert_string_equal(report->headline.code, "unknown");
    assert_non_null(offer_of(report, "same-median"));
    assert_int_equal(offer_of(report, "same-median")->verdict, LF_COST_UNKNOWN);
    clear(&answer);
}

static void an_unknown_prompt_speed_lies_between_no_time_and_that_of_writing(void **state)
{
    struct answer answer;
    prepare(&plain_pc, &answer);
    answer.request.cost.generating_watts = 100;
    ask(*state, "qwen3-8b", &answer);
    const struct lf_cost_report *report = &answer.report;
    const struct lf_choice *choice = report->choice;
    assert_true(choice->prefill.mid <= 0);
    assert_near(report->local.hours.low, 1e6 / choice->decode.high / 3600);
    assert_near(report->local.hours.high, 5e6 / choice->decode.low / 3600);
    assert_true((bool)isnan(report->local.hours.mid));
    assert_true(warns(report, "prompt-speed-unknown"));
    clear(&answer);
}

static void the_compared_model_is_the_cheapest_that_is_as_good(void **state)
{
    const struct lf_catalog *catalog = *state;
    struct answer answer;
    prepare(&pc, &answer);
    ask(catalog, "qwen3.6-27b", &answer);
    const struct lf_expectation *expectation = &answer.report.choice->expectation;
    const struct lf_offer *best = offer_of(&answer.report, "tier-cheapest");
    assert_non_null(best);
    assert_true(best->tier >= expectation->tier);
    assert_true(best->q >= expectation->q_eff - 0.03);
    for (size_t i = 0; i < catalog->prices.paid_count; i++) {
        const struct lf_price *price = &catalog->prices.paid[i];
        const struct lf_paid_model *paid = lf_paid_model_find(&catalog->quality, price->name);
        double usd = lf_hosted_usd(price->cheapest.input_usd, price->cheapest.output_usd,
                                   answer.report.basis.input_ratio);
        if (paid != NULL && paid->q >= expectation->q_eff &&
            lf_hosted_tier(paid->q, -1, &catalog->tiers) >= expectation->tier) {
            assert_true(best->usd <= usd);
        }
    }
    clear(&answer);
}

static void a_host_below_every_speed_is_cheaper_and_above_every_speed_dearer(void **state)
{
    struct answer answer;
    prepare(&pc, &answer);
    /* So dear, and so cheap, that no speed matters. */
    answer.request.cost.usd_per_kwh = 100;
    ask(*state, "gpt-oss-20b", &answer);
    assert_int_equal(offer_of(&answer.report, "same-median")->verdict, LF_COST_HOSTED);
    assert_string_equal(answer.report.headline.code, "hosted");
    clear(&answer);
    prepare(&pc, &answer);
    answer.request.cost.usd_per_kwh = 0.001;
    ask(*state, "gpt-oss-20b", &answer);
    assert_int_equal(offer_of(&answer.report, "same-median")->verdict, LF_COST_LOCAL);
    assert_string_equal(answer.report.headline.code, "local");
    clear(&answer);
    /* The sum of its slowest and fastest speed, halved, is between the two. */
    prepare(&pc, &answer);
    answer.request.cost.usd_per_kwh = 1;
    ask(*state, "gpt-oss-20b", &answer);
    const struct lf_range *usd = &answer.report.local.electricity_usd;
    double between = offer_of(&answer.report, "same-median")->usd * 2 / (usd->low + usd->high);
    clear(&answer);
    prepare(&pc, &answer);
    answer.request.cost.usd_per_kwh = between;
    ask(*state, "gpt-oss-20b", &answer);
    assert_int_equal(offer_of(&answer.report, "same-median")->verdict, LF_COST_OPEN);
    clear(&answer);
}

static void a_model_that_does_not_run_gets_the_hosts_prices_alone(void **state)
{
    struct answer answer;
    prepare(&plain_pc, &answer);
    ask(*state, "deepseek-v3.2", &answer);
    const struct lf_cost_report *report = &answer.report;
    assert_int_equal(answer.status, LF_OK);
    assert_string_equal(report->headline.code, "does-not-fit");
    assert_true((bool)isnan(report->local.hours.low));
    assert_non_null(offer_of(report, "same-cheapest"));
    assert_true(offer_of(report, "tier-cheapest")->q >= 0.6);
    clear(&answer);
}

static void a_model_without_a_price_is_compared_with_its_peers_alone(void **state)
{
    const struct lf_catalog *catalog = *state;
    struct answer answer;
    assert_null(lf_price_find(&catalog->prices, "qwen3-4b"));
    prepare(&pc, &answer);
    ask(catalog, "qwen3-4b", &answer);
    assert_null(offer_of(&answer.report, "same-median"));
    assert_non_null(offer_of(&answer.report, "tier-cheapest"));
    assert_true(warns(&answer.report, "price-unknown"));
    clear(&answer);
}

static void old_prices_are_warned_about_after_ninety_days(void **state)
{
    /* GPT-6 Luna's price is of 2026-11-10, its ninetieth day 2027-02-08. */
    static const struct {
        const char *today;
        bool is_old;
        bool is_unknown;
    } rows[] = {{"2026-11-22", false, false},
                {"2027-02-08", false, false},
                {"2027-02-09", true, false},
                {NULL, false, true},
                {"someday", false, true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer answer;
        prepare(&pc, &answer);
        answer.request.today = rows[i].today;
        answer.request.cost.against = "gpt-6 luna";
        ask(*state, "gpt-oss-20b", &answer);
        bool is_old = false;
        for (size_t w = 0; w < answer.report.warning_count; w++) {
            const struct lf_reason *warning = &answer.report.warnings[w];
            is_old = is_old || (strcmp(warning->code, "price-old") == 0 &&
                                lf_text_contains_nocase(warning->text, "GPT-6 Luna"));
        }
        assert_int_equal(is_old, rows[i].is_old);
        assert_int_equal(warns(&answer.report, "today-unknown"), rows[i].is_unknown);
        clear(&answer);
    }
}

static void a_model_to_compare_with_must_have_a_price(void **state)
{
    struct answer answer;
    prepare(&pc, &answer);
    answer.request.cost.against = "gpt-6 lunatic";
    ask(*state, "gpt-oss-20b", &answer);
    assert_int_equal(answer.status, LF_USAGE);
    assert_string_equal(answer.err.text, "--against: no price of \"gpt-6 lunatic\" is known");
    clear(&answer);
    prepare(&pc, &answer);
    answer.request.cost.against = "claude sonnet 5.5";
    ask(*state, "gpt-oss-20b", &answer);
    assert_string_equal(offer_of(&answer.report, "asked-for")->model, "Claude Sonnet 5.5");
    /* Whether it is better is not known, or known, and said. */
    assert_true(offer_of(&answer.report, "asked-for")->q < 0);
    assert_true(warns(&answer.report, "quality-unknown"));
    clear(&answer);
    prepare(&pc, &answer);
    answer.request.cost.against = "claude opus 5";
    ask(*state, "gpt-oss-20b", &answer);
    assert_true(warns(&answer.report, "better-tier"));
    clear(&answer);
}

static void the_use_case_says_how_much_is_read(void **state)
{
    struct answer answer;
    prepare(&pc, &answer);
    answer.request.use_case = LF_USE_CASE_AGENTS;
    ask(*state, "gpt-oss-20b", &answer);
    assert_near(answer.report.basis.input_ratio, 15);
    clear(&answer);
    prepare(&pc, &answer);
    answer.request.use_case = LF_USE_CASE_AGENTS;
    answer.request.cost.input_ratio = 0;
    ask(*state, "gpt-oss-20b", &answer);
    assert_near(answer.report.basis.input_ratio, 0);
    clear(&answer);
}

static void the_brief_says_both_sums_or_nothing(void **state)
{
    const struct lf_catalog *catalog = *state;
    struct answer answer;
    struct lf_arena arena = {0};
    struct lf_advice_context context;
    prepare(&pc, &answer);
    ask(catalog, "qwen3.6-27b", &answer);
    struct lf_cost_report *report = &answer.report;
    assert_int_equal(lf_advice_prepare(catalog, &answer.machine, &answer.request, &report->budget,
                                       &context, NULL),
                     LF_OK);
    char here[LF_USD_RANGE_BYTES];
    const char *text = lf_cost_brief(&context, report->choice, &arena);
    assert_non_null(text);
    assert_true(
        lf_text_contains_nocase(text, lf_usd_range_format(here, &report->local.electricity_usd)));
    assert_true(lf_text_contains_nocase(text, offer_of(report, "tier-cheapest")->model));
    /* Nothing is made up where the power is not known. */
    answer.machine.accelerators[0].name = "NVIDIA GeForce RTX 1234";
    assert_null(lf_cost_brief(&context, report->choice, &arena));
    lf_arena_clear(&arena);
    clear(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_owned_machine_costs_electricity_over_the_interval_of_its_speed),
        cmocka_unit_test(a_price_adds_all_in_sums_and_a_break_even),
        cmocka_unit_test(the_power_is_the_listed_one_unless_it_is_said),
        cmocka_unit_test(unknown_power_gives_no_sums_but_the_hosts_prices),
        cmocka_unit_test(an_unknown_prompt_speed_lies_between_no_time_and_that_of_writing),
        cmocka_unit_test(the_compared_model_is_the_cheapest_that_is_as_good),
        cmocka_unit_test(a_host_below_every_speed_is_cheaper_and_above_every_speed_dearer),
        cmocka_unit_test(a_model_that_does_not_run_gets_the_hosts_prices_alone),
        cmocka_unit_test(a_model_without_a_price_is_compared_with_its_peers_alone),
        cmocka_unit_test(old_prices_are_warned_about_after_ninety_days),
        cmocka_unit_test(a_model_to_compare_with_must_have_a_price),
        cmocka_unit_test(the_use_case_says_how_much_is_read),
        cmocka_unit_test(the_brief_says_both_sums_or_nothing),
    };
    return cmocka_run_group_tests(tests, load_catalog, catalog_tear_down);
}
