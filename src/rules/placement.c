#include "rules/placement.h"

#include "base/units.h"
#include "rules/engine.h"
#include "rules/placement_even.h"
#include "rules/spread.h"

static const struct {
    const char *id;
    const char *words;
} modes[LF_MODE_COUNT] = {
#define LF_MODE_ROW(name, id, words) [LF_MODE_##name] = {id, words},
    LF_MODES(LF_MODE_ROW)
#undef LF_MODE_ROW
};

const char *lf_mode_id(enum lf_mode mode)
{
    return modes[mode].id;
}

const char *lf_mode_words(enum lf_mode mode)
{
    return modes[mode].words;
}

static uint64_t share_used(const struct lf_share *share)
{
    uint64_t used = lf_add(share->weights_bytes, share->duplicate_bytes);
    used = lf_add(used, lf_add(share->kv_bytes, share->state_bytes));
    return lf_add(used, share->compute_bytes);
}

static uint64_t share_need(const struct lf_share *share)
{
    uint64_t used = share_used(share);
    return share->compute_bytes == 0 ? used : lf_add(used, LF_COMPUTE_ALLOWANCE_BYTES);
}

static void add_weights(struct lf_share *share, uint64_t bytes, uint64_t padding)
{
    bool is_gpu = share->pool->accelerator != NULL;
    share->weights_bytes += bytes + (is_gpu ? padding : 0);
    share->padding_bytes += is_gpu ? padding : 0;
    share->always_read_bytes += bytes;
}

static void add_experts(struct lf_share *share, const struct lf_layer_sum *run)
{
    uint64_t always = share->always_read_bytes;
    add_weights(share, run->expert_bytes, run->expert_padding_bytes);
    share->always_read_bytes = always;
    share->experts_read_bytes += run->experts_read_bytes;
}

static void add_cache(struct lf_share *share, const struct lf_layer_cache *run)
{
    bool is_gpu = share->pool->accelerator != NULL;
    uint64_t padding = is_gpu ? run->kv_padding_bytes : 0;
    share->kv_bytes = lf_add(share->kv_bytes, lf_add(run->kv_bytes, padding));
    share->padding_bytes += padding;
    share->state_bytes = lf_add(share->state_bytes, run->state_bytes);
    share->kv_read_bytes = lf_add(share->kv_read_bytes, run->kv_read_bytes);
}

/* Adds the layers [from, to), their experts apart. */
static void add_layers(struct lf_share *share, const struct lf_load *load, uint64_t from,
                       uint64_t to)
{
    struct lf_layer_sum run = lf_load_run(load, from, to);
    add_weights(share, run.always_bytes, run.always_padding_bytes);
    add_cache(share, &run.cache);
    share->layers += to - from;
}

static uint64_t ram_compute(const struct lf_load *load, size_t gpus)
{
    return gpus == 0   ? load->cpu_compute_bytes
           : gpus == 1 ? load->compute.host_bytes
                       : load->split.host_bytes;
}

/* A GPU's run of layers. */
static void fill_gpu(const struct lf_cut *cut, uint64_t from, uint64_t to, struct lf_share *share)
{
    uint64_t in_ram = cut->ram_expert_layers;
    struct lf_layer_sum experts =
        lf_load_run(cut->load, lf_larger(from, in_ram), lf_larger(to, in_ram));
    add_layers(share, cut->load, from, to);
    add_experts(share, &experts);
}

static void add_output(const struct lf_weights *weights, struct lf_share *share)
{
    add_weights(share, weights->output_bytes, weights->output_padding_bytes);
    share->weights_bytes += weights->has_input_on_gpu ? weights->input_bytes : 0;
    share->always_read_bytes += weights->duplicate_bytes;
    if (weights->duplicate_bytes != 0) {
        share->duplicate_bytes = weights->duplicate_bytes + weights->duplicate_padding_bytes;
        share->padding_bytes += weights->duplicate_padding_bytes;
    }
}

static void add_projector(struct lf_share *share, uint64_t bytes)
{
    share->weights_bytes = lf_add(share->weights_bytes, bytes);
    share->projector_bytes = lf_add(share->projector_bytes, bytes);
}

/* Shares the cut's layers among its GPUs. */
static void fill_gpus(const struct lf_cut *cut, struct lf_placement *placement)
{
    struct lf_spread spread = {.count = 0};
    uint64_t layer = cut->first_gpu_layer;
    if (cut->gpu_count > 0) {
        lf_spread_find(cut, &spread);
    }
    for (size_t i = 0; i < spread.count; i++) {
        struct lf_share *share = &placement->shares[i];
        *share = (struct lf_share){.pool = spread.runs[i].gpu};
        share->compute_bytes = lf_cut_compute_bytes(cut, i, spread.count);
        fill_gpu(cut, layer, layer + spread.runs[i].layers, share);
        layer += share->layers;
    }
    if (spread.count > 0) {
        add_projector(&placement->shares[0], lf_cut_projector_bytes(cut));
    }
    if (spread.count > 0 && cut->output_on_gpu) {
        add_output(cut->load->weights, &placement->shares[spread.count - 1]);
    }
    placement->share_count = spread.count + 1;
}

