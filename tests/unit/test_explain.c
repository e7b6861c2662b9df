#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "advise/fit.h"
#include "advise/info.h"
#include "base/units.h"
#include "support.h"

/* Coprime to the number of models of a vendor, so that all kinds of shapes are met. */
enum { MODEL_STEP = 5 };

static int load(void **state)
{
    return catalog_set_up(state, LF_FIT_PARTS);
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void assert_weights(const struct lf_info_report *report)
{
    const struct lf_explanation *explanation = report->explanation;
    uint64_t file = 0;
    uint64_t loaded = 0;
    for (size_t i = 0; i < explanation->weights.count; i++) {
        const struct lf_weight_term *term = &explanation->weights.items[i];
        bool is_mtp = explanation->skips_mtp && term->kind + 1 == report->subject.form.kind_count;
        if (lf_mix_packing(term->choice.packing).bits == 0) {
            assert_int_equal(term->bytes,
                             term->layers * lf_tensor_bytes(term->choice.type, term->tensor->ne));
        }
        file += term->bytes;
        loaded += is_mtp ? 0 : term->bytes;
    }
    assert_int_equal(file, explanation->size->file_bytes);
    assert_int_equal(loaded + explanation->size->projector_bytes, explanation->size->weights_bytes);
}

static void assert_cache(const struct lf_explanation *explanation)
{
    uint64_t kv = 0;
    uint64_t padding = 0;
    uint64_t state = 0;
    for (size_t i = 0; i < explanation->cache_count; i++) {
        kv += explanation->cache[i].bytes.kv_bytes;
        padding += explanation->cache[i].bytes.padding_bytes;
        state += explanation->cache[i].bytes.state_bytes;
    }
    assert_int_equal(kv, explanation->size->kv_bytes);
    assert_int_equal(padding, explanation->size->kv_padding_bytes);
    assert_int_equal(state, explanation->size->state_bytes);
}

static void assert_compute(const struct lf_explanation *explanation)
{
    const struct lf_compute_terms *terms = &explanation->compute;
    uint64_t layers = larger(terms->mixer_bytes, larger(terms->feed_bytes, terms->scan_bytes));
    layers += terms->mask_bytes + terms->kept_bytes;
    uint64_t output = terms->logits_bytes + terms->row_bytes + terms->under_bytes;
    uint64_t both = terms->adds_output ? layers + output : larger(layers, output);
    assert_int_equal(both + terms->graphs_bytes, explanation->size->compute_bytes);
    assert_int_equal(terms->sum.host_bytes, explanation->size->host_compute_bytes);
}

static void assert_choice(const struct lf_explanation *explanation)
{
    const struct lf_choice *choice = explanation->choice;
    const struct lf_expectation *expectation = &choice->expectation;
    double seconds = 0;
    for (size_t i = 0; i < explanation->speed.count; i++) {
        const struct lf_speed_term *term = &explanation->speed.items[i];
        assert_true(fabs(term->amount / term->rate - term->seconds) < 1e-12);
        seconds += term->seconds;
    }
    if (!choice->placement.fits) {
        assert_int_equal(explanation->speed.count, 0);
        return;
    }
    assert_true(fabs(seconds * choice->decode.mid - 1) < 1e-9);
    assert_true(fabs(expectation->q * expectation->quant_factor * expectation->context_factor *
                         expectation->cache_factor -
                     expectation->q_eff) < 1e-12);
}

static const struct rig rigs[] = {
    {.ram_gib = 64, .ram_gbps = 80, .gpu_gib = 24, .gpu_gbps = 1000, .gpu_count = 1},
    {.ram_gib = 512, .ram_gbps = 300, .gpu_gib = 24, .gpu_gbps = 900, .gpu_count = 2},
    {.ram_gib = 32, .ram_gbps = 50},
    {.ram_gib = 128, .ram_gbps = 400, .is_unified = true},
};

/* Explains one model in one quant (LF_MIX_COUNT: the advice) and adds all up. */
static void check(const struct lf_catalog *catalog, const struct lf_model *model,
                  const char *runtime, enum lf_mix mix, size_t number)
{
    struct lf_machine machine;
    struct lf_request request;
    struct lf_info_report report;
    struct lf_error err = {0};
    rig_make(&rigs[number % COUNT(rigs)], &machine);
    lf_request_init(&request);
    request.explains = true;
    request.runtime = runtime;
    request.no_imatrix = number % 2 == 0;
    request.has_mix = mix != LF_MIX_COUNT;
    request.mix = mix;
    request.context_tokens = UINT64_C(4096) << number % 6;
    request.has_kv = number % 3 == 0;
    request.type_k = request.type_v = LF_Q8_0;
    request.slots = number % 4 == 0 ? 4 : 1;
    request.no_flash_attn = number % 7 == 1;
    request.loads_mtp = number % 5 == 2;
    request.loads_projector = number % 3 == 1;
    if (lf_info(&machine, catalog, &request, model, &report, &err) != LF_OK) {
        fail_msg("%s", err.text);
    }
    assert_non_null(report.explanation);
    assert_weights(&report);
    assert_cache(report.explanation);
    assert_compute(report.explanation);
    assert_choice(report.explanation);
    lf_info_clear(&report);
    lf_machine_clear(&machine);
}

static void terms_add_up_for_every_mix_and_kind_of_model(void **state)
{
    const struct lf_catalog *catalog = *state;
    size_t number = 0;
    for (size_t i = 0; i < catalog->models.count; i += MODEL_STEP) {
        for (int mix = number % 2; mix < LF_GGUF_MIX_COUNT; mix += 2) {
            check(catalog, &catalog->models.items[i], NULL, (enum lf_mix)mix, number++);
        }
    }
}

static void terms_add_up_for_every_engine(void **state)
{
    static const struct {
        const char *runtime;
        enum lf_mix mix;
    } rows[] = {{"mlx", LF_MIX_BF16},   {"mlx", LF_MIX_MLX_4BIT}, {"mlx", LF_MIX_COUNT},
                {"vllm", LF_MIX_BF16},  {"vllm", LF_MIX_FP8},     {"vllm", LF_MIX_AWQ},
                {"vllm", LF_MIX_NVFP4}, {"vllm", LF_MIX_COUNT},   {"lm-studio", LF_MIX_MLX_8BIT},
                {"ollama", LF_MIX_Q4_0}};
    const struct lf_catalog *catalog = *state;
    size_t number = 0;
    for (size_t i = 0; i < catalog->models.count; i += MODEL_STEP) {
        for (size_t r = number % 2; r < COUNT(rows); r += 2) {
            check(catalog, &catalog->models.items[i], rows[r].runtime, rows[r].mix, number);
        }
        number++;
    }
}

static void the_advice_is_what_is_explained(void **state)
{
    const struct lf_catalog *catalog = *state;
    for (size_t i = 1; i < catalog->models.count; i += MODEL_STEP * 3) {
        check(catalog, &catalog->models.items[i], NULL, LF_MIX_COUNT, i);
    }
}

/* How many layers of that tensor have the type for the reason. */
static uint64_t layers_with(const struct lf_weight_terms *terms, const char *tensor,
                            enum lf_type type, enum lf_type_reason reason)
{
    uint64_t layers = 0;
    for (size_t i = 0; i < terms->count; i++) {
        const struct lf_weight_term *term = &terms->items[i];
        if (strcmp(term->tensor->name, tensor) == 0 && term->choice.type == type &&
            term->choice.reason == reason) {
            layers += term->layers;
        }
    }
    return layers;
}

static void a_type_says_which_rule_chose_it(void **state)
{
    const struct lf_catalog *catalog = *state;
    struct lf_arena arena = {0};
    struct lf_weight_terms terms = {.arena = &arena};
    struct lf_weights weights;
    struct lf_form form;
    const struct lf_model *qwen = lf_models_find_id(&catalog->models, "qwen3-8b");
    assert_int_equal(lf_model_expand(qwen, &arena, &form, NULL), LF_OK);
    struct lf_layer_weights *layers = lf_arena_alloc(&arena, form.layers, sizeof *layers);
    lf_weights_size(&form, LF_MIX_Q4_K_M, false, layers, &weights, &terms);
    assert_int_equal(layers_with(&terms, "attn_q.weight", LF_Q4_K, LF_TYPE_BASE), 36);
    assert_int_equal(layers_with(&terms, "attn_v.weight", LF_Q6_K, LF_TYPE_RULE), 18);
    assert_int_equal(layers_with(&terms, "attn_v.weight", LF_Q4_K, LF_TYPE_BASE), 18);
    assert_int_equal(layers_with(&terms, "attn_norm.weight", LF_F32, LF_TYPE_KEPT), 36);
    assert_int_equal(layers_with(&terms, "output.weight", LF_Q6_K, LF_TYPE_RULE), 1);
    const struct lf_model *glm = lf_models_find_id(&catalog->models, "glm-4.5-air");
    assert_int_equal(lf_model_expand(glm, &arena, &form, NULL), LF_OK);
    layers = lf_arena_alloc(&arena, form.layers, sizeof *layers);
    terms = (struct lf_weight_terms){.arena = &arena};
    lf_weights_size(&form, LF_MIX_Q4_K_S, false, layers, &weights, &terms);
    assert_true(layers_with(&terms, "ffn_down_exps.weight", LF_Q5_0, LF_TYPE_FALLBACK) > 0);
    lf_arena_clear(&arena);
}

static void nothing_is_explained_unasked(void **state)
{
    const struct lf_catalog *catalog = *state;
    struct lf_machine machine;
    struct lf_request request;
    struct lf_info_report report;
    struct lf_error err = {0};
    rig_make(&rigs[0], &machine);
    lf_request_init(&request);
    assert_int_equal(lf_info(&machine, catalog, &request, &catalog->models.items[0], &report, &err),
                     LF_OK);
    assert_null(report.explanation);
    lf_info_clear(&report);
    lf_machine_clear(&machine);
}

static int clear(void **state)
{
    return catalog_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_add_up_for_every_mix_and_kind_of_model),
        cmocka_unit_test(terms_add_up_for_every_engine),
        cmocka_unit_test(the_advice_is_what_is_explained),
        cmocka_unit_test(a_type_says_which_rule_chose_it),
        cmocka_unit_test(nothing_is_explained_unasked),
    };
    return cmocka_run_group_tests(tests, load, clear);
}
