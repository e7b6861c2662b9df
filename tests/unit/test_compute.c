/* The sizes here are those llama.cpp v0.5.0 reports, less what its allocator's alignment adds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/form.h"
#include "rules/compute.h"

#define MIB (UINT64_C(1) << 20)
#define HALF_MIB (UINT64_C(1) << 19)

static const struct lf_cache_layer kv_512 = {.k_width = 512, .v_width = 512};
static const struct lf_cache_layer kv_1024 = {.k_width = 1024, .v_width = 1024};

/* Llama-3.2-1B; one layer stands for all, as only the widest counts. */
static const struct lf_form llama = {
    .cache = &kv_512,
    .kind_count = 1,
    .layers = 1,
    .trunk_layers = 1,
    .embd = 2048,
    .vocab = 128256,
    .widths = {.heads = 32, .q = 2048, .ff = UINT64_C(3) * 8192},
};

/* Qwen3-30B-A3B: eight of 128 experts, too narrow for their results to go where gate and up were.
 */
static const struct lf_form qwen = {
    .cache = &kv_512,
    .kind_count = 1,
    .layers = 1,
    .trunk_layers = 1,
    .embd = 2048,
    .vocab = 151936,
    .experts = 128,
    .experts_used = 8,
    .widths = {.heads = 32,
               .q = 4096,
               .expert_ff = 768,
               .expert_live = UINT64_C(3) * 768,
               .expert_result = 2048},
};

static struct lf_settings one_output(uint64_t context_tokens)
{
    struct lf_settings settings = lf_settings_default(context_tokens);
    settings.outputs = 1;
    return settings;
}

static void with_one_output_the_feed_forward_is_fullest(void **state)
{
    (void)state;
    struct lf_settings settings = one_output(8192);
    struct lf_compute_bytes bytes = lf_compute_bytes(&llama, &settings);
    /* Rows 2 x 4 MiB, what attention left 4, gate, up and product 3 x 16, mask 8. */
    assert_int_equal(bytes.device_bytes, 68 * MIB);
    /* The input rows twice and the mask. */
    assert_int_equal(bytes.host_bytes, 16 * MIB);
}

static void logits_for_every_token_outgrow_the_layers(void **state)
{
    (void)state;
    struct lf_settings settings = lf_settings_default(8192);
    uint64_t logits = UINT64_C(4) * 128256 * 512;
    assert_int_equal(lf_compute_bytes(&llama, &settings).device_bytes, logits + 4 * MIB);
}

static void a_quantized_cache_is_copied_on_the_device_only(void **state)
{
    (void)state;
    struct lf_settings settings = one_output(131072);
    settings.type_k = LF_Q8_0;
    settings.type_v = LF_Q8_0;
    /* Rows 8, Q and result 8, mask 128, copies 2 bytes x 1024 x 131072. */
    assert_int_equal(lf_compute_bytes(&llama, &settings).device_bytes, 400 * MIB);
    assert_int_equal(lf_compute_cpu_bytes(&llama, &settings), 192 * MIB);
}

static void without_flash_attention_scores_fill_the_buffer(void **state)
{
    (void)state;
    struct lf_settings settings = one_output(8192);
    settings.flash_attn = false;
    /* Scores 4 bytes x 32 heads x 8192 x 512, mask 16, places of V 2, rows and Q 16. */
    struct lf_compute_bytes bytes = lf_compute_bytes(&llama, &settings);
    assert_int_equal(bytes.device_bytes, (512 + 16 + 2 + 16) * MIB);
    assert_int_equal(bytes.host_bytes, (8 + 16 + 2) * MIB);
}

static void results_of_experts_lie_behind_unless_they_fit(void **state)
{
    (void)state;
    struct lf_settings settings = one_output(8192);
    assert_int_equal(lf_compute_bytes(&qwen, &settings).device_bytes, 92 * MIB);
    struct lf_form wider = qwen;
    wider.widths.expert_ff = 1024;
    wider.widths.expert_live = UINT64_C(3) * 1024;
    /* Rows 8, attention 8, mask 8, eight experts 3 x 16; results of 32 in gate and up. */
    assert_int_equal(lf_compute_bytes(&wider, &settings).device_bytes, 72 * MIB);
}

