#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "catalog/catalog.h"
#include "folder.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void load(struct lf_catalog *catalog, const char *directory, unsigned parts)
{
    struct lf_error err = {0};
    lf_catalog_init(catalog, directory);
    if (lf_catalog_load(catalog, parts, &err) != LF_OK) {
        fail_msg("%s", err.text);
    }
}

/* Loads parts over the folder, expects that to fail, and that the sentence without the folder's
 * path is `expected`. */
static void assert_refused(const struct folder *folder, unsigned parts, const char *expected)
{
    struct lf_catalog catalog;
    struct lf_error err = {0};
    lf_catalog_init(&catalog, folder->path);
    assert_int_equal(lf_catalog_load(&catalog, parts, &err), LF_BAD_INPUT);
    assert_true(lf_text_starts_with(err.text, folder->path));
    assert_string_equal(err.text + strlen(folder->path), expected);
    lf_catalog_clear(&catalog);
}

/* The built-in models, to compare with. */
static int load_builtin(void **state)
{
    static struct lf_catalog catalog;
    load(&catalog, NULL, LF_CATALOG_MODELS);
    *state = &catalog;
    return 0;
}

static int clear_builtin(void **state)
{
    lf_catalog_clear(*state);
    return 0;
}

#define QUALITY_ROW(id)                                                                     \
    "{\"id\": \"" id "\", \"q\": 0.5, \"guard\": null, \"components\": 2, \"sources\": 1, " \
    "\"source\": \"s\", \"checked\": \"2026-01-02\"}"

static void a_model_of_the_folder_replaces_the_built_in_one(void **state)
{
    const struct lf_catalog *builtin = *state;
    struct folder folder;
    struct lf_catalog catalog;
    folder_make(&folder);
    folder_write(&folder, "models/mine.json",
                 MODELS(FINETUNE("my-finetune") ",\n" MODEL_HEAD(
                     "qwen3-14b") "\"shape\": \"qwen3-8b\", " MODEL_TAIL));
    load(&catalog, folder.path, LF_CATALOG_MODELS);
    assert_int_equal(catalog.models.count, builtin->models.count + 1);
    const struct lf_model *mine = lf_models_find_id(&catalog.models, "my-finetune");
    const struct lf_model *base = lf_models_find_id(&catalog.models, "qwen3-8b");
    const struct lf_model *replaced = lf_models_find_id(&catalog.models, "qwen3-14b");
    assert_ptr_equal(mine->shape, base->shape);
    assert_string_equal(replaced->vendor, "Test");
    assert_ptr_equal(replaced->shape, base->shape);
    lf_catalog_clear(&catalog);
    folder_remove(&folder);
}

static void a_file_of_the_folder_takes_the_place_of_the_built_in_one(void **state)
{
    const struct lf_catalog *builtin = *state;
    struct folder folder;
    struct lf_catalog catalog;
    folder_make(&folder);
    folder_write(&folder, "models/openai.json", MODELS(FINETUNE("mine")));
    folder_write(&folder, "devices.json",
                 "{\"schema\": \"llmfit.devices\", \"schema_version\": 1, \"devices\": []}");
    load(&catalog, folder.path, LF_CATALOG_MODELS | LF_CATALOG_DEVICES | LF_CATALOG_TIERS);
    assert_int_equal(catalog.devices.count, 0);
    assert_null(lf_models_find_id(&catalog.models, "gpt-oss-20b"));
    assert_int_equal(catalog.models.count, builtin->models.count - 2 + 1);
    lf_catalog_clear(&catalog);
    folder_remove(&folder);
}

static void the_newest_date_of_what_was_loaded_is_told(void **state)
{
    (void)state;
    struct folder folder;
    struct lf_catalog catalog;
    folder_make(&folder);
    lf_catalog_init(&catalog, NULL);
    assert_null(catalog.checked);
    folder_write(
        &folder, "quants.json",
        "{\"schema\": \"llmfit.quants\", \"schema_version\": 1, \"size_classes_b\": [1, 2, "
        "3], \"mixes\": [{\"id\": \"F16\", \"rank\": 1, \"needs_imatrix\": false, "
        "\"nominal_bpw\": 16, \"factors\": [1, 1, 1, 1], \"basis\": \"b\", \"source\": "
        "\"\\\"checked\\\": \\\"2099-01-01\\\"\", \"checked\": \"2020-02-03\"}]}");
    load(&catalog, folder.path, LF_CATALOG_QUANTS);
    assert_string_equal(catalog.checked, "2020-02-03");
    assert_int_equal(lf_catalog_load(&catalog, LF_CATALOG_TIERS, NULL), LF_OK);
    assert_true(strcmp(catalog.checked, "2026-01-01") > 0);
    lf_catalog_clear(&catalog);
    folder_remove(&folder);
}

