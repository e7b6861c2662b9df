#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/units.h"
#include "catalog/catalog.h"
#include "rules/speed.h"
#include "support.h"

/* About 8 B parameters. */
static const struct toy dense = {.layers = 32,
                                 .embd = 4096,
                                 .vocab = 128256,
                                 .heads = 32,
                                 .kv_heads = 8,
                                 .head_dim = 128,
                                 .ff = 14336};

/* About 30 B parameters, of which 3 B are active. */
static const struct toy moe = {.layers = 48,
                               .embd = 2048,
                               .vocab = 151936,
                               .heads = 32,
                               .kv_heads = 4,
                               .head_dim = 128,
                               .ff = 768,
                               .experts = 128,
                               .used = 8};

/* What a speed depends on. */
struct scene {
    const struct toy *toy;
    enum lf_mix mix;
    enum lf_mode mode;
    uint64_t gpu_gib; /* of each of gpu_count; 0: no GPU */
    size_t gpu_count;
    uint64_t gpu_gbps; /* GB/s; 0: not known */
    uint64_t ram_gbps;
    uint64_t context_tokens;
    bool lacks_tflops;
    struct lf_strings isa; /* of the CPU */
};

struct speeds {
    struct lf_estimate decode;
    struct lf_estimate prefill;
};

static int load_runtimes(void **state)
{
    return catalog_set_up(state, LF_CATALOG_RUNTIMES);
}

static struct speeds speeds_of(const struct lf_catalog *catalog, const struct scene *scene)
{
    struct lf_machine machine = {0};
    struct lf_arena arena = {0};
    struct lf_budget budget;
    struct lf_form form;
    struct lf_load load;
    struct lf_placement placement;
    struct lf_settings settings = lf_settings_default(scene->context_tokens);
    const struct lf_runtime *runtime = lf_runtime_find(&catalog->runtimes, "llama.cpp");
    machine_set_ram(&machine, 512 * LF_GIB, scene->ram_gbps * 1000000000);
    machine.cpu.isa = scene->isa;
    for (size_t i = 0; i < scene->gpu_count; i++) {
        struct lf_accelerator *gpu = machine_add_gpu(&machine, "NVIDIA", scene->gpu_gib * LF_GIB,
                                                     scene->gpu_gbps * 1000000000);
        gpu->fp32_tflops = scene->lacks_tflops ? 0 : gpu->fp32_tflops;
        gpu->fp16_tflops = scene->lacks_tflops ? 0 : gpu->fp16_tflops;
    }
    lf_budget_make(&machine, false, &budget);
    toy_make(scene->toy, &arena, &form);
    toy_load(&form, scene->mix, &settings, budget.gpu_count, &arena, &load);
    lf_place(&load, &budget, scene->mode, &placement);
    assert_true(placement.fits);
    struct speeds speeds = {
        .decode = lf_decode_tps(&placement, &form, scene->mix, runtime),
        .prefill = lf_prefill_tps(&placement, &load, &form, scene->mix, runtime),
    };
    lf_arena_clear(&arena);
    lf_machine_clear(&machine);
    return speeds;
}

static struct lf_estimate decode_of(const struct lf_catalog *catalog, const struct scene *scene)
{
    return speeds_of(catalog, scene).decode;
}

/* An 8 B model at Q4_K_M on a card like an RTX 4090. */
static struct scene on_a_gpu(const struct toy *toy)
{
    return (struct scene){.toy = toy,
                          .mix = LF_MIX_Q4_K_M,
                          .mode = LF_MODE_GPU,
                          .gpu_gib = 80,
                          .gpu_count = 1,
                          .gpu_gbps = 1008,
                          .ram_gbps = 80,
                          .context_tokens = 8192};
}

static struct scene on_the_cpu(const struct toy *toy)
{
    struct scene scene = on_a_gpu(toy);
    scene.mode = LF_MODE_CPU;
    scene.gpu_count = 0;
    return scene;
}