static void fill_ram(const struct lf_cut *cut, size_t gpus, struct lf_share *ram)
{
    const struct lf_load *load = cut->load;
    add_weights(ram, load->weights->has_input_on_gpu ? 0 : load->weights->input_bytes, 0);
    ram->always_read_bytes = 0; /* one row of the input embeddings is read, not the table */
    uint64_t in_ram = lf_larger(cut->first_gpu_layer, cut->ram_expert_layers);
    struct lf_layer_sum experts = lf_load_run(load, 0, in_ram);
    add_projector(ram, load->weights->projector_bytes - lf_cut_projector_bytes(cut));
    add_layers(ram, load, 0, cut->first_gpu_layer);
    add_experts(ram, &experts);
    if (!cut->output_on_gpu) {
        add_weights(ram, load->weights->output_bytes, 0);
        ram->always_read_bytes += load->weights->duplicate_bytes; /* read, but not loaded twice */
    }
    ram->compute_bytes = ram_compute(load, gpus);
}

/* Leaves on the disk what RAM has no room for. */
static void stream_ram(const struct lf_cut *cut, const struct lf_budget *budget,
                       struct lf_share *ram, struct lf_stream *stream)
{
    struct lf_ram_weights weights = {.active_share = cut->load->active_share};
    for (uint64_t i = 0; i < cut->load->layer_count; i++) {
        bool is_in_ram = i < cut->first_gpu_layer || i < cut->ram_expert_layers;
        weights.expert_bytes += is_in_ram ? cut->load->weights->layers[i].expert_bytes : 0;
    }
    uint64_t always = lf_sub(ram->weights_bytes, weights.expert_bytes);
    weights.always_bytes = ram->always_read_bytes < always ? ram->always_read_bytes : always;
    weights.other_bytes = always - weights.always_bytes;
    uint64_t beside = share_need(ram) - ram->weights_bytes;
    lf_stream_make(&weights, lf_sub(ram->pool->budget_bytes, beside), &budget->disk, stream);
    ram->weights_bytes -= stream->streamed_bytes;
}

/* Fills placement for a cut; returns whether every pool holds its share. RAM of unknown size is not
 * held against a model that lies on GPUs but for its input embeddings. */
static bool apply(const struct lf_cut *cut, const struct lf_budget *budget,
                  struct lf_placement *placement)
{
    placement->layer_count = cut->load->layer_count;
    placement->gpu_layers = cut->load->layer_count - cut->first_gpu_layer;
    placement->ram_expert_layers = cut->ram_expert_layers;
    placement->short_by_bytes = 0;
    fill_gpus(cut, placement);
    size_t gpus = placement->share_count - 1;
    for (size_t i = 0; i < gpus; i++) {
        placement->shares[i].gpu = (size_t)(placement->shares[i].pool - budget->gpus);
    }
    placement->shares[gpus] = (struct lf_share){.pool = &budget->ram};
    fill_ram(cut, gpus, &placement->shares[gpus]);
    placement->stream = (struct lf_stream){0};
    if (budget->maps_files && budget->ram_is_known && placement->mode != LF_MODE_UNIFIED) {
        stream_ram(cut, budget, &placement->shares[gpus], &placement->stream);
    }
    for (size_t i = 0; i < placement->share_count; i++) {
        struct lf_share *share = &placement->shares[i];
        uint64_t room = share->pool->budget_bytes;
        bool is_unchecked =
            i == gpus && !budget->ram_is_known && cut->output_on_gpu && cut->ram_expert_layers == 0;
        share->left_bytes = lf_sub(room, share_used(share));
        if (!is_unchecked) {
            placement->short_by_bytes =
                lf_add(placement->short_by_bytes, lf_sub(share_need(share), room));
        }
    }
    placement->fits = placement->short_by_bytes == 0;
    return placement->fits;
}

/* On one GPU: the fastest of those with room for it, else the one with most room. It takes as much
 * on each. */
static void place_on_one(const struct lf_load *load, const struct lf_budget *budget,
                         struct lf_placement *placement)
{
    struct lf_cut cut = {load, budget->gpus, 1, .output_on_gpu = true};
    apply(&cut, budget, placement);
    uint64_t need = share_need(&placement->shares[0]);
    const struct lf_pool *best = &budget->gpus[0];
    for (size_t g = 1; g < budget->gpu_count; g++) {
        const struct lf_pool *gpu = &budget->gpus[g];
        bool has_room = gpu->budget_bytes >= need;
        bool is_better = has_room != (best->budget_bytes >= need) ? has_room
                         : has_room ? gpu->bandwidth_bps > best->bandwidth_bps
                                    : gpu->budget_bytes > best->budget_bytes;
        best = is_better ? gpu : best;
    }
    if (best != cut.gpus) {
        cut.gpus = best;
        apply(&cut, budget, placement);
    }
}

