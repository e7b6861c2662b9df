/* What other engines take, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/units.h"
#include "rules/cache.h"
#include "rules/engine.h"
#include "support.h"

/* Norms and the like stay in 16 bits: q, k, v, o, gate, up, down of 4 layers, and two tables. */
static const struct toy plain = {.layers = 4,
                                 .embd = 1024,
                                 .vocab = 32000,
                                 .heads = 8,
                                 .kv_heads = 2,
                                 .head_dim = 128,
                                 .ff = 3072};
static const struct toy tied = {.layers = 4,
                                .embd = 1024,
                                .vocab = 32000,
                                .heads = 8,
                                .kv_heads = 2,
                                .head_dim = 128,
                                .ff = 3072,
                                .is_tied = true};
/* Rows of 96 weights make no whole group of 64. */
static const struct toy broken = {
    .layers = 2, .embd = 96, .vocab = 1024, .heads = 1, .kv_heads = 1, .head_dim = 96, .ff = 96};

enum { LAYERS_MOST = 8 };

static struct lf_weights size(const struct lf_engine *engine, const struct toy *toy,
                              enum lf_mix mix, struct lf_layer_weights layers[LAYERS_MOST])
{
    struct lf_arena arena = {0};
    struct lf_form form;
    struct lf_weights weights;
    toy_make(toy, &arena, &form);
    engine->size_weights(&form, mix, false, layers, &weights, NULL);
    lf_arena_clear(&arena);
    return weights;
}

/* Weights of the toy in matrices inside the layers, in its tables, and elsewhere. */
static void count(const struct toy *toy, uint64_t *linear, uint64_t *table, uint64_t *other)
{
    struct lf_arena arena = {0};
    struct lf_form form;
    toy_make(toy, &arena, &form);
    *table = toy->embd * toy->vocab;
    *linear =
        toy->layers * (2 * toy->embd * toy->heads * toy->head_dim +
                       2 * toy->embd * toy->kv_heads * toy->head_dim + 3 * toy->embd * toy->ff);
    *other = form.params_total - *linear - *table * (toy->is_tied ? 1 : 2);
    lf_arena_clear(&arena);
}

static void mlx_packs_every_matrix_and_both_tables(void **state)
{
    (void)state;
    struct lf_layer_weights layers[LAYERS_MOST];
    uint64_t linear = 0;
    uint64_t table = 0;
    uint64_t other = 0;
    count(&plain, &linear, &table, &other);
    /* Four bits, and a scale and a bias of 16 bits for 64 of them. */
    uint64_t packed = (linear + 2 * table) * 4 / 8 + (linear + 2 * table) / 64 * 4;
    struct lf_weights weights = size(&lf_engine_mlx, &plain, LF_MIX_MLX_4BIT, layers);
    assert_int_equal(weights.file_bytes, packed + 2 * other);
    weights = size(&lf_engine_mlx, &plain, LF_MIX_BF16, layers);
    assert_int_equal(weights.file_bytes, 2 * (linear + 2 * table + other));
}

static void a_tied_table_is_one_for_mlx(void **state)
{
    (void)state;
    struct lf_layer_weights layers[LAYERS_MOST];
    uint64_t linear = 0;
    uint64_t table = 0;
    uint64_t other = 0;
    count(&tied, &linear, &table, &other);
    struct lf_weights weights = size(&lf_engine_mlx, &tied, LF_MIX_MLX_8BIT, layers);
    uint64_t packed = (linear + table) + (linear + table) / 64 * 4;
    assert_int_equal(weights.file_bytes, packed + 2 * other);
    assert_int_equal(weights.duplicate_bytes, table + table / 64 * 4);
}

static void rows_that_make_no_whole_groups_stay_in_16_bits(void **state)
{
    (void)state;
    static const struct {
        const struct lf_engine *engine;
        enum lf_mix mix;
    } rows[] = {{&lf_engine_mlx, LF_MIX_MLX_4BIT}, {&lf_engine_vllm, LF_MIX_AWQ}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_layer_weights layers[LAYERS_MOST];
        struct lf_weights packed = size(rows[i].engine, &broken, rows[i].mix, layers);
        struct lf_weights whole = size(rows[i].engine, &broken, LF_MIX_BF16, layers);
        assert_int_equal(packed.file_bytes, whole.file_bytes);
    }
}

