#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rules/weights.h"
#include "support.h"

/* Small enough to size by hand. A layer has K and V of 16,384 elements, Q and output of 65,536, and
 * three matrices of 131,072: 557,056; its two norms take 2,048 bytes. Outside are two matrices of
 * 262,144 elements and a norm of 1,024 bytes. Four query heads share a KV head. */
static const struct toy dense = {
    .layers = 8, .embd = 256, .vocab = 1024, .heads = 4, .kv_heads = 1, .head_dim = 64, .ff = 512};

/* Attention of four matrices of 65,536 elements; each of three expert matrices has 65,536 an
 * expert. */
static const struct toy moe = {.layers = 2,
                               .embd = 256,
                               .vocab = 1024,
                               .heads = 4,
                               .kv_heads = 4,
                               .head_dim = 64,
                               .ff = 256,
                               .experts = 16,
                               .used = 2};

enum { MATRICES = 8 * 557056 + 2 * 262144, NORM_BYTES = 8 * 2048 + 1024 };

enum { LAYERS_MOST = 128 };

static void size(const struct toy *toy, enum lf_mix mix, bool imatrix,
                 struct lf_layer_weights layers[LAYERS_MOST], struct lf_weights *weights)
{
    struct lf_arena arena = {0};
    struct lf_form form;
    assert_true(toy->layers + toy->mtp_layers <= LAYERS_MOST);
    toy_make(toy, &arena, &form);
    lf_weights_size(&form, mix, imatrix, layers, weights, NULL);
    lf_arena_clear(&arena);
}

static uint64_t file_bytes(const struct toy *toy, enum lf_mix mix, bool imatrix)
{
    struct lf_layer_weights layers[LAYERS_MOST];
    struct lf_weights weights;
    size(toy, mix, imatrix, layers, &weights);
    return weights.file_bytes;
}

