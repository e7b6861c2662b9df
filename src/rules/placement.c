#include "rules/placement.h"

#include "base/units.h"

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

/* How a placement is cut: which GPUs, where the GPUs' layers begin, whose experts stay in RAM. */
struct cut {
    const struct lf_pool *gpus;
    size_t gpu_count;
    uint64_t first_gpu_layer;
    uint64_t ram_expert_layers;
    bool output_on_gpu;
};

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

/* What a layer takes on a GPU, as the cut has it. */
static uint64_t layer_need(const struct lf_load *load, const struct cut *cut, uint64_t number)
{
    const struct lf_layer_weights *weights = &load->weights->layers[number];
    const struct lf_layer_cache *cache = &load->cache[number];
    uint64_t need = weights->always_bytes + weights->always_padding_bytes;
    need = lf_add(need, lf_add(cache->kv_bytes, cache->kv_padding_bytes));
    need = lf_add(need, cache->state_bytes);
    if (number >= cut->ram_expert_layers) {
        need = lf_add(need, weights->expert_bytes + weights->expert_padding_bytes);
    }
    return need;
}

/* Compute buffer of a GPU of the cut. With experts in RAM, prompts bring whole expert tensors over,
 * which on several GPUs is taken to cost each as much more as it costs one. */
static uint64_t gpu_compute(const struct lf_load *load, const struct cut *cut, size_t gpu)
{
    uint64_t plain = load->compute.device_bytes;
    uint64_t compute = plain;
    if (cut->gpu_count > 1) {
        compute = gpu == 0                    ? load->split.first_bytes
                  : gpu + 1 == cut->gpu_count ? load->split.last_bytes
                                              : load->split.middle_bytes;
    }
    return cut->ram_expert_layers == 0 ? compute
                                       : lf_add(compute, lf_sub(load->staged_compute_bytes, plain));
}

static uint64_t ram_compute(const struct lf_load *load, const struct cut *cut)
{
    return cut->gpu_count == 0   ? load->cpu_compute_bytes
           : cut->gpu_count == 1 ? load->compute.host_bytes
                                 : load->split.host_bytes;
}

/* Gives GPU layers to GPUs in order: a GPU gets layers until it holds its part of the sum, by
 * budget, and never more than fits while a later one has room. */
static void spread_layers(const struct lf_load *load, const struct cut *cut,
                          struct lf_placement *placement)
{
    uint64_t need_left = 0;
    uint64_t budget_left = 0;
    for (uint64_t i = cut->first_gpu_layer; i < load->layer_count; i++) {
        need_left = lf_add(need_left, layer_need(load, cut, i));
    }
    for (size_t g = 0; g < cut->gpu_count; g++) {
        budget_left = lf_add(budget_left, cut->gpus[g].budget_bytes);
    }
    uint64_t layer = cut->first_gpu_layer;
    for (size_t g = 0; g < cut->gpu_count; g++) {
        struct lf_share *share = &placement->shares[g];
        bool is_last = g + 1 == cut->gpu_count;
        double part =
            budget_left == 0 ? 1.0 : (double)cut->gpus[g].budget_bytes / (double)budget_left;
        double target = (double)need_left * part;
        uint64_t taken = 0;
        while (layer < load->layer_count) {
            uint64_t need = layer_need(load, cut, layer);
            bool is_full = (double)taken + (double)need / 2 > target ||
                           lf_add(share_need(share), need) > share->pool->budget_bytes;
            if (!is_last && is_full) {
                break;
            }
            add_weights(share, load->weights->layers[layer].always_bytes,
                        load->weights->layers[layer].always_padding_bytes);
            if (layer >= cut->ram_expert_layers) {
                add_experts(share, load, &load->weights->layers[layer]);
            }
            add_cache(share, &load->cache[layer]);
            taken = lf_add(taken, need);
            share->layers++;
            layer++;
        }
        need_left = lf_sub(need_left, taken);
        budget_left = lf_sub(budget_left, cut->gpus[g].budget_bytes);
    }
}

static void fill_ram(const struct lf_load *load, const struct cut *cut, struct lf_share *ram)
{
    add_weights(ram, load->weights->input_bytes, 0);
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
    ram->compute_bytes = ram_compute(load, cut);
}

/* Fills placement for a cut; returns whether every pool holds its share. RAM of unknown size is not
 * held against a model that lies on GPUs but for its input embeddings. */