static void a_folder_that_is_none_of_ours_is_refused(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    assert_refused(&folder, LF_CATALOG_TIERS,
                   ": holds no file of a catalog (devices.json, models/*.json ...)");
    folder_write(&folder, "models/notes.txt", "none");
    assert_refused(&folder, LF_CATALOG_TIERS,
                   ": holds no file of a catalog (devices.json, models/*.json ...)");
    folder_remove(&folder);
    assert_refused(&folder, LF_CATALOG_TIERS, ": No such file or directory");
}

static void a_bad_model_is_refused_with_its_place(void **state)
{
    static const char *const rows[][2] = {
        {MODELS(FINETUNE("a") ",\n" FINETUNE("a")), ":3:8: id \"a\" appears twice"},
        {MODELS(MODEL_HEAD("a") "\"shap\": \"qwen3-8b\", " MODEL_TAIL),
         ":2:47: unknown key \"shap\""},
        {MODELS(MODEL_HEAD("a") "\"shape\": \"qwen3-8b\", \"confidence\": \"low\", "
                                "\"checked\": \"2026-01-02\"}"),
         ":2:1: source is missing"},
        {MODELS(MODEL_HEAD("a") "\"shape\": \"nothing\", " MODEL_TAIL),
         ":2:48: shape: there is no model \"nothing\""},
        {MODELS(MODEL_HEAD("a") "\"shape\": \"qwen3-8b\", \"confidence\": \"low\", \"source\": "
                                "\"s\", \"checked\": \"yesterday\"}"),
         ":2:107: checked must be a date, \"YYYY-MM-DD\""},
        {"{\"schema\": \"llmfit.models\", \"schema_version\": 2}",
         ":1:47: schema_version is 2, this program reads 1"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct folder folder;
        char expected[LF_ERROR_TEXT_BYTES];
        folder_make(&folder);
        folder_write(&folder, "models/bad.json", rows[i][0]);
        snprintf(expected, sizeof expected, "/models/bad.json%s", rows[i][1]);
        assert_refused(&folder, LF_CATALOG_MODELS, expected);
        folder_remove(&folder);
    }
}

static const struct {
    const char *name;
    unsigned part;
    const char *text;
    const char *expected;
} bad_tables[] = {
    {"quants.json", LF_CATALOG_QUANTS,
     "{\"schema\": \"llmfit.quants\", \"schema_version\": 1, \"size_classes_b\": [4, 4, 80], "
     "\"mixes\": []}",
     ":1:68: size_classes_b must ascend"},
    {"quants.json", LF_CATALOG_QUANTS,
     "{\"schema\": \"llmfit.quants\", \"schema_version\": 1, \"size_classes_b\": [4, 14, 80], "
     "\"mixes\": [\n{\"id\": \"Q4\", \"rank\": 1, \"needs_imatrix\": false, "
     "\"nominal_bpw\": 4, \"factors\": [1, 1, 1, 1], \"basis\": \"b\", \"source\": \"s\", "
     "\"checked\": "
     "\"2026-01-02\"}]}",
     ":2:8: id: \"Q4\" is not a mix"},
    {"quants.json", LF_CATALOG_QUANTS,
     "{\"schema\": \"llmfit.quants\", \"schema_version\": 1, \"size_classes_b\": [4, 14, 80], "
     "\"mixes\": [\n{\"id\": \"F16\", \"rank\": 1, \"needs_imatrix\": false, "
     "\"nominal_bpw\": 4, \"basis\": \"b\", \"source\": \"s\", \"checked\": \"2026-01-02\", "
     "\"factors\":\n[1, 1, 1]}]}",
     ":3:1: factors must hold 4 numbers"},
    {"tiers.json", LF_CATALOG_TIERS,
     "{\"schema\": \"llmfit.tiers\", \"schema_version\": 1, \"speed_gates\": [], "
     "\"context_gates\": [], \"context_factors\": [], \"kv_factors\": [], \"tiers\": [\n"
     "{\"id\": \"useful\", \"label\": \"l\", \"expect\": \"e\", \"min_q\": 0, "
     "\"source\": \"s\", \"checked\": \"2026-01-02\"}]}",
     ":2:8: id: \"useful\" stands where tier learning belongs"},
    {"tiers.json", LF_CATALOG_TIERS,
     "{\"schema\": \"llmfit.tiers\", \"schema_version\": 1, \"speed_gates\": [], "
     "\"context_gates\": [], \"context_factors\": [], \"kv_factors\": [], \"tiers\":\n[]}",
     ":2:1: tiers: learning is missing"},
    {"runtimes.json", LF_CATALOG_RUNTIMES,
     "{\"schema\": \"llmfit.runtimes\", \"schema_version\": 1, \"runtimes\": [\n{\"id\": "
     "\"x\"}]}",
     ":2:1: name is missing"},
    {"quality.json", LF_CATALOG_QUALITY,
     "{\"schema\": \"llmfit.quality\", \"schema_version\": 1, \"snapshot\": {\"id\": \"i\", "
     "\"date\": \"d\", \"best_paid\": \"b\", \"sources\": []}, \"fallback\": {\"intercept\": 0, "
     "\"log2_total_b\": 0, \"log2_active_b\": 0, \"years_since_2024\": 0, \"thinking\": 0, "
     "\"haircut\": 1, \"cap_tier\": \"capable\", \"latest_release\": \"d\", \"source\": \"s\", "
     "\"checked\": \"2026-01-02\"}, \"paid\": [], \"models\": [\n" QUALITY_ROW(
         "b") ",\n" QUALITY_ROW("a") ",\n" QUALITY_ROW("b") "]}",
     ":4:8: id \"b\" appears twice"},
};

static void a_bad_row_of_a_table_is_refused_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad_tables); i++) {
        struct folder folder;
        char expected[LF_ERROR_TEXT_BYTES];
        folder_make(&folder);
        folder_write(&folder, bad_tables[i].name, bad_tables[i].text);
        snprintf(expected, sizeof expected, "/%s%s", bad_tables[i].name, bad_tables[i].expected);
        assert_refused(&folder, bad_tables[i].part, expected);
        folder_remove(&folder);
    }
}

