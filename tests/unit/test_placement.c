#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/units.h"
#include "rules/placement.h"
#include "support.h"

/* What fills budget exactly in that mode, by trying it with room for anything. */
static struct lf_placement place_at_ease(const struct lf_load *load, enum lf_mode mode)
{
    struct lf_placement placement;
    struct lf_budget budget =
        pools_make(mode == LF_MODE_CPU ? 0 : UINT64_C(1) << 40, 0, UINT64_C(1) << 40);
    budget.is_unified = mode == LF_MODE_UNIFIED;
    lf_place(load, &budget, mode, &placement);
    assert_true(placement.fits);
    return placement;
}

static void the_last_byte_decides(void **state)
{
    (void)state;
    static const enum lf_mode modes[] = {LF_MODE_GPU, LF_MODE_UNIFIED, LF_MODE_CPU};
    for (size_t m = 0; m < COUNT(modes); m++) {
        struct lf_arena arena = {0};
        struct lf_load load = toy_load_at_16k(&toy_dense, 1, &arena);
        struct lf_placement placement = place_at_ease(&load, modes[m]);
        size_t last = placement.share_count - 1;
        uint64_t first_bytes = share_needed(&placement.shares[0]);
        uint64_t last_bytes = share_needed(&placement.shares[last]);
        uint64_t gpu_bytes = modes[m] == LF_MODE_CPU ? 0 : first_bytes;
        uint64_t ram_bytes = modes[m] == LF_MODE_UNIFIED ? 0 : last_bytes;
        struct lf_budget budget = pools_make(gpu_bytes, 0, ram_bytes);
        budget.is_unified = modes[m] == LF_MODE_UNIFIED;
        lf_place(&load, &budget, modes[m], &placement);
        assert_true(placement.fits);
        assert_int_equal(placement.short_by_bytes, 0);
        if (gpu_bytes != 0) {
            budget.gpus[0].budget_bytes = gpu_bytes - 1;
            lf_place(&load, &budget, modes[m], &placement);
            assert_false(placement.fits);
            assert_int_equal(placement.short_by_bytes, 1);
            budget.gpus[0].budget_bytes = gpu_bytes;
        }
        if (ram_bytes != 0) {
            budget.ram.budget_bytes = ram_bytes - 1;
            lf_place(&load, &budget, modes[m], &placement);
            assert_false(placement.fits);
            assert_int_equal(placement.short_by_bytes, 1);
        }
        lf_arena_clear(&arena);
    }
}

static void with_experts_in_ram_attention_stays_on_the_gpu(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct lf_load load = toy_load_at_16k(&toy_moe, 1, &arena);
    struct lf_budget budget = pools_make(3 * LF_GIB, 0, 16 * LF_GIB);
    struct lf_placement placement;
    lf_place(&load, &budget, LF_MODE_GPU, &placement);
    assert_false(placement.fits);
    lf_place(&load, &budget, LF_MODE_EXPERTS_IN_RAM, &placement);
    assert_true(placement.fits);
    assert_int_equal(placement.gpu_layers, 24);
    assert_in_range(placement.ram_expert_layers, 2, 23);
    assert_int_equal(placement.shares[0].kv_bytes,
                     load.kv_bytes + 24 * load.sums[1].cache.kv_padding_bytes);
    assert_int_equal(placement.shares[1].kv_bytes, 0);
    /* Every expert is somewhere, and an eighth of each is read for a token. */
    uint64_t experts = 0;
    for (uint64_t i = 0; i < load.layer_count; i++) {
        experts += load.weights->layers[i].expert_bytes;
    }
    uint64_t read = placement.shares[0].experts_read_bytes + placement.shares[1].experts_read_bytes;
    assert_in_range(read, experts / 8 - 24, experts / 8);
    lf_arena_clear(&arena);
}

