#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "advise/audit.h"
#include "base/text.h"
#include "folder.h"
#include "support.h"

static const char today[] = "2026-11-22";

/* Audits the catalog with the folder over it (NULL: what is built in). */
static void audit(const struct folder *folder, const char *date, struct lf_catalog *catalog,
                  struct lf_audit_report *report)
{
    struct lf_request request;
    struct lf_error err = {0};
    lf_request_init(&request);
    request.today = date;
    lf_catalog_init(catalog, folder == NULL ? NULL : folder->path);
    if (lf_audit(catalog, &request, report, &err) != LF_OK) {
        fail_msg("%s", err.text);
    }
}

/* The errors of a folder with one file, without its path, one a line. */
static void errors_of(const char *name, const char *content, struct lf_text *errors)
{
    struct folder folder;
    struct lf_catalog catalog;
    struct lf_audit_report report;
    folder_make(&folder);
    folder_write(&folder, name, content);
    audit(&folder, today, &catalog, &report);
    for (size_t i = 0; i < report.findings.count; i++) {
        const struct lf_finding *finding = &report.findings.items[i];
        if (finding->severity == LF_SEVERITY_ERROR) {
            assert_true(lf_text_starts_with(finding->error.text, folder.path));
            const char *rest = finding->error.text + strlen(folder.path) + 1;
            assert_true(lf_text_starts_with(rest, name));
            lf_text_format(errors, "%s\n", rest + strlen(name) + 1);
        }
    }
    assert_int_equal(lf_audit_status(&report), errors->length > 0 ? LF_BAD_INPUT : LF_OK);
    lf_audit_clear(&report);
    lf_catalog_clear(&catalog);
    folder_remove(&folder);
}

static void assert_errors(const char *name, const char *content, const char *expected)
{
    struct lf_text errors = {0};
    errors_of(name, content, &errors);
    assert_string_equal(lf_text_string(&errors), expected);
    lf_text_clear(&errors);
}

static void the_built_in_catalog_has_no_errors(void **state)
{
    struct lf_catalog catalog;
    struct lf_audit_report report;
    (void)state;
    audit(NULL, today, &catalog, &report);
    for (size_t i = 0; i < report.findings.count; i++) {
        if (report.findings.items[i].severity == LF_SEVERITY_ERROR) {
            fail_msg("%s", report.findings.items[i].error.text);
        }
    }
    assert_int_equal(report.models, catalog.models.count);
    assert_true(report.shapes > 0 && report.shapes < report.models);
    assert_int_equal(report.mixes, LF_MIX_COUNT);
    assert_int_equal(report.by_confidence[LF_CONFIDENCE_HIGH] +
                         report.by_confidence[LF_CONFIDENCE_MEDIUM] +
                         report.by_confidence[LF_CONFIDENCE_LOW],
                     report.models);
    lf_audit_clear(&report);
    lf_catalog_clear(&catalog);
}

static void a_date_after_today_is_an_error(void **state)
{
    struct lf_catalog catalog;
    struct lf_audit_report report;
    (void)state;
    audit(NULL, "2026-01-01", &catalog, &report);
    assert_int_equal(lf_audit_status(&report), LF_BAD_INPUT);
    assert_true(report.findings.seen[LF_SEVERITY_ERROR] > LF_FINDINGS_MOST);
    lf_audit_clear(&report);
    lf_catalog_clear(&catalog);
    audit(NULL, NULL, &catalog, &report);
    assert_int_equal(lf_audit_status(&report), LF_OK);
    lf_audit_clear(&report);
    lf_catalog_clear(&catalog);
}

static void a_good_row_has_no_errors(void **state)
{
    (void)state;
    assert_errors("models/mine.json", MODELS(FINETUNE("my-finetune")), "");
}

