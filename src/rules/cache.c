#include "rules/cache.h"

#include "base/units.h"
#include "rules/engine.h"

enum { CUDA_ALIGNMENT = 128, CUDA_ROW_ELEMENTS = 512 };

struct lf_settings lf_settings_default(uint64_t context_tokens)
{
    return (struct lf_settings){
        .engine = &lf_engine_gguf,
        .context_tokens = context_tokens,
        .type_k = LF_F16,
        .type_v = LF_F16,
        .slots = 1,
        .ubatch = LF_UBATCH_TOKENS,
        .outputs = LF_OUTPUTS,
        .flash_attn = true,
        .is_unified = true,
    };
}

uint64_t lf_cache_cells(const struct lf_cache_layer *layer, const struct lf_settings *settings)
{
    return settings->engine->cells(layer, settings);
}

uint64_t lf_gguf_cells(const struct lf_cache_layer *layer, const struct lf_settings *settings)
{
    uint64_t streams = settings->is_unified ? 1 : settings->slots;
    uint64_t context = lf_round_up(settings->context_tokens, LF_CONTEXT_STEP_TOKENS);
    uint64_t cells = lf_round_up(context / streams, LF_CONTEXT_STEP_TOKENS);
    if (layer->window_tokens != 0 && !settings->swa_full) {
        uint64_t sharing = settings->is_unified && !layer->is_apart ? settings->slots : 1;
        uint64_t kept = lf_add(lf_mul(layer->window_tokens, sharing), settings->ubatch);
        cells = lf_round_up(kept < cells ? kept : cells, LF_CONTEXT_STEP_TOKENS);
    }
    return lf_mul(cells, layer->is_apart ? settings->slots : streams);
}

uint64_t lf_cache_far_cells(const struct lf_cache_layer *layer, const struct lf_settings *settings)
{
    struct lf_cache_layer whole = {.is_apart = true};
    uint64_t cells = lf_cache_cells(&whole, settings) / settings->slots;
    uint64_t rows = cells / layer->far_tokens + (cells % layer->far_tokens != 0);
    return lf_mul(lf_round_up(rows, LF_CONTEXT_STEP_TOKENS), settings->slots);
}

/* One cache tensor of width elements a cell, and what CUDA pads it with: a quantized tensor whose
 * rows are not a multiple of 512 elements gets the rest of one row, then 128-byte alignment. */
static void add_tensor(struct lf_cache_bytes *bytes, enum lf_type type, uint64_t width,
                       uint64_t cells)
{
    uint64_t elements = lf_type_block_elements(type);
    uint64_t plain = lf_mul(lf_mul(width / elements, lf_type_block_bytes(type)), cells);
    uint64_t over = width % CUDA_ROW_ELEMENTS;
    bytes->kv_bytes = lf_add(bytes->kv_bytes, plain);
    if (lf_type_is_quantized(type) && over != 0) {
        uint64_t padded =
            lf_add(plain, (CUDA_ROW_ELEMENTS - over) / elements * lf_type_block_bytes(type));
        bytes->padding_bytes += lf_round_up(padded, CUDA_ALIGNMENT) - plain;
    }
}

/* Without flash attention V is stored transposed, and then as wide as the widest layer's. */
static uint64_t stored_v_width(const struct lf_cache_layer *layer,
                               const struct lf_settings *settings, uint64_t widest_v)
{
    bool has_v = layer->v_width != 0 || layer->is_bare;
    return has_v && !settings->flash_attn ? widest_v : layer->v_width;
}

struct lf_cache_bytes lf_cache_layer_bytes(const struct lf_cache_layer *layer,
                                           const struct lf_settings *settings, uint64_t widest_v)
{
    struct lf_cache_bytes bytes = {
        .state_bytes = lf_mul(settings->engine->state_bytes(layer), settings->slots)};
    uint64_t v_width = stored_v_width(layer, settings, widest_v);
    if (layer->k_width == 0 && v_width == 0) {
        return bytes;
    }
    uint64_t cells = lf_cache_cells(layer, settings);
    add_tensor(&bytes, settings->type_k, layer->k_width, cells);
    if (v_width != 0) {
        add_tensor(&bytes, settings->type_v, v_width, cells);
    }
    if (layer->far_tokens != 0) {
        cells = lf_cache_far_cells(layer, settings);
        add_tensor(&bytes, settings->type_k, layer->far_width, cells);
    }
    if (layer->index_width != 0) {
        add_tensor(&bytes, settings->type_k, layer->index_width, cells);
    }
    if (layer->index_v_width != 0) {
        add_tensor(&bytes, settings->type_v, layer->index_v_width, cells);
    }
    return bytes;
}

uint64_t lf_cache_widest_v(const struct lf_form *form)
{
    uint64_t widest = 0;
    for (size_t i = 0; i < form->kind_count; i++) {
        widest = form->cache[i].v_width > widest ? form->cache[i].v_width : widest;
    }
    return widest;
}

struct lf_cache_bytes lf_cache_bytes(const struct lf_form *form, const struct lf_settings *settings)
{
    struct lf_cache_bytes total = {0};
    uint64_t widest_v = lf_cache_widest_v(form);
    for (size_t i = 0; i < form->kind_count; i++) {
        struct lf_cache_bytes bytes = lf_cache_layer_bytes(&form->cache[i], settings, widest_v);
        uint64_t layers = lf_form_layers_of(form, i);
        total.kv_bytes = lf_add(total.kv_bytes, lf_mul(layers, bytes.kv_bytes));
        total.state_bytes = lf_add(total.state_bytes, lf_mul(layers, bytes.state_bytes));
        total.padding_bytes = lf_add(total.padding_bytes, lf_mul(layers, bytes.padding_bytes));
    }
    return total;
}

size_t lf_cache_explain(const struct lf_form *form, const struct lf_settings *settings,
                        struct lf_cache_term *terms)
{
    size_t count = 0;
    uint64_t widest_v = lf_cache_widest_v(form);
    for (size_t i = 0; i < form->kind_count; i++) {
        const struct lf_cache_layer *layer = &form->cache[i];
        uint64_t v_width = stored_v_width(layer, settings, widest_v);
        if (layer->k_width == 0 && v_width == 0 && layer->state_bytes == 0) {
            continue;
        }
        struct lf_cache_bytes bytes = lf_cache_layer_bytes(layer, settings, widest_v);
        uint64_t layers = lf_form_layers_of(form, i);
        terms[count++] = (struct lf_cache_term){
            .layer = layer,
            .layers = layers,
            .cells = layer->k_width == 0 && v_width == 0 ? 0 : lf_cache_cells(layer, settings),
            .far_cells = layer->far_tokens == 0 ? 0 : lf_cache_far_cells(layer, settings),
            .v_width = v_width,
            .bytes = {.kv_bytes = lf_mul(layers, bytes.kv_bytes),
                      .state_bytes = lf_mul(layers, bytes.state_bytes),
                      .padding_bytes = lf_mul(layers, bytes.padding_bytes)},
        };
    }
    return count;
}