static void two_unequal_gpus_share_in_proportion(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct lf_load load = toy_load_at_16k(&toy_moe, 2, &arena);
    struct lf_budget budget = pools_make(7680 * LF_MIB, 2560 * LF_MIB, LF_GIB);
    struct lf_placement placement;
    lf_place(&load, &budget, LF_MODE_GPU, &placement);
    assert_false(placement.fits);
    lf_place(&load, &budget, LF_MODE_MULTI_GPU, &placement);
    assert_true(placement.fits);
    assert_int_equal(placement.share_count, 3);
    assert_in_range(placement.shares[0].layers, 17, 19);
    assert_int_equal(placement.shares[0].layers + placement.shares[1].layers, 24);
    /* The output lies with the last layers. */
    assert_int_equal(placement.shares[2].layers, 0);
    assert_int_equal(placement.shares[2].weights_bytes, load.weights->input_bytes);
    lf_arena_clear(&arena);
}

static void of_two_gpus_one_that_fits_is_taken_and_the_faster_of_those(void **state)
{
    (void)state;
    static const struct {
        uint64_t gpu_mib[2];
        uint64_t bps[2];
        size_t taken;
    } rows[] = {
        {{4000, 4000}, {500, 900}, 1},
        {{4000, 4000}, {900, 500}, 0},
        {{4000, 500}, {500, 900}, 0},
        {{500, 4000}, {900, 500}, 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_arena arena = {0};
        struct lf_load load = toy_load_at_16k(&toy_dense, 2, &arena);
        struct lf_placement placement;
        struct lf_budget budget =
            pools_make(rows[i].gpu_mib[0] * LF_MIB, rows[i].gpu_mib[1] * LF_MIB, LF_GIB);
        budget.gpus[0].bandwidth_bps = rows[i].bps[0];
        budget.gpus[1].bandwidth_bps = rows[i].bps[1];
        lf_place(&load, &budget, LF_MODE_GPU, &placement);
        assert_true(placement.fits);
        assert_ptr_equal(placement.shares[0].pool, &budget.gpus[rows[i].taken]);
        lf_arena_clear(&arena);
    }
}

static void a_tied_embedding_is_loaded_twice_on_a_gpu_only(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct lf_load load = toy_load_at_16k(&toy_dense, 1, &arena);
    struct lf_placement placement = place_at_ease(&load, LF_MODE_GPU);
    assert_true(placement.shares[0].duplicate_bytes >= load.weights->duplicate_bytes);
    assert_int_equal(placement.shares[1].weights_bytes, load.weights->input_bytes);
    placement = place_at_ease(&load, LF_MODE_CPU);
    assert_int_equal(placement.shares[0].duplicate_bytes, 0);
    placement = place_at_ease(&load, LF_MODE_UNIFIED);
    assert_int_equal(placement.shares[0].duplicate_bytes, 0);
    lf_arena_clear(&arena);
}

static void a_token_reads_what_it_multiplies_wherever_it_lies(void **state)
{
    (void)state;
    /* All weights but the input embeddings; tied, the table serves as output and is read. */
    static const enum lf_mode modes[] = {LF_MODE_GPU, LF_MODE_UNIFIED, LF_MODE_CPU};
    struct toy untied = toy_dense;
    untied.is_tied = false;
    const struct toy *const toys[] = {&toy_dense, &untied};
    for (size_t i = 0; i < COUNT(modes) * COUNT(toys); i++) {
        struct lf_arena arena = {0};
        const struct toy *toy = toys[i / COUNT(modes)];
        struct lf_load load = toy_load_at_16k(toy, 1, &arena);
        struct lf_placement placement = place_at_ease(&load, modes[i % COUNT(modes)]);
        uint64_t read = 0;
        for (size_t s = 0; s < placement.share_count; s++) {
            read += placement.shares[s].always_read_bytes;
            assert_int_equal(placement.shares[s].experts_read_bytes, 0);
        }
        assert_int_equal(read,
                         load.weights->file_bytes - (toy->is_tied ? 0 : load.weights->input_bytes));
        lf_arena_clear(&arena);
    }
}

static void mtp_layers_are_placed_when_they_draft(void **state)
{
    (void)state;
    struct toy with_mtp = toy_dense;
    struct lf_arena arena = {0};
    struct lf_form form;
    struct lf_load load;
    struct lf_settings settings = lf_settings_default(4096);
    with_mtp.mtp_layers = 1;
    toy_make(&with_mtp, &arena, &form);
    toy_load(&form, LF_MIX_Q4_K_M, &settings, 1, &arena, &load);
    struct lf_placement without = place_at_ease(&load, LF_MODE_GPU);
    assert_int_equal(without.layer_count, 24);
    settings.loads_mtp = true;
    toy_load(&form, LF_MIX_Q4_K_M, &settings, 1, &arena, &load);
    struct lf_placement with = place_at_ease(&load, LF_MODE_GPU);
    assert_int_equal(with.layer_count, 25);
    assert_int_equal(with.shares[0].weights_bytes - with.shares[0].padding_bytes,
                     without.shares[0].weights_bytes - without.shares[0].padding_bytes +
                         load.weights->mtp_bytes);
    lf_arena_clear(&arena);
}

static void a_mode_without_use_is_short_of_everything(void **state)
{
    (void)state;
    static const struct {
        const struct toy *toy;
        uint64_t gpu_gib[2];
        bool is_unified;
        enum lf_mode mode;
    } rows[] = {
        {&toy_dense, {0, 0}, false, LF_MODE_GPU},
        {&toy_dense, {8, 0}, true, LF_MODE_GPU},
        {&toy_dense, {8, 0}, false, LF_MODE_MULTI_GPU},
        {&toy_dense, {8, 0}, false, LF_MODE_UNIFIED},
        {&toy_dense, {8, 0}, false, LF_MODE_EXPERTS_IN_RAM},
        {&toy_moe, {0, 0}, false, LF_MODE_EXPERTS_IN_RAM},
        {&toy_dense, {0, 0}, false, LF_MODE_LAYERS_SPLIT},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_arena arena = {0};
        struct lf_budget budget =
            pools_make(rows[i].gpu_gib[0] * LF_GIB, rows[i].gpu_gib[1] * LF_GIB, 64 * LF_GIB);
        struct lf_load load = toy_load_at_16k(rows[i].toy, budget.gpu_count, &arena);
        struct lf_placement placement;
        budget.is_unified = rows[i].is_unified;
        lf_place(&load, &budget, rows[i].mode, &placement);
        assert_false(placement.fits);
        assert_int_equal(placement.short_by_bytes, UINT64_MAX);
        assert_int_equal(placement.share_count, 0);
        assert_int_equal(lf_placement_bytes(&placement), 0);
        lf_arena_clear(&arena);
    }
}

static void ram_of_unknown_size_is_held_against_what_needs_it(void **state)
{
    (void)state;
    static const struct {
        enum lf_mode mode;
        bool fits;
    } rows[] = {
        {LF_MODE_GPU, true},
        {LF_MODE_EXPERTS_IN_RAM, false},
        {LF_MODE_LAYERS_SPLIT, false},
        {LF_MODE_CPU, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_arena arena = {0};
        struct lf_load load = toy_load_at_16k(&toy_moe, 1, &arena);
        struct lf_budget budget = pools_make(64 * LF_GIB, 0, 0);
        struct lf_placement placement;
        budget.ram_is_known = false;
        lf_place(&load, &budget, rows[i].mode, &placement);
        assert_true(placement.fits == rows[i].fits);
        lf_arena_clear(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_byte_decides),
        cmocka_unit_test(with_experts_in_ram_attention_stays_on_the_gpu),
        cmocka_unit_test(two_unequal_gpus_share_in_proportion),
        cmocka_unit_test(of_two_gpus_one_that_fits_is_taken_and_the_faster_of_those),
        cmocka_unit_test(a_tied_embedding_is_loaded_twice_on_a_gpu_only),
        cmocka_unit_test(a_token_reads_what_it_multiplies_wherever_it_lies),
        cmocka_unit_test(mtp_layers_are_placed_when_they_draft),
        cmocka_unit_test(a_mode_without_use_is_short_of_everything),
        cmocka_unit_test(ram_of_unknown_size_is_held_against_what_needs_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
