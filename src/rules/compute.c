#include "rules/compute.h"

#include "base/units.h"
#include "rules/cache.h"

/* Cells seen by the widest full-context layer and by the widest sliding one; 0 where there is none.
 * Of one stream: each has its share of the ubatch, so cells x ubatch holds for all together. */
struct seen_cells {
    uint64_t full;
    uint64_t window;
    uint64_t far;    /* compressed rows, all of which are attended to */
    uint64_t picked; /* compressed rows among which an indexer picks */
    bool is_indexed;
};

static struct seen_cells see_cells(const struct lf_form *form, const struct lf_settings *settings)
{
    struct seen_cells seen = {0};
    uint64_t streams = settings->is_unified ? 1 : settings->slots;
    for (size_t i = 0; i < form->kind_count; i++) {
        const struct lf_cache_layer *layer = &form->cache[i];
        if (layer->k_width == 0) {
            continue;
        }
        uint64_t cells = lf_cache_cells(layer, settings) / streams;
        uint64_t *kind = layer->window_tokens != 0 ? &seen.window : &seen.full;
        *kind = lf_larger(*kind, cells);
        if (layer->far_tokens != 0) {
            kind = layer->index_width != 0 ? &seen.picked : &seen.far;
            *kind = lf_larger(*kind, lf_cache_far_cells(layer, settings) / settings->slots);
            continue;
        }
        seen.is_indexed = seen.is_indexed || (layer->index_width != 0 && layer->index_v_width == 0);
    }
    return seen;
}

/* What the host fills in for a step: a mask for each kind of cache, F16 for flash attention and for
 * the indexer, else F32; and, where V is stored transposed, the place of every value of V. */
static uint64_t mask_bytes(const struct lf_form *form, const struct lf_settings *settings,
                           const struct seen_cells *seen)
{
    /* Of rows that are picked the indexer has a mask too. */
    uint64_t cells = lf_add(seen->full, seen->window) + seen->far + lf_mul(2, seen->picked);
    uint64_t index = seen->is_indexed ? lf_mul(2, seen->full) : 0;
    if (settings->flash_attn) {
        return lf_mul(settings->ubatch, lf_add(lf_mul(2, cells), index));
    }
    uint64_t kinds = (seen->full != 0 ? 1u : 0u) + (seen->window != 0 ? 1u : 0u);
    uint64_t places = lf_mul(8 * kinds, lf_cache_widest_v(form));
    return lf_mul(settings->ubatch, lf_add(lf_add(lf_mul(4, cells), index), places));
}

/* Bytes of an f16 copy of the widest layer's K and V; of MLA, V is part of K. */
static uint64_t copied_bytes(const struct lf_form *form, const struct lf_settings *settings)
{
    uint64_t widest = 0;
    for (size_t i = 0; i < form->kind_count; i++) {
        const struct lf_cache_layer *layer = &form->cache[i];
        uint64_t width = 0;
        width += lf_type_is_quantized(settings->type_k) ? layer->k_width : 0;
        width += lf_type_is_quantized(settings->type_v) ? layer->v_width : 0;
        widest = lf_larger(widest, lf_mul(width, lf_cache_cells(layer, settings)));
    }
    return lf_mul(2, widest);
}

/* F32 values of a ubatch, so many a token. */
static uint64_t rows_bytes(const struct lf_settings *settings, uint64_t width)
{
    return lf_mul(lf_mul(4, settings->ubatch), width);
}

/* Alive from the first layer to the last, masks left out. */
static uint64_t kept_bytes(const struct lf_form *form, const struct lf_settings *settings)
{
    uint64_t rows = form->widths.streams + 2 * form->widths.hyper_rows;
    uint64_t width = form->widths.per_layer + rows * form->embd;
    return rows_bytes(settings, lf_add(width, form->widths.index_picks));
}

/* Scores of all heads over the cache, where no flash attention keeps them in registers; latent
 * attention turns its rows over first. */
