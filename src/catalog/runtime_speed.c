#include "catalog/runtime_speed.h"

#include <string.h>

/* Times are bounded by a second, shares by what no engine reaches. */
enum { MOST_US = 1000 * 1000, MOST_EFFICIENCY = 2, MOST_FACTOR = 100 };
#define MOST_BPS 1e15

#define FIGURE(type, key_, most_, required_)                                  \
    {                                                                         \
        .key = #key_, .offset = offsetof(type, key_), .kind = LF_JSON_NUMBER, \
        .required = (required_), .most = (most_)                              \
    }
#define NUMBER(type, key_, most_) FIGURE(type, key_, most_, true)
#define OPTIONAL(type, key_, most_) FIGURE(type, key_, most_, false)

static const struct lf_json_field backend_fields[] = {
    {.key = "id", .offset = offsetof(struct lf_runtime_backend, id), .required = true},
    NUMBER(struct lf_runtime_backend, efficiency, MOST_EFFICIENCY),
    NUMBER(struct lf_runtime_backend, layer_us, MOST_US),
    NUMBER(struct lf_runtime_backend, moe_layer_us, MOST_US),
    NUMBER(struct lf_runtime_backend, state_layer_us, MOST_US),
    NUMBER(struct lf_runtime_backend, token_us, MOST_US),
    OPTIONAL(struct lf_runtime_backend, prefill_efficiency, MOST_FACTOR),
    OPTIONAL(struct lf_runtime_backend, prefill_falloff, 1),
    OPTIONAL(struct lf_runtime_backend, prefill_moe_factor, MOST_FACTOR),
};
static const struct lf_json_shape backend_shape = LF_JSON_SHAPE(backend_fields);

static const struct lf_json_field band_fields[] = {
    {.key = "when", .offset = offsetof(struct lf_band, when), .required = true},
    NUMBER(struct lf_band, low, 1),
    NUMBER(struct lf_band, high, MOST_FACTOR),
    NUMBER(struct lf_band, coverage, 1),
};
static const struct lf_json_shape band_shape = LF_JSON_SHAPE(band_fields);

static const struct lf_json_field constant_fields[] = {
    NUMBER(struct lf_runtime, kappa_flop_per_weight, MOST_FACTOR),
    NUMBER(struct lf_runtime, kappa_flop_per_weight_f16, MOST_FACTOR),
    NUMBER(struct lf_runtime, moe_efficiency, MOST_EFFICIENCY),
    NUMBER(struct lf_runtime, cpu_moe_efficiency, MOST_EFFICIENCY),
    NUMBER(struct lf_runtime, slow_cpu_factor, 1),
    NUMBER(struct lf_runtime, ram_efficiency, MOST_EFFICIENCY),
    NUMBER(struct lf_runtime, offloaded_expert_efficiency, MOST_EFFICIENCY),
    NUMBER(struct lf_runtime, kv_efficiency, MOST_EFFICIENCY),
    NUMBER(struct lf_runtime, wide_memory_bps, MOST_BPS),
    NUMBER(struct lf_runtime, wide_memory_falloff, 1),
    NUMBER(struct lf_runtime, gpu_hop_us, MOST_US),
    NUMBER(struct lf_runtime, offload_sync_us, MOST_US),
    NUMBER(struct lf_runtime, prefill_bandwidth_efficiency, MOST_FACTOR),
    NUMBER(struct lf_runtime, prefill_copy_bps, MOST_BPS),
    NUMBER(struct lf_runtime, prefill_layer_us, MOST_US),
    NUMBER(struct lf_runtime, prefill_16_bit_factor, MOST_FACTOR),
    OPTIONAL(struct lf_runtime, parallel_efficiency, MOST_EFFICIENCY),
    {.key = "quant_efficiency", .kind = LF_JSON_IGNORED}, /* read apart */
};
static const struct lf_json_shape constant_shape = LF_JSON_SHAPE(constant_fields);

struct quant_efficiency_text {
    struct lf_strings mixes;
    double factor;
};

static const struct lf_json_field quant_efficiency_fields[] = {
    {.key = "mixes",
     .offset = offsetof(struct quant_efficiency_text, mixes),
     .kind = LF_JSON_STRINGS,
     .required = true},
    NUMBER(struct quant_efficiency_text, factor, MOST_EFFICIENCY),
};
static const struct lf_json_shape quant_efficiency_shape = LF_JSON_SHAPE(quant_efficiency_fields);

struct family_text {
    const char *backend;
    struct lf_strings names;
    struct lf_strings mixes; /* none: all */
    double kappa_factor;
    double tflops_factor;
};

static const struct lf_json_field family_fields[] = {
    {.key = "backend", .offset = offsetof(struct family_text, backend), .required = true},
    {.key = "names",
     .offset = offsetof(struct family_text, names),
     .kind = LF_JSON_STRINGS,
     .required = true},
    {.key = "mixes", .offset = offsetof(struct family_text, mixes), .kind = LF_JSON_STRINGS},
    NUMBER(struct family_text, kappa_factor, MOST_FACTOR),
    NUMBER(struct family_text, tflops_factor, MOST_FACTOR),
    {.key = "source", .kind = LF_JSON_IGNORED},
    {.key = "checked", .kind = LF_JSON_IGNORED},
};
static const struct lf_json_shape family_shape = LF_JSON_SHAPE(family_fields);
#undef OPTIONAL
#undef NUMBER
#undef FIGURE

