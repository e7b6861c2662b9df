#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalog/builtin.h"
#include "catalog/catalog.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

enum { ALL_PARTS = (1 << 7) - 1 };

static void load(struct lf_catalog *catalog, const char *directory, unsigned parts)
{
    struct lf_error err = {0};
    lf_catalog_init(catalog, directory);
    if (lf_catalog_load(catalog, parts, &err) != LF_OK) {
        fail_msg("%s", err.text);
    }
}

/* The built-in catalog, loaded once for the tests that only look. */
static int load_builtin(void **state)
{
    static struct lf_catalog catalog;
    load(&catalog, NULL, ALL_PARTS);
    *state = &catalog;
    return 0;
}

static int clear_builtin(void **state)
{
    lf_catalog_clear(*state);
    return 0;
}

static void every_built_in_part_is_read(void **state)
{
    const struct lf_catalog *catalog = *state;
    assert_true(catalog->models.count > 100);
    assert_true(catalog->devices.count > 500);
    assert_true(catalog->quality.count > 100);
    assert_true(catalog->quality.paid_count > 0);
    assert_true(catalog->architectures.count > 20);
    assert_non_null(lf_runtime_find(&catalog->runtimes, "llama.cpp"));
    assert_int_equal(catalog->loaded, ALL_PARTS);
}

static void only_what_is_asked_for_is_read(void **state)
{
    (void)state;
    struct lf_catalog catalog;
    load(&catalog, NULL, LF_CATALOG_TIERS);
    assert_int_equal(catalog.loaded, LF_CATALOG_TIERS);
    assert_int_equal(catalog.models.count, 0);
    struct lf_error err = {0};
    assert_int_equal(lf_catalog_load(&catalog, LF_CATALOG_TIERS | LF_CATALOG_QUANTS, &err), LF_OK);
    assert_int_equal(catalog.loaded, LF_CATALOG_TIERS | LF_CATALOG_QUANTS);
    lf_catalog_clear(&catalog);
}

static void a_cleared_catalog_is_empty(void **state)
{
    (void)state;
    struct lf_catalog catalog;
    lf_catalog_init(&catalog, NULL);
    lf_catalog_clear(&catalog);
    load(&catalog, NULL, LF_CATALOG_MODELS);
    lf_catalog_clear(&catalog);
    assert_null(catalog.models.items);
    assert_int_equal(catalog.loaded, 0);
}

static void every_model_expands(void **state)
{
    const struct lf_catalog *catalog = *state;
    for (size_t i = 0; i < catalog->models.count; i++) {
        struct lf_arena arena = {0};
        struct lf_form form;
        struct lf_error err = {0};
        if (lf_model_expand(&catalog->models.items[i], &arena, &form, &err) != LF_OK) {
            fail_msg("%s", err.text);
        }
        assert_true(form.params_active <= form.params_total);
        lf_arena_clear(&arena);
    }
}

static void known_models_have_their_published_parameters(void **state)
{
    /* Totals of the safetensors headers; llama.cpp adds the 64 rope_freqs of Llama 3. */
    static const struct {
        const char *id;
        uint64_t params_total;
        const char *kind;
    } rows[] = {
        {"qwen3-0.6b", 596049920, "dense"},
        {"qwen3-8b", 8190735360, "dense"},
        {"llama-3.1-8b-instruct", 8030261248 + 64, "dense"},
        {"mistral-7b-instruct-v0.3", 7248023552, "dense"},
        {"phi-4", 14659507200, "dense"},
        {"mixtral-8x7b-instruct-v0.1", 46702792704, "moe"},
        {"gpt-oss-20b", 20914757184, "moe"},
        {"gpt-oss-120b", 116829156672, "moe"},
        {"deepseek-v3-0324", 671026419200, "moe"},
    };
    const struct lf_catalog *catalog = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_arena arena = {0};
        struct lf_form form;
        const struct lf_model *model = lf_models_find_id(&catalog->models, rows[i].id);
        assert_non_null(model);
        assert_int_equal(lf_model_expand(model, &arena, &form, NULL), LF_OK);
        assert_int_equal(form.params_total, rows[i].params_total);
        assert_string_equal(lf_form_kind(&form), rows[i].kind);
        lf_arena_clear(&arena);
    }
}

