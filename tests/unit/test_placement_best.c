/* The planner against all placements there are: what it finds is the best by the objective that
 * rules/placement.h states. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/units.h"
#include "rules/placement.h"
#include "scene.h"
#include "support.h"

enum { MODELS = 4000 };

/* What the objective compares; smaller is better, the first that differs decides. */
struct merit {
    bool fits;
    uint64_t in_ram;
    uint64_t gpus;
    double seconds;
    double filling;
};

static bool is_better(const struct merit *a, const struct merit *b)
{
    const double even = 1e-9;
    if (!a->fits || !b->fits) {
        return a->fits;
    }
    if (a->in_ram != b->in_ram) {
        return a->in_ram < b->in_ram;
    }
    if (a->gpus != b->gpus) {
        return a->gpus < b->gpus;
    }
    if (a->seconds < b->seconds * (1 - even) || b->seconds < a->seconds * (1 - even)) {
        return a->seconds < b->seconds;
    }
    return a->filling < b->filling * (1 - even);
}

/* A placement written down: the GPU of every layer, RAM's being -1, and whose experts are in RAM.
 */
struct written {
    int gpu[SCENE_LAYERS_MOST];
    uint64_t ram_experts;
    bool output_on_gpu;
};

static double seconds_a_byte(const struct lf_budget *budget, size_t gpu)
{
    uint64_t slowest = UINT64_MAX;
    for (size_t g = 0; g < budget->gpu_count; g++) {
        uint64_t bps = budget->gpus[g].bandwidth_bps;
        slowest = bps != 0 && bps < slowest ? bps : slowest;
    }
    uint64_t bps = budget->gpus[gpu].bandwidth_bps;
    return slowest == UINT64_MAX ? 1.0 : 1.0 / (double)(bps == 0 ? slowest : bps);
}

/* What the layers of a written placement take and read on one GPU; returns how many there are. */
static uint64_t sum_gpu(const struct scene *scene, const struct written *written, int gpu,
                        uint64_t *bytes, double *read)
{
    uint64_t layers = 0;
    for (uint64_t i = 0; i < scene->load.layer_count; i++) {
        const struct lf_layer_weights *layer = &scene->layers[i];
        const struct lf_layer_cache *cache = &scene->cache[i];
        if (written->gpu[i] != gpu) {
            continue;
        }
        layers++;
        *bytes += layer->always_bytes + layer->always_padding_bytes + cache->kv_bytes +
                  cache->kv_padding_bytes + cache->state_bytes;
        *read += (double)(layer->always_bytes + cache->kv_read_bytes);
        if (i >= written->ram_experts) {
            *bytes += layer->expert_bytes + layer->expert_padding_bytes;
            *read += (double)(uint64_t)((double)layer->expert_bytes * scene->load.active_share);
        }
    }
    return layers;
}

static uint64_t ram_bytes(const struct scene *scene, const struct written *written, uint64_t gpus)
{
    const struct lf_load *load = &scene->load;
    uint64_t bytes = load->weights->input_bytes + LF_COMPUTE_ALLOWANCE_BYTES;
    bytes += gpus == 1 ? load->compute.host_bytes : load->split.host_bytes;
    bytes += written->output_on_gpu ? 0 : load->weights->output_bytes;
    for (uint64_t i = 0; i < load->layer_count; i++) {
        if (written->gpu[i] < 0) {
            bytes += scene->layers[i].always_bytes + scene->cache[i].kv_bytes +
                     scene->cache[i].state_bytes;
        }
        if (written->gpu[i] < 0 || i < written->ram_experts) {
            bytes += scene->layers[i].expert_bytes;
        }
    }
    return bytes;
}

static uint64_t compute_bytes(const struct lf_load *load, uint64_t place, uint64_t gpus,
                              bool is_staged)
{
    uint64_t bytes = gpus == 1          ? load->compute.device_bytes
                     : place == 0       ? load->split.first_bytes
                     : place + 1 < gpus ? load->split.middle_bytes
                                        : load->split.last_bytes;
    return bytes + LF_COMPUTE_ALLOWANCE_BYTES +
           (is_staged ? load->staged_compute_bytes - load->compute.device_bytes : 0);
}