static void an_estimate_is_an_interval_below_the_memorys_limit(void **state)
{
    const struct toy *const toys[] = {&dense, &moe};
    for (size_t i = 0; i < 2 * COUNT(toys); i++) {
        struct scene scene = i % 2 == 0 ? on_a_gpu(toys[i / 2]) : on_the_cpu(toys[i / 2]);
        struct speeds speeds = speeds_of(*state, &scene);
        assert_true(0 < speeds.decode.low && speeds.decode.low < speeds.decode.mid);
        assert_true(speeds.decode.mid < speeds.decode.high);
        assert_true(speeds.decode.coverage > 0.5 && speeds.decode.coverage < 1);
        assert_string_equal(speeds.decode.basis, "bandwidth");
    }
    /* 4.9 GB are read for a token: 206 a second at most at 1008 GB/s. */
    struct scene scene = on_a_gpu(&dense);
    double mid = decode_of(*state, &scene).mid;
    assert_true(mid > 100 && mid < 206);
}

static void more_bandwidth_is_more_speed_and_at_most_in_proportion(void **state)
{
    for (int on_cpu = 0; on_cpu < 2; on_cpu++) {
        double last = 0;
        for (uint64_t gbps = 50; gbps <= 6400; gbps *= 2) {
            struct scene scene = on_cpu ? on_the_cpu(&dense) : on_a_gpu(&dense);
            scene.gpu_gbps = gbps;
            scene.ram_gbps = gbps;
            double mid = decode_of(*state, &scene).mid;
            assert_true(mid > last);
            assert_true(last == 0 || mid < 2.0001 * last);
            last = mid;
        }
    }
}

static void fewer_bits_are_more_speed(void **state)
{
    static const enum lf_mix mixes[] = {LF_MIX_F16, LF_MIX_Q8_0, LF_MIX_Q6_K, LF_MIX_Q4_K_M};
    double last = 0;
    for (size_t i = 0; i < COUNT(mixes); i++) {
        struct scene scene = on_a_gpu(&dense);
        scene.mix = mixes[i];
        double mid = decode_of(*state, &scene).mid;
        assert_true(mid > last);
        last = mid;
    }
}

static void active_parameters_decide_an_moes_speed(void **state)
{
    struct toy twice = moe;
    struct toy busy = moe;
    struct scene scene = on_a_gpu(&moe);
    twice.experts = 256;
    busy.used = 32;
    double mid = decode_of(*state, &scene).mid;
    scene.toy = &twice;
    double with_more_idle = decode_of(*state, &scene).mid;
    scene.toy = &busy;
    double with_more_used = decode_of(*state, &scene).mid;
    scene.toy = &dense;
    double of_dense = decode_of(*state, &scene).mid;
    assert_true(with_more_idle > 0.95 * mid && with_more_idle <= mid);
    assert_true(with_more_used < 0.7 * mid);
    /* 30 B parameters, and faster than 8 B that are all active. */
    assert_true(mid > of_dense);
}

static void a_gpu_of_unknown_bandwidth_has_no_speed(void **state)
{
    struct scene scene = on_a_gpu(&dense);
    scene.gpu_gbps = 0;
    struct speeds speeds = speeds_of(*state, &scene);
    assert_true(speeds.decode.mid <= 0 && speeds.decode.high <= 0);
    assert_true(speeds.prefill.mid <= 0);
    assert_null(speeds.decode.basis);
    assert_null(lf_speed_basis_words(speeds.decode.basis));
}

static void an_assumed_bandwidth_of_ram_is_told_and_widens_the_interval(void **state)
{
    struct scene scene = on_the_cpu(&dense);
    struct lf_estimate known = decode_of(*state, &scene);
    scene.ram_gbps = 0;
    struct lf_estimate assumed = decode_of(*state, &scene);
    assert_string_equal(assumed.basis, "assumed-ram");
    assert_non_null(strstr(lf_speed_basis_words(assumed.basis), "assumed"));
    assert_true(assumed.high / assumed.low > known.high / known.low);
}

static void missing_tflops_are_told(void **state)
{
    struct scene scene = on_a_gpu(&dense);
    double mid = decode_of(*state, &scene).mid;
    scene.lacks_tflops = true;
    struct speeds speeds = speeds_of(*state, &scene);
    assert_string_equal(speeds.decode.basis, "no-tflops");
    assert_true(speeds.decode.mid >= mid);
    assert_true(speeds.prefill.mid <= 0);
}

