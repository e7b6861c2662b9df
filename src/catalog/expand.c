/* From a described shape to the form the rules see. */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "catalog/model.h"
#include "catalog/widths.h"

/* Bounds no real model comes near, so that no sum of sizes can overflow: a tensor has at most 2^42
 * elements, a model at most 2^17 tensors. */
#define ELEMENTS_MOST (UINT64_C(1) << 42)
enum { LAYER_TENSORS_MOST = 128 };

/* The tensors of one kind of layer, expanded once and copied to every layer of the kind. */
struct layer_tensors {
    struct lf_tensor items[LAYER_TENSORS_MOST];
    size_t count;
};

/* `who` is the part (or the model) whose symbols are used; told in errors. */
static enum lf_status make_tensor(const struct lf_shape *shape, const struct lf_tensor_row *row,
                                  const struct lf_symbols *symbols, const cJSON *who,
                                  struct lf_tensor *tensor, struct lf_error *err)
{
    uint64_t elements = 1;
    size_t wide = 0;
    *tensor = (struct lf_tensor){.name = row->name, .ne = {1, 1, 1, 1}};
    for (size_t i = 0; i < row->dimensions; i++) {
        tensor->ne[i] = lf_expression_value(&row->ne[i], symbols);
        if (tensor->ne[i] == 0) {
            return lf_json_fail(shape->json, who, err,
                                "%s: dimension %zu is 0 or not whole; a size it is made of is "
                                "missing or wrong",
                                row->name, i);
        }
        wide += tensor->ne[i] > 1;
        elements = lf_mul(elements, tensor->ne[i]);
    }
    if (elements > ELEMENTS_MOST) {
        return lf_json_fail(shape->json, who, err, "%s: more than 2^42 elements", row->name);
    }
    tensor->stored = row->has_stored ? row->stored : wide > 1 ? LF_F16 : LF_F32;
    lf_tensor_classify(tensor);
    return LF_OK;
}

static enum lf_status add_rows(const struct lf_shape *shape, const struct lf_template *template,
                               const struct lf_symbols *symbols, const cJSON *who,
                               struct layer_tensors *tensors, struct lf_error *err)
{
    for (size_t i = 0; i < template->count; i++) {
        if (!lf_condition_holds(&template->rows[i].when, symbols)) {
            continue;
        }
        if (tensors->count == LAYER_TENSORS_MOST) {
            return lf_json_fail(shape->json, who, err, "more than %d tensors in a layer",
                                LAYER_TENSORS_MOST);
        }
        enum lf_status status = make_tensor(shape, &template->rows[i], symbols, who,
                                            &tensors->items[tensors->count++], err);
        if (status != LF_OK) {
            return status;
        }
    }
    return LF_OK;
}

static enum lf_status expand_kind(const struct lf_shape *shape, const struct lf_kind *kind,
                                  struct layer_tensors *tensors, struct lf_error *err)
{
    struct lf_symbols symbols;
    lf_symbols_resolve(&symbols, &shape->symbols, NULL);
    tensors->count = 0;
    enum lf_status status =
        add_rows(shape, &shape->architecture->layer, &symbols, shape->node, tensors, err);
    for (size_t i = 0; i < kind->part_count && status == LF_OK; i++) {
        const struct lf_part *part = kind->parts[i];
        lf_symbols_resolve(&symbols, &shape->symbols, &part->symbols);
        status = add_rows(shape, lf_architecture_part(shape->architecture, part->type), &symbols,
                          part->node, tensors, err);
    }
    lf_tensors_sort(tensors->items, tensors->count);
    return status;
}

/* What a part keeps of the past, added to its layer's. One function a part type; types that are
 * not listed keep nothing. */
struct cache_row {
    const char *type;
    void (*add)(const struct lf_symbols *symbols, struct lf_cache_layer *layer);
};

/* Where an indexer picks blocks of cells (MiniMax M3), its cache is one of K and V with a single
 * head; the V is never used.
 * source  llama.cpp, src/llama-kv-cache-msa.cpp */
