/* What vLLM takes: safetensors as published, a cache in pages, each GPU a part of every layer.
 *
 * source  vLLM 0.33.0: v1/kv_cache_interface.py, v1/core/kv_cache_planning.py, config/cache.py,
 *         engine/arg_utils.py, model_executor/layers/quantization/ */
#include <string.h>

#include "base/units.h"
#include "rules/engine.h"
#include "rules/keep.h"
#include "rules/placement.h"

/* Tokens of a page; tokens of a step (what `vllm serve` takes below 70 GiB of GPU memory), and the
 * steps that may hold pages at once.
 * source  config/cache.py, DEFAULT_BLOCK_SIZE; engine/arg_utils.py,
 *         _set_default_max_num_seqs_and_batched_tokens_args; config/vllm.py,
 *         max_concurrent_batches with asynchronous scheduling */
enum { PAGE_TOKENS = 16, STEP_TOKENS = 2048, STEPS_AT_ONCE = 2 };

/* The side of the squares that FP8 weights share a scale in.
 * source  weight_block_size of the vendors' FP8 releases (DeepSeek V3, Qwen3, GLM-4.5) */
enum { FP8_SQUARE = 128 };

/* Matrices that quantizers leave in 16 bits: embeddings, the output, routers, convolutions, and
 * what is not a matrix. */
static bool is_packed(const struct lf_form *form, const struct lf_tensor *tensor, enum lf_mix mix)
{
    struct lf_packing packing = lf_mix_packing(mix);
    bool is_linear = tensor->is_quantizable && tensor->role != LF_ROLE_OUTPUT &&
                     tensor->role != LF_ROLE_EMBD && tensor->ne[1] > 1;
    bool is_meant = mix != LF_MIX_MXFP4 || form->experts == 0 || tensor->is_expert;
    return packing.bits != 0 && is_linear && is_meant && tensor->ne[0] % packing.group == 0;
}

/* What stands beside the packed weights of one tensor. */
static uint64_t extra_bytes(const struct lf_tensor *tensor, enum lf_mix mix)
{
    uint64_t matrices = lf_mul(tensor->ne[2], tensor->ne[3]);
    uint64_t squares = lf_mul((tensor->ne[0] + FP8_SQUARE - 1) / FP8_SQUARE,
                              (tensor->ne[1] + FP8_SQUARE - 1) / FP8_SQUARE);
    switch (mix) {
    case LF_MIX_FP8: /* an F32 scale a square */
        return lf_mul(matrices, 4 * squares);
    case LF_MIX_GPTQ: /* the group of each input, 32 bits */
        return lf_mul(matrices, 4 * tensor->ne[0]);
    case LF_MIX_NVFP4: /* F32 scales of weights and inputs */
        return 8 * matrices;
    default:
        return 0;
    }
}

static struct lf_kept keep(const struct lf_form *form, const struct lf_tensor *tensor,
                           enum lf_mix mix)
{
    if (lf_type_is_quantized(tensor->stored)) {
        return lf_kept_plain(tensor->stored, tensor);
    }
    if (strstr(tensor->name, "rope_freqs") != NULL) {
        return (struct lf_kept){.bytes = 0}; /* computed when the model is loaded */
    }
    if (!is_packed(form, tensor, mix)) {
        return lf_kept_plain(LF_BF16, tensor);
    }
    return (struct lf_kept){
        {LF_BF16, LF_TYPE_BASE, 0, mix},
        lf_add(lf_packing_bytes(lf_mix_packing(mix), tensor->ne), extra_bytes(tensor, mix))};
}

/* All of it lies on the GPUs. A tied embedding is one table, read as the output. */
static void size_weights(const struct lf_form *form, enum lf_mix mix, bool imatrix,
                         struct lf_layer_weights *layers, struct lf_weights *weights,
                         struct lf_weight_terms *terms)
{
    const struct lf_keeper keeper = {form, mix, keep, terms};
    (void)imatrix;
    *weights = (struct lf_weights){.mix = mix, .layers = layers, .has_input_on_gpu = true};
    for (size_t i = 0; i < form->outside.count; i++) {
        const struct lf_tensor *tensor = &form->outside.tensors[i];
        uint64_t bytes = lf_keep_outside(&keeper, tensor);
        bool is_output = !lf_tensor_is_input(tensor) ||
                         (form->is_tied && strcmp(tensor->name, "token_embd.weight") == 0);
        *(is_output ? &weights->output_bytes : &weights->input_bytes) += bytes;
        weights->file_bytes += bytes;
    }
    lf_keep_layers(&keeper, form->layers, weights);
    for (uint64_t layer = form->trunk_layers; layer < form->layers; layer++) {
        weights->mtp_bytes += layers[layer].always_bytes + layers[layer].expert_bytes;
    }
}

static uint64_t pages(uint64_t tokens)
{
    return tokens / PAGE_TOKENS + (tokens % PAGE_TOKENS != 0);
}

/* Pages that hold every sequence at its full length. A sliding window's pages are freed behind it,
 * but not before the steps under way are done, and it may begin within a page:
 *
 *     full    = pages(context) a slot
 *     window  = pages(min(context, window - 1 + steps at once * tokens of a step)) + 1 a slot
 *
 * swa_full stands for --disable-hybrid-kv-cache-manager: every layer keeps the whole context. */
static uint64_t cells(const struct lf_cache_layer *layer, const struct lf_settings *settings)
{
    uint64_t context = settings->context_tokens / settings->slots;
    uint64_t kept = pages(context);
    if (layer->window_tokens != 0 && !settings->swa_full) {
        uint64_t held = lf_add(layer->window_tokens - 1, STEPS_AT_ONCE * settings->ubatch);
        kept = pages(held < context ? held : context) + 1;
    }
    return lf_mul(lf_mul(kept, PAGE_TOKENS), settings->slots);
}

/* In 16 bits but for the scan's own state, two pages: of the last step and of the one under way.
 * source  v1/kv_cache_interface.py, MambaSpec.max_memory_usage_bytes with mode "align" */
static uint64_t state_bytes(const struct lf_cache_layer *layer)
{
    return 2 * (layer->state_bytes - layer->conv_bytes / 2);
}

static struct lf_compute_terms explain_compute(const struct lf_form *form,
                                               const struct lf_settings *settings)
{
    /* CUDA graphs and the workspace of the attention kernels (a judgement; vLLM profiles them). */
    static const uint64_t graphs_bytes = UINT64_C(512) << 20;
    struct lf_compute_terms terms = lf_activations_explain(form, settings);
    terms.graphs_bytes = graphs_bytes;
    terms.sum.device_bytes = lf_add(terms.sum.device_bytes, graphs_bytes);
    return terms;
}

const struct lf_engine lf_engine_vllm = {
    .id = "vllm",
    .ubatch_tokens = STEP_TOKENS,
    .cell_step_tokens = PAGE_TOKENS,
    .packed_cache = LF_FP8,
    .modes = 1U << LF_MODE_GPU | 1U << LF_MODE_MULTI_GPU | 1U << LF_MODE_UNIFIED,
    .splits_tensors = true,
    .size_weights = size_weights,
    .cells = cells,
    .state_bytes = state_bytes,
    .size_buffers = lf_activation_buffers,
    .explain_compute = explain_compute,
};