static void what_leaves_the_gpu_slows_down(void **state)
{
    struct scene scene = on_a_gpu(&dense);
    struct scene cpu = on_the_cpu(&dense);
    double whole = decode_of(*state, &scene).mid;
    double none = decode_of(*state, &cpu).mid;
    scene.mode = LF_MODE_LAYERS_SPLIT;
    scene.gpu_gib = 5;
    double some = decode_of(*state, &scene).mid;
    scene.gpu_gib = 3;
    double few = decode_of(*state, &scene).mid;
    assert_true(whole > some && some > few && few > none);

    scene = on_a_gpu(&moe);
    whole = decode_of(*state, &scene).mid;
    scene.mode = LF_MODE_EXPERTS_IN_RAM;
    scene.gpu_gib = 12;
    some = decode_of(*state, &scene).mid;
    scene.gpu_gib = 6;
    few = decode_of(*state, &scene).mid;
    assert_true(whole > some && some > few);
}

static void memory_twice_as_wide_is_less_than_twice_as_fast_beyond_a_terabyte_a_second(void **state)
{
    /* So large and so simple that its time is all but that of reading it. */
    struct toy large = dense;
    large.embd = 16384;
    large.ff = 65536;
    double tps[4];
    for (size_t i = 0; i < COUNT(tps); i++) {
        struct scene scene = on_a_gpu(&large);
        scene.mix = LF_MIX_F16;
        scene.gpu_gib = 1024;
        scene.lacks_tflops = true;
        scene.gpu_gbps = UINT64_C(500) << i;
        tps[i] = decode_of(*state, &scene).mid;
    }
    assert_true(tps[1] > 1.95 * tps[0] && tps[1] < 2 * tps[0]);
    assert_true(tps[3] < 1.75 * tps[2] && tps[3] > tps[2]);
}

static void layers_that_keep_a_state_take_longer(void **state)
{
    struct scene scene = on_a_gpu(&dense);
    struct toy hybrid = dense;
    hybrid.state_bytes = 1; /* and nothing else changes */
    double mid = decode_of(*state, &scene).mid;
    scene.toy = &hybrid;
    double with_states = decode_of(*state, &scene).mid;
    assert_true(with_states < mid && with_states > 0.8 * mid);
}

static void a_cpu_without_fast_dot_products_is_slow_and_poorly_known(void **state)
{
    static const char *const lists[][2] = {{"avx", "avx2"}, {"asimd", "asimddp"}};
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct scene scene = on_the_cpu(&dense);
        double of_unknown = decode_of(*state, &scene).mid;
        scene.isa = (struct lf_strings){lists[i], 2};
        struct lf_estimate fast = decode_of(*state, &scene);
        assert_true(fast.mid >= of_unknown && fast.mid <= of_unknown);
        scene.isa.count = 1;
        struct lf_estimate slow = decode_of(*state, &scene);
        assert_true(slow.mid < 0.6 * fast.mid);
        assert_true(slow.high / slow.low > fast.high / fast.low);
    }
}

static void two_gpus_in_turn_are_no_faster_than_one(void **state)
{
    struct scene scene = on_a_gpu(&dense);
    double one = decode_of(*state, &scene).mid;
    scene.gpu_count = 2;
    scene.mode = LF_MODE_MULTI_GPU;
    double two = decode_of(*state, &scene).mid;
    assert_true(two <= one && two > 0.8 * one);
}

static void a_fuller_cache_is_slower(void **state)
{
    /* Speeds are quoted at up to 4k tokens in the cache; a test's load is at 1k. */
    struct scene scene = on_a_gpu(&dense);
    double at_1k = decode_of(*state, &scene).mid;
    scene.context_tokens = 256;
    assert_true(decode_of(*state, &scene).mid > at_1k);
}