static void vllm_packs_the_layers_and_leaves_the_tables(void **state)
{
    (void)state;
    struct lf_layer_weights layers[LAYERS_MOST];
    uint64_t linear = 0;
    uint64_t table = 0;
    uint64_t other = 0;
    count(&plain, &linear, &table, &other);
    uint64_t kept = 2 * (2 * table + other);
    /* Inputs of the seven matrices of a layer. */
    uint64_t inputs = plain.layers * (6 * plain.embd + plain.ff);
    const struct {
        enum lf_mix mix;
        uint64_t bytes;
    } rows[] = {
        {LF_MIX_BF16, 2 * linear + kept},
        {LF_MIX_FP8, linear + linear / (128 * 128) * 4 + kept},
        {LF_MIX_AWQ, linear / 2 + linear / 128 * 5 / 2 + kept},
        {LF_MIX_GPTQ, linear / 2 + linear / 128 * 5 / 2 + 4 * inputs + kept},
        {LF_MIX_NVFP4, linear / 2 + linear / 16 + plain.layers * 7 * 8 + kept},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_weights weights = size(&lf_engine_vllm, &plain, rows[i].mix, layers);
        if (weights.file_bytes != rows[i].bytes) {
            fail_msg("%s: %llu bytes, by hand %llu", lf_mix_name(rows[i].mix),
                     (unsigned long long)weights.file_bytes, (unsigned long long)rows[i].bytes);
        }
    }
}

static void a_cache_has_the_cells_its_engine_keeps(void **state)
{
    (void)state;
    static const struct lf_cache_layer full = {.k_width = 256, .v_width = 256};
    static const struct lf_cache_layer window = {
        .k_width = 256, .v_width = 256, .window_tokens = 1024};
    const struct {
        const struct lf_engine *engine;
        const struct lf_cache_layer *layer;
        uint64_t context_tokens;
        uint64_t slots;
        uint64_t cells;
    } rows[] = {
        {&lf_engine_mlx, &full, 1000, 1, 1024},
        {&lf_engine_mlx, &window, 32768, 1, 1024 + 2048 - 1},
        {&lf_engine_mlx, &window, 2000, 1, 2048},
        {&lf_engine_mlx, &full, 2000, 2, 2 * 1024},
        {&lf_engine_vllm, &full, 1000, 1, 1008},
        {&lf_engine_vllm, &full, 2000, 2, 2 * 1008},
        /* 1,023 of the window and two steps of 2,048 are 5,119: 320 pages, and one more. */
        {&lf_engine_vllm, &window, 32768, 1, 321 * 16},
        {&lf_engine_vllm, &window, 1024, 1, 65 * 16},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_settings settings = lf_settings_default(rows[i].context_tokens);
        settings.engine = rows[i].engine;
        settings.ubatch = rows[i].engine->ubatch_tokens;
        settings.slots = rows[i].slots;
        uint64_t cells = lf_cache_cells(rows[i].layer, &settings);
        if (cells != rows[i].cells) {
            fail_msg("row %zu: %llu cells", i, (unsigned long long)cells);
        }
    }
}

static void vllm_without_its_hybrid_manager_keeps_windows_whole(void **state)
{
    (void)state;
    static const struct lf_cache_layer window = {.k_width = 256, .window_tokens = 1024};
    struct lf_settings settings = lf_settings_default(32768);
    settings.engine = &lf_engine_vllm;
    settings.swa_full = true;
    assert_int_equal(lf_cache_cells(&window, &settings), 32768);
}

static void a_convolution_is_kept_in_16_bits_and_a_scan_is_not(void **state)
{
    (void)state;
    static const struct lf_cache_layer layer = {.state_bytes = 1000, .conv_bytes = 400};
    assert_int_equal(lf_engine_gguf.state_bytes(&layer), 1000);
    assert_int_equal(lf_engine_mlx.state_bytes(&layer), 800);
}

static struct lf_load load_of(const struct toy *toy, enum lf_mix mix, size_t gpus,
                              struct lf_arena *arena)
{
    struct lf_form form;
    struct lf_settings settings = lf_settings_default(8192);
    struct lf_weights *weights = lf_arena_alloc(arena, 1, sizeof *weights);
    struct lf_load load;
    settings.engine = &lf_engine_vllm;
    settings.ubatch = lf_engine_vllm.ubatch_tokens;
    toy_make(toy, arena, &form);
    lf_engine_vllm.size_weights(&form, mix, false,
                                lf_arena_alloc(arena, form.layers, sizeof *weights->layers),
                                weights, NULL);
    lf_load_make(&form, weights, &settings, gpus, 4096,
                 lf_arena_alloc(arena, form.layers + 1, sizeof *load.sums), &load);
    return load;
}