static void a_staged_tensor_lies_beside_the_product_and_the_results(void **state)
{
    (void)state;
    struct lf_settings settings = one_output(8192);
    uint64_t tensor = UINT64_C(2) * 768 * 2048 * 128;
    assert_int_equal(lf_compute_staged_bytes(&qwen, &settings, tensor), (384 + 68) * MIB);
    assert_int_equal(lf_compute_staged_bytes(&qwen, &settings, 0), 92 * MIB);
}

static void one_norm_for_both_keeps_attention_beside_the_feed_forward(void **state)
{
    (void)state;
    const struct lf_cache_layer cache[] = {
        {.k_width = 1024, .v_width = 1024, .window_tokens = 4096}, kv_1024};
    struct lf_form command = {
        .kind_count = 2,
        .cache = cache,
        .layers = 2,
        .trunk_layers = 2,
        .embd = 12288,
        .vocab = 256000,
        .widths = {.heads = 96, .q = 12288, .ff = UINT64_C(3) * 36864, .is_parallel = true},
    };
    struct lf_settings settings = one_output(8192);
    assert_int_equal(lf_compute_bytes(&command, &settings).device_bytes, 649 * HALF_MIB);
    command.widths.is_parallel = false;
    assert_int_equal(lf_compute_bytes(&command, &settings).device_bytes, 601 * HALF_MIB);
}

static void latent_attention_holds_q_absorbed_and_joined(void **state)
{
    (void)state;
    const struct lf_cache_layer cache = {.k_width = 576};
    const struct lf_form deepseek = {
        .cache = &cache,
        .kind_count = 1,
        .layers = 1,
        .trunk_layers = 1,
        .embd = 7168,
        .vocab = 129280,
        .widths = {.heads = 128,
                   .mla_q = UINT64_C(128) * 192,
                   .mla_joined = UINT64_C(128) * 576,
                   .mla_v = UINT64_C(128) * 512,
                   .mla_out = UINT64_C(128) * 128,
                   .ff = UINT64_C(3) * 18432},
    };
    struct lf_settings settings = one_output(8192);
    assert_int_equal(lf_compute_bytes(&deepseek, &settings).device_bytes, 386 * MIB);
}

/* Granite-4.0-H-Small: the last layer is a scan with ten of 72 experts behind it. */
static void behind_a_scan_the_last_feed_forward_may_be_walled_off(void **state)
{
    static const struct lf_tensor down = {.name = "ffn_down_exps.weight", .role = LF_ROLE_DOWN};
    static const struct lf_layer_kind kinds[] = {{&down, 1}, {&down, 1}};
    static const uint8_t layer_kinds[] = {0, 1};
    static const struct lf_cache_layer scan = {.state_bytes = 4 * 1073152};
    const struct lf_cache_layer cache[] = {kv_1024, scan};
    struct lf_form granite = {
        .kinds = kinds,
        .kind_count = 2,
        .layer_kinds = layer_kinds,
        .cache = cache,
        .layers = 2,
        .trunk_layers = 2,
        .embd = 4096,
        .vocab = 100352,
        .experts = 72,
        .experts_used = 10,
        .is_hybrid = true,
        .widths = {.heads = 32,
                   .q = 4096,
                   .scan_inner = 8192,
                   .expert_ff = 768,
                   .expert_live = UINT64_C(3) * 768,
                   .expert_result = 4096,
                   .has_shared = true},
    };
    struct lf_settings settings = lf_settings_default(4096);
    (void)state;
    /* Logits 196, rows 2 x 8, the mask 4, gate, up and product 3 x 15, results 80. */
    assert_int_equal(lf_compute_bytes(&granite, &settings).device_bytes, 341 * MIB);
    /* Of a longer mask a row's place at most. */
    settings = lf_settings_default(16384);
    assert_int_equal(lf_compute_bytes(&granite, &settings).device_bytes, 345 * MIB);
    /* With attention in the last layer nothing is. */
    granite.layers = granite.trunk_layers = granite.kind_count = 1;
    assert_int_equal(lf_compute_bytes(&granite, &settings).device_bytes, 220 * MIB);
}

