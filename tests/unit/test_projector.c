/* The vision and audio part: which file, who loads it, and where it lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "advise/fit.h"
#include "advise/projector.h"
#include "base/units.h"
#include "rules/engine.h"
#include "rules/placement.h"
#include "support.h"

static const uint64_t projector_bytes = 900 * LF_MIB;

static int load_catalog(void **state)
{
    return catalog_set_up(state, LF_FIT_PARTS);
}

/* A load with a projector; its weights may be changed. */
static struct lf_load load_with(const struct toy *toy, size_t gpus, struct lf_weights *weights,
                                struct lf_arena *arena)
{
    struct lf_load load = toy_load_at_16k(toy, gpus, arena);
    *weights = *load.weights;
    weights->projector_bytes = projector_bytes;
    load.weights = weights;
    return load;
}

static void it_lies_on_the_first_gpu_unless_layers_are_in_ram(void **state)
{
    (void)state;
    static const struct {
        enum lf_mode mode;
        uint64_t gpu_mib[2];
        bool stays_in_ram;
        size_t share; /* that holds it */
    } rows[] = {
        {LF_MODE_GPU, {16000, 0}, false, 0},
        {LF_MODE_GPU, {16000, 0}, true, 1},
        {LF_MODE_MULTI_GPU, {7680, 4000}, false, 0},
        {LF_MODE_MULTI_GPU, {7680, 4000}, true, 2},
        {LF_MODE_EXPERTS_IN_RAM, {4000, 0}, false, 0},
        {LF_MODE_LAYERS_SPLIT, {4000, 0}, false, 1},
        {LF_MODE_UNIFIED, {16000, 0}, false, 0},
        {LF_MODE_UNIFIED, {16000, 0}, true, 0},
        {LF_MODE_CPU, {0, 0}, false, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_arena arena = {0};
        struct lf_weights weights;
        size_t gpus = rows[i].gpu_mib[1] != 0 ? 2 : rows[i].gpu_mib[0] != 0;
        struct lf_load load = load_with(&toy_moe, gpus, &weights, &arena);
        struct lf_budget budget =
            pools_make(rows[i].gpu_mib[0] * LF_MIB, rows[i].gpu_mib[1] * LF_MIB, 32 * LF_GIB);
        struct lf_placement placement;
        uint64_t weight_bytes = 0;
        uint64_t padding_bytes = 0;
        budget.is_unified = rows[i].mode == LF_MODE_UNIFIED;
        weights.projector_in_ram = rows[i].stays_in_ram;
        lf_place(&load, &budget, rows[i].mode, &placement);
        assert_true(placement.fits);
        for (size_t s = 0; s < placement.share_count; s++) {
            const struct lf_share *share = &placement.shares[s];
            assert_int_equal(share->projector_bytes, s == rows[i].share ? projector_bytes : 0);
            weight_bytes += share->weights_bytes;
            padding_bytes += share->padding_bytes;
        }
        assert_in_range(weight_bytes, lf_load_weight_bytes(&load) + projector_bytes,
                        lf_load_weight_bytes(&load) + projector_bytes + padding_bytes);
        lf_arena_clear(&arena);
    }
}

static void the_gpu_has_room_for_it_to_the_byte(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct lf_weights weights;
    struct lf_load load = load_with(&toy_dense, 1, &weights, &arena);
    struct lf_budget budget = pools_make(16 * LF_GIB, 0, 16 * LF_GIB);
    struct lf_placement placement;
    lf_place(&load, &budget, LF_MODE_GPU, &placement);
    budget.gpus[0].budget_bytes = share_needed(&placement.shares[0]);
    lf_place(&load, &budget, LF_MODE_GPU, &placement);
    assert_true(placement.fits);
    budget.gpus[0].budget_bytes -= 1;
    lf_place(&load, &budget, LF_MODE_GPU, &placement);
    assert_int_equal(placement.short_by_bytes, 1);
    weights.projector_bytes -= 1;
    lf_place(&load, &budget, LF_MODE_GPU, &placement);
    assert_true(placement.fits);
    lf_arena_clear(&arena);
}

static void an_engine_that_splits_layers_splits_it_too(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct lf_weights weights;
    struct lf_load load = load_with(&toy_moe, 2, &weights, &arena);
    struct lf_budget budget = pools_make(16 * LF_GIB, 16 * LF_GIB, LF_GIB);
    struct lf_placement placement;
    load.engine = &lf_engine_vllm;
    lf_place(&load, &budget, LF_MODE_MULTI_GPU, &placement);
    assert_true(placement.fits);
    assert_int_equal(placement.shares[0].projector_bytes, projector_bytes / 2);
    assert_int_equal(placement.shares[1].projector_bytes, projector_bytes / 2);
    assert_int_equal(placement.shares[0].weights_bytes,
                     (lf_load_weight_bytes(&load) + projector_bytes + 1) / 2);
    lf_arena_clear(&arena);
}

static void the_file_nearest_in_bits_is_taken_from_the_models_own_repository(void **state)
{
    (void)state;
    static const struct lf_published_file items[] = {
        {.repo = "b/model-GGUF", .label = "mmproj-Q8_0"},
        {.repo = "a/model-GGUF", .label = "Q4_K_M"},
        {.repo = "a/model-GGUF", .label = "mmproj-Model3-8B-BF16"},
        {.repo = "a/model-GGUF", .label = "mmproj-Model3-8B-F16"},
        {.repo = "a/model-GGUF", .label = "mmproj-F32"},
    };
    static const struct lf_published_files files = {items, COUNT(items)};
    static const struct lf_published_files one = {items, 2};
    static const struct {
        const struct lf_published_files *files;
        const char *repo;
        const char *mix;
        const char *label;
    } rows[] = {
        {&files, "a/model-GGUF", "Q4_K_M", "mmproj-Model3-8B-BF16"},
        {&files, "a/model-GGUF", "F16", "mmproj-Model3-8B-BF16"},
        {&files, "b/model-GGUF", "F16", "mmproj-Q8_0"},
        {&files, "c/model-GGUF", "Q4_K_M", "mmproj-Q8_0"},
        {&files, NULL, "BF16", "mmproj-Model3-8B-BF16"},
        {&one, "a/model-GGUF", "BF16", "mmproj-Q8_0"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct lf_published_file *file =
            lf_projector_find(rows[i].files, rows[i].repo, lf_label_bits(rows[i].mix));
        assert_non_null(file);
        assert_string_equal(file->label, rows[i].label);
    }
    assert_null(lf_projector_find(&(struct lf_published_files){items + 1, 1}, "a", 4));
}

static void runtimes_load_it_as_they_are_told(void **state)
{
    static const struct {
        const char *runtime;
        const char *model;
        enum lf_mix mix;
        bool is_asked;
        bool is_loaded;
        const char *label; /* NULL: not known */
    } rows[] = {
        {"llama.cpp", "qwen3.5-9b", LF_MIX_Q4_K_M, false, false, NULL},
        {"llama.cpp", "qwen3.5-9b", LF_MIX_Q4_K_M, true, true, "mmproj-BF16"},
        {"llama.cpp", "qwen3-8b", LF_MIX_Q4_K_M, true, false, NULL},
        {"llama.cpp", "glm-4.5v", LF_MIX_Q4_K_M, true, true, NULL},
        {"ollama", "qwen3.5-9b", LF_MIX_Q4_K_M, false, true, "mmproj-BF16"},
        {"mlx", "qwen3.5-9b", LF_MIX_MLX_4BIT, true, false, NULL},
        {"vllm", "qwen3.5-9b", LF_MIX_FP8, false, false, NULL},
        {"vllm", "qwen3.5-9b", LF_MIX_FP8, true, true, "mmproj-BF16"},
        {"llama.cpp", "qwen3-vl-8b-instruct", LF_MIX_Q8_0, true, true,
         "mmproj-Qwen3VL-8B-Instruct-Q8_0"},
        {"llama.cpp", "qwen3-vl-8b-instruct", LF_MIX_F16, true, true,
         "mmproj-Qwen3VL-8B-Instruct-F16"},
    };
    const struct lf_catalog *catalog = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_request request;
        lf_request_init(&request);
        request.loads_projector = rows[i].is_asked;
        request.projector_in_ram = true;
        const struct lf_advice_context context = {
            .catalog = catalog,
            .request = &request,
            .runtime = lf_runtime_find(&catalog->runtimes, rows[i].runtime)};
        const struct lf_model *model = lf_models_find_id(&catalog->models, rows[i].model);
        struct lf_projector projector = lf_projector_of(&context, model, rows[i].mix);
        assert_int_equal(projector.is_loaded, rows[i].is_loaded);
        assert_int_equal(projector.file != NULL, rows[i].label != NULL);
        assert_int_equal(projector.stays_in_ram,
                         rows[i].is_loaded && strcmp(rows[i].runtime, "llama.cpp") == 0);
        if (rows[i].label != NULL) {
            assert_string_equal(projector.file->label, rows[i].label);
        }
    }
}

static int clear(void **state)
{
    return catalog_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_lies_on_the_first_gpu_unless_layers_are_in_ram),
        cmocka_unit_test(the_gpu_has_room_for_it_to_the_byte),
        cmocka_unit_test(an_engine_that_splits_layers_splits_it_too),
        cmocka_unit_test(the_file_nearest_in_bits_is_taken_from_the_models_own_repository),
        cmocka_unit_test(runtimes_load_it_as_they_are_told),
    };
    return cmocka_run_group_tests(tests, load_catalog, clear);
}
