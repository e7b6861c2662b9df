#include "scene.h"

#include "base/units.h"
#include "support.h"
#include "rules/engine.h"

/* Knuth's linear congruence, high bits. */
uint64_t draw(uint64_t *seed, uint64_t least, uint64_t most)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return least + (*seed >> 33) % (most - least + 1);
}

static void make_layer(uint64_t *seed, bool is_moe, struct scene *scene, uint64_t i)
{
    scene->layers[i] = (struct lf_layer_weights){
        .always_bytes = draw(seed, 20, 200) * LF_MIB,
        .always_padding_bytes = draw(seed, 0, 3) * LF_MIB,
        .expert_bytes = is_moe ? draw(seed, 0, 900) * LF_MIB : 0,
    };
    scene->layers[i].expert_padding_bytes = scene->layers[i].expert_bytes == 0 ? 0 : LF_MIB;
    scene->cache[i] = (struct lf_layer_cache){
        .kv_bytes = draw(seed, 0, 120) * LF_MIB,
        .kv_padding_bytes = draw(seed, 0, 1) * LF_MIB,
        .kv_read_bytes = draw(seed, 0, 20) * LF_MIB,
        .state_bytes = draw(seed, 0, 1) * draw(seed, 0, 20) * LF_MIB,
    };
}

void scene_make_model(uint64_t *seed, struct scene *scene)
{
    bool is_moe = draw(seed, 0, 1) == 1;
    uint64_t layers = draw(seed, 2, SCENE_LAYERS_MOST);
    uint64_t plain = draw(seed, 10, 300) * LF_MIB;
    bool are_alike = draw(seed, 0, 2) == 0;
    bool is_tied = draw(seed, 0, 1) == 1;
    for (uint64_t i = 0; i < layers; i++) {
        make_layer(seed, is_moe, scene, i);
        if (are_alike && i > 0) {
            scene->layers[i] = scene->layers[0];
            scene->cache[i] = scene->cache[0];
        }
    }
    scene->weights = (struct lf_weights){
        .input_bytes = draw(seed, 1, 200) * LF_MIB,
        .output_bytes = draw(seed, 1, 200) * LF_MIB,
        .output_padding_bytes = LF_MIB,
        .duplicate_bytes = is_tied ? draw(seed, 1, 200) * LF_MIB : 0,
        .duplicate_padding_bytes = is_tied ? LF_MIB : 0,
        .staged_bytes = is_moe ? LF_MIB : 0,
        .layers = scene->layers,
    };
    scene->load = (struct lf_load){
        .engine = &lf_engine_gguf,
        .weights = &scene->weights,
        .sums = scene->sums,
        .compute = {plain, plain / 8},
        .split = {plain + draw(seed, 0, 90) * LF_MIB, plain + draw(seed, 0, 90) * LF_MIB,
                  plain + draw(seed, 0, 200) * LF_MIB, plain / 4},
        .staged_compute_bytes = plain + draw(seed, 0, 300) * LF_MIB,
        .cpu_compute_bytes = plain,
        .active_share = is_moe ? 0.125 : 1.0,
        .layer_count = layers,
    };
    scene->sums[0] = (struct lf_layer_sum){0};
    for (uint64_t i = 0; i < layers; i++) {
        scene->sums[i + 1] = lf_layer_sum_after(&scene->sums[i], &scene->layers[i],
                                                &scene->cache[i], scene->load.active_share);
    }
}

void scene_make_machine(uint64_t *seed, struct scene *scene)
{
    static const struct lf_accelerator card = {.id = "gpu", .vendor = "NVIDIA"};
    static const uint64_t speeds[] = {0, 360, 936, 936, 1792};
    bool are_alike = draw(seed, 0, 2) == 0;
    scene->budget = (struct lf_budget){
        .gpu_count = draw(seed, 1, SCENE_GPUS_MOST),
        .ram = {.id = "ram", .budget_bytes = draw(seed, 100, 8000) * LF_MIB},
        .ram_is_known = true,
    };
    for (size_t g = 0; g < scene->budget.gpu_count; g++) {
        scene->budget.gpus[g] = (struct lf_pool){
            .id = "gpu",
            .accelerator = &card,
            .budget_bytes = draw(seed, 100, 4000) * LF_MIB,
            .bandwidth_bps = speeds[draw(seed, 0, COUNT(speeds) - 1)] * 1000000000,
        };
        if (are_alike && g > 0) {
            scene->budget.gpus[g] = scene->budget.gpus[0];
        }
    }
}