static struct merit judge(const struct scene *scene, const struct written *written)
{
    const struct lf_load *load = &scene->load;
    const struct lf_weights *weights = load->weights;
    struct merit merit = {.fits = true, .in_ram = written->ram_experts};
    bool is_used[SCENE_GPUS_MOST] = {false};
    uint64_t place = 0;
    for (uint64_t i = 0; i < load->layer_count; i++) {
        merit.in_ram += written->gpu[i] < 0;
        if (written->gpu[i] >= 0) {
            is_used[written->gpu[i]] = true;
        }
    }
    for (size_t g = 0; g < scene->budget.gpu_count; g++) {
        merit.gpus += is_used[g];
    }
    for (size_t g = 0; g < scene->budget.gpu_count; g++) {
        uint64_t room = scene->budget.gpus[g].budget_bytes;
        uint64_t bytes = 0;
        double read = 0;
        if (sum_gpu(scene, written, (int)g, &bytes, &read) == 0) {
            continue;
        }
        bytes += compute_bytes(load, place, merit.gpus, written->ram_experts > 0);
        place++;
        if (place == merit.gpus && written->output_on_gpu) {
            bytes += weights->output_bytes + weights->output_padding_bytes +
                     weights->duplicate_bytes + weights->duplicate_padding_bytes;
            read += (double)(weights->output_bytes + weights->duplicate_bytes);
        }
        double filling = (double)bytes / (double)room;
        merit.fits = merit.fits && bytes <= room;
        merit.filling = filling > merit.filling ? filling : merit.filling;
        merit.seconds += read * seconds_a_byte(&scene->budget, g);
    }
    merit.fits =
        merit.fits && ram_bytes(scene, written, merit.gpus) <= scene->budget.ram.budget_bytes;
    return merit;
}

/* Whether an engine's flags can say it: the first layers in RAM, then runs in the order of GPUs. */
static bool is_in_order(const struct scene *scene, const struct written *written)
{
    for (uint64_t i = 1; i < scene->load.layer_count; i++) {
        if (written->gpu[i] < written->gpu[i - 1]) {
            return false;
        }
    }
    return true;
}

/* Counts up; returns false behind the last one. */
static bool next_written(const struct scene *scene, struct written *written)
{
    for (uint64_t i = 0; i < scene->load.layer_count; i++) {
        if (++written->gpu[i] < (int)scene->budget.gpu_count) {
            return true;
        }
        written->gpu[i] = -1;
    }
    return false;
}

/* The next of those in order only: the last layer that can move on does, and those behind it
 * follow. */
static bool next_in_order(const struct scene *scene, struct written *written)
{
    for (uint64_t i = scene->load.layer_count; i-- > 0;) {
        if (written->gpu[i] + 1 < (int)scene->budget.gpu_count) {
            int gpu = written->gpu[i] + 1;
            for (; i < scene->load.layer_count; i++) {
                written->gpu[i] = gpu;
            }
            return true;
        }
    }
    return false;
}

/* Whether the mode may have such a placement. */
static bool is_of_mode(const struct merit *merit, const struct written *written, enum lf_mode mode)
{
    uint64_t layers_in_ram = merit->in_ram - written->ram_experts;
    switch (mode) {
    case LF_MODE_MULTI_GPU:
        return merit->gpus > 1 && layers_in_ram == 0;
    case LF_MODE_LAYERS_SPLIT:
        return merit->gpus > 0 && layers_in_ram > 0;
    default:
        return merit->gpus > 0 && layers_in_ram == 0;
    }
}

/* The best there is, whatever its order, or only of those that flags can say. */
static struct merit find_best(const struct scene *scene, enum lf_mode mode, bool any_order)
{
    struct merit best = {.fits = false};
    uint64_t most = mode == LF_MODE_EXPERTS_IN_RAM ? scene->load.layer_count : 0;
    for (uint64_t experts = most > 0; experts <= most; experts++) {
        struct written written = {.ram_experts = experts,
                                  .output_on_gpu = mode != LF_MODE_LAYERS_SPLIT};
        for (uint64_t i = 0; i < scene->load.layer_count; i++) {
            written.gpu[i] = -1;
        }
        do {
            struct merit merit = judge(scene, &written);
            if (is_of_mode(&merit, &written, mode) && is_better(&merit, &best)) {
                assert_true(any_order || is_in_order(scene, &written));
                best = merit;
            }
        } while (any_order ? next_written(scene, &written) : next_in_order(scene, &written));
    }
    return best;
}

/* What the planner found, in the same terms. */
static struct merit merit_found(const struct scene *scene, enum lf_mode mode)
{
    struct lf_placement placement;
    struct written written = {.output_on_gpu = mode != LF_MODE_LAYERS_SPLIT};
    uint64_t layer = 0;
    lf_place(&scene->load, &scene->budget, mode, &placement);
    if (!placement.fits) {
        return (struct merit){.fits = false};
    }
    written.ram_experts = placement.ram_expert_layers;
    for (; layer < placement.layer_count - placement.gpu_layers; layer++) {
        written.gpu[layer] = -1;
    }
    for (size_t i = 0; i + 1 < placement.share_count; i++) {
        const struct lf_share *share = &placement.shares[i];
        for (uint64_t end = layer + share->layers; layer < end; layer++) {
            written.gpu[layer] = (int)(share->pool - scene->budget.gpus);
        }
    }
    assert_int_equal(layer, placement.layer_count);
    assert_true(is_in_order(scene, &written));
    struct merit merit = judge(scene, &written);
    assert_true(merit.fits);
    assert_true(is_of_mode(&merit, &written, mode));
    return merit;
}