static void a_dense_model_takes_what_its_blocks_take(void **state)
{
    (void)state;
    /* The layers 0, 3, 6 and 7 of 8 get "more bits". */
    enum { V = 16384, K = 16384, Q = 65536, DOWN = 131072, HEAD = 262144, REST = MATRICES - HEAD };
    static const struct {
        enum lf_mix mix;
        bool imatrix;
        uint64_t matrix_bytes;
    } rows[] = {
        {LF_MIX_F16, false, MATRICES * 2},
        {LF_MIX_BF16, false, MATRICES * 2},
        {LF_MIX_Q8_0, false, MATRICES / 32 * 34},
        {LF_MIX_Q6_K, false, MATRICES / 256 * 210},
        {LF_MIX_Q5_K_S, false, REST / 256 * 176 + HEAD / 256 * 210},
        {LF_MIX_Q4_K_M, false,
         (4 * (V + DOWN) + HEAD) / 256 * 210 + (REST - 4 * (V + DOWN)) / 256 * 144},
        {LF_MIX_Q5_K_M, false,
         (4 * (V + DOWN) + HEAD) / 256 * 210 + (REST - 4 * (V + DOWN)) / 256 * 176},
        /* V of the first four layers, down of the first eighth. */
        {LF_MIX_Q4_K_S, false,
         HEAD / 256 * 210 + (4 * V + DOWN) / 256 * 176 + (REST - 4 * V - DOWN) / 256 * 144},
        {LF_MIX_Q4_0, false, HEAD / 256 * 210 + REST / 32 * 18},
        {LF_MIX_Q4_0, true, HEAD / 256 * 210 + DOWN / 32 * 20 + (REST - DOWN) / 32 * 18},
        /* V of the first two layers at Q5_K, else Q4_K; down Q4_K (8 / 16 is no layer). */
        {LF_MIX_Q3_K_M, false,
         HEAD / 256 * 210 + 2 * V / 256 * 176 + (6 * V + 8 * DOWN + 8 * Q) / 256 * 144 +
             (REST - 8 * V - 8 * DOWN - 8 * Q) / 256 * 110},
        /* Four query heads a KV head raise V to Q4_K; down and output are Q3_K. */
        {LF_MIX_Q2_K, false,
         HEAD / 256 * 210 + 8 * V / 256 * 144 + 8 * (DOWN + Q) / 256 * 110 +
             (REST - 8 * V - 8 * (DOWN + Q)) / 256 * 84},
        {LF_MIX_IQ4_XS, false,
         HEAD / 256 * 210 + (8 * V + DOWN) / 256 * 176 + (REST - 8 * V - DOWN) / 256 * 136},
        {LF_MIX_IQ4_XS, true, HEAD / 256 * 210 + 8 * V / 256 * 176 + (REST - 8 * V) / 256 * 136},
        {LF_MIX_Q5_0, false, HEAD / 256 * 210 + REST / 32 * 22},
        {LF_MIX_Q5_0, true, HEAD / 256 * 210 + DOWN / 32 * 24 + (REST - DOWN) / 32 * 22},
        /* Embeddings and output matrices IQ3_S, V Q4_K, K and Q IQ2_S; down, without an imatrix,
         * Q4_K in the first eighth and Q3_K behind it. */
        {LF_MIX_IQ3_XXS, false,
         HEAD / 256 * 176 + (HEAD + 8 * Q) / 256 * 110 + (8 * V + DOWN) / 256 * 144 +
             7 * DOWN / 256 * 110 + 8 * (K + Q) / 256 * 82 + 16 * DOWN / 256 * 98},
        {LF_MIX_IQ3_XXS, true,
         HEAD / 256 * 176 + (HEAD + 8 * Q) / 256 * 110 + 8 * V / 256 * 144 +
             8 * (K + Q) / 256 * 82 + 24 * DOWN / 256 * 98},
        /* Embeddings Q2_K, V Q4_K, down of the first eighth Q2_K, output matrices IQ2_XXS. */
        {LF_MIX_IQ1_S, false,
         HEAD / 256 * 176 + (HEAD + DOWN) / 256 * 84 + 8 * V / 256 * 144 + 8 * Q / 256 * 66 +
             (8 * (K + Q) + 23 * DOWN) / 256 * 50},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t bytes = file_bytes(&dense, rows[i].mix, rows[i].imatrix);
        if (bytes != rows[i].matrix_bytes + NORM_BYTES) {
            fail_msg("%s: %llu bytes, by hand %llu", lf_mix_name(rows[i].mix),
                     (unsigned long long)bytes,
                     (unsigned long long)(rows[i].matrix_bytes + NORM_BYTES));
        }
    }
}

static void every_mix_is_smaller_than_16_bits(void **state)
{
    (void)state;
    for (int m = LF_MIX_BF16 + 1; m < LF_GGUF_MIX_COUNT; m++) {
        assert_true(file_bytes(&dense, (enum lf_mix)m, false) <
                    file_bytes(&dense, LF_MIX_F16, false));
    }
}

static void tied_embeddings_are_in_the_file_once(void **state)
{
    (void)state;
    struct toy tied = dense;
    struct lf_layer_weights layers[LAYERS_MOST];
    struct lf_weights weights;
    tied.is_tied = true;
    size(&tied, LF_MIX_Q4_K_M, false, layers, &weights);
    /* They serve as output, so they get its type. */
    uint64_t embeddings = 262144 / 256 * 210;
    assert_int_equal(weights.input_bytes, embeddings);
    assert_int_equal(weights.output_bytes, 1024);
    assert_int_equal(weights.duplicate_bytes, embeddings);
    assert_int_equal(weights.file_bytes,
                     file_bytes(&dense, LF_MIX_Q4_K_M, false) - 262144 / 256 * 144);
    size(&dense, LF_MIX_Q4_K_M, false, layers, &weights);
    assert_int_equal(weights.input_bytes, 262144 / 256 * 144);
    assert_int_equal(weights.output_bytes, embeddings + 1024);
    assert_int_equal(weights.duplicate_bytes, 0);
}

