#include "catalog/widths.h"

#include <string.h>

#include "base/units.h"

static bool has_row(const struct lf_template *template, const char *name)
{
    for (size_t i = 0; template != NULL && i < template->count; i++) {
        if (strcmp(template->rows[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void widen(uint64_t *width, uint64_t by)
{
    *width = by > *width ? by : *width;
}

/* One function a part type widens what the compute buffer depends on; types that are not
 * listed need little. */
struct width_row {
    const char *type;
    void (*widen)(const uint32_t *value, bool is_fused, struct lf_widths *widths);
};

static void widen_attention(const uint32_t *value, bool is_fused, struct lf_widths *widths)
{
    uint64_t heads = value[LF_SYMBOL_heads];
    uint64_t q = heads * value[LF_SYMBOL_head_dim];
    uint64_t kv = (uint64_t)value[LF_SYMBOL_kv_heads] *
                  (value[LF_SYMBOL_head_dim] + (uint64_t)value[LF_SYMBOL_v_dim]);
    widen(&widths->heads, heads);
    widen(&widths->q, q);
    /* The gate lies between the heads of Q: all of it stays until the gate is used. */
    widen(&widths->q_beside, value[LF_SYMBOL_q_gate] > 1 ? 3 * q : is_fused ? q + kv : 0);
}

static void widen_picking(const uint32_t *value, bool is_fused, struct lf_widths *widths)
{
    widen_attention(value, is_fused, widths);
    widen(&widths->index_heads, value[LF_SYMBOL_index_heads]);
}

/* source  llama.cpp v0.5.0, src/models/deepseek4.cpp: hyper_connection.count of its files */
enum { HYPER_ROWS = 4 };

static void widen_compressed(const uint32_t *value, bool is_fused, struct lf_widths *widths)
{
    widen_attention(value, is_fused, widths);
    widths->hyper_rows = HYPER_ROWS;
}

static void widen_latent(const uint32_t *value, bool is_fused, struct lf_widths *widths)
{
    uint64_t heads = value[LF_SYMBOL_heads];
    uint64_t rope = value[LF_SYMBOL_rope];
    (void)is_fused;
    widen(&widths->heads, heads);
    widen(&widths->mla_q, heads * (value[LF_SYMBOL_nope] + rope));
    widen(&widths->mla_joined, heads * (value[LF_SYMBOL_kv_lora] + rope));
    widen(&widths->mla_v, heads * value[LF_SYMBOL_kv_lora]);
    widen(&widths->mla_out, heads * value[LF_SYMBOL_v_dim]);
}

static void widen_recurrent(const uint32_t *value, bool is_fused, struct lf_widths *widths)
{
    uint64_t inner = value[LF_SYMBOL_inner];
    uint64_t conv = inner + lf_mul(2 * (uint64_t)value[LF_SYMBOL_groups], value[LF_SYMBOL_state]);
    (void)is_fused;
    widen(&widths->conv, conv);
    widen(&widths->state, lf_mul(inner, value[LF_SYMBOL_state]));
}

static void widen_scan(const uint32_t *value, bool is_fused, struct lf_widths *widths)
{
    widen_recurrent(value, is_fused, widths);
    widen(&widths->scan_inner, value[LF_SYMBOL_inner]);
    widen(&widths->scan_in, value[LF_SYMBOL_inner] + widths->conv + value[LF_SYMBOL_dt]);
}

static void widen_delta(const uint32_t *value, bool is_fused, struct lf_widths *widths)
{
    widen_recurrent(value, is_fused, widths);
    widths->has_delta = true;
}

static void widen_convolution(const uint32_t *value, bool is_fused, struct lf_widths *widths)
{
    (void)value;
    (void)is_fused;
    widths->has_shortconv = true;
}

static void widen_dense(const uint32_t *value, bool is_fused, struct lf_widths *widths)
{
    uint64_t copies = value[LF_SYMBOL_gated] != 0 ? 3 : 1;
    (void)is_fused;
    widen(&widths->ff, copies * value[LF_SYMBOL_ff]);
}

static void widen_experts(const uint32_t *value, bool is_fused, struct lf_widths *widths)
{
    uint64_t copies = value[LF_SYMBOL_gated] != 0 ? 3 : 1;
    (void)is_fused;
    widen(&widths->expert_ff, value[LF_SYMBOL_ff]);
    widen(&widths->expert_live, copies * value[LF_SYMBOL_ff]);
    widen(&widths->expert_result,
          value[LF_SYMBOL_latent] != 0 ? value[LF_SYMBOL_latent] : value[LF_SYMBOL_embd]);
    widths->has_shared = widths->has_shared || value[LF_SYMBOL_shared_ff] != 0;
}

static const struct width_row width_rows[] = {
    {"attn", widen_picking}, {"mla", widen_latent}, {"dsv4", widen_compressed},
    {"mamba2", widen_scan},  {"mamba", widen_scan}, {"gdn", widen_delta},
    {"kda", widen_delta},    {"mlp", widen_dense},  {"shortconv", widen_convolution},
    {"moe", widen_experts},
};

static void add_part(const struct lf_shape *shape, const struct lf_part *part,
                     struct lf_widths *widths)
{
    struct lf_symbols symbols;
    lf_symbols_resolve(&symbols, &shape->symbols, &part->symbols);
    bool is_fused =
        has_row(lf_architecture_part(shape->architecture, part->type), "attn_qkv.weight");
    for (size_t i = 0; i < sizeof width_rows / sizeof width_rows[0]; i++) {
        if (strcmp(part->type, width_rows[i].type) == 0) {
            width_rows[i].widen(symbols.value, is_fused, widths);
        }
    }
}

/* What an indexer's choice takes from the first layer to the last, in F32 values a token: the cells
 * it picked; compressed ones as a mask in F16; blocks of cells as two rows (measured). */
static uint64_t pick_width(const struct lf_part *part)
{
    enum { BLOCK_ROWS_VALUES = 2 * 256 };
    uint64_t picks = part->symbols.value[LF_SYMBOL_index_top_k];
    if (strcmp(part->type, "dsv4") == 0) {
        return picks / 2;
    }
    return picks != 0 && strcmp(part->type, "attn") == 0 ? BLOCK_ROWS_VALUES : picks;
}

/* What blocks of layers left behind, where later layers attend to it (Kimi K3): the last joined
 * rows and those they are made of, as many as are alive together (measured). */
enum { RESIDUAL_ROWS = 9 };

/* What does not belong to one part. */
static void add_model(const struct lf_shape *shape, struct lf_widths *widths)
{
    const uint32_t *value = shape->symbols.value;
    const struct lf_template *layer = &shape->architecture->layer;
    widths->per_layer = shape->trunk_layers * value[LF_SYMBOL_per_layer_embd];
    widths->streams = has_row(layer, "attn_res_score.weight")
                          ? RESIDUAL_ROWS
                          : value[LF_SYMBOL_altup] + (value[LF_SYMBOL_laurel] != 0);
    for (uint64_t i = 0; i < shape->trunk_layers; i++) {
        const struct lf_kind *kind = &shape->kinds[shape->layer_kinds[i]];
        for (size_t k = 0; k < kind->part_count; k++) {
            widths->index_picks += pick_width(kind->parts[k]);
        }
        /* With one norm for both, feed-forward does not wait for attention. */
        widths->is_parallel =
            widths->is_parallel ||
            (kind->part_count > 1 && has_row(layer, "attn_norm.weight") &&
             !has_row(layer, "ffn_norm.weight") && !has_row(layer, "post_attention_norm.weight"));
    }
}

void lf_widths_measure(const struct lf_shape *shape, struct lf_widths *widths)
{
    *widths = (struct lf_widths){0};
    for (size_t i = 0; i < shape->part_count; i++) {
        add_part(shape, &shape->parts[i], widths);
    }
    add_model(shape, widths);
}