static const enum lf_mode spread_modes[] = {LF_MODE_MULTI_GPU, LF_MODE_EXPERTS_IN_RAM,
                                            LF_MODE_LAYERS_SPLIT};

static void nothing_the_engine_can_do_is_better(void **state)
{
    (void)state;
    uint64_t seed = 1;
    uint64_t compared[LF_MODE_COUNT][2] = {{0}};
    for (size_t n = 0; n < MODELS; n++) {
        struct scene scene;
        scene_make_model(&seed, &scene);
        scene_make_machine(&seed, &scene);
        for (size_t m = 0; m < COUNT(spread_modes); m++) {
            enum lf_mode mode = spread_modes[m];
            if (mode == LF_MODE_EXPERTS_IN_RAM && scene.weights.staged_bytes == 0) {
                continue;
            }
            struct merit found = merit_found(&scene, mode);
            struct merit best = find_best(&scene, mode, false);
            compared[mode][best.fits]++;
            if (is_better(&best, &found) || is_better(&found, &best)) {
                fail_msg("model %zu, %s: fits %d, %llu in RAM, %llu GPUs, %g s, filled %g; best is "
                         "%d, %llu, %llu, %g, %g",
                         n, lf_mode_id(mode), found.fits, (unsigned long long)found.in_ram,
                         (unsigned long long)found.gpus, found.seconds, found.filling, best.fits,
                         (unsigned long long)best.in_ram, (unsigned long long)best.gpus,
                         best.seconds, best.filling);
            }
        }
    }
    /* Enough of both kinds, or nothing was shown. */
    for (size_t m = 0; m < COUNT(spread_modes); m++) {
        assert_in_range(compared[spread_modes[m]][true], MODELS / 40, MODELS);
        assert_in_range(compared[spread_modes[m]][false], MODELS / 40, MODELS);
    }
}

static void where_layers_are_alike_their_order_costs_nothing(void **state)
{
    (void)state;
    enum { FEW_LAYERS = 6, FEW_MODELS = 150 };
    uint64_t seed = 2;
    for (size_t n = 0; n < FEW_MODELS;) {
        struct scene scene;
        scene_make_model(&seed, &scene);
        scene_make_machine(&seed, &scene);
        if (scene.load.layer_count > FEW_LAYERS ||
            scene.layers[0].always_bytes != scene.layers[1].always_bytes) {
            continue;
        }
        n++;
        for (size_t m = 0; m < COUNT(spread_modes); m++) {
            /* Whose experts are in RAM is the same for all when layers are alike but for that. */
            if (spread_modes[m] == LF_MODE_EXPERTS_IN_RAM) {
                continue;
            }
            struct merit found = merit_found(&scene, spread_modes[m]);
            struct merit best = find_best(&scene, spread_modes[m], true);
            assert_false(is_better(&best, &found));
        }
    }
}

static void one_gpu_is_the_fastest_that_holds_it(void **state)
{
    (void)state;
    uint64_t seed = 3;
    uint64_t fitting = 0;
    for (size_t n = 0; n < MODELS; n++) {
        struct scene scene;
        struct lf_placement placement;
        uint64_t fastest_bps = 0;
        bool exists = false;
        scene_make_model(&seed, &scene);
        scene_make_machine(&seed, &scene);
        for (size_t g = 0; g < scene.budget.gpu_count; g++) {
            struct written written = {.output_on_gpu = true};
            for (size_t i = 0; i < SCENE_LAYERS_MOST; i++) {
                written.gpu[i] = (int)g;
            }
            uint64_t bps = scene.budget.gpus[g].bandwidth_bps;
            if (judge(&scene, &written).fits) {
                exists = true;
                fastest_bps = bps > fastest_bps ? bps : fastest_bps;
            }
        }
        lf_place(&scene.load, &scene.budget, LF_MODE_GPU, &placement);
        assert_true(placement.fits == exists);
        if (exists) {
            fitting++;
            assert_int_equal(placement.shares[0].pool->bandwidth_bps, fastest_bps);
        }
    }
    assert_in_range(fitting, MODELS / 40, MODELS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_the_engine_can_do_is_better),
        cmocka_unit_test(where_layers_are_alike_their_order_costs_nothing),
        cmocka_unit_test(one_gpu_is_the_fastest_that_holds_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
