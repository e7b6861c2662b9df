/* A file of models against the built-in architectures: whatever it says of shapes, every mix and
 * the cache are sized. Every other file is read to its end, its faults collected. */
#include <stdlib.h>

#include "base/memory.h"
#include "catalog/catalog.h"
#include "fuzz.h"
#include "rules/engine.h"
#include "rules/load.h"
#include "rules/speed.h"
#include "rules/weights.h"

/* The built-in architectures, read once. */
static const struct lf_architectures *architectures(void)
{
    static struct lf_catalog catalog;
    if (catalog.loaded == 0) {
        lf_catalog_init(&catalog, NULL);
        if (lf_catalog_load(&catalog, LF_CATALOG_MODELS, NULL) != LF_OK) {
            abort();
        }
    }
    return &catalog.architectures;
}

static void size_all(const struct lf_form *form, struct lf_arena *arena)
{
    struct lf_layer_weights *layers = lf_arena_alloc(arena, form->layers, sizeof *layers);
    struct lf_layer_sum *sums = lf_arena_alloc(arena, form->layers + 1, sizeof *sums);
    struct lf_settings settings = lf_settings_default(UINT64_C(1) << 20);
    for (int mix = 0; mix < LF_MIX_COUNT; mix++) {
        unsigned formats = lf_mix_formats((enum lf_mix)mix);
        struct lf_weights weights;
        struct lf_load load;
        settings.engine = (formats & LF_FORMAT_GGUF) != 0  ? &lf_engine_gguf
                          : (formats & LF_FORMAT_MLX) != 0 ? &lf_engine_mlx
                                                           : &lf_engine_vllm;
        settings.engine->size_weights(form, (enum lf_mix)mix, mix % 2 == 0, layers, &weights, NULL);
        settings.loads_mtp = mix % 2 == 0;
        settings.type_k = settings.type_v = mix % 3 == 0 ? LF_Q8_0 : LF_F16;
        lf_load_make(form, &weights, &settings, (size_t)mix % 3, LF_DEPTH_TOKENS, sums, &load);
        if (lf_load_weight_bytes(&load) > weights.file_bytes) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_json json;
    struct lf_findings findings = {0};
    struct lf_models models = {0};
    struct lf_arena arena = {0};
    struct lf_error err = {0};
    enum lf_status status = lf_json_parse(&json, "fuzz", (const char *)data, size, &err);
    json.findings = size % 2 == 0 ? &findings : NULL;
    if (status == LF_OK) {
        status = lf_models_read(&models, &json, architectures(), false, &arena, &err);
    }
    if (status == LF_OK) {
        status = lf_models_link(&models, &err);
    }
    for (size_t i = 0; i < models.count && status == LF_OK; i++) {
        struct lf_form form;
        if (models.items[i].shape != NULL &&
            lf_model_expand(&models.items[i], &arena, &form, &err) == LF_OK) {
            size_all(&form, &arena);
        }
    }
    lf_findings_clear(&findings);
    lf_arena_clear(&arena);
    lf_json_clear(&json);
    return 0;
}
