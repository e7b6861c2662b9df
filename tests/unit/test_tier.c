#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "rules/tier.h"
#include "known_models.h"
#include "support.h"

static const uint64_t long_context = 131072;
static const double fast_tps = 100;

static int load_tables(void **state)
{
    return catalog_set_up(state, LF_CATALOG_QUALITY | LF_CATALOG_QUANTS | LF_CATALOG_TIERS);
}

/* A model with one row of quality of its own, and how it runs. */
struct scene {
    double total_b;
    double active_b;
    double q;      /* negative: no published score */
    double coding; /* 0: no share of its own */
    enum lf_skill skill;
    double guard;
    const char *native_format;
    const char *released;
    enum lf_answer thinks;
    enum lf_mix mix;
    struct lf_settings settings;
    double tps;
};

static struct lf_expectation expect_of(const struct lf_catalog *catalog, const struct scene *scene)
{
    const struct lf_quality_row row = {
        .id = "model",
        .q = scene->q,
        .skills = {-1, scene->coding > 0 ? scene->coding : -1, -1, -1, -1},
        .guard = scene->guard,
        .sources = 2,
    };
    struct lf_quality quality = catalog->quality;
    const struct lf_model model = {.id = "model",
                                   .native_format = scene->native_format,
                                   .released = scene->released,
                                   .thinks = scene->thinks};
    const struct lf_form form = {.params_total = (uint64_t)(scene->total_b * 1e9),
                                 .params_active = (uint64_t)(scene->active_b * 1e9)};
    const struct lf_tier_tables tables = {&quality, &catalog->quants, &catalog->tiers,
                                          scene->skill};
    quality.rows = &row;
    quality.count = scene->q < 0 ? 0 : 1;
    return lf_expect(&model, &form, scene->mix, &scene->settings, scene->tps, &tables);
}

/* A model of 30 B that shares q, at full precision, long context and speed. */
static struct scene at_its_best(double q)
{
    return (struct scene){.total_b = 30,
                          .active_b = 30,
                          .q = q,
                          .guard = -1,
                          .native_format = "BF16",
                          .mix = LF_MIX_BF16,
                          .settings = lf_settings_default(long_context),
                          .tps = fast_tps};
}

static void known_models_reach_their_tiers(void **state)
{
    assert_int_equal(MODELS, 47);
    for (size_t i = 0; i < MODELS; i++) {
        struct scene scene = at_its_best(known[i].q);
        scene.total_b = known[i].total_b;
        scene.active_b = known[i].active_b;
        scene.guard = known[i].guard;
        scene.native_format = known[i].native_format;
        struct lf_expectation full = expect_of(*state, &scene);
        scene.mix = LF_MIX_Q4_K_M;
        struct lf_expectation packed = expect_of(*state, &scene);
        if (full.tier != known[i].tier || packed.tier != known[i].tier_at_q4) {
            fail_msg("%s: %s, %s at Q4_K_M", known[i].name, lf_tier_id(full.tier),
                     lf_tier_id(packed.tier));
        }
        if (fabs(packed.q_eff - known[i].q_at_q4) > 0.0101) {
            fail_msg("%s: %.3f at Q4_K_M", known[i].name, packed.q_eff);
        }
        assert_false(full.is_estimated);
    }
}

static void a_skill_moves_the_share_half_way(void **state)
{
    struct scene scene = at_its_best(0.7);
    scene.coding = 0.5;
    assert_float_equal(expect_of(*state, &scene).q, 0.7, 1e-9);
    scene.skill = LF_SKILL_CODING;
    assert_float_equal(expect_of(*state, &scene).q, 0.6, 1e-9);
    scene.skill = LF_SKILL_AGENTS; /* not known: q stands */
    assert_float_equal(expect_of(*state, &scene).q, 0.7, 1e-9);
}