static void add_attention(const struct lf_symbols *symbols, struct lf_cache_layer *layer)
{
    uint64_t kv_heads = symbols->value[LF_SYMBOL_kv_heads];
    layer->k_width += kv_heads * symbols->value[LF_SYMBOL_head_dim];
    layer->v_width += kv_heads * symbols->value[LF_SYMBOL_v_dim];
    if (symbols->value[LF_SYMBOL_index_dim] != 0) {
        layer->index_width += symbols->value[LF_SYMBOL_index_dim];
        layer->index_v_width += symbols->value[LF_SYMBOL_v_dim];
    }
    layer->window_tokens = symbols->value[LF_SYMBOL_window];
}

/* Multi-head latent attention keeps one compressed row, and an indexer's key beside it. */
static void add_latent(const struct lf_symbols *symbols, struct lf_cache_layer *layer)
{
    layer->k_width += symbols->value[LF_SYMBOL_kv_lora] + symbols->value[LF_SYMBOL_rope];
    layer->index_width += symbols->value[LF_SYMBOL_index_dim];
    layer->window_tokens = symbols->value[LF_SYMBOL_window];
}

/* DeepSeek V4 keeps near tokens as they are and far ones as one row for `compress` of them. What
 * the rows being made are made of is kept too: two F32 values for each of the last tokens, twice
 * as many tokens and twice as wide where an indexer picks rows, so that they overlap.
 *     F32 values = 2 * compress * head_dim, or 2 * 2 * compress * 2 * (head_dim + index_dim)
 * source  llama.cpp, src/llama-kv-cache-dsv4.cpp */
static void add_compressed(const struct lf_symbols *symbols, struct lf_cache_layer *layer)
{
    uint64_t head_dim = symbols->value[LF_SYMBOL_head_dim];
    uint64_t index_dim = symbols->value[LF_SYMBOL_index_dim];
    uint64_t compress = symbols->value[LF_SYMBOL_compress];
    uint64_t overlap = index_dim != 0 ? 4 : 1;
    layer->k_width += head_dim;
    layer->window_tokens = symbols->value[LF_SYMBOL_window];
    layer->is_apart = true;
    if (compress != 0) {
        layer->far_width += head_dim;
        layer->far_tokens = compress;
        layer->index_width += index_dim;
        layer->state_bytes += 4 * lf_mul(2 * overlap * compress, head_dim + index_dim);
    }
}

/*     F32 values = (conv - 1) * (inner + 2 * groups * state) + state * inner */
static void add_recurrent(const struct lf_symbols *symbols, struct lf_cache_layer *layer)
{
    uint64_t inner = symbols->value[LF_SYMBOL_inner];
    uint64_t state = symbols->value[LF_SYMBOL_state];
    uint64_t groups = symbols->value[LF_SYMBOL_groups];
    uint64_t conv = symbols->value[LF_SYMBOL_conv];
    uint64_t conv_bytes = 4 * lf_mul(lf_sub(conv, 1), inner + 2 * lf_mul(groups, state));
    layer->conv_bytes += conv_bytes;
    layer->state_bytes += lf_add(conv_bytes, 4 * lf_mul(state, inner));
}

static void add_convolution(const struct lf_symbols *symbols, struct lf_cache_layer *layer)
{
    uint64_t conv_bytes =
        4 * lf_sub(symbols->value[LF_SYMBOL_l_cache], 1) * (uint64_t)symbols->value[LF_SYMBOL_embd];
    layer->conv_bytes += conv_bytes;
    layer->state_bytes += conv_bytes;
}

static const struct cache_row cache_rows[] = {
    {"attn", add_attention},  {"mla", add_latent},
    {"dsv4", add_compressed}, {"gdn", add_recurrent},
    {"kda", add_recurrent},   {"mamba2", add_recurrent},
    {"mamba", add_recurrent}, {"shortconv", add_convolution},
};

/* Adds what the parts of a layer keep, and says whether none of them could keep a thing. */
static bool add_cache(const struct lf_shape *shape, const struct lf_kind *kind,
                      struct lf_cache_layer *layer)
{
    bool is_bare = true;
    for (size_t i = 0; i < kind->part_count; i++) {
        const struct lf_part *part = kind->parts[i];
        struct lf_symbols symbols;
        lf_symbols_resolve(&symbols, &shape->symbols, &part->symbols);
        for (size_t r = 0; r < sizeof cache_rows / sizeof cache_rows[0]; r++) {
            bool keeps = strcmp(part->type, cache_rows[r].type) == 0;
            is_bare = is_bare && !keeps;
            if (keeps && part->owns_cache) {
                cache_rows[r].add(&symbols, layer);
            }
        }
    }
    return is_bare;
}