static uint64_t score_bytes(const struct lf_form *form, const struct lf_settings *settings,
                            const struct seen_cells *seen)
{
    const struct lf_widths *widths = &form->widths;
    uint64_t cells = lf_larger(seen->full, lf_add(seen->window, seen->picked));
    uint64_t row = widths->heads != 0 ? widths->mla_v / widths->heads : 0;
    return lf_add(rows_bytes(settings, lf_mul(widths->heads, cells)), lf_mul(2 * row, cells));
}

/* What attention leaves behind where the feed-forward's tensors do not fit. */
static uint64_t left_width(const struct lf_form *form)
{
    const struct lf_widths *widths = &form->widths;
    if (widths->scan_inner != 0) {
        return widths->scan_inner;
    }
    if (widths->mla_q != 0) {
        return widths->mla_out;
    }
    bool is_tight = widths->q_beside != 0 || widths->has_delta || widths->has_shortconv;
    return is_tight ? 0 : widths->q;
}

/* An indexer beside K and V: each head's scores of every cell, a transposed copy of them, and a
 * copy of the mask in F32. */
static uint64_t picking_bytes(const struct lf_form *form, const struct lf_settings *settings,
                              const struct seen_cells *seen)
{
    uint64_t heads = form->widths.index_heads;
    return heads == 0 ? 0 : rows_bytes(settings, lf_mul(2 * heads + 1, seen->full));
}

/* Near tokens and the compressed rows an indexer picked among, put in one row for K and one for the
 * mask; either leaves a hole of its size.
 *
 *     2 * cells * (row of K + a ubatch's mask), F16 */
static uint64_t joined_bytes(const struct lf_form *form, const struct lf_settings *settings,
                             const struct seen_cells *seen)
{
    uint64_t row = form->widths.heads != 0 ? form->widths.q / form->widths.heads : 0;
    uint64_t cells = seen->picked != 0 ? lf_add(seen->picked, seen->window) : 0;
    return lf_mul(2 * 2 * cells, lf_add(row, settings->ubatch));
}

/* Attention with Q, its result and the copies of K and V. */
static uint64_t attention_bytes(const struct lf_form *form, const struct lf_settings *settings,
                                const struct seen_cells *seen)
{
    const struct lf_widths *widths = &form->widths;
    uint64_t bytes = rows_bytes(settings, 2 * form->embd + widths->q + widths->q_beside);
    uint64_t result = rows_bytes(settings, widths->q);
    result = lf_add(result, settings->flash_attn ? copied_bytes(form, settings)
                                                 : score_bytes(form, settings, seen));
    bytes = lf_add(bytes, joined_bytes(form, settings, seen));
    return lf_add(bytes, lf_larger(result, picking_bytes(form, settings, seen)));
}

/* Latent attention: Q, absorbed, joined with its rotated part; the indexer's scores and the result
 * go where Q was, if they fit. */
static uint64_t latent_bytes(const struct lf_form *form, const struct lf_settings *settings,
                             const struct seen_cells *seen)
{
    const struct lf_widths *widths = &form->widths;
    uint64_t freed = rows_bytes(settings, widths->mla_q);
    uint64_t bytes = rows_bytes(settings, 3 * form->embd + widths->mla_q + 2 * widths->mla_joined);
    uint64_t index = seen->is_indexed ? rows_bytes(settings, seen->full) : 0;
    bytes = lf_add(bytes, index > freed ? index : 0);
    if (!settings->flash_attn) {
        /* The mask of the picked cells is made beside the scores. */
        uint64_t picked = seen->is_indexed ? rows_bytes(settings, seen->full) : 0;
        return lf_add(bytes, lf_add(picked, score_bytes(form, settings, seen)));
    }
    freed = lf_add(freed, rows_bytes(settings, widths->mla_joined));
    uint64_t result = lf_add(rows_bytes(settings, widths->mla_v), copied_bytes(form, settings));
    return lf_add(bytes, result > freed ? result : 0);
}

