/* What MLX takes: groups of 64 weights with a scale and a bias, a cache that grows in steps, one
 * pool of memory.
 *
 * source  mlx-lm 0.32.2: utils.py (quantize_model), convert.py, each file of models/ for what its
 *         quant_predicate keeps, models/cache.py, server.py */
#include <string.h>

#include "base/units.h"
#include "rules/engine.h"
#include "rules/keep.h"
#include "rules/placement.h"

/* Cells a cache grows by, and tokens of a prompt worked on at once.
 * source  models/cache.py, KVCache.step; server.py, --prefill-step-size */
enum { CELL_STEP_TOKENS = 256, PREFILL_TOKENS = 2048 };

/* What a tensor is kept in when the model is quantized: packed as the rest is, unless a row below
 * says otherwise. */
enum keeping { PACKED, IN_8_BITS, IN_16_BITS, IN_32_BITS, LEFT_OUT };

/* Parts of tensor names; the first row that fits decides. An arch that ends with * stands for all
 * that begin so, NULL for every one.
 * source  models/<type>.py: quant_predicate, cast_predicate, and which routers are plain arrays */
static const struct {
    const char *arch;
    const char *part;
    enum keeping keeping;
} keeping_rows[] = {
    {NULL, "rope_freqs", LEFT_OUT},
    {NULL, "exp_probs_b.bias", IN_32_BITS},
    {"nemotron_h*", "ssm_a", IN_32_BITS},
    {NULL, "conv", IN_16_BITS},
    {"deepseek*", "ffn_gate_inp.", IN_16_BITS},
    {"glm*", "ffn_gate_inp.", IN_16_BITS},
    {"dots1", "ffn_gate_inp.", IN_16_BITS},
    {"exaone-moe", "ffn_gate_inp.", IN_16_BITS},
    {"mimo2", "ffn_gate_inp.", IN_16_BITS},
    {"nemotron_h*", "ffn_gate_inp.", IN_16_BITS},
    {"bailingmoe3", "ffn_gate_inp.", IN_16_BITS},
    {"bailingmoe3", "token_embd", IN_16_BITS},
    {"bailingmoe3", "output.weight", IN_16_BITS},
    {"bailingmoe3", "attn_k", IN_16_BITS},
    {"bailingmoe3", "attn_v", IN_16_BITS},
    {"qwen3*", "ffn_gate_inp", IN_8_BITS},
    {"gemma4", "ffn_gate_inp", IN_8_BITS},
    {"gpt-oss", "ffn_gate_inp", IN_8_BITS},
    {"minimax*", "ffn_gate_inp", IN_8_BITS},
    {"lfm2moe", "ffn_gate_inp", IN_8_BITS},
    {"mellum", "ffn_gate_inp", IN_8_BITS},
    {"bailingmoe2", "ffn_gate_inp", IN_8_BITS},
    {"afmoe", "ffn_gate_inp", IN_8_BITS},
    {"laguna", "ffn_gate_inp", IN_8_BITS},
    {"step35", "ffn_gate_inp", IN_8_BITS},
    {"jamba", "ffn_gate_inp", IN_8_BITS},
    {"kimi*", "ffn_gate_inp", IN_8_BITS},
    {"granite*", "ffn_gate_inp", IN_8_BITS},
    {"granite", "attn_output", IN_8_BITS},
    {"granite", "ffn_down.", IN_8_BITS},
    {"granite", "output.weight", IN_8_BITS},
};

static bool is_of(const char *arch, const char *pattern)
{
    size_t length = pattern == NULL ? 0 : strlen(pattern);
    if (length > 0 && pattern[length - 1] == '*') {
        return strncmp(arch, pattern, length - 1) == 0;
    }
    return length == 0 || strcmp(arch, pattern) == 0;
}

static enum keeping keeping_of(const char *arch, const struct lf_tensor *tensor)
{
    for (size_t i = 0; i < sizeof keeping_rows / sizeof keeping_rows[0]; i++) {
        if (is_of(arch, keeping_rows[i].arch) &&
            strstr(tensor->name, keeping_rows[i].part) != NULL) {
            return keeping_rows[i].keeping;
        }
    }
    bool is_matrix = tensor->ne[1] > 1 || tensor->ne[2] > 1 ||
                     strcmp(tensor->name, "ffn_gate_inp_shexp.weight") == 0;
    bool is_weight = strstr(tensor->name, ".weight") != NULL;
    bool is_norm = strstr(tensor->name, "norm.") != NULL;
    return is_matrix && is_weight && !is_norm ? PACKED : IN_16_BITS;
}

