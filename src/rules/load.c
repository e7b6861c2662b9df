#include "rules/load.h"

#include <string.h>

#include "base/units.h"
#include "rules/cache.h"
#include "rules/engine.h"

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static struct lf_layer_cache size_layer(const struct lf_cache_layer *layer,
                                        const struct lf_settings *settings, uint64_t depth_tokens,
                                        uint64_t widest_v)
{
    struct lf_cache_bytes bytes = lf_cache_layer_bytes(layer, settings, widest_v);
    uint64_t cells = lf_cache_cells(layer, settings);
    uint64_t read =
        layer->window_tokens == 0 ? depth_tokens : smaller(layer->window_tokens, depth_tokens);
    return (struct lf_layer_cache){
        .kv_bytes = bytes.kv_bytes,
        .kv_padding_bytes = bytes.padding_bytes,
        .kv_read_bytes = cells == 0 ? 0 : bytes.kv_bytes / cells * smaller(read, cells),
        .state_bytes = bytes.state_bytes,
    };
}

void lf_load_make(const struct lf_form *form, const struct lf_weights *weights,
                  const struct lf_settings *settings, size_t gpus, uint64_t depth_tokens,
                  struct lf_layer_cache *cache, struct lf_load *load)
{
    *load = (struct lf_load){
        .engine = settings->engine,
        .weights = weights,
        .cache = cache,
        .active_share =
            form->experts == 0 ? 1.0 : (double)form->experts_used / (double)form->experts,
        .loads_mtp = settings->loads_mtp,
        .layer_count = settings->loads_mtp ? form->layers : form->trunk_layers,
    };
    uint64_t widest_v = lf_cache_widest_v(form);
    settings->engine->size_buffers(form, settings, gpus, load);
    for (size_t k = 0; k < form->kind_count; k++) {
        const struct lf_cache_layer *kept = &form->cache[k];
        struct lf_layer_cache sized = size_layer(kept, settings, depth_tokens, widest_v);
        load->has_shared_cache =
            load->has_shared_cache || (kept->k_width != 0 && kept->v_width == 0);
        for (uint64_t i = 0; i < form->layers; i++) {
            cache[i] = form->layer_kinds[i] == k ? sized : cache[i];
        }
    }
    for (uint64_t i = 0; i < form->trunk_layers; i++) {
        load->kv_bytes = lf_add(load->kv_bytes, cache[i].kv_bytes);
        load->state_bytes = lf_add(load->state_bytes, cache[i].state_bytes);
    }
}

uint64_t lf_load_weight_bytes(const struct lf_load *load)
{
    return load->weights->file_bytes - (load->loads_mtp ? 0 : load->weights->mtp_bytes);
}