static enum lf_status read_backends(const struct lf_json *json, const cJSON *array,
                                    struct lf_arena *arena, struct lf_runtime *runtime,
                                    struct lf_error *err)
{
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        struct lf_runtime_backend backend = {0};
        enum lf_status status = lf_json_read(json, node, &backend_shape, &backend, arena, err);
        if (status != LF_OK) {
            return status;
        }
        if (lf_runtime_backend_find(runtime, backend.id) != NULL) {
            return lf_json_fail(json, lf_json_find(node, "id"), err, "id \"%.64s\" appears twice",
                                backend.id);
        }
        if (runtime->backend_count == LF_BACKENDS_MOST) {
            return lf_json_fail(json, node, err, "more than %d backends", LF_BACKENDS_MOST);
        }
        runtime->backends[runtime->backend_count++] = backend;
    }
    return LF_OK;
}

static enum lf_status read_bands(const struct lf_json *json, const cJSON *array,
                                 struct lf_arena *arena, struct lf_runtime *runtime,
                                 struct lf_error *err)
{
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        struct lf_band band = {0};
        enum lf_status status = lf_json_read(json, node, &band_shape, &band, arena, err);
        if (status != LF_OK) {
            return status;
        }
        if (band.high < 1) {
            return lf_json_fail(json, lf_json_find(node, "high"), err, "high is less than 1");
        }
        if (lf_band_find(runtime, band.when) != NULL) {
            return lf_json_fail(json, lf_json_find(node, "when"), err,
                                "when: \"%.64s\" appears twice", band.when);
        }
        if (runtime->band_count == LF_BANDS_MOST) {
            return lf_json_fail(json, node, err, "more than %d bands", LF_BANDS_MOST);
        }
        runtime->bands[runtime->band_count++] = band;
    }
    return LF_OK;
}

static enum lf_status read_quant_efficiency(const struct lf_json *json, const cJSON *array,
                                            struct lf_arena *arena, struct lf_runtime *runtime,
                                            struct lf_error *err)
{
    if (array != NULL && !cJSON_IsArray(array)) {
        return lf_json_fail(json, array, err, "quant_efficiency must be an array");
    }
    for (size_t i = 0; i < LF_MIX_COUNT; i++) {
        runtime->quant_efficiency[i] = 1;
    }
    for (const cJSON *node = array == NULL ? NULL : array->child; node != NULL; node = node->next) {
        struct quant_efficiency_text text = {0};
        enum lf_status status =
            lf_json_read(json, node, &quant_efficiency_shape, &text, arena, err);
        if (status != LF_OK) {
            return status;
        }
        for (size_t i = 0; i < text.mixes.count; i++) {
            enum lf_mix mix;
            if (!lf_mix_find(text.mixes.items[i], &mix)) {
                return lf_json_fail(json, node, err, "mixes: \"%.64s\" is not a mix",
                                    text.mixes.items[i]);
            }
            runtime->quant_efficiency[mix] = text.factor;
        }
    }
    return LF_OK;
}

static enum lf_status read_families(const struct lf_json *json, const cJSON *array,
                                    struct lf_arena *arena, struct lf_runtime *runtime,
                                    struct lf_error *err)
{
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        struct family_text text = {0};
        enum lf_status status = lf_json_read(json, node, &family_shape, &text, arena, err);
        if (status != LF_OK) {
            return status;
        }
        if (runtime->family_count == LF_FAMILIES_MOST) {
            return lf_json_fail(json, node, err, "more than %d families", LF_FAMILIES_MOST);
        }
        struct lf_runtime_family *family = &runtime->families[runtime->family_count++];
        *family = (struct lf_runtime_family){.backend = text.backend,
                                             .names = text.names,
                                             .kappa_factor = text.kappa_factor,
                                             .tflops_factor = text.tflops_factor};
        for (size_t i = 0; i < LF_MIX_COUNT; i++) {
            family->mixes[i] = text.mixes.count == 0;
        }
        for (size_t i = 0; i < text.mixes.count; i++) {
            enum lf_mix mix;
            if (!lf_mix_find(text.mixes.items[i], &mix)) {
                return lf_json_fail(json, node, err, "mixes: \"%.64s\" is not a mix",
                                    text.mixes.items[i]);
            }
            family->mixes[mix] = true;
        }
    }
    return LF_OK;
}

enum lf_status lf_runtime_speed_read(const struct lf_json *json,
                                     const struct lf_runtime_speed_text *text,
                                     struct lf_arena *arena, struct lf_runtime *runtime,
                                     struct lf_error *err)
{
    enum lf_status status =
        lf_json_read(json, text->constants, &constant_shape, runtime, arena, err);
    if (status == LF_OK) {
        status = read_quant_efficiency(json, lf_json_find(text->constants, "quant_efficiency"),
                                       arena, runtime, err);
    }
    if (status == LF_OK) {
        status = read_backends(json, text->backends, arena, runtime, err);
    }
    if (status == LF_OK) {
        status = read_families(json, text->families, arena, runtime, err);
    }
    return status == LF_OK ? read_bands(json, text->bands, arena, runtime, err) : status;
}

const struct lf_runtime_backend *lf_runtime_backend_find(const struct lf_runtime *runtime,
                                                         const char *id)
{
    for (size_t i = 0; i < runtime->backend_count; i++) {
        if (strcmp(runtime->backends[i].id, id) == 0) {
            return &runtime->backends[i];
        }
    }
    return NULL;
}

const struct lf_band *lf_band_find(const struct lf_runtime *runtime, const char *when)
{
    for (size_t i = 0; i < runtime->band_count; i++) {
        if (strcmp(runtime->bands[i].when, when) == 0) {
            return &runtime->bands[i];
        }
    }
    return NULL;
}
