#include "rules/placement_even.h"

#include "base/units.h"

static uint64_t part_of(uint64_t bytes, uint64_t parts)
{
    return bytes / parts + (bytes % parts != 0);
}

/* What one of so many GPUs holds. */
static struct lf_share make_share(const struct lf_load *load, uint64_t gpus)
{
    const struct lf_weights *weights = load->weights;
    struct lf_share share = {
        .weights_bytes =
            part_of(lf_add(lf_load_weight_bytes(load), weights->projector_bytes), gpus),
        .projector_bytes = part_of(weights->projector_bytes, gpus),
        .kv_bytes = load->has_shared_cache ? load->kv_bytes : part_of(load->kv_bytes, gpus),
        .state_bytes = part_of(load->state_bytes, gpus),
        .compute_bytes = load->compute.device_bytes,
        .layers = load->layer_count,
    };
    const struct lf_layer_sum *all = &load->sums[load->layer_count];
    share.always_read_bytes = part_of(lf_add(weights->output_bytes, all->always_bytes), gpus);
    share.experts_read_bytes =
        part_of((uint64_t)((double)all->expert_bytes * load->active_share), gpus);
    share.kv_read_bytes =
        load->has_shared_cache ? all->cache.kv_read_bytes : part_of(all->cache.kv_read_bytes, gpus);
    return share;
}

void lf_place_even(const struct lf_load *load, const struct lf_budget *budget,
                   struct lf_placement *placement)
{
    size_t gpus = 1;
    while (gpus * 2 <= budget->gpu_count) {
        gpus *= 2;
    }
    struct lf_share share = make_share(load, gpus);
    uint64_t used = lf_add(lf_add(share.weights_bytes, share.kv_bytes),
                           lf_add(share.state_bytes, share.compute_bytes));
    placement->short_by_bytes = 0;
    placement->share_count = gpus + 1;
    placement->gpu_layers = load->layer_count;
    for (size_t g = 0; g < gpus; g++) {
        uint64_t room = budget->gpus[g].budget_bytes;
        placement->shares[g] = share;
        placement->shares[g].pool = &budget->gpus[g];
        placement->shares[g].gpu = g;
        placement->shares[g].left_bytes = lf_sub(room, used);
        uint64_t need = lf_add(used, LF_COMPUTE_ALLOWANCE_BYTES);
        placement->short_by_bytes = lf_add(placement->short_by_bytes, lf_sub(need, room));
    }
    placement->shares[gpus] =
        (struct lf_share){.pool = &budget->ram, .left_bytes = budget->ram.budget_bytes};
    placement->fits = placement->short_by_bytes == 0;
}