static void a_share_reaches_its_tier_from_the_bound_on(void **state)
{
    static const struct {
        double q;
        enum lf_tier tier;
    } rows[] = {
        {0.0, LF_TIER_LEARNING},
        {0.299, LF_TIER_LEARNING},
        {0.30, LF_TIER_USEFUL},
        {0.599, LF_TIER_USEFUL},
        {0.60, LF_TIER_CAPABLE},
        {0.799, LF_TIER_CAPABLE},
        {0.80, LF_TIER_FRONTIER_ADJACENT},
        {0.979, LF_TIER_FRONTIER_ADJACENT},
        {0.98, LF_TIER_FRONTIER_REPLACEMENT},
        {1.0, LF_TIER_FRONTIER_REPLACEMENT},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scene scene = at_its_best(rows[i].q);
        struct lf_expectation expectation = expect_of(*state, &scene);
        assert_int_equal(expectation.tier, rows[i].tier);
        assert_null(expectation.cap_code);
    }
}

static void speed_and_context_gate_the_tier(void **state)
{
    static const struct {
        double tps;
        uint64_t context_tokens;
        enum lf_tier tier;
        const char *code; /* NULL: nothing capped it */
    } rows[] = {
        {20, 131072, LF_TIER_FRONTIER_REPLACEMENT, NULL},
        {19.9, 131072, LF_TIER_FRONTIER_ADJACENT, "speed"},
        {20, 131071, LF_TIER_FRONTIER_ADJACENT, "context"},
        {10, 32768, LF_TIER_FRONTIER_ADJACENT, "context"},
        {9.9, 131072, LF_TIER_CAPABLE, "speed"},
        {4.9, 131072, LF_TIER_USEFUL, "speed"},
        {1.9, 131072, LF_TIER_LEARNING, "speed"},
        {0, 131072, LF_TIER_USEFUL, "speed"}, /* not known */
        {100, 32767, LF_TIER_CAPABLE, "context"},
        {100, 8191, LF_TIER_USEFUL, "context"},
        {100, 4095, LF_TIER_LEARNING, "context"},
        {1, 4095, LF_TIER_LEARNING, "speed"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scene scene = at_its_best(1.0);
        scene.tps = rows[i].tps;
        scene.settings.context_tokens = rows[i].context_tokens;
        struct lf_expectation expectation = expect_of(*state, &scene);
        assert_int_equal(expectation.tier, rows[i].tier);
        if (rows[i].code == NULL) {
            assert_null(expectation.cap_code);
        } else {
            assert_string_equal(expectation.cap_code, rows[i].code);
        }
    }
}

static void a_cap_that_binds_nothing_is_not_told(void **state)
{
    struct scene scene = at_its_best(0.5);
    scene.tps = 9;
    scene.settings.context_tokens = 32768;
    assert_int_equal(expect_of(*state, &scene).tier, LF_TIER_USEFUL);
    assert_null(expect_of(*state, &scene).cap_code);
}

static void the_guard_keeps_a_lucky_snapshot_below_the_top(void **state)
{
    static const struct {
        double guard;
        enum lf_tier tier;
    } rows[] = {
        {0.70, LF_TIER_FRONTIER_ADJACENT},
        {0.69, LF_TIER_CAPABLE},
        {-1, LF_TIER_FRONTIER_ADJACENT},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scene scene = at_its_best(0.9);
        scene.guard = rows[i].guard;
        assert_int_equal(expect_of(*state, &scene).tier, rows[i].tier);
    }
    struct scene scene = at_its_best(0.9);
    scene.guard = 0.1;
    assert_string_equal(expect_of(*state, &scene).cap_code, "guard");
}

static void each_factor_lowers_the_share(void **state)
{
    static const struct {
        enum lf_mix mix;
        double total_b;
        uint64_t context_tokens;
        enum lf_type type_k;
        enum lf_type type_v;
        double factor;
    } rows[] = {
        {LF_MIX_BF16, 30, 131072, LF_F16, LF_F16, 1.0},
        {LF_MIX_Q4_K_M, 3.9, 131072, LF_F16, LF_F16, 0.93},
        {LF_MIX_Q4_K_M, 4, 131072, LF_F16, LF_F16, 0.96},
        {LF_MIX_Q4_K_M, 14, 131072, LF_F16, LF_F16, 0.975},
        {LF_MIX_Q4_K_M, 80, 131072, LF_F16, LF_F16, 0.98},
        {LF_MIX_Q2_K, 3, 131072, LF_F16, LF_F16, 0.50},
        {LF_MIX_BF16, 30, 32768, LF_F16, LF_F16, 1.0},
        {LF_MIX_BF16, 30, 32767, LF_F16, LF_F16, 0.97},
        {LF_MIX_BF16, 30, 8192, LF_F16, LF_F16, 0.90},
        {LF_MIX_BF16, 30, 4096, LF_F16, LF_F16, 0.80},
        {LF_MIX_BF16, 30, 2048, LF_F16, LF_F16, 0.72},
        {LF_MIX_BF16, 30, 256, LF_F16, LF_F16, 0.72},
        {LF_MIX_BF16, 30, 131072, LF_Q8_0, LF_Q8_0, 1.0},
        {LF_MIX_BF16, 30, 131072, LF_Q8_0, LF_Q4_0, 0.98},
        {LF_MIX_BF16, 30, 131072, LF_Q4_0, LF_F16, 0.98},
        {LF_MIX_Q4_K_M, 30, 8192, LF_Q4_0, LF_Q4_0, 0.975 * 0.90 * 0.98},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scene scene = at_its_best(0.8);
        scene.mix = rows[i].mix;
        scene.total_b = rows[i].total_b;
        scene.settings.context_tokens = rows[i].context_tokens;
        scene.settings.type_k = rows[i].type_k;
        scene.settings.type_v = rows[i].type_v;
        struct lf_expectation expectation = expect_of(*state, &scene);
        assert_true(fabs(expectation.q_eff - 0.8 * rows[i].factor) < 1e-9);
        assert_true(fabs(expectation.q - 0.8) < 1e-9);
    }
}

static void a_model_published_in_4_bits_loses_nothing_at_4_bits(void **state)
{
    static const struct {
        const char *format;
        enum lf_mix mix;
        bool loses;
    } rows[] = {
        {"MXFP4", LF_MIX_MXFP4_MOE, false}, {"INT4", LF_MIX_Q4_K_M, false},
        {"NVFP4", LF_MIX_Q4_0, false},      {"FP4", LF_MIX_Q8_0, false},
        {"INT4", LF_MIX_Q3_K_M, true},      {"FP8", LF_MIX_Q4_K_M, true},
        {"BF16", LF_MIX_Q4_K_M, true},      {NULL, LF_MIX_Q4_K_M, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scene scene = at_its_best(0.5);
        scene.native_format = rows[i].format;
        scene.mix = rows[i].mix;
        assert_true((expect_of(*state, &scene).q_eff < 0.5) == rows[i].loses);
    }
}

static void a_model_without_scores_is_estimated_low_and_capped(void **state)
{
    /* By hand: 1 / (1 + exp(3.38 - 0.227 log2(32) - 0.011 log2(32) - 0.783 * 25/24)) * 0.85. */
    struct scene scene = at_its_best(-1);
    scene.total_b = 32;
    scene.active_b = 32;
    scene.released = "2025-01";
    struct lf_expectation expectation = expect_of(*state, &scene);
    assert_true(expectation.is_estimated);
    assert_int_equal(expectation.sources, 0);
    assert_true(fabs(expectation.q - 0.85 / (1 + exp(3.38 - 1.135 - 0.055 - 0.783 * 12.5 / 12))) <
                1e-9);
    scene.thinks = LF_ANSWER_YES;
    assert_true(expect_of(*state, &scene).q > expectation.q);

    /* Dates beyond the fit count as its last, and no estimate passes "capable". */
    scene.total_b = 2000;
    scene.active_b = 2000;
    scene.released = "2026-08-22";
    struct lf_expectation latest = expect_of(*state, &scene);
    scene.released = "2031-01";
    expectation = expect_of(*state, &scene);
    assert_true(fabs(expectation.q - latest.q) < 1e-9);
    assert_int_equal(expectation.tier, LF_TIER_CAPABLE);
}

static void an_estimate_above_its_cap_says_so(void **state)
{
    struct scene scene = at_its_best(-1);
    scene.total_b = 1e6;
    scene.active_b = 1e6;
    scene.released = "2026-08";
    scene.thinks = LF_ANSWER_YES;
    struct lf_expectation expectation = expect_of(*state, &scene);
    assert_true(expectation.q_eff > 0.8);
    assert_int_equal(expectation.tier, LF_TIER_CAPABLE);
    assert_string_equal(expectation.cap_code, "estimated");
}

static void a_release_date_that_cannot_be_read_counts_as_old(void **state)
{
    static const char *const dates[] = {NULL, "", "2025", "soon...", "2025-13", "1999-01"};
    struct scene scene = at_its_best(-1);
    scene.released = "2024-06";
    double dated = expect_of(*state, &scene).q;
    for (size_t i = 0; i < COUNT(dates); i++) {
        scene.released = dates[i];
        assert_true(expect_of(*state, &scene).q < dated);
    }
}

static void it_is_compared_with_the_paid_model_of_the_nearest_share(void **state)
{
    const struct lf_catalog *catalog = *state;
    for (size_t i = 0; i < catalog->quality.paid_count; i++) {
        const struct lf_paid_model *paid = &catalog->quality.paid[i];
        struct scene scene = at_its_best(paid->q);
        const struct lf_paid_model *found = expect_of(catalog, &scene).compared_with;
        assert_non_null(found);
        assert_true(fabs(found->q - paid->q) < 1e-9);
    }
}

static void a_host_runs_a_model_at_its_published_tier(void **state)
{
    const struct lf_tiers *tiers = &((const struct lf_catalog *)*state)->tiers;
    assert_int_equal(lf_hosted_tier(0.29, -1, tiers), LF_TIER_LEARNING);
    assert_int_equal(lf_hosted_tier(0.60, -1, tiers), LF_TIER_CAPABLE);
    assert_int_equal(lf_hosted_tier(0.80, -1, tiers), LF_TIER_FRONTIER_ADJACENT);
    assert_int_equal(lf_hosted_tier(0.80, 0.7, tiers), LF_TIER_FRONTIER_ADJACENT);
    /* Another snapshot saw it well below. */
    assert_int_equal(lf_hosted_tier(0.87, 0.65, tiers), LF_TIER_CAPABLE);
    assert_int_equal(lf_hosted_tier(0.50, 0.2, tiers), LF_TIER_USEFUL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_models_reach_their_tiers),
        cmocka_unit_test(a_skill_moves_the_share_half_way),
        cmocka_unit_test(a_share_reaches_its_tier_from_the_bound_on),
        cmocka_unit_test(speed_and_context_gate_the_tier),
        cmocka_unit_test(a_cap_that_binds_nothing_is_not_told),
        cmocka_unit_test(a_host_runs_a_model_at_its_published_tier),
        cmocka_unit_test(the_guard_keeps_a_lucky_snapshot_below_the_top),
        cmocka_unit_test(each_factor_lowers_the_share),
        cmocka_unit_test(a_model_published_in_4_bits_loses_nothing_at_4_bits),
        cmocka_unit_test(a_model_without_scores_is_estimated_low_and_capped),
        cmocka_unit_test(an_estimate_above_its_cap_says_so),
        cmocka_unit_test(a_release_date_that_cannot_be_read_counts_as_old),
        cmocka_unit_test(it_is_compared_with_the_paid_model_of_the_nearest_share),
    };
    return cmocka_run_group_tests(tests, load_tables, catalog_tear_down);
}