static void an_moe_loads_every_expert(void **state)
{
    (void)state;
    struct toy busy = moe;
    struct lf_layer_weights layers[LAYERS_MOST];
    struct lf_weights weights;
    size(&moe, LF_MIX_Q8_0, false, layers, &weights);
    assert_int_equal(layers[0].expert_bytes, 3 * 16 * 65536 / 32 * 34);
    /* The router stays in F32. */
    assert_int_equal(layers[0].always_bytes, 4 * 65536 / 32 * 34 + 2 * 1024 + 16 * 256 * 4);
    assert_int_equal(weights.staged_bytes, 16 * 65536 / 32 * 34 + 256 / 32 * 34 + 112);
    uint64_t idle = weights.file_bytes;
    busy.used = 16;
    assert_int_equal(file_bytes(&busy, LF_MIX_Q8_0, false), idle);
    busy.experts = 32;
    assert_int_equal(file_bytes(&busy, LF_MIX_Q8_0, false),
                     idle + 2 * (3 * 16 * 65536 / 32 * 34 + 16 * 256 * 4));
}

static void the_sum_of_the_parts_is_the_file(void **state)
{
    (void)state;
    const struct toy *const toys[] = {&dense, &moe};
    for (size_t t = 0; t < COUNT(toys); t++) {
        for (int m = 0; m < LF_GGUF_MIX_COUNT; m++) {
            struct lf_layer_weights layers[LAYERS_MOST];
            struct lf_weights weights;
            size(toys[t], (enum lf_mix)m, false, layers, &weights);
            uint64_t sum = weights.input_bytes + weights.output_bytes;
            for (uint64_t i = 0; i < toys[t]->layers; i++) {
                sum += layers[i].always_bytes + layers[i].expert_bytes;
            }
            assert_int_equal(sum, weights.file_bytes);
        }
    }
}

static void layers_behind_the_trunk_are_told_apart(void **state)
{
    (void)state;
    struct toy with_mtp = dense;
    struct lf_layer_weights layers[LAYERS_MOST];
    struct lf_weights weights;
    with_mtp.mtp_layers = 2;
    size(&with_mtp, LF_MIX_F16, false, layers, &weights);
    assert_int_equal(weights.mtp_bytes, 2 * (557056 * 2 + 2048));
    assert_int_equal(weights.file_bytes, file_bytes(&dense, LF_MIX_F16, false) + weights.mtp_bytes);
}

/* What one tensor of a one-layer model takes. */
static uint64_t tensor_bytes(const char *name, enum lf_type stored, uint64_t ne0, uint64_t ne1,
                             enum lf_mix mix)
{
    struct lf_tensor tensor = {.name = name, .stored = stored, .ne = {ne0, ne1, 1, 1}};
    lf_tensor_classify(&tensor);
    const struct lf_layer_kind kind = {.tensors = &tensor, .count = 1};
    const uint8_t layer_kinds[1] = {0};
    const struct lf_form form = {
        .arch = "toy",
        .kinds = &kind,
        .kind_count = 1,
        .layer_kinds = layer_kinds,
        .layers = 1,
        .trunk_layers = 1,
    };
    struct lf_layer_weights layers[1];
    struct lf_weights weights;
    lf_weights_size(&form, mix, false, layers, &weights, NULL);
    return weights.file_bytes;
}

