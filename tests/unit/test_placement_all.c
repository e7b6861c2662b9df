/* What must hold for every model on every machine in every mode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/units.h"
#include "rules/placement.h"
#include "scene.h"
#include "support.h"

typedef void check_one(const struct lf_load *load, const struct lf_budget *budget,
                       const struct lf_placement *placement);

/* Calls check for a load in every mode. */
static void for_modes(check_one *check, const struct lf_load *load, struct lf_budget *budget)
{
    for (int mode = 0; mode < LF_MODE_COUNT; mode++) {
        struct lf_placement placement;
        budget->is_unified = mode == LF_MODE_UNIFIED && budget->gpu_count == 1;
        lf_place(load, budget, (enum lf_mode)mode, &placement);
        assert_int_equal(placement.mode, mode);
        check(load, budget, &placement);
    }
}

/* Calls check for both models in every mode on machines from too small to more than enough. */
static void for_all(check_one *check)
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
            for_modes(check, &load, &budget);
            lf_arena_clear(&arena);
        }
    }
}

/* Calls check for every model of the catalog, each in drawn quants and contexts on drawn machines
 * of one to four cards, in every mode. */
static void for_catalog(const struct lf_catalog *catalog, check_one *check)
{
    enum { MACHINES = 24, CARDS_MOST = 4 };
    static const struct lf_accelerator card = {.id = "gpu", .vendor = "NVIDIA"};
    static const enum lf_mix mixes[] = {LF_MIX_Q8_0, LF_MIX_Q4_K_M, LF_MIX_IQ3_XXS, LF_MIX_F16};
    uint64_t seed = 4;
    for (size_t m = 0; m < catalog->models.count; m++) {
        struct lf_arena arena = {0};
        struct lf_form form;
        assert_int_equal(lf_model_expand(&catalog->models.items[m], &arena, &form, NULL), LF_OK);
        for (size_t n = 0; n < MACHINES; n++) {
            struct lf_budget budget = {
                .gpu_count = draw(&seed, 1, CARDS_MOST),
                .ram = {.id = "ram", .budget_bytes = draw(&seed, 1, 600) * LF_GIB},
                .ram_is_known = draw(&seed, 0, 9) > 0,
            };
            for (size_t g = 0; g < budget.gpu_count; g++) {
                budget.gpus[g] = (struct lf_pool){
                    .id = "gpu",
                    .accelerator = &card,
                    .budget_bytes = draw(&seed, 1, draw(&seed, 0, 1) == 0 ? 160 : 16) * LF_GIB,
                    .bandwidth_bps = draw(&seed, 0, 8) * 200000000000,
                };
            }
            struct lf_settings settings = lf_settings_default(draw(&seed, 1, 64) * 2048);
            struct lf_load load;
            settings.type_k = draw(&seed, 0, 1) == 0 ? LF_F16 : LF_Q8_0;
            settings.type_v = settings.type_k;
            settings.loads_mtp = draw(&seed, 0, 3) == 0;
            toy_load(&form, mixes[draw(&seed, 0, COUNT(mixes) - 1)], &settings, budget.gpu_count,
                     &arena, &load);
            for_modes(check, &load, &budget);
        }
        lf_arena_clear(&arena);
    }
}

static void check_budgets(const struct lf_load *load, const struct lf_budget *budget,
                          const struct lf_placement *placement)
{
    (void)load;
    uint64_t missing = 0;
    for (size_t i = 0; i < placement->share_count; i++) {
        const struct lf_share *share = &placement->shares[i];
        uint64_t room = share->pool->budget_bytes;
        bool may_be_unknown = !budget->ram_is_known && placement->ram_expert_layers == 0 &&
                              placement->gpu_layers == placement->layer_count;
        assert_int_equal(share->left_bytes, lf_sub(room, share_used(share)));
        if (share->pool != &budget->ram || !may_be_unknown) {
            missing += lf_sub(share_needed(share), room);
        }
    }
    if (placement->share_count > 0) {
        assert_int_equal(placement->short_by_bytes, missing);
    }
    assert_true(placement->fits == (placement->short_by_bytes == 0));
}

static void no_budget_is_exceeded_by_what_fits(void **state)
{
    for_all(check_budgets);
    for_catalog(*state, check_budgets);
}

static void check_sums(const struct lf_load *load, const struct lf_budget *budget,
                       const struct lf_placement *placement)
{
    (void)budget;
    uint64_t sum = 0;
    uint64_t wanted = lf_load_weight_bytes(load) + load->kv_bytes + load->state_bytes;
    uint64_t layers = 0;
    uint64_t compute = 0;
    bool has_copy = false;
    if (placement->share_count == 0) {
        return;
    }
    for (size_t i = 0; i < placement->share_count; i++) {
        const struct lf_share *share = &placement->shares[i];
        sum += share_used(share) - share->compute_bytes;
        wanted += share->padding_bytes;
        layers += share->layers;
        compute += share->compute_bytes;
        has_copy = has_copy || share->duplicate_bytes > 0;
    }
    assert_int_equal(sum, wanted + (has_copy ? load->weights->duplicate_bytes : 0));
    assert_int_equal(layers, load->layer_count);
    assert_int_equal(lf_placement_bytes(placement), sum + compute);
}

static void pools_hold_every_tensor_once_and_what_is_stated_beside(void **state)
{
    for_all(check_sums);
    for_catalog(*state, check_sums);
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
        struct lf_layer_sum back = lf_load_run(load, in_ram - 1, in_ram);
        assert_true(share_needed(gpu) + back.gpu_bytes + back.expert_bytes +
                        back.expert_padding_bytes >
                    budget->gpus[0].budget_bytes);
    }
}

static void as_little_as_must_goes_to_ram(void **state)
{
    (void)state;
    for_all(check_least_in_ram);
}

static int set_up(void **state)
{
    return catalog_set_up(state, LF_CATALOG_MODELS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_budget_is_exceeded_by_what_fits),
        cmocka_unit_test(pools_hold_every_tensor_once_and_what_is_stated_beside),
        cmocka_unit_test(as_little_as_must_goes_to_ram),
    };
    return cmocka_run_group_tests(tests, set_up, catalog_tear_down);
}