static void add_experts(const struct lf_shape *shape, const struct lf_part *part,
                        struct lf_form *form)
{
    struct lf_symbols symbols;
    lf_symbols_resolve(&symbols, &shape->symbols, &part->symbols);
    form->experts = lf_larger(form->experts, symbols.value[LF_SYMBOL_experts]);
    form->experts_used = lf_larger(form->experts_used, symbols.value[LF_SYMBOL_used]);
}

/* The first layer's head counts, which the mix rules look at. A file that states one count for all
 * layers states it for recurrent ones too. */
static void add_first_heads(const struct lf_shape *shape, struct lf_form *form)
{
    for (uint64_t layer = 0; layer < shape->trunk_layers; layer++) {
        const struct lf_kind *kind = &shape->kinds[shape->layer_kinds[layer]];
        for (size_t i = 0; i < kind->part_count; i++) {
            const struct lf_symbols *symbols = &kind->parts[i]->symbols;
            bool is_single = strcmp(kind->parts[i]->type, "mla") == 0 ||
                             strcmp(kind->parts[i]->type, "dsv4") == 0;
            if (is_single || strcmp(kind->parts[i]->type, "attn") == 0) {
                form->first_heads = symbols->value[LF_SYMBOL_heads];
                form->first_kv_heads = is_single ? 1 : symbols->value[LF_SYMBOL_kv_heads];
                return;
            }
        }
        if (!shape->architecture->has_uniform_heads) {
            return;
        }
    }
}

/*     total  = sum of elements
 *     active = the same over the trunk, experts counted used / experts */
static void count_params(struct lf_form *form)
{
    uint64_t idle_slices = lf_sub(form->experts, form->experts_used);
    uint64_t total[LF_KINDS_MOST + 2] = {0};
    uint64_t active[LF_KINDS_MOST + 2] = {0};
    for (size_t k = 0; k <= form->kind_count; k++) {
        const struct lf_layer_kind *kind = k == form->kind_count ? &form->outside : &form->kinds[k];
        for (size_t i = 0; i < kind->count; i++) {
            uint64_t elements = lf_tensor_elements(&kind->tensors[i]);
            bool is_routed = kind->tensors[i].is_expert && form->experts > 0;
            total[k] += elements;
            active[k] += elements - (is_routed ? elements / form->experts * idle_slices : 0);
        }
    }
    form->params_total = total[form->kind_count];
    form->params_active = active[form->kind_count];
    for (uint64_t layer = 0; layer < form->layers; layer++) {
        uint8_t kind = form->layer_kinds[layer];
        form->params_total += total[kind];
        form->params_active += layer < form->trunk_layers ? active[kind] : 0;
    }
}

static enum lf_status check_total(const struct lf_model *model, const struct lf_form *form,
                                  struct lf_error *err)
{
    uint64_t stated = model->params_stated;
    uint64_t apart =
        stated > form->params_total ? stated - form->params_total : form->params_total - stated;
    if (stated != 0 && apart > stated / 100) {
        return lf_json_fail(model->json, lf_json_find(model->node, "params_stated"), err,
                            "params_stated: %s states %llu parameters, its shape has %llu, more "
                            "than 1 %% apart",
                            model->id, (unsigned long long)stated,
                            (unsigned long long)form->params_total);
    }
    return LF_OK;
}

/* Adds a kind made of the tensors expanded. */
static void keep(const struct layer_tensors *tensors, struct lf_arena *arena,
                 struct lf_layer_kind *kind)
{
    struct lf_tensor *items = lf_arena_alloc(arena, tensors->count, sizeof *items);
    if (tensors->count > 0) {
        memcpy(items, tensors->items, tensors->count * sizeof *items);
    }
    *kind = (struct lf_layer_kind){items, tensors->count};
}

