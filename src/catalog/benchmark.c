#include "catalog/benchmark.h"

#include <string.h>

enum { MOST_GPUS = 64, MOST_ROWS = 1000000, MOST_LAYERS = 1024 };
#define MOST_TPS 1e6

struct device_text {
    uint64_t bandwidth_bps;
    const cJSON *series;
};

static const struct lf_json_field device_fields[] = {
    {.key = "bandwidth_bps",
     .offset = offsetof(struct device_text, bandwidth_bps),
     .kind = LF_JSON_INTEGER,
     .least = 1},
    {.key = "series",
     .offset = offsetof(struct device_text, series),
     .kind = LF_JSON_ARRAY,
     .required = true},
};
static const struct lf_json_shape device_shape = LF_JSON_SHAPE(device_fields);

/* What the rows of a series share. */
struct series_text {
    const char *engine;
    const char *backend;
    bool is_old;
    const char *reliability;
    const char *source;
    const char *checked;
    const cJSON *rows;
};

#define TEXT(type, key_)                                               \
    {                                                                  \
        .key = #key_, .offset = offsetof(type, key_), .required = true \
    }
static const struct lf_json_field series_fields[] = {
    TEXT(struct series_text, engine),
    TEXT(struct series_text, backend),
    {.key = "old", .offset = offsetof(struct series_text, is_old), .kind = LF_JSON_BOOL},
    TEXT(struct series_text, reliability),
    TEXT(struct series_text, source),
    TEXT(struct series_text, checked),
    {.key = "rows",
     .offset = offsetof(struct series_text, rows),
     .kind = LF_JSON_ARRAY,
     .required = true},
};
static const struct lf_json_shape series_shape = LF_JSON_SHAPE(series_fields);

struct row_text {
    const char *model;
    const char *quant;
    const char *label;
    uint64_t gpus;
    uint64_t gpu_layers;
    uint64_t ram_expert_layers;
    uint64_t ram_bandwidth_bps; /* told of a split alone */
    uint64_t depth_tokens;
    double decode_tps;
    uint64_t decode_rows;
    double prefill_tps;
    uint64_t prefill_rows;
    uint64_t prompt_tokens;
};

#define FIGURE(key_, kind_, least_, most_)                                        \
    {                                                                             \
        .key = #key_, .offset = offsetof(struct row_text, key_), .kind = (kind_), \
        .least = (least_), .most = (most_)                                        \
    }
static const struct lf_json_field row_fields[] = {
    TEXT(struct row_text, model),
    TEXT(struct row_text, quant),
    {.key = "label", .offset = offsetof(struct row_text, label)},
    FIGURE(gpus, LF_JSON_INTEGER, 2, MOST_GPUS),
    FIGURE(gpu_layers, LF_JSON_INTEGER, 0, MOST_LAYERS),
    FIGURE(ram_expert_layers, LF_JSON_INTEGER, 1, MOST_LAYERS),
    FIGURE(ram_bandwidth_bps, LF_JSON_INTEGER, 1, 0),
    {.key = "depth_tokens",
     .offset = offsetof(struct row_text, depth_tokens),
     .kind = LF_JSON_INTEGER,
     .required = true},
    FIGURE(decode_tps, LF_JSON_NUMBER, 0, MOST_TPS),
    FIGURE(decode_rows, LF_JSON_INTEGER, 1, MOST_ROWS),
    FIGURE(prefill_tps, LF_JSON_NUMBER, 0, MOST_TPS),
    FIGURE(prefill_rows, LF_JSON_INTEGER, 1, MOST_ROWS),
    FIGURE(prompt_tokens, LF_JSON_INTEGER, 1, 0),
};
static const struct lf_json_shape row_shape = LF_JSON_SHAPE(row_fields);
#undef FIGURE
#undef TEXT

/* A speed goes with the measurements it is the median of, and a row has one at least. */
static enum lf_status check_row(const struct lf_json *json, const cJSON *node,
                                const struct row_text *text, struct lf_error *err)
{
    bool has_decode = text->decode_tps > 0;
    bool has_prefill = text->prefill_tps > 0;
    if (!has_decode && !has_prefill) {
        return lf_json_fail(json, node, err, "neither decode_tps nor prefill_tps is there");
    }
    if (has_decode != (text->decode_rows > 0)) {
        return lf_json_fail(json, node, err, "decode_tps and decode_rows go together");
    }
    if (has_prefill != (text->prefill_rows > 0) || has_prefill != (text->prompt_tokens > 0)) {
        return lf_json_fail(json, node, err,
                            "prefill_tps, prefill_rows and prompt_tokens go together");
    }
    return LF_OK;
}

/* What rows are read with, and into. */
struct reading {
    const struct lf_json *json;
    const struct lf_models *models;
    struct lf_arena *arena;
    struct lf_benchmarks *benchmarks; /* with room for all rows */
    struct lf_error *err;
};

