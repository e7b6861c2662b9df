#include "rules/engine.h"

#include <string.h>

#include "base/units.h"
#include "rules/cache.h"
#include "rules/placement.h"

static void size_gguf_weights(const struct lf_form *form, enum lf_mix mix,
                              struct lf_layer_weights *layers, struct lf_weights *weights)
{
    lf_weights_size(form, mix, false, layers, weights);
}

static uint64_t gguf_state_bytes(const struct lf_cache_layer *layer)
{
    return layer->state_bytes;
}

static void size_gguf_buffers(const struct lf_form *form, const struct lf_settings *settings,
                              size_t gpus, struct lf_load *load)
{
    load->cpu_compute_bytes = lf_compute_cpu_bytes(form, settings);
    if (gpus > 0) {
        load->compute = lf_compute_bytes(form, settings);
    }
    if (gpus > 0 && load->weights->staged_bytes > 0) {
        load->staged_compute_bytes =
            lf_compute_staged_bytes(form, settings, load->weights->staged_bytes);
    }
    if (gpus > 1) {
        load->split = lf_compute_split_bytes(form, settings, gpus);
    }
}

const struct lf_engine lf_engine_gguf = {
    .id = LF_ENGINE_NAME,
    .ubatch_tokens = LF_UBATCH_TOKENS,
    .packed_cache = LF_Q8_0,
    .modes = (1U << LF_MODE_COUNT) - 1,
    .size_weights = size_gguf_weights,
    .cells = lf_gguf_cells,
    .state_bytes = gguf_state_bytes,
    .size_buffers = size_gguf_buffers,
};

static const struct lf_engine *const engines[] = {
    &lf_engine_gguf,
    &lf_engine_mlx,
    &lf_engine_vllm,
};

const struct lf_engine *lf_engine_find(const char *id)
{
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
        if (strcmp(engines[i]->id, id) == 0) {
            return engines[i];
        }
    }
    return NULL;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

uint64_t lf_activation_bytes(const struct lf_form *form, uint64_t tokens, uint64_t rows)
{
    const struct lf_widths *widths = &form->widths;
    uint64_t attention = lf_add(lf_mul(2, widths->q), widths->q_beside);
    uint64_t latent = lf_add(lf_add(widths->mla_q, widths->mla_joined), widths->mla_v);
    uint64_t scan = lf_add(lf_add(widths->scan_in, widths->conv), widths->scan_inner);
    uint64_t experts = lf_mul(form->experts_used, lf_add(widths->expert_live, form->embd));
    uint64_t widest = larger(larger(attention, latent), larger(scan, larger(widths->ff, experts)));
    uint64_t alive = lf_add(lf_mul(2, form->embd), widest);
    return lf_add(lf_mul(lf_mul(2, tokens), alive), lf_mul(lf_mul(4, form->vocab), rows));
}