/* A state-space scan or a delta net: the projection, its convolution's input and output, and what
 * comes out with the new state. */
static uint64_t recurrent_bytes(const struct lf_form *form, const struct lf_settings *settings)
{
    const struct lf_widths *widths = &form->widths;
    uint64_t projected =
        widths->scan_inner != 0 ? 2 * widths->scan_inner + widths->scan_in : widths->conv;
    uint64_t width = 2 * form->embd + projected + 2 * widths->conv;
    return lf_add(rows_bytes(settings, width), lf_mul(4 * settings->slots, widths->state));
}

/* Whether the results of the experts go where their gates and ups were. */
static bool results_fit(const struct lf_widths *widths)
{
    return widths->expert_result <= widths->expert_live - widths->expert_ff;
}

static uint64_t feed_bytes(const struct lf_form *form, const struct lf_settings *settings)
{
    const struct lf_widths *widths = &form->widths;
    uint64_t left = left_width(form);
    uint64_t dense = 2 * form->embd + left + widths->ff;
    if (form->experts == 0) {
        return rows_bytes(settings, dense);
    }
    /* The normed row waits for the shared expert; the gates go where attention was, if they fit
     * beside the router's scores, choice and weights. */
    uint64_t gates = form->experts_used * widths->expert_ff;
    uint64_t waiting = widths->has_shared ? lf_larger(left, form->embd) : left;
    uint64_t width = 2 * form->embd + waiting + form->experts_used * widths->expert_live;
    width -= gates + 3 * form->experts <= left ? gates : 0;
    width += results_fit(widths) ? 0 : form->experts_used * widths->expert_result;
    return rows_bytes(settings, lf_larger(width, dense));
}

/* Fills the terms of a layer. */
static void add_layer_terms(const struct lf_form *form, const struct lf_settings *settings,
                            const struct seen_cells *seen, struct lf_compute_terms *terms)
{
    const struct lf_widths *widths = &form->widths;
    terms->mixer_bytes = widths->mla_q != 0 ? latent_bytes(form, settings, seen)
                                            : attention_bytes(form, settings, seen);
    terms->feed_bytes = feed_bytes(form, settings);
    if (widths->is_parallel) {
        /* Attention's result waits for the feed-forward's, with its copies of K and V. */
        uint64_t result = rows_bytes(settings, widths->q);
        result = lf_add(result, settings->flash_attn ? copied_bytes(form, settings) : 0);
        terms->feed_bytes = lf_add(result, terms->feed_bytes);
    }
    terms->scan_bytes = widths->conv != 0 ? recurrent_bytes(form, settings) : 0;
    terms->mask_bytes = mask_bytes(form, settings, seen);
    terms->kept_bytes = kept_bytes(form, settings);
}

static uint64_t sum_layer(const struct lf_compute_terms *terms)
{
    uint64_t fullest =
        lf_larger(terms->mixer_bytes, lf_larger(terms->feed_bytes, terms->scan_bytes));
    return lf_add(lf_add(fullest, terms->mask_bytes), terms->kept_bytes);
}

static uint64_t layer_bytes(const struct lf_form *form, const struct lf_settings *settings,
                            const struct seen_cells *seen)
{
    struct lf_compute_terms terms;
    add_layer_terms(form, settings, seen, &terms);
    return sum_layer(&terms);
}

/* Whether the last layer is a state-space scan with a feed-forward behind it, and no attention. */
static bool ends_with_scan(const struct lf_form *form)
{
    bool has_feed = false;
    if (form->widths.scan_inner == 0) {
        return false;
    }
    uint8_t last = form->layer_kinds[form->trunk_layers - 1];
    if (form->cache[last].state_bytes == 0 || form->cache[last].k_width != 0) {
        return false;
    }
    const struct lf_layer_kind *kind = &form->kinds[last];
    for (size_t i = 0; i < kind->count; i++) {
        has_feed = has_feed || kind->tensors[i].role == LF_ROLE_DOWN;
    }
    return has_feed;
}

