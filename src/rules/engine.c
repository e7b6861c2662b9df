#include "rules/engine.h"

#include <string.h>

#include "base/units.h"
#include "rules/cache.h"
#include "rules/placement.h"

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
    .cell_step_tokens = LF_CONTEXT_STEP_TOKENS,
    .packed_cache = LF_Q8_0,
    .modes = (1U << LF_MODE_COUNT) - 1,
    .size_weights = lf_weights_size,
    .cells = lf_gguf_cells,
    .state_bytes = gguf_state_bytes,
    .size_buffers = size_gguf_buffers,
    .explain_compute = lf_compute_explain,
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

struct lf_compute_terms lf_activations_explain(const struct lf_form *form,
                                               const struct lf_settings *settings)
{
    const struct lf_widths *widths = &form->widths;
    uint64_t token_bytes = lf_mul(2, settings->ubatch); /* of one value a token */
    uint64_t attention = lf_add(lf_mul(2, widths->q), widths->q_beside);
    uint64_t latent = lf_add(lf_add(widths->mla_q, widths->mla_joined), widths->mla_v);
    uint64_t scan = lf_add(lf_add(widths->scan_in, widths->conv), widths->scan_inner);
    uint64_t experts = lf_mul(form->experts_used, lf_add(widths->expert_live, form->embd));
    struct lf_compute_terms terms = {
        .mixer_bytes = lf_mul(token_bytes, lf_larger(attention, latent)),
        .feed_bytes = lf_mul(token_bytes, lf_larger(widths->ff, experts)),
        .scan_bytes = lf_mul(token_bytes, scan),
        .kept_bytes = lf_mul(token_bytes, lf_mul(2, form->embd)),
        .logits_bytes = lf_mul(lf_mul(4, form->vocab), settings->slots),
        .adds_output = true,
    };
    uint64_t widest = lf_larger(terms.mixer_bytes, lf_larger(terms.feed_bytes, terms.scan_bytes));
    terms.sum.device_bytes = lf_add(lf_add(widest, terms.kept_bytes), terms.logits_bytes);
    return terms;
}

void lf_activation_buffers(const struct lf_form *form, const struct lf_settings *settings,
                           size_t gpus, struct lf_load *load)
{
    if (gpus > 0) {
        load->compute = settings->engine->explain_compute(form, settings).sum;
    }
}