static void rows_that_do_not_divide_fall_back(void **state)
{
    (void)state;
    static const struct {
        enum lf_mix mix;
        uint64_t ne0;
        uint64_t row_bytes;
    } rows[] = {
        {LF_MIX_Q4_K_S, 256, 144},    {LF_MIX_Q2_K_S, 96, 3 * 18}, /* Q4_0 */
        {LF_MIX_Q3_K_S, 96, 3 * 18},                               /* Q4_0 */
        {LF_MIX_Q4_K_S, 96, 3 * 22},                               /* Q5_0 */
        {LF_MIX_Q5_K_S, 96, 3 * 24},                               /* Q5_1 */
        {LF_MIX_Q6_K, 96, 3 * 34},                                 /* Q8_0 */
        {LF_MIX_IQ4_XS, 96, 3 * 18},                               /* IQ4_NL */
        {LF_MIX_IQ3_XXS, 96, 3 * 18},                              /* IQ4_NL */
        {LF_MIX_IQ1_S, 96, 3 * 18},                                /* IQ4_NL */
        {LF_MIX_Q4_0, 96, 3 * 18},    {LF_MIX_Q8_0, 96, 3 * 34},
        {LF_MIX_Q4_K_S, 80, 160}, /* F16 */
        {LF_MIX_Q8_0, 80, 160},       {LF_MIX_IQ4_NL, 80, 160},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t bytes = tensor_bytes("attn_gate.weight", LF_F16, rows[i].ne0, 4, rows[i].mix);
        if (bytes != 4 * rows[i].row_bytes) {
            fail_msg("%s with rows of %llu: %llu bytes", lf_mix_name(rows[i].mix),
                     (unsigned long long)rows[i].ne0, (unsigned long long)bytes);
        }
    }
}

static void an_output_matrix_of_broken_rows_is_q8_0(void **state)
{
    (void)state;
    struct toy broken = dense;
    broken.embd = 320;
    struct lf_layer_weights layers[LAYERS_MOST];
    struct lf_weights weights;
    size(&broken, LF_MIX_Q4_K_M, false, layers, &weights);
    assert_int_equal(weights.output_bytes, 1024 * (320 / 32 * 34) + 320 * 4);
    assert_int_equal(weights.input_bytes, 1024 * (320 / 32 * 22));
}

static void some_tensors_stay_as_they_are_stored(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum lf_type stored;
        uint64_t ne1;
        uint64_t bytes;
    } rows[] = {
        {"attn_norm.weight", LF_F32, 1, 1024},      {"ffn_gate_inp.weight", LF_F32, 4, 4096},
        {"attn_q.bias", LF_F32, 4, 4096},           {"ssm_conv1d.weight", LF_F32, 4, 4096},
        {"indexer.k_proj.weight", LF_F16, 4, 2048}, {"ffn_up_exps.weight", LF_MXFP4, 4, 4 * 8 * 17},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(
            tensor_bytes(rows[i].name, rows[i].stored, 256, rows[i].ne1, LF_MIX_Q4_K_M),
            rows[i].bytes);
        assert_int_equal(tensor_bytes(rows[i].name, rows[i].stored, 256, rows[i].ne1, LF_MIX_F16),
                         rows[i].bytes);
    }
}

static void mxfp4_moe_packs_experts_only(void **state)
{
    (void)state;
    struct lf_layer_weights layers[LAYERS_MOST];
    struct lf_weights weights;
    size(&moe, LF_MIX_MXFP4_MOE, false, layers, &weights);
    assert_int_equal(layers[1].expert_bytes, 3 * 16 * 65536 / 32 * 17);
    assert_int_equal(layers[1].always_bytes, 4 * 65536 / 32 * 34 + 2 * 1024 + 16 * 256 * 4);
    assert_int_equal(weights.input_bytes, 262144 / 32 * 34);
}

static void exactly_eight_experts_keep_attention_wide(void **state)
{
    (void)state;
    struct toy eight = moe;
    struct lf_layer_weights layers[LAYERS_MOST];
    struct lf_weights weights;
    eight.experts = 8;
    size(&eight, LF_MIX_Q4_K_S, false, layers, &weights);
    /* Q is Q4_K, K and V are Q8_0, the output matrix is Q5_K. */
    assert_int_equal(layers[1].always_bytes, 65536 / 256 * 144 + 2 * 65536 / 32 * 34 +
                                                 65536 / 256 * 176 + 2 * 1024 + 8 * 256 * 4);
}

