#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "advise/fit.h"
#include "advise/same_device.h"
#include "base/units.h"
#include "support.h"

static int load_catalog(void **state)
{
    return catalog_set_up(state, LF_FIT_PARTS);
}

/* A choice of qwen3-8b at Q4_K_M on one GPU of 936 GB/s, beside rows of that GPU. */
struct scene_of_rows {
    struct lf_machine machine;
    struct lf_request request;
    struct lf_catalog catalog; /* the built-in one with other rows */
    struct lf_arena arena;
    struct lf_budget budget;
    struct lf_advice_context context;
    struct lf_subject subject;
    struct lf_choice choice;
};

static struct scene_of_rows *scene_new(const struct lf_catalog *catalog, struct lf_benchmark *rows,
                                       size_t count)
{
    static const struct rig rig = {32, 80, 24, 936, 1, false};
    struct scene_of_rows *scene = lf_alloc(1, sizeof *scene);
    const struct lf_model *model = lf_models_find_id(&catalog->models, "qwen3-8b");
    struct lf_error err = {0};
    rig_make(&rig, &scene->machine);
    scene->machine.accelerators[0].name = "GeForce RTX 3090";
    lf_request_init(&scene->request);
    scene->request.has_mix = true;
    scene->request.mix = LF_MIX_Q4_K_M;
    scene->catalog = *catalog;
    scene->catalog.benchmarks = (struct lf_benchmarks){rows, count};
    for (size_t i = 0; i < count; i++) {
        rows[i].device = "GeForce RTX 3090";
        rows[i].bandwidth_bps = rows[i].bandwidth_bps == 0 ? UINT64_C(936000000000) : 1;
        rows[i].engine = "llama.cpp";
        rows[i].backend = rows[i].backend == NULL ? "cuda" : rows[i].backend;
        rows[i].shape = rows[i].model == NULL ? model->shape : NULL;
        rows[i].gpus = rows[i].gpus == 0 ? 1 : rows[i].gpus;
    }
    assert_int_equal(lf_subject_make(model, &scene->arena, &scene->subject, &err), LF_OK);
    assert_int_equal(lf_advice_prepare(&scene->catalog, &scene->machine, &scene->request,
                                       &scene->budget, &scene->context, &err),
                     LF_OK);
    assert_true(lf_choose(&scene->context, &scene->subject, &scene->choice));
    return scene;
}

static void scene_free(struct scene_of_rows *scene)
{
    lf_arena_clear(&scene->arena);
    lf_machine_clear(&scene->machine);
    free(scene);
}

#define ROW .mix = LF_MIX_Q4_K_M, .decode_tps = 80, .decode_rows = 2

static void an_instrumented_median_of_the_very_thing_takes_the_estimate_s_place(void **state)
{
    struct lf_benchmark row = {ROW, .depth_tokens = 4096};
    struct scene_of_rows *scene = scene_new(*state, &row, 1);
    const struct lf_choice *choice = &scene->choice;
    assert_ptr_equal(choice->same_device.row, &row);
    assert_string_equal(choice->decode.basis, "same-device");
    assert_true(choice->decode.mid > 79.99 && choice->decode.mid < 80.01);
    assert_true(choice->decode.low < 70 && choice->decode.high < 93);
    assert_true(choice->same_device.formula.mid > 81);
    scene_free(scene);
}

static void a_row_measured_with_an_empty_cache_is_slowed_as_the_formula_slows(void **state)
{
    struct lf_benchmark row = {ROW, .depth_tokens = 0};
    struct scene_of_rows *scene = scene_new(*state, &row, 1);
    assert_string_equal(scene->choice.decode.basis, "same-device");
    assert_true(scene->choice.decode.mid < 79 && scene->choice.decode.mid > 60);
    scene_free(scene);
}

static void any_other_row_is_shown_and_decides_nothing(void **state)
{
    struct lf_benchmark rows[] = {
        {ROW, .reliability = LF_RELIABILITY_B},
        {ROW, .is_old = true},
        {ROW, .label = "Q4_K_XL"},
        {ROW, .backend = "vulkan-nv"},
        {.mix = LF_MIX_Q5_K_M, .decode_tps = 80, .decode_rows = 9},
        {.mix = LF_MIX_Q4_K_M, .decode_tps = 80, .decode_rows = 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scene_of_rows *scene = scene_new(*state, &rows[i], 1);
        assert_ptr_equal(scene->choice.same_device.row, &rows[i]);
        assert_string_equal(scene->choice.decode.basis, "bandwidth");
        scene_free(scene);
    }
}

static void what_is_not_the_same_is_not_shown(void **state)
{
    struct lf_benchmark rows[] = {
        {ROW, .model = "another"},
        {ROW, .gpus = 2},
        {ROW, .is_split = true},
        {ROW, .bandwidth_bps = 1}, /* a variant of the card */
        {.mix = LF_MIX_F16, .decode_tps = 80, .decode_rows = 2},
        {.mix = LF_MIX_Q4_K_M, .prefill_tps = 80, .prefill_rows = 2},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scene_of_rows *scene = scene_new(*state, &rows[i], 1);
        assert_null(scene->choice.same_device.row);
        assert_string_equal(scene->choice.decode.basis, "bandwidth");
        scene_free(scene);
    }
}

static void the_nearest_row_is_of_the_quant_then_back_end_age_reliability_and_depth(void **state)
{
    struct lf_benchmark rows[] = {
        {.mix = LF_MIX_Q5_K_M, .decode_tps = 80, .decode_rows = 9, .depth_tokens = 4096},
        {ROW, .backend = "vulkan-nv", .depth_tokens = 4096},
        {ROW, .is_old = true, .depth_tokens = 4096},
        {ROW, .reliability = LF_RELIABILITY_C, .depth_tokens = 4096},
        {ROW, .depth_tokens = 32768},
        {ROW, .depth_tokens = 2048},
    };
    for (size_t count = 1; count <= COUNT(rows); count++) {
        struct scene_of_rows *scene = scene_new(*state, rows, count);
        assert_ptr_equal(scene->choice.same_device.row, &rows[count - 1]);
        scene_free(scene);
        for (size_t i = 0; i < count; i++) {
            rows[i].bandwidth_bps = 0;
        }
    }
}

static void a_row_outside_the_formula_s_interval_is_told_so(void **state)
{
    struct lf_benchmark row = {.mix = LF_MIX_Q4_K_M, .decode_tps = 5, .decode_rows = 1};
    struct scene_of_rows *scene = scene_new(*state, &row, 1);
    assert_true(scene->choice.same_device.is_comparable);
    assert_false(scene->choice.same_device.is_inside);
    scene_free(scene);
    row = (struct lf_benchmark){.mix = LF_MIX_Q4_K_M, .decode_tps = 110, .decode_rows = 1};
    scene = scene_new(*state, &row, 1);
    assert_true(scene->choice.same_device.is_inside);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instrumented_median_of_the_very_thing_takes_the_estimate_s_place),
        cmocka_unit_test(a_row_measured_with_an_empty_cache_is_slowed_as_the_formula_slows),
        cmocka_unit_test(any_other_row_is_shown_and_decides_nothing),
        cmocka_unit_test(what_is_not_the_same_is_not_shown),
        cmocka_unit_test(the_nearest_row_is_of_the_quant_then_back_end_age_reliability_and_depth),
        cmocka_unit_test(a_row_outside_the_formula_s_interval_is_told_so),
    };
    return cmocka_run_group_tests(tests, load_catalog, catalog_tear_down);
}
