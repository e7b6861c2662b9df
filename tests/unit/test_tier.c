#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "rules/tier.h"
#include "support.h"

/* 47 well-known models: parameters (10^9), share of the best paid model at full precision, the
 * smaller share of two snapshots (-1: in one only), the format it was published in; then what a
 * context of 32k and more and a fast machine make of it, at full precision and at Q4_K_M.
 *
 * source  Artificial Analysis 2026-08-22 and v4.3 2026-09-11, LiveBench 2026-06-25 */
static const struct {
    const char *name;
    double total_b;
    double active_b;
    double q;
    double guard;
    const char *native_format;
    enum lf_tier tier;
    double q_at_q4;
    enum lf_tier tier_at_q4;
} known[] = {
    /* clang-format off */
    {"Kimi K3", 2800, 104, 0.96, -1, "MXFP4", LF_TIER_FRONTIER_ADJACENT, 0.96, LF_TIER_FRONTIER_ADJACENT},
    {"GLM-5.3", 753, 40, 0.94, -1, "BF16", LF_TIER_FRONTIER_ADJACENT, 0.92, LF_TIER_FRONTIER_ADJACENT},
    {"Qwen3.8 2.4T A95B", 2400, 95, 0.92, -1, "BF16", LF_TIER_FRONTIER_ADJACENT, 0.90, LF_TIER_FRONTIER_ADJACENT},
    {"DeepSeek V4 Pro 0813", 1600, 49, 0.89, -1, "FP4", LF_TIER_FRONTIER_ADJACENT, 0.89, LF_TIER_FRONTIER_ADJACENT},
    {"GLM-5.2", 753, 40, 0.87, -1, "BF16", LF_TIER_FRONTIER_ADJACENT, 0.85, LF_TIER_FRONTIER_ADJACENT},
    {"DeepSeek V4 Flash 0731", 284, 13, 0.87, 0.655, "FP4", LF_TIER_CAPABLE, 0.87, LF_TIER_CAPABLE},
    {"Qwen3.8 27B", 27, 27, 0.87, 0.637, "BF16", LF_TIER_CAPABLE, 0.85, LF_TIER_CAPABLE},
    {"Kimi K2.6", 1000, 32, 0.83, -1, "INT4", LF_TIER_FRONTIER_ADJACENT, 0.83, LF_TIER_FRONTIER_ADJACENT},
    {"MiniMax-M3", 428, 23, 0.82, -1, "BF16", LF_TIER_FRONTIER_ADJACENT, 0.80, LF_TIER_FRONTIER_ADJACENT},
    {"GLM-5.1", 744, 40, 0.79, -1, "BF16", LF_TIER_CAPABLE, 0.77, LF_TIER_CAPABLE},
    {"MiniMax-M2.7", 230, 10, 0.76, 0.431, "BF16", LF_TIER_CAPABLE, 0.74, LF_TIER_CAPABLE},
    {"Qwen3.6 27B", 27.8, 27.8, 0.73, 0.412, "BF16", LF_TIER_CAPABLE, 0.71, LF_TIER_CAPABLE},
    {"Muse Glimmer", 30, 30, 0.71, 0.337, "BF16", LF_TIER_CAPABLE, 0.69, LF_TIER_CAPABLE},
    {"Ling 3.0 Flash", 124, 5.1, 0.70, 0.468, "BF16", LF_TIER_CAPABLE, 0.68, LF_TIER_CAPABLE},
    {"Nemotron 3 Ultra 550B A55B", 550, 55, 0.70, -1, "BF16", LF_TIER_CAPABLE, 0.69, LF_TIER_CAPABLE},
    {"GLM-4.7", 357, 32, 0.70, -1, "BF16", LF_TIER_CAPABLE, 0.68, LF_TIER_CAPABLE},
    {"DeepSeek V3.2", 685, 37, 0.69, -1, "BF16", LF_TIER_CAPABLE, 0.68, LF_TIER_CAPABLE},
    {"Gemma 4 31B", 30.7, 30.7, 0.69, 0.281, "BF16", LF_TIER_CAPABLE, 0.67, LF_TIER_CAPABLE},
    {"Qwen3.6 35B A3B", 36, 3, 0.64, 0.356, "BF16", LF_TIER_CAPABLE, 0.62, LF_TIER_CAPABLE},
    {"Mistral Medium 3.5", 128, 128, 0.62, -1, "BF16", LF_TIER_CAPABLE, 0.61, LF_TIER_CAPABLE},
    {"Gemma 4 26B A4B", 25.2, 3.8, 0.59, 0.318, "BF16", LF_TIER_USEFUL, 0.58, LF_TIER_USEFUL},
    {"Qwen3 235B A22B 2507", 235, 22, 0.57, 0.243, "BF16", LF_TIER_USEFUL, 0.56, LF_TIER_USEFUL},
    {"gpt-oss-120b", 117, 5.1, 0.56, 0.225, "MXFP4", LF_TIER_USEFUL, 0.56, LF_TIER_USEFUL},
    {"Gemma 4 12B", 12, 12, 0.56, -1, "BF16", LF_TIER_USEFUL, 0.54, LF_TIER_USEFUL},
    {"Qwen3.5 9B", 9.65, 9.65, 0.53, 0.262, "BF16", LF_TIER_USEFUL, 0.51, LF_TIER_USEFUL},
    {"Nemotron 3 Super 120B A12B", 120.6, 12.7, 0.52, -1, "BF16", LF_TIER_USEFUL, 0.51, LF_TIER_USEFUL},
    {"Nemotron 3.5 Lightning", 31.6, 3.6, 0.52, 0.262, "BF16", LF_TIER_USEFUL, 0.50, LF_TIER_USEFUL},
    {"DeepSeek R1 0528", 685, 37, 0.50, -1, "BF16", LF_TIER_USEFUL, 0.49, LF_TIER_USEFUL},
    {"Mistral Small 4", 119, 6.5, 0.48, 0.206, "BF16", LF_TIER_USEFUL, 0.47, LF_TIER_USEFUL},
    {"GLM-4.7-Flash", 31.2, 3, 0.48, 0.281, "BF16", LF_TIER_USEFUL, 0.47, LF_TIER_USEFUL},
    {"Qwen3.5 4B", 4.66, 4.66, 0.47, 0.243, "BF16", LF_TIER_USEFUL, 0.45, LF_TIER_USEFUL},
    {"Qwen3 Coder Next", 79.7, 3, 0.45, 0.187, "BF16", LF_TIER_USEFUL, 0.44, LF_TIER_USEFUL},
    {"gpt-oss-20b", 21, 3.6, 0.43, 0.169, "MXFP4", LF_TIER_USEFUL, 0.43, LF_TIER_USEFUL},
    {"Llama 4 Maverick", 402, 17, 0.41, -1, "BF16", LF_TIER_USEFUL, 0.40, LF_TIER_USEFUL},
    {"Qwen3 32B", 32.8, 32.8, 0.38, 0.131, "BF16", LF_TIER_USEFUL, 0.38, LF_TIER_USEFUL},
    {"Devstral Small 2", 24, 24, 0.36, 0.15, "BF16", LF_TIER_USEFUL, 0.35, LF_TIER_USEFUL},
    {"Qwen3 Coder 30B A3B Instruct", 30.5, 3.3, 0.33, 0.187, "BF16", LF_TIER_USEFUL, 0.32, LF_TIER_USEFUL},
    {"Llama 4 Scout", 109, 17, 0.297, 0.112, "BF16", LF_TIER_LEARNING, 0.29, LF_TIER_LEARNING},
    {"Llama 3.3 Instruct 70B", 70, 70, 0.29, 0.15, "BF16", LF_TIER_LEARNING, 0.28, LF_TIER_LEARNING},
    {"Mistral Small 3.2", 24, 24, 0.28, 0.131, "BF16", LF_TIER_LEARNING, 0.28, LF_TIER_LEARNING},
    {"Qwen3 8B", 8.19, 8.19, 0.24, 0.094, "BF16", LF_TIER_LEARNING, 0.23, LF_TIER_LEARNING},
    {"Gemma 3 27B Instruct", 27.4, 27.4, 0.22, 0.094, "BF16", LF_TIER_LEARNING, 0.21, LF_TIER_LEARNING},
    {"Phi-4", 14, 14, 0.20, -1, "BF16", LF_TIER_LEARNING, 0.20, LF_TIER_LEARNING},
    {"Llama 3.1 Instruct 8B", 8, 8, 0.19, 0.12, "BF16", LF_TIER_LEARNING, 0.18, LF_TIER_LEARNING},
    {"Llama 3.2 Instruct 3B", 3, 3, 0.12, -1, "BF16", LF_TIER_LEARNING, 0.11, LF_TIER_LEARNING},
    {"Qwen3.5 0.8B", 0.873, 0.873, 0.10, -1, "BF16", LF_TIER_LEARNING, 0.10, LF_TIER_LEARNING},
    {"Llama 3.2 Instruct 1B", 1, 1, 0.08, -1, "BF16", LF_TIER_LEARNING, 0.07, LF_TIER_LEARNING},
    /* clang-format on */
};

enum { MODELS = COUNT(known) };

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
    double q; /* negative: no published score */
    double guard;
    const char *native_format;
    const char *released;
    bool thinks;
    enum lf_mix mix;
    struct lf_settings settings;
    double tps;
};

static struct lf_expectation expect_of(const struct lf_catalog *catalog, const struct scene *scene)
{
    const struct lf_quality_row row = {
        .id = "model", .q = scene->q, .guard = scene->guard, .sources = 2};
    struct lf_quality quality = catalog->quality;
    const struct lf_model model = {.id = "model",
                                   .native_format = scene->native_format,
                                   .released = scene->released,
                                   .thinks = scene->thinks};
    const struct lf_form form = {.params_total = (uint64_t)(scene->total_b * 1e9),
                                 .params_active = (uint64_t)(scene->active_b * 1e9)};
    const struct lf_tier_tables tables = {&quality, &catalog->quants, &catalog->tiers};
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
    scene.thinks = true;
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
    scene.thinks = true;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_models_reach_their_tiers),
        cmocka_unit_test(a_share_reaches_its_tier_from_the_bound_on),
        cmocka_unit_test(speed_and_context_gate_the_tier),
        cmocka_unit_test(a_cap_that_binds_nothing_is_not_told),
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
