/* What benchmarks.json says must be of the catalog: devices, models, engines and their back ends.
 */
#include <string.h>

#include "catalog/files.h"
#include "catalog/verify.h"

static const struct lf_device *find_device(const struct lf_devices *devices, const char *name)
{
    for (size_t i = 0; i < devices->count; i++) {
        if (strcmp(devices->items[i].name, name) == 0) {
            return &devices->items[i];
        }
    }
    return NULL;
}

/* A GPU has the bandwidth that devices.json lists; a CPU has none, and a platform in cpus.json. */
static void verify_device(const struct lf_catalog *catalog, const struct lf_json *json,
                          const cJSON *node)
{
    const struct lf_device *device = find_device(&catalog->devices, node->string);
    const cJSON *bandwidth = lf_json_find(node, "bandwidth_bps");
    if (device == NULL && lf_device_find_cpu(&catalog->cpus, node->string) == NULL) {
        lf_json_fail(json, node, NULL, "devices: neither devices.json nor cpus.json has \"%.64s\"",
                     node->string);
    } else if (device != NULL && (!cJSON_IsNumber(bandwidth) ||
                                  (uint64_t)bandwidth->valuedouble != device->bandwidth_bps)) {
        lf_json_fail(json, bandwidth == NULL ? node : bandwidth, NULL,
                     "bandwidth_bps: devices.json lists %llu for %.64s",
                     (unsigned long long)device->bandwidth_bps, node->string);
    }
}

/* Whether some engine's speed is told for that back end. */
static bool has_backend(const struct lf_runtimes *runtimes, const char *backend)
{
    for (size_t i = 0; i < runtimes->count; i++) {
        if (lf_runtime_backend_find(&runtimes->items[i], backend) != NULL) {
            return true;
        }
    }
    return false;
}

static void verify_series(const struct lf_catalog *catalog, const struct lf_json *json,
                          const cJSON *series)
{
    const cJSON *engine = lf_json_find(series, "engine");
    const cJSON *backend = lf_json_find(series, "backend");
    const cJSON *rows = lf_json_find(series, "rows");
    if (cJSON_IsString(engine) &&
        lf_runtime_find(&catalog->runtimes, engine->valuestring) == NULL) {
        lf_json_fail(json, engine, NULL, "engine: runtimes.json does not have \"%.64s\"",
                     engine->valuestring);
    }
    if (cJSON_IsString(backend) && !has_backend(&catalog->runtimes, backend->valuestring)) {
        lf_json_fail(json, backend, NULL, "backend: no engine of runtimes.json has \"%.64s\"",
                     backend->valuestring);
    }
    for (const cJSON *row = rows == NULL ? NULL : rows->child; row != NULL; row = row->next) {
        const cJSON *model = lf_json_find(row, "model");
        if (cJSON_IsString(model) &&
            lf_models_find_id(&catalog->models, model->valuestring) == NULL) {
            lf_json_fail(json, model, NULL, "model: the catalog does not have \"%.64s\"",
                         model->valuestring);
        }
    }
}

void lf_benchmarks_verify(const struct lf_catalog *catalog)
{
    const struct lf_json *json = lf_catalog_file(catalog, "benchmarks.json");
    const cJSON *devices = json == NULL ? NULL : lf_json_find(json->root, "devices");
    for (const cJSON *node = devices == NULL ? NULL : devices->child; node != NULL;
         node = node->next) {
        const cJSON *list = lf_json_find(node, "series");
        verify_device(catalog, json, node);
        for (const cJSON *series = list == NULL ? NULL : list->child; series != NULL;
             series = series->next) {
            verify_series(catalog, json, series);
        }
    }
}