/* DeepSeek V4 Flash at 128k: llama.cpp takes 413.1 MiB on the device, 81.8 on the host. */
static void compressed_rows_are_masked_and_joined_with_near_ones(void **state)
{
    (void)state;
    static const struct lf_cache_layer kinds[] = {
        {.k_width = 512,
         .window_tokens = 128,
         .far_width = 512,
         .far_tokens = 4,
         .index_width = 128,
         .is_apart = true},
        {.k_width = 512,
         .window_tokens = 128,
         .far_width = 512,
         .far_tokens = 128,
         .is_apart = true},
    };
    static const struct lf_form form = {
        .cache = kinds,
        .kind_count = 2,
        .embd = 4096,
        .vocab = 129280,
        .widths = {.heads = 64, .q = 32768, .hyper_rows = 4, .index_picks = UINT64_C(21) * 256},
    };
    struct lf_settings settings = one_output(131072);
    struct lf_compute_bytes bytes = lf_compute_bytes(&form, &settings);
    /* Masks: 768 near cells, 32768 rows twice, 1024 rows. */
    uint64_t masks = (768 + 2 * 32768 + 1024) * 2 * 512;
    assert_int_equal(bytes.host_bytes, 16 * MIB + masks);
    /* Rows 16, Q and result 128, K and mask joined, eight hidden rows, the picks. */
    uint64_t joined = UINT64_C(2) * 2 * (32768 + 768) * (512 + 512);
    assert_int_equal(bytes.device_bytes, (16 + 128 + 64 + 10) * MIB + HALF_MIB + masks + joined);
}

/* Qwen2.5 14B: 345.0 MiB at 8k, 307.0 at 32k. */
static void a_narrow_gate_stays_below_where_the_mask_is_a_little_less_than_a_row(void **state)
{
    (void)state;
    static const struct lf_form form = {
        .cache = &kv_1024,
        .kind_count = 1,
        .embd = 5120,
        .vocab = 152064,
        .widths = {.heads = 40, .q = 5120, .ff = UINT64_C(3) * 13824},
    };
    struct lf_settings settings = lf_settings_default(8192);
    assert_int_equal(lf_compute_bytes(&form, &settings).device_bytes, (297 + 10 + 27 + 10) * MIB);
    settings.context_tokens = 32768;
    assert_int_equal(lf_compute_bytes(&form, &settings).device_bytes, (297 + 10) * MIB);
}

static void what_crosses_between_gpus_is_there_four_times(void **state)
{
    (void)state;
    const struct lf_form llama_8b = {
        .cache = &kv_1024,
        .kind_count = 1,
        .layers = 1,
        .trunk_layers = 1,
        .embd = 4096,
        .vocab = 128256,
        .widths = {.heads = 32, .q = 4096, .ff = UINT64_C(3) * 14336},
    };
    struct lf_settings settings = lf_settings_default(32768);
    struct lf_split_bytes bytes = lf_compute_split_bytes(&llama_8b, &settings, 2);
    assert_int_equal(bytes.first_bytes, 268 * MIB);
    assert_int_equal(bytes.middle_bytes, 300 * MIB);
    assert_int_equal(bytes.last_bytes, 901 * HALF_MIB);
    assert_int_equal(bytes.host_bytes, 144 * MIB);
}

static void sizes_beyond_reason_saturate(void **state)
{
    (void)state;
    struct lf_settings settings = one_output(8192);
    settings.ubatch = UINT64_MAX;
    assert_int_equal(lf_compute_bytes(&llama, &settings).device_bytes, UINT64_MAX);
    assert_int_equal(lf_compute_bytes(&llama, &settings).host_bytes, UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_one_output_the_feed_forward_is_fullest),
        cmocka_unit_test(logits_for_every_token_outgrow_the_layers),
        cmocka_unit_test(a_quantized_cache_is_copied_on_the_device_only),
        cmocka_unit_test(without_flash_attention_scores_fill_the_buffer),
        cmocka_unit_test(results_of_experts_lie_behind_unless_they_fit),
        cmocka_unit_test(a_staged_tensor_lies_beside_the_product_and_the_results),
        cmocka_unit_test(one_norm_for_both_keeps_attention_beside_the_feed_forward),
        cmocka_unit_test(latent_attention_holds_q_absorbed_and_joined),
        cmocka_unit_test(behind_a_scan_the_last_feed_forward_may_be_walled_off),
        cmocka_unit_test(compressed_rows_are_masked_and_joined_with_near_ones),
        cmocka_unit_test(a_narrow_gate_stays_below_where_the_mask_is_a_little_less_than_a_row),
        cmocka_unit_test(what_crosses_between_gpus_is_there_four_times),
        cmocka_unit_test(sizes_beyond_reason_saturate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