/* What does not divide into groups stays in 16 bits; what was published quantized stays as it is.
 */
static struct lf_kept keep(const struct lf_form *form, const struct lf_tensor *tensor,
                           enum lf_mix mix)
{
    enum keeping keeping = keeping_of(form->arch, tensor);
    enum lf_mix packed = keeping == IN_8_BITS ? LF_MIX_MLX_8BIT : mix;
    struct lf_packing packing = lf_mix_packing(packed);
    bool packs_nothing = lf_mix_packing(mix).bits == 0;
    if (lf_type_is_quantized(tensor->stored)) {
        return lf_kept_plain(tensor->stored, tensor);
    }
    if (keeping == LEFT_OUT) {
        return (struct lf_kept){.bytes = 0};
    }
    if (keeping == IN_32_BITS || keeping == IN_16_BITS || packs_nothing) {
        return lf_kept_plain(keeping == IN_32_BITS ? LF_F32 : LF_BF16, tensor);
    }
    if (tensor->ne[0] % packing.group != 0) {
        struct lf_kept kept = lf_kept_plain(LF_BF16, tensor);
        kept.choice.reason = LF_TYPE_FALLBACK;
        return kept;
    }
    enum lf_type_reason reason = packed == mix ? LF_TYPE_BASE : LF_TYPE_RULE;
    return (struct lf_kept){{LF_BF16, reason, 0, packed}, lf_packing_bytes(packing, tensor->ne)};
}

/* A tied embedding is one table for both its uses. MTP layers are left out when a model is
 * converted. */
static void size_weights(const struct lf_form *form, enum lf_mix mix, bool imatrix,
                         struct lf_layer_weights *layers, struct lf_weights *weights,
                         struct lf_weight_terms *terms)
{
    const struct lf_keeper keeper = {form, mix, keep, terms};
    (void)imatrix;
    *weights = (struct lf_weights){.mix = mix, .layers = layers};
    for (size_t i = 0; i < form->outside.count; i++) {
        const struct lf_tensor *tensor = &form->outside.tensors[i];
        uint64_t bytes = lf_keep_outside(&keeper, tensor);
        uint64_t *part =
            lf_tensor_is_input(tensor) ? &weights->input_bytes : &weights->output_bytes;
        *part += bytes;
        weights->file_bytes += bytes;
        if (form->is_tied && strcmp(tensor->name, "token_embd.weight") == 0) {
            weights->duplicate_bytes = bytes;
        }
    }
    lf_keep_layers(&keeper, form->trunk_layers, weights);
}

/* A rotating cache holds its window, and the rest of a prompt's chunk while that is read.
 *
 *     full    = round256(context) a slot
 *     window  = min(full, window + prefill chunk - 1) a slot */
static uint64_t cells(const struct lf_cache_layer *layer, const struct lf_settings *settings)
{
    uint64_t full = lf_round_up(settings->context_tokens / settings->slots, CELL_STEP_TOKENS);
    if (layer->window_tokens != 0) {
        uint64_t kept = lf_add(layer->window_tokens, settings->ubatch - 1);
        full = kept < full ? kept : full;
    }
    return lf_mul(full, settings->slots);
}

/* Convolutions keep their last tokens in 16 bits. */
static uint64_t state_bytes(const struct lf_cache_layer *layer)
{
    return layer->state_bytes - layer->conv_bytes / 2;
}

const struct lf_engine lf_engine_mlx = {
    .id = "mlx",
    .ubatch_tokens = PREFILL_TOKENS,
    .cell_step_tokens = CELL_STEP_TOKENS,
    .packed_cache = LF_F16,
    .modes = 1U << LF_MODE_UNIFIED,
    .size_weights = size_weights,
    .cells = cells,
    .state_bytes = state_bytes,
    .size_buffers = lf_activation_buffers,
    .explain_compute = lf_activations_explain,
};
