#include "rules/load.h"

#include "base/units.h"
#include "rules/cache.h"
#include "rules/engine.h"

static struct lf_layer_cache size_layer(const struct lf_cache_layer *layer,
                                        const struct lf_settings *settings, uint64_t depth_tokens,
                                        uint64_t widest_v)
{
    struct lf_cache_bytes bytes = lf_cache_layer_bytes(layer, settings, widest_v);
    uint64_t cells = lf_cache_cells(layer, settings);
    uint64_t read =
        layer->window_tokens == 0 ? depth_tokens : lf_smaller(layer->window_tokens, depth_tokens);
    return (struct lf_layer_cache){
        .kv_bytes = bytes.kv_bytes,
        .kv_padding_bytes = bytes.padding_bytes,
        .kv_read_bytes = cells == 0 ? 0 : bytes.kv_bytes / cells * lf_smaller(read, cells),
        .state_bytes = bytes.state_bytes,
    };
}

struct lf_layer_sum lf_layer_sum_after(const struct lf_layer_sum *before,
                                       const struct lf_layer_weights *weights,
                                       const struct lf_layer_cache *cache, double active_share)
{
    struct lf_layer_sum sum = *before;
    uint64_t read = (uint64_t)((double)weights->expert_bytes * active_share);
    uint64_t on_gpu = lf_add(weights->always_bytes, weights->always_padding_bytes);
    on_gpu = lf_add(on_gpu, lf_add(cache->kv_bytes, cache->kv_padding_bytes));
    sum.always_bytes = lf_add(sum.always_bytes, weights->always_bytes);
    sum.always_padding_bytes = lf_add(sum.always_padding_bytes, weights->always_padding_bytes);
    sum.expert_bytes = lf_add(sum.expert_bytes, weights->expert_bytes);
    sum.expert_padding_bytes = lf_add(sum.expert_padding_bytes, weights->expert_padding_bytes);
    sum.experts_read_bytes = lf_add(sum.experts_read_bytes, read);
    sum.cache.kv_bytes = lf_add(sum.cache.kv_bytes, cache->kv_bytes);
    sum.cache.kv_padding_bytes = lf_add(sum.cache.kv_padding_bytes, cache->kv_padding_bytes);
    sum.cache.kv_read_bytes = lf_add(sum.cache.kv_read_bytes, cache->kv_read_bytes);
    sum.cache.state_bytes = lf_add(sum.cache.state_bytes, cache->state_bytes);
    sum.gpu_bytes = lf_add(sum.gpu_bytes, lf_add(on_gpu, cache->state_bytes));
    return sum;
}

struct lf_layer_sum lf_load_run(const struct lf_load *load, uint64_t from, uint64_t to)
{
    const struct lf_layer_sum *a = &load->sums[from];
    const struct lf_layer_sum *b = &load->sums[to];
    return (struct lf_layer_sum){
        .always_bytes = b->always_bytes - a->always_bytes,
        .always_padding_bytes = b->always_padding_bytes - a->always_padding_bytes,
        .expert_bytes = b->expert_bytes - a->expert_bytes,
        .expert_padding_bytes = b->expert_padding_bytes - a->expert_padding_bytes,
        .experts_read_bytes = b->experts_read_bytes - a->experts_read_bytes,
        .cache = {.kv_bytes = b->cache.kv_bytes - a->cache.kv_bytes,
                  .kv_padding_bytes = b->cache.kv_padding_bytes - a->cache.kv_padding_bytes,
                  .kv_read_bytes = b->cache.kv_read_bytes - a->cache.kv_read_bytes,
                  .state_bytes = b->cache.state_bytes - a->cache.state_bytes},
        .gpu_bytes = b->gpu_bytes - a->gpu_bytes,
    };
}

void lf_load_make(const struct lf_form *form, const struct lf_weights *weights,
                  const struct lf_settings *settings, size_t gpus, uint64_t depth_tokens,
                  struct lf_layer_sum *sums, struct lf_load *load)
{
    struct lf_layer_cache kinds[UINT8_MAX + 1]; /* [form->kind_count] */
    *load = (struct lf_load){
        .engine = settings->engine,
        .weights = weights,
        .sums = sums,
        .active_share =
            form->experts == 0 ? 1.0 : (double)form->experts_used / (double)form->experts,
        .loads_mtp = settings->loads_mtp,
        .layer_count = settings->loads_mtp ? form->layers : form->trunk_layers,
    };
    uint64_t widest_v = lf_cache_widest_v(form);
    settings->engine->size_buffers(form, settings, gpus, load);
    for (size_t k = 0; k < form->kind_count; k++) {
        const struct lf_cache_layer *kept = &form->cache[k];
        kinds[k] = size_layer(kept, settings, depth_tokens, widest_v);
        load->has_shared_cache =
            load->has_shared_cache || (kept->k_width != 0 && kept->v_width == 0);
    }
    sums[0] = (struct lf_layer_sum){0};
    for (uint64_t i = 0; i < load->layer_count; i++) {
        sums[i + 1] = lf_layer_sum_after(&sums[i], &weights->layers[i],
                                         &kinds[form->layer_kinds[i]], load->active_share);
    }
    load->kv_bytes = sums[load->layer_count].cache.kv_bytes;
    load->state_bytes = sums[load->layer_count].cache.state_bytes;
}

uint64_t lf_load_weight_bytes(const struct lf_load *load)
{
    return load->weights->file_bytes - (load->loads_mtp ? 0 : load->weights->mtp_bytes);
}