static void below_three_bits_four_experts_keep_values_wide(void **state)
{
    (void)state;
    static const struct {
        uint64_t experts;
        uint64_t value_bytes;
    } rows[] = {{4, 65536 / 256 * 144}, {3, 65536 / 256 * 84}, {0, 65536 / 256 * 84}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct toy toy = moe;
        struct lf_layer_weights layers[LAYERS_MOST];
        struct lf_weights weights;
        toy.experts = rows[i].experts;
        size(&toy, LF_MIX_IQ2_XXS, false, layers, &weights);
        /* Q, K and the output matrix at IQ2_XXS; V as said; norms and the router in F32. */
        uint64_t always = 3 * 65536 / 256 * 66 + rows[i].value_bytes + 2 * 1024;
        always += toy.experts > 0 ? toy.experts * 256 * 4 : 3 * 65536 / 256 * 66;
        assert_int_equal(layers[1].always_bytes, always);
    }
}

static void eighty_layers_of_a_grouped_llama_get_better_values(void **state)
{
    (void)state;
    struct toy big = dense;
    big.layers = 80;
    uint64_t plain = file_bytes(&big, LF_MIX_Q3_K_S, false);
    big.arch = "llama";
    assert_int_equal(file_bytes(&big, LF_MIX_Q3_K_S, false) - plain,
                     80 * 16384 / 256 * (176 - 110));
    big.layers = 79;
    uint64_t fewer = file_bytes(&big, LF_MIX_Q3_K_S, false);
    big.arch = "qwen3";
    assert_int_equal(file_bytes(&big, LF_MIX_Q3_K_S, false), fewer);
}

static void a_cuda_buffer_pads_rows_to_512_and_tensors_to_128(void **state)
{
    (void)state;
    static const struct {
        enum lf_type type;
        uint64_t ne[4];
        uint64_t bytes;
    } rows[] = {
        {LF_F32, {32, 1, 1, 1}, 128},
        {LF_F32, {33, 1, 1, 1}, 256},
        {LF_F16, {100, 3, 1, 1}, 640},
        {LF_Q8_0, {512, 2, 1, 1}, 1152}, /* 1,088 */
        {LF_Q8_0, {256, 2, 1, 1}, 896},  /* 544 and 272 behind the last row */
        {LF_Q4_K, {1024, 64, 1, 1}, 1024 / 256 * 144 * 64},
        {LF_Q4_K, {768, 64, 2, 1}, 768 / 256 * 144 * 128 + 256}, /* 144 behind the last row */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(lf_cuda_tensor_bytes(rows[i].type, rows[i].ne), rows[i].bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dense_model_takes_what_its_blocks_take),
        cmocka_unit_test(every_mix_is_smaller_than_16_bits),
        cmocka_unit_test(tied_embeddings_are_in_the_file_once),
        cmocka_unit_test(an_moe_loads_every_expert),
        cmocka_unit_test(the_sum_of_the_parts_is_the_file),
        cmocka_unit_test(layers_behind_the_trunk_are_told_apart),
        cmocka_unit_test(rows_that_do_not_divide_fall_back),
        cmocka_unit_test(an_output_matrix_of_broken_rows_is_q8_0),
        cmocka_unit_test(some_tensors_stay_as_they_are_stored),
        cmocka_unit_test(mxfp4_moe_packs_experts_only),
        cmocka_unit_test(exactly_eight_experts_keep_attention_wide),
        cmocka_unit_test(below_three_bits_four_experts_keep_values_wide),
        cmocka_unit_test(eighty_layers_of_a_grouped_llama_get_better_values),
        cmocka_unit_test(a_cuda_buffer_pads_rows_to_512_and_tensors_to_128),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