static void quality_is_found_by_model(void **state)
{
    const struct lf_catalog *catalog = *state;
    const struct lf_quality_row *row = lf_quality_find(&catalog->quality, "qwen3-8b");
    assert_non_null(row);
    assert_true(row->q > 0 && row->q < 1);
    assert_null(lf_quality_find(&catalog->quality, "no-such-model"));
    static const struct lf_quality nothing = {0};
    assert_null(lf_quality_find(&nothing, "qwen3-8b"));
}

static void a_mix_loses_more_on_a_smaller_model(void **state)
{
    const struct lf_catalog *catalog = *state;
    const struct lf_quants *quants = &catalog->quants;
    double small = lf_quant_factor(quants, LF_MIX_Q4_K_M, 3999999999);
    double large = lf_quant_factor(quants, LF_MIX_Q4_K_M, 4000000000);
    assert_true(0 < small && small < large && large < 1);
    assert_true(lf_quant_factor(quants, LF_MIX_F16, UINT64_MAX) == 1);
    for (int i = 0; i < LF_MIX_COUNT; i++) {
        assert_int_not_equal(quants->rows[i].rank, 0);
    }
    static const struct lf_quants nothing = {0};
    assert_true(lf_quant_factor(&nothing, LF_MIX_F16, 1) == 0);
}

static void tiers_have_ids_both_ways(void **state)
{
    (void)state;
    for (int i = 0; i < LF_TIER_COUNT; i++) {
        enum lf_tier tier;
        assert_true(lf_tier_find(lf_tier_id((enum lf_tier)i), &tier));
        assert_int_equal(tier, i);
    }
    enum lf_tier tier;
    assert_false(lf_tier_find("Learning", &tier));
}

static void a_runtime_knows_its_backends_and_bands(void **state)
{
    const struct lf_catalog *catalog = *state;
    const struct lf_runtime *runtime = lf_runtime_find(&catalog->runtimes, "llama.cpp");
    assert_non_null(lf_runtime_backend_find(runtime, "cuda"));
    assert_non_null(lf_band_find(runtime, "partial"));
    assert_null(lf_runtime_backend_find(runtime, "CUDA"));
    assert_null(lf_band_find(runtime, "never"));
    assert_true(runtime->quant_efficiency[LF_MIX_Q4_K_M] == 1);
    assert_true(runtime->quant_efficiency[LF_MIX_Q2_K] < 1);
}

/* They are parsed without the scan at run time. */
static void the_built_in_files_pass_the_scan(void **state)
{
    (void)state;
    for (size_t i = 0; i < lf_builtin_file_count; i++) {
        const struct lf_builtin_file *file = &lf_builtin_files[i];
        struct lf_error err = {0};
        if (lf_json_scan(file->name, (const char *)file->bytes, file->size, &err) != LF_OK) {
            fail_msg("%s", err.text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_files_pass_the_scan),
        cmocka_unit_test(every_built_in_part_is_read),
        cmocka_unit_test(only_what_is_asked_for_is_read),
        cmocka_unit_test(a_cleared_catalog_is_empty),
        cmocka_unit_test(every_model_expands),
        cmocka_unit_test(known_models_have_their_published_parameters),
        cmocka_unit_test(quality_is_found_by_model),
        cmocka_unit_test(a_mix_loses_more_on_a_smaller_model),
        cmocka_unit_test(tiers_have_ids_both_ways),
        cmocka_unit_test(a_runtime_knows_its_backends_and_bands),
    };
    return cmocka_run_group_tests(tests, load_builtin, clear_builtin);
}