static void every_fault_of_every_row_is_told(void **state)
{
    (void)state;
    assert_errors(
        "models/mine.json",
        MODELS("{\"id\": \"a\", \"name\": 7, \"hf\": \"mine/a\", \"shape\": \"qwen3-8b\",\n"
               "\"confidence\": \"high\", \"source\": \"\", \"checked\": \"2026-02-30\"},\n"
               "{\"id\": \"b\", \"confidence\": \"low\", \"source\": \"s\",\n"
               "\"checked\": \"2026-11-23\", \"colour\": 1, \"hf\": \"mine/b\"},\n"
               "{\"id\": \"c\", \"name\": \"C\", \"hf\": \"mine/c\", \"arch\": \"no\",\n"
               "\"parts\": {}, \"kinds\": {}, \"order\": [], " MODEL_TAIL),
        "2:21: name must be a string\n"
        "3:33: source is empty\n"
        "3:48: checked must be a date, \"YYYY-MM-DD\"\n"
        "4:1: name is missing\n"
        "5:12: checked: 2026-11-23 is after today, 2026-11-22\n"
        "5:36: unknown key \"colour\"\n"
        "6:50: arch: there is no architecture \"no\"\n");
}

static void references_lead_to_a_model_and_not_in_a_circle(void **state)
{
    (void)state;
    assert_errors("models/mine.json",
                  MODELS(MODEL_HEAD("a") "\"shape\": \"b\", " MODEL_TAIL ",\n" MODEL_HEAD(
                      "b") "\"shape\": \"a\", " MODEL_TAIL
                           ",\n{\"id\": \"c\", \"name\": \"C\", \"hf\": \"o/c\", "
                           "\"shape\": \"nothing\", " MODEL_TAIL),
                  "2:48: shape: \"b\" leads in a circle\n"
                  "3:21: \"N\" means this model and a\n"
                  "3:48: shape: \"a\" leads in a circle\n"
                  "4:48: shape: there is no model \"nothing\"\n");
}

static void figures_and_words_of_a_model_are_compared(void **state)
{
    (void)state;
    assert_errors(
        "models/mine.json",
        MODELS(MODEL_HEAD("a") "\"shape\": \"qwen3-8b\",\n\"params_stated\": 9000000000,\n"
                               "\"released\": \"2026-13\",\n\"recommended_quant\": {\"quant\": "
                               "\"Q4\", \"by\": \"readme\", \"source\": \"s\"},\n"
                               "\"gguf\": \"x/y/z\",\n\"aliases\": [\"Qwen3 8B\"], " MODEL_TAIL
                               ",\n{\"id\": \"b\", \"name\": \"B\", \"hf\": \"b\", "
                               "\"shape\": \"qwen3-30b-a3b\",\n\"released\": \"2026-12\",\n"
                               "\"params_active_stated\": 4000000000, " MODEL_TAIL),
        "3:18: params_stated: a states 9000000000 parameters, its shape has 8190735360, more than "
        "1 % apart\n"
        "4:13: released must be a date, \"YYYY-MM\" or \"YYYY-MM-DD\"\n"
        "5:22: recommended_quant: \"Q4\" is not a mix\n"
        "6:9: gguf: \"x/y/z\" is not of the form owner/name\n"
        "7:13: \"Qwen3 8B\" means this model and qwen3-8b\n"
        "8:32: hf: \"b\" is not of the form owner/name\n"
        "9:13: released: 2026-12 is after today, 2026-11-22\n");
}

static void what_is_said_of_files_is_checked(void **state)
{
    (void)state;
    assert_errors(
        "models/mine.json",
        MODELS(MODEL_HEAD("a") "\"shape\": \"qwen3-8b\",\n\"files\": [{\"repo\": \"x/y\", "
                               "\"bytes\": 0},\n{\"size\": 1}],\n"
                               "\"recommended_quant\": {\"quant\": \"Q4_K_M\"}, " MODEL_TAIL),
        "3:11: checked is missing\n"
        "3:11: label is missing\n"
        "3:11: source is missing\n"
        "3:36: bytes is 0, less than 1\n"
        "4:1: bytes is missing\n"
        "4:1: checked is missing\n"
        "4:1: label is missing\n"
        "4:1: repo is missing\n"
        "4:1: source is missing\n"
        "4:10: unknown key \"size\"\n"
        "5:22: by is missing\n"
        "5:22: source is missing\n");
}

