#include "advise/audit.h"

#include "advise/complete.h"
#include "catalog/files.h"
#include "catalog/verify.h"
#include "rules/engine.h"

static void count_models(struct lf_audit_report *report)
{
    const struct lf_models *models = &report->catalog->models;
    for (size_t i = 0; i < models->count; i++) {
        const struct lf_model *model = &models->items[i];
        report->models++;
        report->shapes += model->shape_id == NULL;
        report->stated += model->params_stated != 0;
        report->by_confidence[model->confidence]++;
        if (model->shape != NULL) {
            report->by_exactness[lf_model_exactness(model, &lf_engine_gguf)]++;
        }
    }
    for (int mix = 0; mix < LF_MIX_COUNT; mix++) {
        report->mixes += report->catalog->quants.rows[mix].rank != 0;
    }
}

/* Tells the names of an array that are no device's; returns whether one of the others shares its
 * machine's RAM, and so tells what that reads at. */
static bool verify_devices(const struct lf_catalog *catalog, const struct lf_json *json,
                           const cJSON *names, struct lf_arena *arena)
{
    bool is_unified = false;
    for (const cJSON *name = cJSON_IsArray(names) ? names->child : NULL; name != NULL;
         name = name->next) {
        uint64_t copies = 1;
        struct lf_device_query query = {0};
        if (!cJSON_IsString(name)) {
            continue;
        }
        query.name = lf_gpu_copies_split(name->valuestring, arena, &copies);
        const struct lf_device *device = lf_device_find(&catalog->devices, &query);
        is_unified = is_unified || (device != NULL && device->is_unified);
        if (device == NULL) {
            lf_json_fail(json, name, NULL, "%s: no device is called \"%.64s\"", names->string,
                         query.name);
        }
    }
    return is_unified;
}

/* Whether a machine can be made of its row: its GPUs are devices, and what its RAM reads at is
 * known, of the row, the CPU or a GPU that shares it. */
static void verify_machine(const struct lf_catalog *catalog, const struct lf_json *json,
                           const cJSON *node, struct lf_arena *arena)
{
    const cJSON *cpu = lf_json_find(node, "cpu");
    bool is_unified = verify_devices(catalog, json, lf_json_find(node, "gpus"), arena);
    if (!is_unified && lf_json_find(node, "ram_bandwidth_bps") == NULL && cJSON_IsString(cpu) &&
        lf_device_find_cpu(&catalog->cpus, cpu->valuestring) == NULL) {
        lf_json_fail(json, cpu, NULL,
                     "cpu: no platform of cpus.json takes \"%.64s\", and ram_bandwidth_bps is "
                     "missing",
                     cpu->valuestring);
    }
}

/* The first row of a file of the catalog, or NULL. */
static const cJSON *first_row(const struct lf_json *json, const char *key)
{
    const cJSON *rows = json == NULL ? NULL : lf_json_find(json->root, key);
    return cJSON_IsArray(rows) ? rows->child : NULL;
}

/* Names of GPUs and CPUs, which rows of other files answer to. */
static void verify_references(const struct lf_catalog *catalog)
{
    const struct lf_json *machines = lf_catalog_file(catalog, "machines.json");
    const struct lf_json *classes = lf_catalog_file(catalog, "classes.json");
    struct lf_arena arena = {0};
    for (const cJSON *node = first_row(machines, "machines"); node != NULL; node = node->next) {
        verify_machine(catalog, machines, node, &arena);
    }
    for (const cJSON *node = first_row(classes, "classes"); node != NULL; node = node->next) {
        verify_devices(catalog, classes, lf_json_find(node, "others"), &arena);
    }
    lf_arena_clear(&arena);
}

enum lf_status lf_audit(struct lf_catalog *catalog, const struct lf_request *request,
                        struct lf_audit_report *report, struct lf_error *err)
{
    *report = (struct lf_audit_report){.catalog = catalog};
    catalog->findings = &report->findings;
    catalog->today = request->today;
    enum lf_status status = lf_catalog_load(catalog, LF_CATALOG_ALL, err);
    if (status != LF_OK) {
        return status;
    }
    lf_catalog_verify(catalog);
    verify_references(catalog);
    lf_findings_sort(&report->findings);
    count_models(report);
    return LF_OK;
}

void lf_audit_clear(struct lf_audit_report *report)
{
    lf_findings_clear(&report->findings);
}

enum lf_status lf_audit_status(const struct lf_audit_report *report)
{
    return report->findings.seen[LF_SEVERITY_ERROR] == 0 ? LF_OK : LF_BAD_INPUT;
}