static void an_id_in_two_files_of_the_folder_is_refused(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    folder_write(&folder, "models/b.json", MODELS(FINETUNE("same")));
    folder_write(&folder, "models/a.json", MODELS(FINETUNE("same")));
    /* In order of their names: the second one is at fault. */
    assert_refused(&folder, LF_CATALOG_MODELS, "/models/b.json:2:8: id \"same\" appears twice");
    folder_remove(&folder);
}

static void a_failed_load_can_be_tried_again(void **state)
{
    (void)state;
    struct folder folder;
    struct lf_catalog catalog;
    folder_make(&folder);
    folder_write(&folder, "models/a.json", MODELS(FINETUNE("mine")));
    folder_write(&folder, "models/b.json", "[");
    lf_catalog_init(&catalog, folder.path);
    assert_int_equal(lf_catalog_load(&catalog, LF_CATALOG_MODELS, NULL), LF_BAD_INPUT);
    assert_int_equal(catalog.loaded, 0);
    folder_write(&folder, "models/b.json", MODELS(FINETUNE("other")));
    assert_int_equal(lf_catalog_load(&catalog, LF_CATALOG_MODELS, NULL), LF_OK);
    assert_non_null(lf_models_find_id(&catalog.models, "other"));
    lf_catalog_clear(&catalog);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_of_the_folder_replaces_the_built_in_one),
        cmocka_unit_test(a_file_of_the_folder_takes_the_place_of_the_built_in_one),
        cmocka_unit_test(the_newest_date_of_what_was_loaded_is_told),
        cmocka_unit_test(a_folder_that_is_none_of_ours_is_refused),
        cmocka_unit_test(a_bad_model_is_refused_with_its_place),
        cmocka_unit_test(a_bad_row_of_a_table_is_refused_with_its_place),
        cmocka_unit_test(an_id_in_two_files_of_the_folder_is_refused),
        cmocka_unit_test(a_failed_load_can_be_tried_again),
    };
    return cmocka_run_group_tests(tests, load_builtin, clear_builtin);
}