static void a_stated_active_count_may_be_rounded_and_leave_embeddings_out(void **state)
{
    static const struct {
        const char *stated;
        const char *expected;
    } rows[] = {
        {"3300000000", ""}, /* 3.35e9 with embeddings */
        {"3000000000", ""}, /* rounded */
        {"2740000000", ""}, /* without embeddings */
        {"3600000000",
         "3:25: params_active_stated: a states 3600000000 parameters read for a token, its shape "
         "has 3353032704, 622331904 of them embeddings\n"},
        {"2400000000",
         "3:25: params_active_stated: a states 2400000000 parameters read for a token, its shape "
         "has 3353032704, 622331904 of them embeddings\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char content[1024];
        snprintf(content, sizeof content, "%s%s%s",
                 "{\"schema\": \"llmfit.models\", \"schema_version\": 1, \"vendor\": \"Test\", "
                 "\"models\": [\n" MODEL_HEAD(
                     "a") "\"shape\": \"qwen3-30b-a3b\",\n\"params_active_stated\": ",
                 rows[i].stated, ", " MODEL_TAIL "]}");
        assert_errors("models/mine.json", content, rows[i].expected);
    }
}

#define SHAPE(parts, kinds)                                                                     \
    MODELS(MODEL_HEAD("a") "\"arch\": \"qwen3\", \"layers\": 1, \"embd\": 64, \"vocab\": 9,\n"  \
                           "\"parts\": {" parts "},\n\"kinds\": {" kinds "},\n\"order\": [[1, " \
                           "\"A\"]], " MODEL_TAIL)
#define ATTENTION(size) "\"a\": {\"type\": \"attn\", \"heads\": 4, \"kv_heads\": 2, " size "}"
#define FEED(size) "\"f\": {\"type\": \"mlp\", \"ff\": " size "}"

static void every_dimension_is_bounded(void **state)
{
    (void)state;
    assert_errors("models/mine.json", SHAPE(ATTENTION("\"head_dim\": 16777217"), "\"A\": [\"a\"]"),
                  "3:72: head_dim must be a whole number from 0 to 16777216\n");
    assert_errors("models/mine.json", SHAPE(ATTENTION("\"v_dim\": 8"), "\"A\": [\"a\"]"),
                  "3:16: attn_q.weight: dimension 1 is 0 or not whole; a size it is made of is "
                  "missing or wrong\n");
    assert_errors("models/mine.json",
                  SHAPE(ATTENTION("\"head_dim\": 32") ", " FEED("64"), "\"A\": [\"a\", \"a\"]"),
                  "4:10: kinds: a layer has attn_k.weight twice\n");
}

static void a_misspelt_file_is_not_passed_over(void **state)
{
    (void)state;
    struct lf_catalog catalog;
    struct lf_audit_report report;
    struct folder folder;
    folder_make(&folder);
    folder_write(&folder, "models/mine.json", MODELS(FINETUNE("my-finetune")));
    folder_write(&folder, "devises.json", "{}");
    audit(&folder, today, &catalog, &report);
    assert_int_equal(report.findings.seen[LF_SEVERITY_ERROR], 1);
    assert_non_null(strstr(report.findings.items[0].error.text,
                           "/devises.json: no file of a catalog has this name"));
    lf_audit_clear(&report);
    lf_catalog_clear(&catalog);
    folder_remove(&folder);
}

static void a_mix_without_a_row_is_an_error(void **state)
{
    struct lf_text errors = {0};
    (void)state;
    errors_of("quants.json",
              "{\"schema\": \"llmfit.quants\", \"schema_version\": 1, \"size_classes_b\": [1, 2, "
              "3], \"mixes\": [{\"id\": \"F16\", \"rank\": 1, \"needs_imatrix\": false, "
              "\"nominal_bpw\": 16, \"factors\": [1, 1, 1, 1], \"basis\": \"b\", \"source\": "
              "\"s\", \"checked\": \"2020-02-03\"}]}",
              &errors);
    assert_non_null(strstr(lf_text_string(&errors), "mixes: not there: BF16 Q8_0 "));
    assert_null(strstr(lf_text_string(&errors), " F16"));
    lf_text_clear(&errors);
}

static void a_machines_cpu_and_gpus_are_known(void **state)
{
    static const char good[] =
        "{\"schema\": \"llmfit.machines\", \"schema_version\": 1, \"machines\": [\n"
        "{\"id\": \"a\", \"name\": \"A\", \"cpu\": \"%s\", \"cores\": 4, \"threads\": 8, "
        "\"ram_bytes\": 8589934592,\n%s\"gpus\": [%s], \"source\": \"s\", \"checked\": "
        "\"2026-01-02\"}]}";
    static const struct {
        const char *cpu;
        const char *bandwidth;
        const char *gpus;
        const char *errors;
    } rows[] = {
        {"AMD Ryzen 9 7950X 16-Core Processor", "", "\"rtx 4090 x2\"", ""},
        {"an abacus", "\"ram_bandwidth_bps\": 1,\n", "", ""},
        {"Apple M4", "", "\"Apple M4 10-core\"", ""},
        {"an abacus", "", "\"rtx 4090\"",
         "2:33: cpu: no platform of cpus.json takes \"an abacus\", and ram_bandwidth_bps is "
         "missing\n"},
        {"AMD Ryzen 9 7950X 16-Core Processor", "", "\"rtx 4090\", \"rtx 9999x2\"",
         "3:22: gpus: no device is called \"rtx 9999\"\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_text content = {0};
        lf_text_format(&content, good, rows[i].cpu, rows[i].bandwidth, rows[i].gpus);
        assert_errors("machines.json", lf_text_string(&content), rows[i].errors);
        lf_text_clear(&content);
    }
}

static void a_file_that_is_no_json_does_not_hide_the_others(void **state)
{
    struct folder folder;
    struct lf_catalog catalog;
    struct lf_audit_report report;
    (void)state;
    folder_make(&folder);
    folder_write(&folder, "models/a.json", "[");
    folder_write(&folder, "models/b.json", MODELS(MODEL_HEAD("b") MODEL_TAIL));
    folder_write(&folder, "tiers.json", "{}");
    audit(&folder, today, &catalog, &report);
    assert_int_equal(report.findings.seen[LF_SEVERITY_ERROR], 4);
    lf_audit_clear(&report);
    lf_catalog_clear(&catalog);
    folder_remove(&folder);
}

static void a_folder_that_is_not_there_is_no_catalog(void **state)
{
    struct lf_catalog catalog;
    struct lf_audit_report report;
    struct lf_request request;
    struct lf_error err = {0};
    (void)state;
    lf_request_init(&request);
    lf_catalog_init(&catalog, "/nonexistent");
    assert_int_equal(lf_audit(&catalog, &request, &report, &err), LF_BAD_INPUT);
    assert_string_equal(err.text, "/nonexistent: No such file or directory");
    lf_audit_clear(&report);
    lf_catalog_clear(&catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_catalog_has_no_errors),
        cmocka_unit_test(a_date_after_today_is_an_error),
        cmocka_unit_test(a_good_row_has_no_errors),
        cmocka_unit_test(every_fault_of_every_row_is_told),
        cmocka_unit_test(references_lead_to_a_model_and_not_in_a_circle),
        cmocka_unit_test(figures_and_words_of_a_model_are_compared),
        cmocka_unit_test(what_is_said_of_files_is_checked),
        cmocka_unit_test(a_stated_active_count_may_be_rounded_and_leave_embeddings_out),
        cmocka_unit_test(every_dimension_is_bounded),
        cmocka_unit_test(a_misspelt_file_is_not_passed_over),
        cmocka_unit_test(a_mix_without_a_row_is_an_error),
        cmocka_unit_test(a_machines_cpu_and_gpus_are_known),
        cmocka_unit_test(a_file_that_is_no_json_does_not_hide_the_others),
        cmocka_unit_test(a_folder_that_is_not_there_is_no_catalog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