/* All of the last feed-forward's tensors side by side, beside the smaller of the mask's and a row's
 * place. A scan looks up the states it has in excess, which are none; freeing that empty tensor
 * leaves a block without size among the allocator's free ones, and free places on either side of it
 * are not joined. Behind such a layer the feed-forward's place may end up so, walled off from what
 * is free for the logits. Whether it does hangs on how the mask's size falls among the others', so
 * it is counted. */
static uint64_t walled_bytes(const struct lf_form *form, const struct lf_settings *settings,
                             uint64_t masks)
{
    const struct lf_widths *widths = &form->widths;
    uint64_t row = rows_bytes(settings, form->embd);
    uint64_t width = form->experts == 0
                         ? widths->ff
                         : form->experts_used * (widths->expert_live + widths->expert_result);
    return lf_add(lf_add(row, masks < row ? masks : row), rows_bytes(settings, width));
}

/* Where the gate of a feed-forward takes less than three rows, and the mask less than a row but
 * more than half of one, the allocator finds no place for the gate among what is free, and gate and
 * row stay below. Seen on Llama 3.2 3B, Qwen2.5 14B, Mistral Nemo and EuroLLM 22B, at that context
 * alone; not on OLMo 2 13B, of which it is too much. */
static uint64_t gate_bytes(const struct lf_form *form, const struct lf_settings *settings,
                           uint64_t masks)
{
    const struct lf_widths *widths = &form->widths;
    bool is_plain = form->experts == 0 && widths->q_beside == 0 && !widths->is_parallel;
    uint64_t gate = widths->ff / 3;
    uint64_t row = rows_bytes(settings, form->embd);
    bool is_between = masks < row && masks > row / 2;
    return is_plain && is_between && gate < 3 * form->embd ? rows_bytes(settings, gate) + row : 0;
}

/* What lies under the last hidden row when the logits are made; the logits fit nowhere but behind.
 */
static uint64_t under_bytes(const struct lf_form *form, const struct lf_settings *settings,
                            const struct seen_cells *seen)
{
    const struct lf_widths *widths = &form->widths;
    uint64_t rows = rows_bytes(settings, 2 * form->embd);
    uint64_t masks = mask_bytes(form, settings, seen);
    if (ends_with_scan(form)) {
        return walled_bytes(form, settings, masks);
    }
    if (widths->streams != 0 || widths->hyper_rows != 0) {
        return 0;
    }
    if (widths->per_layer != 0 || (widths->is_parallel && form->experts != 0)) {
        return lf_add(rows_bytes(settings, form->embd), masks);
    }
    if (widths->has_shared && results_fit(widths)) {
        return rows_bytes(settings, (form->experts_used + 1) * form->embd);
    }
    if (widths->has_delta) {
        /* The last layer has no mask: where it lay, its feed-forward has room. */
        uint64_t feed = feed_bytes(form, settings);
        return masks >= feed ? feed : rows;
    }
    bool is_cut = form->is_hybrid || widths->has_shared || widths->q_beside != 0;
    return is_cut ? rows : gate_bytes(form, settings, masks);
}

struct lf_compute_terms lf_compute_explain(const struct lf_form *form,
                                           const struct lf_settings *settings)
{
    struct seen_cells seen = see_cells(form, settings);
    struct lf_compute_terms terms = {
        .logits_bytes = lf_mul(lf_mul(4, form->vocab), settings->outputs),
        .row_bytes = rows_bytes(settings, (1 + form->widths.hyper_rows) * form->embd +
                                              form->widths.per_layer),
        .under_bytes = under_bytes(form, settings, &seen),
    };
    add_layer_terms(form, settings, &seen, &terms);
    uint64_t output = lf_add(lf_add(terms.logits_bytes, terms.row_bytes), terms.under_bytes);
    uint64_t host = rows_bytes(settings, 2 * form->embd + form->widths.per_layer);
    terms.sum.device_bytes = lf_larger(output, sum_layer(&terms));
    terms.sum.host_bytes = lf_add(host, terms.mask_bytes);
    return terms;
}