/* Everything in one pool, nothing loaded twice: GPU and host buffers map the same pages. */
static void place_unified(const struct lf_load *load, const struct lf_budget *budget,
                          struct lf_placement *placement)
{
    const struct lf_cut cut = {load, budget->gpus, 1, .output_on_gpu = true};
    apply(&cut, budget, placement);
    struct lf_share *pool = &placement->shares[0];
    const struct lf_share *ram = &placement->shares[1];
    pool->weights_bytes += ram->weights_bytes;
    pool->projector_bytes += ram->projector_bytes;
    pool->duplicate_bytes = 0;
    pool->padding_bytes -= load->weights->duplicate_padding_bytes;
    pool->compute_bytes = lf_add(pool->compute_bytes, ram->compute_bytes);
    placement->share_count = 1;
    placement->short_by_bytes = lf_sub(share_need(pool), pool->pool->budget_bytes);
    placement->fits = placement->short_by_bytes == 0;
    pool->left_bytes = lf_sub(pool->pool->budget_bytes, share_used(pool));
}

/* Over at least two GPUs; what ends on one is another mode's. */
static void place_on_several(struct lf_cut *cut, const struct lf_budget *budget,
                             struct lf_placement *placement)
{
    enum { POOLS_LEAST = 3 };
    cut->needs_several = true;
    apply(cut, budget, placement);
    if (placement->share_count < POOLS_LEAST) {
        placement->fits = false;
        placement->short_by_bytes = UINT64_MAX;
        placement->share_count = 0;
    }
}

/* Puts as little in RAM as must be for the GPUs to hold the rest: the least value of *number, from
 * one to most, with which they do. RAM may be short all the same, and is then told. One after the
 * other is tried, for what fits need not fit with a layer less: a GPU that loses its only layer
 * leaves the larger buffer of the first to the next. */
static void place_least(struct lf_cut *cut, uint64_t *number, uint64_t most,
                        const struct lf_budget *budget, struct lf_placement *placement)
{
    *number = 1;
    while (*number < most && !lf_spread_exists(cut)) {
        ++*number;
    }
    apply(cut, budget, placement);
}

/* Places in a mode that the machine and the model have a use for. */
static void place(const struct lf_load *load, const struct lf_budget *budget,
                  struct lf_placement *placement)
{
    struct lf_cut cut = {load, budget->gpus, budget->gpu_count, .output_on_gpu = true};
    switch (placement->mode) {
    case LF_MODE_GPU:
        place_on_one(load, budget, placement);
        break;
    case LF_MODE_MULTI_GPU:
        if (load->engine->splits_tensors) {
            lf_place_even(load, budget, placement);
        } else {
            place_on_several(&cut, budget, placement);
        }
        break;
    case LF_MODE_UNIFIED:
        place_unified(load, budget, placement);
        break;
    case LF_MODE_EXPERTS_IN_RAM:
        place_least(&cut, &cut.ram_expert_layers, load->layer_count, budget, placement);
        break;
    case LF_MODE_LAYERS_SPLIT:
        cut.output_on_gpu = false;
        place_least(&cut, &cut.first_gpu_layer, load->layer_count - 1, budget, placement);
        break;
    case LF_MODE_CPU:
    case LF_MODE_COUNT:
        cut = (struct lf_cut){.load = load, .first_gpu_layer = load->layer_count};
        apply(&cut, budget, placement);
        break;
    }
}

/* Whether the mode means anything to this machine and model. */
static bool is_of_use(const struct lf_load *load, const struct lf_budget *budget, enum lf_mode mode)
{
    bool has_gpu = budget->gpu_count > 0 && !budget->is_unified;
    if ((load->engine->modes >> mode & 1U) == 0) {
        return false;
    }
    switch (mode) {
    case LF_MODE_MULTI_GPU:
        return has_gpu && budget->gpu_count > 1 && load->layer_count > 1;
    case LF_MODE_UNIFIED:
        return budget->is_unified;
    case LF_MODE_EXPERTS_IN_RAM:
        return has_gpu && load->weights->staged_bytes > 0;
    case LF_MODE_LAYERS_SPLIT:
        return has_gpu && load->layer_count > 1;
    case LF_MODE_CPU:
        return budget->ram_is_known && (!budget->ram_is_pool || budget->maps_files);
    case LF_MODE_GPU:
    case LF_MODE_COUNT:
        break;
    }
    return has_gpu;
}

void lf_place(const struct lf_load *load, const struct lf_budget *budget, enum lf_mode mode,
              struct lf_placement *placement)
{
    /* The shares stay as they are: there are many, and share_count says which hold. */
    placement->mode = mode;
    placement->fits = false;
    placement->short_by_bytes = UINT64_MAX;
    placement->share_count = 0;
    placement->gpu_count = budget->gpu_count;
    placement->layer_count = load->layer_count;
    placement->gpu_layers = 0;
    placement->ram_expert_layers = 0;
    placement->stream = (struct lf_stream){0};
    if (is_of_use(load, budget, mode)) {
        place(load, budget, placement);
    }
}

uint64_t lf_placement_bytes(const struct lf_placement *placement)
{
    uint64_t bytes = placement->stream.streamed_bytes;
    for (size_t i = 0; i < placement->share_count; i++) {
        bytes = lf_add(bytes, share_used(&placement->shares[i]));
    }
    return bytes;
}
