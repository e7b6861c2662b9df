#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "folder.h"

static void devices_are_found_as_drivers_call_them(void **state)
{
    (void)state;
    static const char *const names[] = {"GeForce RTX 3090",    "GeForce RTX 3090",
                                        "GeForce RTX 3090 Ti", "GeForce RTX 4070 Mobile",
                                        "Raspberry Pi 5",      "Core i7-8700"};
    struct lf_benchmark items[sizeof names / sizeof names[0]] = {{0}};
    const struct lf_benchmarks benchmarks = {items, sizeof names / sizeof names[0]};
    for (size_t i = 0; i < benchmarks.count; i++) {
        items[i].device = i == 1 ? names[0] : names[i];
    }
    static const struct {
        const char *vendor; /* NULL: a CPU */
        const char *name;
        const char *found;
    } rows[] = {
        {"NVIDIA", "NVIDIA GeForce RTX 3090", "GeForce RTX 3090"},
        {"NVIDIA", "NVIDIA GeForce RTX 3090 Ti", "GeForce RTX 3090 Ti"},
        {"NVIDIA", "NVIDIA GeForce RTX 4070 Laptop GPU", "GeForce RTX 4070 Mobile"},
        {"NVIDIA", "NVIDIA GeForce RTX 4070", NULL},
        {"NVIDIA", NULL, NULL},
        {NULL, "Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz", "Core i7-8700"},
        {NULL, "Intel Core i7-8700 CPU @ 3.20GHz", "Core i7-8700"},
        {NULL, "Intel Core i7-8700K CPU @ 3.70GHz", NULL},
        {NULL, "Raspberry Pi 5 Model B Rev 1.0", "Raspberry Pi 5"},
        {NULL, "Raspberry Pi 500", NULL},
        {NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct lf_device_query part = {.vendor = rows[i].vendor, .name = rows[i].name};
        const struct lf_benchmarks found = lf_benchmarks_of(&benchmarks, &part);
        if (rows[i].found == NULL) {
            assert_int_equal(found.count, 0);
        } else {
            assert_string_equal(found.items[0].device, rows[i].found);
            assert_int_equal(found.count, strcmp(rows[i].found, names[0]) == 0 ? 2 : 1);
        }
    }
}

#define FILE_HEAD "{\"schema\": \"llmfit.benchmarks\", \"schema_version\": 1, \"devices\": {\n"
#define SERIES                                                                                 \
    "\"series\": [{\"engine\": \"llama.cpp\", \"backend\": \"cuda\", \"reliability\": \"A\", " \
    "\"source\": \"s\", \"checked\": \"2026-01-02\", \"rows\": [\n"
#define MINE(row) FILE_HEAD "\"Mine\": {" SERIES row "]}]}}}"
#define ROW "{\"model\": \"qwen3-8b\", \"quant\": \"Q4_K_M\", \"depth_tokens\": 0"

static void a_folder_s_file_takes_the_place_of_the_built_in_one(void **state)
{
    (void)state;
    struct folder folder;
    struct lf_catalog catalog;
    struct lf_error err = {0};
    folder_make(&folder);
    folder_write(&folder, "benchmarks.json",
                 MINE(ROW ", \"gpus\": 2, \"decode_tps\": 50.5, \"decode_rows\": 3}"));
    lf_catalog_init(&catalog, folder.path);
    assert_int_equal(lf_catalog_load(&catalog, LF_CATALOG_BENCHMARKS, &err), LF_OK);
    assert_int_equal(catalog.benchmarks.count, 1);
    const struct lf_benchmark *row = &catalog.benchmarks.items[0];
    assert_string_equal(row->device, "Mine");
    assert_int_equal(row->mix, LF_MIX_Q4_K_M);
    assert_int_equal(row->gpus, 2);
    assert_true(row->decode_tps == 50.5);
    assert_int_equal(row->decode_rows, 3);
    assert_false(row->is_split || row->is_old);
    assert_ptr_equal(row->shape, lf_models_find_id(&catalog.models, "qwen3-8b")->shape);
    lf_catalog_clear(&catalog);
    folder_remove(&folder);
}

static void a_fault_is_told_where_it_stands(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        const char *sentence;
    } rows[] = {
        {MINE(ROW "}"), 3, "neither decode_tps nor prefill_tps is there"},
        {MINE(ROW ", \"decode_tps\": 5}"), 3, "decode_tps and decode_rows go together"},
        {MINE(ROW ", \"prefill_tps\": 5, \"prefill_rows\": 1}"), 3,
         "prefill_tps, prefill_rows and prompt_tokens go together"},
        {MINE("{\"model\": \"qwen3-8b\", \"quant\": \"Q4\", \"depth_tokens\": 0}"), 3,
         "quant: \"Q4\" is not a mix"},
        {MINE(ROW ", \"decode_tps\": -1, \"decode_rows\": 1}"), 3, "decode_tps is "},
        {MINE(ROW ", \"decode_tps\": 2e6, \"decode_rows\": 1}"), 3, "decode_tps is "},
        {MINE("{\"quant\": \"Q4_K_M\", \"depth_tokens\": 0}"), 3, "model is missing"},
        {FILE_HEAD "\"Mine\": {\"series\": 7}}}", 2, "series must be an array"},
        {FILE_HEAD "\"Mine\": 7}}", 2, "must be an object"},
        {FILE_HEAD "\"Mine\": {\"series\": [{\"engine\": \"llama.cpp\", \"backend\": \"cuda\", "
                   "\"reliability\": \"D\", \"source\": \"s\", \"checked\": \"2026-01-02\", "
                   "\"rows\": []}]}}}",
         2, "reliability must be A, B or C"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct folder folder;
        struct lf_catalog catalog;
        struct lf_error err = {0};
        folder_make(&folder);
        folder_write(&folder, "benchmarks.json", rows[i].text);
        lf_catalog_init(&catalog, folder.path);
        assert_int_equal(lf_catalog_load(&catalog, LF_CATALOG_BENCHMARKS, &err), LF_BAD_INPUT);
        if (strstr(err.text, rows[i].sentence) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", err.text, rows[i].sentence);
        }
        assert_int_equal(err.line, rows[i].line);
        lf_catalog_clear(&catalog);
        folder_remove(&folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_are_found_as_drivers_call_them),
        cmocka_unit_test(a_folder_s_file_takes_the_place_of_the_built_in_one),
        cmocka_unit_test(a_fault_is_told_where_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
