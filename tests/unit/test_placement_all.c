/* What must hold for every model on every machine in every mode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/units.h"
#include "rules/placement.h"
#include "support.h"

/* Calls check for both models in every mode on machines from too small to more than enough. */
static void for_all(void (*check)(const struct lf_load *load, const struct lf_budget *budget,
                                  const struct lf_placement *placement))
{
    static const struct toy *const toys[] = {&toy_dense, &toy_moe};
    static const uint64_t mib[] = {0, 256, 700, 1100, 1700, 2500, 4000, 6500, 10000, 20000};
    for (size_t t = 0; t < COUNT(toys); t++) {
        for (size_t i = 0; i < COUNT(mib) * COUNT(mib) * COUNT(mib); i++) {
            uint64_t gpu0 = mib[i % COUNT(mib)] * LF_MIB;
            uint64_t gpu1 = mib[i / COUNT(mib) % COUNT(mib)] * LF_MIB;
            uint64_t ram = mib[i / COUNT(mib) / COUNT(mib)] * LF_MIB;
            struct lf_budget budget = pools_make(gpu0, gpu1, ram);
            struct lf_arena arena = {0};
            struct lf_load load = toy_load_at_16k(toys[t], budget.gpu_count, &arena);
            for (int mode = 0; mode < LF_MODE_COUNT; mode++) {
                struct lf_placement placement;
                budget.is_unified = mode == LF_MODE_UNIFIED && budget.gpu_count == 1;
                lf_place(&load, &budget, (enum lf_mode)mode, &placement);
                assert_int_equal(placement.mode, mode);
                check(&load, &budget, &placement);
            }
            lf_arena_clear(&arena);
        }
    }
}

static void check_budgets(const struct lf_load *load, const struct lf_budget *budget,
                          const struct lf_placement *placement)
{
    (void)load;
    (void)budget;
    uint64_t missing = 0;
    for (size_t i = 0; i < placement->share_count; i++) {
        const struct lf_share *share = &placement->shares[i];
        uint64_t room = share->pool->budget_bytes;
        assert_int_equal(share->left_bytes, lf_sub(room, share_used(share)));
        missing += lf_sub(share_needed(share), room);
    }
    if (placement->share_count > 0) {
        assert_int_equal(placement->short_by_bytes, missing);
    }
    assert_true(placement->fits == (placement->short_by_bytes == 0));
}

static void no_budget_is_exceeded_by_what_fits(void **state)
{
    (void)state;
    for_all(check_budgets);
}

static void check_sums(const struct lf_load *load, const struct lf_budget *budget,
                       const struct lf_placement *placement)
{
    (void)budget;
    uint64_t sum = 0;
    uint64_t wanted = lf_load_weight_bytes(load) + load->kv_bytes + load->state_bytes;
    uint64_t layers = 0;
    bool has_copy = false;
    if (placement->share_count == 0) {
        return;
    }
    for (size_t i = 0; i < placement->share_count; i++) {
        const struct lf_share *share = &placement->shares[i];
        sum += share_used(share) - share->compute_bytes;
        wanted += share->padding_bytes;
        layers += share->layers;
        has_copy = has_copy || share->duplicate_bytes > 0;
    }
    assert_int_equal(sum, wanted + (has_copy ? load->weights->duplicate_bytes : 0));
    assert_int_equal(layers, load->layer_count);
    assert_int_equal(lf_placement_bytes(placement),
                     sum + placement->shares[0].compute_bytes +
                         (placement->share_count > 1 ? placement->shares[1].compute_bytes : 0) +
                         (placement->share_count > 2 ? placement->shares[2].compute_bytes : 0));
}

static void pools_hold_every_tensor_once_and_what_is_stated_beside(void **state)
{
    (void)state;
    for_all(check_sums);
}

static void check_least_in_ram(const struct lf_load *load, const struct lf_budget *budget,
                               const struct lf_placement *placement)
{
    /* On one GPU the layer that went to RAM last would not have fitted. */
    const struct lf_share *gpu = &placement->shares[0];
    if (!placement->fits || budget->gpu_count != 1) {
        return;
    }
    uint64_t in_ram = placement->layer_count - placement->gpu_layers;
    if (placement->mode == LF_MODE_EXPERTS_IN_RAM && placement->ram_expert_layers > 1) {
        const struct lf_layer_weights *back =
            &load->weights->layers[placement->ram_expert_layers - 1];
        assert_true(share_needed(gpu) + back->expert_bytes + back->expert_padding_bytes >
                    budget->gpus[0].budget_bytes);
    }
    if (placement->mode == LF_MODE_LAYERS_SPLIT && in_ram > 1) {
        const struct lf_layer_weights *back = &load->weights->layers[in_ram - 1];
        const struct lf_layer_cache *cache = &load->cache[in_ram - 1];
        assert_true(share_needed(gpu) + back->always_bytes + back->always_padding_bytes +
                        back->expert_bytes + back->expert_padding_bytes + cache->kv_bytes +
                        cache->kv_padding_bytes >
                    budget->gpus[0].budget_bytes);
    }
}

static void as_little_as_must_goes_to_ram(void **state)
{
    (void)state;
    for_all(check_least_in_ram);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_budget_is_exceeded_by_what_fits),
        cmocka_unit_test(pools_hold_every_tensor_once_and_what_is_stated_beside),
        cmocka_unit_test(as_little_as_must_goes_to_ram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