/* What a layer of each kind of the trunk keeps. Only hybrids leave layers without attention out of
 * the cache.
 * source  llama.cpp, src/llama-kv-cache.cpp (n_embd_v_gqa_max), create_memory in llama-model.cpp */
static void make_cache(const struct lf_shape *shape, struct lf_arena *arena, struct lf_form *form)
{
    struct lf_cache_layer *cache = lf_arena_alloc(arena, form->kind_count, sizeof *cache);
    for (size_t i = 0; i < shape->kind_count; i++) {
        bool is_used = memchr(shape->layer_kinds, (int)i, shape->trunk_layers) != NULL;
        if (is_used) {
            cache[i].is_bare = add_cache(shape, &shape->kinds[i], &cache[i]);
        }
        bool is_recurrent = cache[i].state_bytes != 0 && cache[i].far_width == 0;
        for (uint64_t layer = 0; is_recurrent && layer < shape->trunk_layers; layer++) {
            form->state_layers += shape->layer_kinds[layer] == i;
        }
    }
    form->is_hybrid = form->state_layers > 0;
    for (size_t i = 0; i < form->kind_count; i++) {
        cache[i].is_bare = cache[i].is_bare && !form->is_hybrid;
    }
    form->cache = cache;
}

/* Expands the shape's kinds, then the MTP layers', then what is outside the layers. */
static enum lf_status expand_kinds(const struct lf_shape *shape, struct lf_arena *arena,
                                   struct lf_form *form, struct lf_error *err)
{
    size_t count = shape->kind_count + (shape->mtp_layers > 0 ? 1 : 0);
    struct lf_layer_kind *kinds = lf_arena_alloc(arena, count, sizeof *kinds);
    uint8_t *layer_kinds = lf_arena_alloc(arena, form->layers, 1);
    struct layer_tensors tensors;
    enum lf_status status = LF_OK;
    for (size_t i = 0; i < count && status == LF_OK; i++) {
        const struct lf_kind *kind = i < shape->kind_count ? &shape->kinds[i] : &shape->mtp;
        status = expand_kind(shape, kind, &tensors, err);
        keep(&tensors, arena, &kinds[i]);
    }
    if (status != LF_OK) {
        return status;
    }
    for (uint64_t layer = 0; layer < form->layers; layer++) {
        layer_kinds[layer] =
            layer < shape->trunk_layers ? shape->layer_kinds[layer] : (uint8_t)shape->kind_count;
    }
    form->kinds = kinds;
    form->kind_count = count;
    form->layer_kinds = layer_kinds;
    struct lf_symbols symbols;
    lf_symbols_resolve(&symbols, &shape->symbols, NULL);
    tensors.count = 0;
    status = add_rows(shape, &shape->architecture->model, &symbols, shape->node, &tensors, err);
    lf_tensors_sort(tensors.items, tensors.count);
    keep(&tensors, arena, &form->outside);
    return status;
}

enum lf_status lf_model_expand(const struct lf_model *model, struct lf_arena *arena,
                               struct lf_form *form, struct lf_error *err)
{
    const struct lf_shape *shape = model->shape;
    if (shape->form != NULL) {
        *form = *shape->form;
        return LF_OK;
    }
    *form = (struct lf_form){
        .arch = shape->architecture->id,
        .layers = shape->trunk_layers + shape->mtp_layers,
        .trunk_layers = shape->trunk_layers,
        .embd = shape->symbols.value[LF_SYMBOL_embd],
        .vocab = shape->symbols.value[LF_SYMBOL_vocab],
        .is_tied = shape->symbols.value[LF_SYMBOL_tied] != 0,
    };
    enum lf_status status = expand_kinds(shape, arena, form, err);
    if (status == LF_OK) {
        for (size_t i = 0; i < shape->part_count; i++) {
            add_experts(shape, &shape->parts[i], form);
        }
        lf_widths_measure(shape, &form->widths);
        add_first_heads(shape, form);
        make_cache(shape, arena, form);
        count_params(form);
        status = check_total(model, form, err);
    }
    return status;
}

const char *lf_form_kind(const struct lf_form *form)
{
    return form->is_hybrid ? "hybrid" : form->experts > 0 ? "moe" : "dense";
}