static bool apply(const struct lf_load *load, const struct lf_budget *budget, const struct cut *cut,
                  struct lf_placement *placement)
{
    placement->share_count = cut->gpu_count + 1;
    placement->layer_count = load->layer_count;
    placement->gpu_layers = load->layer_count - cut->first_gpu_layer;
    placement->ram_expert_layers = cut->ram_expert_layers;
    placement->short_by_bytes = 0;
    for (size_t i = 0; i < placement->share_count; i++) {
        placement->shares[i] =
            (struct lf_share){.pool = i < cut->gpu_count ? &cut->gpus[i] : &budget->ram};
        placement->shares[i].compute_bytes = i < cut->gpu_count ? gpu_compute(load, cut, i) : 0;
    }
    if (cut->gpu_count > 0 && cut->output_on_gpu) {
        struct lf_share *last = &placement->shares[cut->gpu_count - 1];
        add_weights(last, load->weights->output_bytes, load->weights->output_padding_bytes);
        last->duplicate_bytes = load->weights->duplicate_bytes;
        last->always_read_bytes += load->weights->duplicate_bytes;
        if (load->weights->duplicate_bytes != 0) {
            last->duplicate_bytes += load->weights->duplicate_padding_bytes;
            last->padding_bytes += load->weights->duplicate_padding_bytes;
        }
    }
    spread_layers(load, cut, placement);
    fill_ram(load, cut, &placement->shares[cut->gpu_count]);
    for (size_t i = 0; i < placement->share_count; i++) {
        struct lf_share *share = &placement->shares[i];
        uint64_t room = share->pool->budget_bytes;
        bool is_unchecked = i == cut->gpu_count && !budget->ram_is_known && cut->output_on_gpu &&
                            cut->ram_expert_layers == 0;
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
static void place_on_one(const struct lf_load *load, const struct lf_budget *budget,
                         struct lf_placement *placement)
{
    struct lf_placement tried = *placement;
    bool has_one = false;
    for (size_t g = 0; g < budget->gpu_count; g++) {
        struct cut cut = {&budget->gpus[g], 1, 0, 0, true};
        apply(load, budget, &cut, &tried);
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
static void place_unified(const struct lf_load *load, const struct lf_budget *budget,
                          struct lf_placement *placement)
{
    struct cut cut = {budget->gpus, 1, 0, 0, true};
    apply(load, budget, &cut, placement);
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

/* Tries whether a value of the searched number fits. */
typedef bool (*try_number)(const struct lf_load *load, const struct lf_budget *budget,
                           uint64_t number, struct lf_placement *placement);

static bool try_ram_experts(const struct lf_load *load, const struct lf_budget *budget,
                            uint64_t number, struct lf_placement *placement)
{
    struct cut cut = {budget->gpus, budget->gpu_count, 0, number, true};
    return apply(load, budget, &cut, placement);
}

static bool try_ram_layers(const struct lf_load *load, const struct lf_budget *budget,
                           uint64_t number, struct lf_placement *placement)
{
    struct cut cut = {budget->gpus, budget->gpu_count, number, 0, false};
    return apply(load, budget, &cut, placement);
}

/* Puts as little in RAM as must be for the GPUs to hold the rest: the smallest number from least to
 * most with the GPUs not over; RAM may be short all the same, and is then told. */
static void search(const struct lf_load *load, const struct lf_budget *budget, try_number try,
                   uint64_t least, uint64_t most, struct lf_placement *placement)
{
    while (least < most) {
        uint64_t middle = least + (most - least) / 2;
        try(load, budget, middle, placement);
        uint64_t over = 0;
        for (size_t g = 0; g < budget->gpu_count; g++) {
            over += lf_sub(share_need(&placement->shares[g]), budget->gpus[g].budget_bytes);
        }
        if (over == 0) {
            most = middle;
        } else {
            least = middle + 1;
        }
    }
    try(load, budget, least, placement);
}

void lf_place(const struct lf_load *load, const struct lf_budget *budget, enum lf_mode mode,
              struct lf_placement *placement)
{
    /* The shares stay as they are: there are many, and share_count says which hold. */
    placement->mode = mode;
    placement->fits = false;
    placement->short_by_bytes = UINT64_MAX;
    placement->share_count = 0;
    placement->layer_count = load->layer_count;
    placement->gpu_layers = 0;
    placement->ram_expert_layers = 0;
    bool has_gpu = budget->gpu_count > 0 && !budget->is_unified;
    switch (mode) {
    case LF_MODE_GPU:
        if (has_gpu) {
            place_on_one(load, budget, placement);
        }
        break;
    case LF_MODE_MULTI_GPU:
        if (has_gpu && budget->gpu_count > 1) {
            struct cut cut = {budget->gpus, budget->gpu_count, 0, 0, true};
            apply(load, budget, &cut, placement);
        }
        break;
    case LF_MODE_UNIFIED:
        if (budget->is_unified) {
            place_unified(load, budget, placement);
        }
        break;
    case LF_MODE_EXPERTS_IN_RAM:
        if (has_gpu && load->weights->staged_bytes > 0) {
            search(load, budget, try_ram_experts, 1, load->layer_count, placement);
        }
        break;
    case LF_MODE_LAYERS_SPLIT:
        if (has_gpu) {
            search(load, budget, try_ram_layers, 1, load->layer_count - 1, placement);
        }
        break;
    case LF_MODE_CPU:
    case LF_MODE_COUNT:
        if (budget->ram_is_known && !budget->ram_is_pool) {
            struct cut cut = {NULL, 0, load->layer_count, 0, false};
            apply(load, budget, &cut, placement);
        }
        break;
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