static void tensor_parallel_gpus_hold_equal_parts(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct lf_load load = load_of(&plain, LF_MIX_BF16, 2, &arena);
    struct lf_budget budget = pools_make(8 * LF_GIB, 8 * LF_GIB, 8 * LF_GIB);
    struct lf_placement placement;
    lf_place(&load, &budget, LF_MODE_MULTI_GPU, &placement);
    assert_true(placement.fits);
    assert_int_equal(placement.share_count, 3);
    uint64_t weights = 0;
    for (size_t g = 0; g < 2; g++) {
        weights += placement.shares[g].weights_bytes;
        assert_int_equal(placement.shares[g].kv_bytes, load.kv_bytes / 2);
        assert_int_equal(placement.shares[g].compute_bytes, load.compute.device_bytes);
    }
    assert_in_range(weights, load.weights->file_bytes, load.weights->file_bytes + 1);
    assert_int_equal(placement.shares[2].weights_bytes, 0);
    lf_arena_clear(&arena);
}

static void the_smaller_gpu_bounds_them_all(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct lf_load load = load_of(&plain, LF_MIX_BF16, 2, &arena);
    uint64_t half = load.weights->file_bytes / 2;
    struct lf_budget budget = pools_make(8 * LF_GIB, half, 8 * LF_GIB);
    struct lf_placement placement;
    lf_place(&load, &budget, LF_MODE_MULTI_GPU, &placement);
    assert_false(placement.fits);
    assert_true(placement.short_by_bytes >= load.kv_bytes / 2 + load.compute.device_bytes);
    lf_arena_clear(&arena);
}

static void engines_put_models_only_where_they_can(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct lf_load load = load_of(&plain, LF_MIX_BF16, 1, &arena);
    struct lf_budget budget = pools_make(8 * LF_GIB, 0, 64 * LF_GIB);
    struct lf_placement placement;
    static const enum lf_mode none[] = {LF_MODE_EXPERTS_IN_RAM, LF_MODE_LAYERS_SPLIT, LF_MODE_CPU,
                                        LF_MODE_UNIFIED};
    for (size_t i = 0; i < COUNT(none); i++) {
        lf_place(&load, &budget, none[i], &placement);
        assert_false(placement.fits);
        assert_int_equal(placement.short_by_bytes, UINT64_MAX);
    }
    lf_place(&load, &budget, LF_MODE_GPU, &placement);
    assert_true(placement.fits);
    /* The input embeddings lie on the GPU too. */
    assert_int_equal(placement.shares[0].weights_bytes, load.weights->file_bytes);
    lf_arena_clear(&arena);
}

static void a_capped_budget_leaves_the_rest_in_reserve(void **state)
{
    (void)state;
    struct lf_budget budget = pools_make(23 * LF_GIB, 0, 8 * LF_GIB);
    budget.gpus[0].reserve_bytes = LF_GIB;
    lf_budget_cap(&budget, 0.5);
    assert_int_equal(budget.gpus[0].budget_bytes, 12 * LF_GIB);
    assert_int_equal(budget.gpus[0].reserve_bytes, 12 * LF_GIB);
    lf_budget_cap(&budget, 0.9);
    assert_int_equal(budget.gpus[0].budget_bytes, 12 * LF_GIB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mlx_packs_every_matrix_and_both_tables),
        cmocka_unit_test(a_tied_table_is_one_for_mlx),
        cmocka_unit_test(rows_that_make_no_whole_groups_stay_in_16_bits),
        cmocka_unit_test(vllm_packs_the_layers_and_leaves_the_tables),
        cmocka_unit_test(a_cache_has_the_cells_its_engine_keeps),
        cmocka_unit_test(vllm_without_its_hybrid_manager_keeps_windows_whole),
        cmocka_unit_test(a_convolution_is_kept_in_16_bits_and_a_scan_is_not),
        cmocka_unit_test(tensor_parallel_gpus_hold_equal_parts),
        cmocka_unit_test(the_smaller_gpu_bounds_them_all),
        cmocka_unit_test(engines_put_models_only_where_they_can),
        cmocka_unit_test(a_capped_budget_leaves_the_rest_in_reserve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
