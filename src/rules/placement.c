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

static void add_experts(struct lf_share *share, const struct lf_load *load,
                        const struct lf_layer_weights *layer)
{
    uint64_t always = share->always_read_bytes;
    add_weights(share, layer->expert_bytes, layer->expert_padding_bytes);
    share->always_read_bytes = always;
    share->experts_read_bytes += (uint64_t)((double)layer->expert_bytes * load->active_share);
}

static void add_cache(struct lf_share *share, const struct lf_layer_cache *layer)
{
    bool is_gpu = share->pool->accelerator != NULL;
    uint64_t padding = is_gpu ? layer->kv_padding_bytes : 0;
    share->kv_bytes = lf_add(share->kv_bytes, lf_add(layer->kv_bytes, padding));
    share->padding_bytes += padding;
    share->state_bytes = lf_add(share->state_bytes, layer->state_bytes);
    share->kv_read_bytes = lf_add(share->kv_read_bytes, layer->kv_read_bytes);
}

static uint64_t ram_compute(const struct lf_load *load, size_t gpus)
{
    return gpus == 0   ? load->cpu_compute_bytes
           : gpus == 1 ? load->compute.host_bytes
                       : load->split.host_bytes;
}

/* A GPU's run of layers, which begins with that one. */
static void fill_gpu(const struct lf_cut *cut, uint64_t layer, struct lf_share *share)
{
    const struct lf_load *load = cut->load;
    for (uint64_t end = layer + share->layers; layer < end; layer++) {
        const struct lf_layer_weights *weights = &load->weights->layers[layer];
        add_weights(share, weights->always_bytes, weights->always_padding_bytes);
        if (layer >= cut->ram_expert_layers) {
            add_experts(share, load, weights);
        }
        add_cache(share, &load->cache[layer]);
    }
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

/* Shares the cut's layers among its GPUs. */
static void fill_gpus(const struct lf_cut *cut, const struct lf_layer_sums *sums,
                      struct lf_placement *placement)
{
    struct lf_spread spread = {.count = 0};
    uint64_t layer = cut->first_gpu_layer;
    if (cut->gpu_count > 0) {
        lf_spread_find(cut, sums, &spread);
    }
    for (size_t i = 0; i < spread.count; i++) {
        struct lf_share *share = &placement->shares[i];
        *share = (struct lf_share){.pool = spread.runs[i].gpu, .layers = spread.runs[i].layers};
        share->compute_bytes = lf_cut_compute_bytes(cut, i, spread.count);
        fill_gpu(cut, layer, share);
        layer += share->layers;
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
    for (uint64_t i = 0; i < load->layer_count; i++) {
        if (i < cut->first_gpu_layer) {
            add_weights(ram, load->weights->layers[i].always_bytes, 0);
            add_cache(ram, &load->cache[i]);
            ram->layers++;
        }
        if (i < cut->first_gpu_layer || i < cut->ram_expert_layers) {
            add_experts(ram, load, &load->weights->layers[i]);
        }
    }
    if (!cut->output_on_gpu) {
        add_weights(ram, load->weights->output_bytes, 0);
        ram->always_read_bytes += load->weights->duplicate_bytes; /* read, but not loaded twice */
    }
    ram->compute_bytes = ram_compute(load, gpus);
}

/* Fills placement for a cut; returns whether every pool holds its share. RAM of unknown size is not
 * held against a model that lies on GPUs but for its input embeddings. */
static bool apply(const struct lf_cut *cut, const struct lf_layer_sums *sums,
                  const struct lf_budget *budget, struct lf_placement *placement)
{
    placement->layer_count = cut->load->layer_count;
    placement->gpu_layers = cut->load->layer_count - cut->first_gpu_layer;
    placement->ram_expert_layers = cut->ram_expert_layers;
    placement->short_by_bytes = 0;
    fill_gpus(cut, sums, placement);
    size_t gpus = placement->share_count - 1;
    for (size_t i = 0; i < gpus; i++) {
        placement->shares[i].gpu = (size_t)(placement->shares[i].pool - budget->gpus);
    }
    placement->shares[gpus] = (struct lf_share){.pool = &budget->ram};
    fill_ram(cut, gpus, &placement->shares[gpus]);
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

/* The single GPU with most room after the layers; the fastest among those where it fits. */
static void place_on_one(const struct lf_load *load, const struct lf_layer_sums *sums,
                         const struct lf_budget *budget, struct lf_placement *placement)
{
    struct lf_placement tried = *placement;
    bool has_one = false;
    for (size_t g = 0; g < budget->gpu_count; g++) {
        const struct lf_cut cut = {load, &budget->gpus[g], 1, .output_on_gpu = true};
        apply(&cut, sums, budget, &tried);
        bool is_faster = tried.shares[0].pool->bandwidth_bps >
                         (has_one ? placement->shares[0].pool->bandwidth_bps : 0);
        bool is_better = tried.fits != placement->fits ? tried.fits
                         : tried.fits                  ? is_faster
                                      : tried.short_by_bytes < placement->short_by_bytes;
        if (!has_one || is_better) {
            *placement = tried;
            has_one = true;
        }
    }
}

/* Everything in one pool, nothing loaded twice: GPU and host buffers map the same pages. */
static void place_unified(const struct lf_load *load, const struct lf_layer_sums *sums,
                          const struct lf_budget *budget, struct lf_placement *placement)
{
    const struct lf_cut cut = {load, budget->gpus, 1, .output_on_gpu = true};
    apply(&cut, sums, budget, placement);
    struct lf_share *pool = &placement->shares[0];
    const struct lf_share *ram = &placement->shares[1];
    pool->weights_bytes += ram->weights_bytes;
    pool->duplicate_bytes = 0;
    pool->padding_bytes -= load->weights->duplicate_padding_bytes;
    pool->compute_bytes = lf_add(pool->compute_bytes, ram->compute_bytes);
    placement->share_count = 1;
    placement->short_by_bytes = lf_sub(share_need(pool), pool->pool->budget_bytes);
    placement->fits = placement->short_by_bytes == 0;
    pool->left_bytes = lf_sub(pool->pool->budget_bytes, share_used(pool));
}

/* Over at least two GPUs; what ends on one is another mode's. */
static void place_on_several(struct lf_cut *cut, const struct lf_layer_sums *sums,
                             const struct lf_budget *budget, struct lf_placement *placement)
{
    enum { POOLS_LEAST = 3 };
    cut->needs_several = true;
    apply(cut, sums, budget, placement);
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
                        const struct lf_layer_sums *sums, const struct lf_budget *budget,
                        struct lf_placement *placement)
{
    *number = 1;
    while (*number < most && !lf_spread_exists(cut, sums)) {
        ++*number;
    }
    apply(cut, sums, budget, placement);
}

/* Places in a mode that the machine and the model have a use for. */
static void place(const struct lf_load *load, const struct lf_layer_sums *sums,
                  const struct lf_budget *budget, struct lf_placement *placement)
{
    struct lf_cut cut = {load, budget->gpus, budget->gpu_count, .output_on_gpu = true};
    switch (placement->mode) {
    case LF_MODE_GPU:
        place_on_one(load, sums, budget, placement);
        break;
    case LF_MODE_MULTI_GPU:
        if (load->engine->splits_tensors) {
            lf_place_even(load, budget, placement);
        } else {
            place_on_several(&cut, sums, budget, placement);
        }
        break;
    case LF_MODE_UNIFIED:
        place_unified(load, sums, budget, placement);
        break;
    case LF_MODE_EXPERTS_IN_RAM:
        place_least(&cut, &cut.ram_expert_layers, load->layer_count, sums, budget, placement);
        break;
    case LF_MODE_LAYERS_SPLIT:
        cut.output_on_gpu = false;
        place_least(&cut, &cut.first_gpu_layer, load->layer_count - 1, sums, budget, placement);
        break;
    case LF_MODE_CPU:
    case LF_MODE_COUNT:
        cut = (struct lf_cut){.load = load, .first_gpu_layer = load->layer_count};
        apply(&cut, sums, budget, placement);
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
        return budget->ram_is_known && !budget->ram_is_pool;
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
    if (is_of_use(load, budget, mode)) {
        struct lf_layer_sums sums;
        lf_layer_sums_make(load, &sums);
        place(load, &sums, budget, placement);
        lf_layer_sums_clear(&sums);
    }
}

uint64_t lf_placement_bytes(const struct lf_placement *placement)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < placement->share_count; i++) {
        bytes = lf_add(bytes, share_used(&placement->shares[i]));
    }
    return bytes;
}