static void a_family_of_devices_has_its_own_factors(void **state)
{
    /* The same figures under another name: Pascal computes a weight more slowly. */
    static const struct {
        const char *name;
        enum lf_mix mix;
        int order; /* of its time to that of a nameless card's */
    } rows[] = {
        {"NVIDIA GeForce RTX 4090", LF_MIX_Q4_K_M, 0},
        {"Tesla P40", LF_MIX_Q4_K_M, 1},
        {"NVIDIA GeForce RTX 4070 Laptop GPU", LF_MIX_Q4_K_M, -1},
        {"Apple M1 Max", LF_MIX_Q4_K_M, 0}, /* not on this back end */
    };
    const struct lf_catalog *catalog = *state;
    const struct lf_runtime *runtime = lf_runtime_find(&catalog->runtimes, "llama.cpp");
    const struct lf_form form = {.params_active = 8000000000};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_accelerator gpu = {.vendor = "NVIDIA", .fp32_tflops = 20};
        const struct lf_pool pool = {.accelerator = &gpu, .bandwidth_bps = 1000000000000};
        const struct lf_placement placement = {
            .fits = true,
            .shares = {{.pool = &pool, .always_read_bytes = 5000000000}},
            .share_count = 1,
            .layer_count = 32,
            .gpu_layers = 32};
        double plain = lf_decode_tps(&placement, &form, rows[i].mix, runtime).mid;
        gpu.name = rows[i].name;
        double named = lf_decode_tps(&placement, &form, rows[i].mix, runtime).mid;
        assert_int_equal((plain > named) - (plain < named), rows[i].order);
    }
}

static void prompts_are_read_faster_than_answers_are_written(void **state)
{
    struct scene scene = on_a_gpu(&dense);
    struct speeds speeds = speeds_of(*state, &scene);
    assert_true(speeds.prefill.mid > 10 * speeds.decode.mid);
    assert_true(speeds.prefill.low < speeds.prefill.mid);
    assert_true(speeds.prefill.mid < speeds.prefill.high);
    scene = on_the_cpu(&dense);
    assert_true(speeds_of(*state, &scene).prefill.mid <= 0);
}

static void weights_in_ram_are_copied_for_a_prompt(void **state)
{
    const struct toy *const toys[] = {&dense, &moe};
    for (size_t i = 0; i < COUNT(toys); i++) {
        struct scene scene = on_a_gpu(toys[i]);
        struct lf_estimate whole = speeds_of(*state, &scene).prefill;
        scene.mode = i == 0 ? LF_MODE_LAYERS_SPLIT : LF_MODE_EXPERTS_IN_RAM;
        scene.gpu_gib = 5;
        struct speeds split = speeds_of(*state, &scene);
        assert_true(split.prefill.mid < 0.8 * whole.mid && split.prefill.mid > split.decode.mid);
        assert_true(split.prefill.high / split.prefill.low > whole.high / whole.low);
        assert_non_null(strstr(lf_speed_basis_words(split.prefill.basis), "copied"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_estimate_is_an_interval_below_the_memorys_limit),
        cmocka_unit_test(more_bandwidth_is_more_speed_and_at_most_in_proportion),
        cmocka_unit_test(fewer_bits_are_more_speed),
        cmocka_unit_test(active_parameters_decide_an_moes_speed),
        cmocka_unit_test(a_gpu_of_unknown_bandwidth_has_no_speed),
        cmocka_unit_test(an_assumed_bandwidth_of_ram_is_told_and_widens_the_interval),
        cmocka_unit_test(missing_tflops_are_told),
        cmocka_unit_test(what_leaves_the_gpu_slows_down),
        cmocka_unit_test(
            memory_twice_as_wide_is_less_than_twice_as_fast_beyond_a_terabyte_a_second),
        cmocka_unit_test(layers_that_keep_a_state_take_longer),
        cmocka_unit_test(a_cpu_without_fast_dot_products_is_slow_and_poorly_known),
        cmocka_unit_test(two_gpus_in_turn_are_no_faster_than_one),
        cmocka_unit_test(a_fuller_cache_is_slower),
        cmocka_unit_test(a_family_of_devices_has_its_own_factors),
        cmocka_unit_test(prompts_are_read_faster_than_answers_are_written),
        cmocka_unit_test(weights_in_ram_are_copied_for_a_prompt),
    };
    return cmocka_run_group_tests(tests, load_runtimes, catalog_tear_down);
}