/* shared has what the series tells. */
static enum lf_status read_row(const struct reading *reading, const cJSON *node,
                               const struct lf_benchmark *shared)
{
    const struct lf_json *json = reading->json;
    struct lf_error *err = reading->err;
    struct row_text text = {0};
    struct lf_benchmark row = *shared;
    enum lf_status status = lf_json_read(json, node, &row_shape, &text, reading->arena, err);
    if (status == LF_OK && !lf_mix_find(text.quant, &row.mix)) {
        status = lf_json_fail(json, lf_json_find(node, "quant"), err,
                              "quant: \"%.64s\" is not a mix", text.quant);
    }
    if (status == LF_OK) {
        status = check_row(json, node, &text, err);
    }
    if (status != LF_OK) {
        return status;
    }
    const struct lf_model *model = lf_models_find_id(reading->models, text.model);
    row.model = text.model;
    row.shape = model == NULL ? NULL : model->shape;
    row.label = text.label;
    row.gpus = text.gpus == 0 ? 1 : text.gpus;
    row.is_split = text.ram_bandwidth_bps != 0;
    row.depth_tokens = text.depth_tokens;
    row.decode_tps = text.decode_tps;
    row.decode_rows = text.decode_rows;
    row.prefill_tps = text.prefill_tps;
    row.prefill_rows = text.prefill_rows;
    row.prompt_tokens = text.prompt_tokens;
    reading->benchmarks->items[reading->benchmarks->count++] = row;
    return LF_OK;
}

static bool parse_reliability(const char *text, enum lf_reliability *reliability)
{
    bool is_one = text[0] >= 'A' && text[0] < 'A' + LF_RELIABILITY_COUNT && text[1] == '\0';
    *reliability = is_one ? (enum lf_reliability)(text[0] - 'A') : LF_RELIABILITY_C;
    return is_one;
}

static enum lf_status read_series(const struct reading *reading, const cJSON *node,
                                  const struct lf_benchmark *device)
{
    const struct lf_json *json = reading->json;
    struct lf_error *err = reading->err;
    struct series_text text = {0};
    struct lf_benchmark shared = *device;
    enum lf_status status = lf_json_read(json, node, &series_shape, &text, reading->arena, err);
    if (status == LF_OK && !parse_reliability(text.reliability, &shared.reliability)) {
        status = lf_json_fail(json, lf_json_find(node, "reliability"), err,
                              "reliability must be A, B or C");
    }
    if (status != LF_OK) {
        return status;
    }
    shared.engine = text.engine;
    shared.backend = text.backend;
    shared.is_old = text.is_old;
    shared.source = text.source;
    shared.checked = text.checked;
    for (const cJSON *row = text.rows->child; row != NULL; row = row->next) {
        status = read_row(reading, row, &shared);
        if (lf_json_ends(json, status)) {
            return status;
        }
    }
    return LF_OK;
}

static enum lf_status read_device(const struct reading *reading, const cJSON *node)
{
    struct device_text text = {0};
    enum lf_status status =
        lf_json_read(reading->json, node, &device_shape, &text, reading->arena, reading->err);
    if (status != LF_OK) {
        return status;
    }
    const struct lf_benchmark shared = {
        .device = lf_arena_copy(reading->arena, node->string, strlen(node->string)),
        .bandwidth_bps = text.bandwidth_bps};
    for (const cJSON *series = text.series->child; series != NULL; series = series->next) {
        status = read_series(reading, series, &shared);
        if (lf_json_ends(reading->json, status)) {
            return status;
        }
    }
    return LF_OK;
}

struct file_text {
    const cJSON *devices;
};

static const struct lf_json_field file_fields[] = {
    {.key = "schema", .kind = LF_JSON_IGNORED},
    {.key = "schema_version", .kind = LF_JSON_IGNORED},
    {.key = "devices",
     .offset = offsetof(struct file_text, devices),
     .kind = LF_JSON_OBJECT,
     .required = true},
};
static const struct lf_json_shape file_shape = LF_JSON_SHAPE(file_fields);

/* At most so many rows are in the document. */
static size_t count_rows(const cJSON *devices)
{
    size_t count = 0;
    for (const cJSON *device = devices->child; device != NULL; device = device->next) {
        const cJSON *list = lf_json_find(device, "series");
        for (const cJSON *series = list == NULL ? NULL : list->child; series != NULL;
             series = series->next) {
            count += (size_t)cJSON_GetArraySize(lf_json_find(series, "rows"));
        }
    }
    return count;
}

enum lf_status lf_benchmarks_read(const struct lf_json *json, const struct lf_models *models,
                                  struct lf_arena *arena, struct lf_benchmarks *benchmarks,
                                  struct lf_error *err)
{
    struct file_text text = {0};
    const struct reading reading = {json, models, arena, benchmarks, err};
    *benchmarks = (struct lf_benchmarks){0};
    enum lf_status status = lf_json_check_schema(json, "llmfit.benchmarks", err);
    if (status == LF_OK) {
        status = lf_json_read(json, json->root, &file_shape, &text, arena, err);
    }
    if (status != LF_OK) {
        return status;
    }
    benchmarks->items = lf_arena_alloc(arena, count_rows(text.devices), sizeof *benchmarks->items);
    for (const cJSON *node = text.devices->child; node != NULL; node = node->next) {
        status = read_device(&reading, node);
        if (lf_json_ends(json, status)) {
            return status;
        }
    }
    return LF_OK;
}