struct lf_compute_bytes lf_compute_bytes(const struct lf_form *form,
                                         const struct lf_settings *settings)
{
    return lf_compute_explain(form, settings).sum;
}

/* What crosses to a device is kept so often there, so that steps overlap on several devices. */
enum { PIPELINE_COPIES = 4 };

struct lf_split_bytes lf_compute_split_bytes(const struct lf_form *form,
                                             const struct lf_settings *settings, uint64_t devices)
{
    struct seen_cells seen = see_cells(form, settings);
    uint64_t masks = mask_bytes(form, settings, &seen);
    uint64_t row = rows_bytes(settings, form->embd);
    uint64_t per_layer = rows_bytes(settings, form->widths.per_layer);
    uint64_t picks = rows_bytes(settings, form->widths.index_picks);
    uint64_t once = lf_add(lf_add(masks, per_layer), picks);
    uint64_t layer = lf_sub(layer_bytes(form, settings, &seen), once);
    layer = lf_add(layer, devices > 1 ? picks / devices : picks);
    uint64_t shared = lf_add(masks, rows_bytes(settings, 2 * form->widths.streams * form->embd));
    uint64_t entering = lf_mul(PIPELINE_COPIES, lf_add(lf_add(shared, row), per_layer));
    uint64_t passing = lf_mul(PIPELINE_COPIES, lf_add(shared, lf_mul(2, row)));
    uint64_t logits = lf_add(lf_mul(lf_mul(4, form->vocab), settings->outputs), row);
    uint64_t host = lf_add(lf_mul(2, row), per_layer);
    return (struct lf_split_bytes){
        .first_bytes = lf_add(layer, lf_add(entering, per_layer)),
        .middle_bytes = lf_add(layer, lf_add(passing, per_layer)),
        .last_bytes = lf_add(passing, lf_add(per_layer, lf_larger(layer, logits))),
        .host_bytes = lf_add(host, lf_mul(PIPELINE_COPIES, masks)),
    };
}

uint64_t lf_compute_staged_bytes(const struct lf_form *form, const struct lf_settings *settings,
                                 uint64_t tensor_bytes)
{
    struct seen_cells seen = see_cells(form, settings);
    const struct lf_widths *widths = &form->widths;
    uint64_t left = left_width(form);
    uint64_t width = 2 * form->embd + (widths->has_shared ? lf_larger(left, form->embd) : left);
    uint64_t kept = lf_add(mask_bytes(form, settings, &seen), kept_bytes(form, settings));
    kept = lf_add(lf_add(kept, rows_bytes(settings, width)), tensor_bytes);
    uint64_t with_down = widths->expert_ff + widths->expert_result;
    uint64_t with_up = widths->expert_live - widths->expert_ff;
    uint64_t beside = rows_bytes(settings, form->experts_used * lf_larger(with_down, with_up));
    if (form->is_hybrid) {
        /* The mask of the first attention layer lands behind a tensor; the next fits nowhere. */
        uint64_t gates = rows_bytes(settings, form->experts_used * widths->expert_ff);
        beside = lf_larger(beside, lf_add(gates, tensor_bytes));
    }
    return lf_larger(lf_add(kept, beside), lf_compute_bytes(form, settings).device_bytes);
}

uint64_t lf_compute_cpu_bytes(const struct lf_form *form, const struct lf_settings *settings)
{
    struct lf_settings plain = *settings;
    plain.type_k = LF_F16;
    plain.type_v = LF_F16;
    return lf_add(lf_compute_bytes(form, &plain).device_bytes, rows_bytes(settings, form->embd));
}
