#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/units.h"
#include "rules/cache.h"
#include "support.h"

static void cells_follow_context_window_and_slots(void **state)
{
    (void)state;
    static const struct {
        uint64_t context_tokens;
        uint64_t window_tokens;
        uint64_t slots;
        uint64_t ubatch;
        bool splits;
        bool swa_full;
        uint64_t cells;
    } rows[] = {
        {8192, 0, 1, 512, false, false, 8192},
        {8193, 0, 1, 512, false, false, 8448},
        {1, 0, 1, 512, false, false, 256},
        {32768, 0, 4, 512, false, false, 32768},
        {32768, 0, 4, 512, true, false, 32768},
        {1000, 0, 3, 512, true, false, 3 * 512},
        {32768, 1024, 1, 512, false, false, 1536},
        {32768, 1024, 1, 2048, false, false, 3072},
        {32768, 1000, 1, 512, false, false, 1536},
        {32768, 1024, 4, 512, false, false, 4608},
        {32768, 1024, 4, 512, true, false, 4 * 1536},
        {32768, 1024, 1, 512, false, true, 32768},
        {1024, 1024, 1, 512, false, false, 1024},
        {4096, 1024, 4, 512, true, false, 4 * 1024},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_settings settings = lf_settings_default(rows[i].context_tokens);
        const struct lf_cache_layer layer = {.k_width = 1, .window_tokens = rows[i].window_tokens};
        settings.slots = rows[i].slots;
        settings.ubatch = rows[i].ubatch;
        settings.is_unified = !rows[i].splits;
        settings.swa_full = rows[i].swa_full;
        assert_int_equal(lf_cache_cells(&layer, &settings), rows[i].cells);
    }
}

/* 8 KV heads of 128, as many models of 8 B have. */
static const struct lf_cache_layer gqa = {.k_width = 1024, .v_width = 1024};
static const struct lf_cache_layer mla = {.k_width = 576};
static const struct lf_cache_layer dsa = {.k_width = 576, .index_width = 128};
static const struct lf_cache_layer state_only = {.state_bytes = 1000000};

static void each_kind_of_layer_keeps_its_bytes(void **state)
{
    (void)state;
    static const struct {
        const struct lf_cache_layer *layer;
        uint64_t context_tokens;
        enum lf_type type_k;
        enum lf_type type_v;
        uint64_t kv_bytes;
    } rows[] = {
        {&gqa, 8192, LF_F16, LF_F16, 8192 * 2048 * 2},
        {&gqa, 8192, LF_F32, LF_F32, 8192 * 2048 * 4},
        {&gqa, 8192, LF_Q8_0, LF_Q8_0, 8192 * 2048 / 32 * 34},
        {&gqa, 8192, LF_Q4_0, LF_Q4_0, 8192 * 2048 / 32 * 18},
        {&gqa, 8192, LF_Q8_0, LF_F16, 8192 * (1024 / 32 * 34 + 1024 * 2)},
        {&mla, 8192, LF_F16, LF_F16, 8192 * 576 * 2},
        {&dsa, 8192, LF_F16, LF_F16, 8192 * (576 + 128) * 2},
        {&dsa, 8192, LF_Q8_0, LF_F16, 8192 * (576 + 128) / 32 * 34},
        {&state_only, 8192, LF_F16, LF_F16, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_settings settings = lf_settings_default(rows[i].context_tokens);
        settings.type_k = rows[i].type_k;
        settings.type_v = rows[i].type_v;
        struct lf_cache_bytes bytes = lf_cache_layer_bytes(rows[i].layer, &settings, 1024);
        assert_int_equal(bytes.kv_bytes, rows[i].kv_bytes);
    }
}

static void a_state_is_kept_for_each_slot_whatever_the_context(void **state)
{
    (void)state;
    struct lf_settings settings = lf_settings_default(1 << 20);
    assert_int_equal(lf_cache_layer_bytes(&state_only, &settings, 0).state_bytes, 1000000);
    settings.slots = 4;
    assert_int_equal(lf_cache_layer_bytes(&state_only, &settings, 0).state_bytes, 4000000);
    settings.context_tokens = 256;
    assert_int_equal(lf_cache_layer_bytes(&state_only, &settings, 0).state_bytes, 4000000);
}

static void slots_that_share_a_cache_do_not_enlarge_it(void **state)
{
    (void)state;
    struct lf_settings settings = lf_settings_default(32768);
    uint64_t alone = lf_cache_layer_bytes(&gqa, &settings, 0).kv_bytes;
    settings.slots = 4;
    assert_int_equal(lf_cache_layer_bytes(&gqa, &settings, 0).kv_bytes, alone);
}

static void without_flash_attention_v_is_as_wide_as_the_widest(void **state)
{
    (void)state;
    const struct lf_cache_layer layers[] = {{.k_width = 256, .v_width = 256},
                                            {.k_width = 512, .v_width = 512},
                                            {.k_width = 576, .v_width = 0},
                                            {.is_bare = true}};
    static const uint8_t layer_kinds[] = {0, 1, 2, 3};
    const struct lf_form form = {.kind_count = COUNT(layers),
                                 .layer_kinds = layer_kinds,
                                 .cache = layers,
                                 .layers = COUNT(layer_kinds)};
    struct lf_settings settings = lf_settings_default(4096);
    assert_int_equal(lf_cache_bytes(&form, &settings).kv_bytes,
                     4096 * 2 * (2 * 256 + 2 * 512 + 576));
    settings.flash_attn = false;
    assert_int_equal(lf_cache_bytes(&form, &settings).kv_bytes,
                     4096 * 2 * (256 + 512 + 512 + 512 + 576 + 512));
}

static void only_quantized_rows_beside_512_are_padded(void **state)
{
    (void)state;
    static const struct {
        uint64_t k_width;
        enum lf_type type;
        uint64_t padding_bytes;
    } rows[] = {
        {1024, LF_Q8_0, 0},
        {576, LF_F16, 0},
        {576, LF_Q8_0, 512}, /* 14 blocks of 34 bytes, up to a multiple of 128 */
        {256, LF_Q4_0, 256}, /* 8 blocks of 18 bytes: 144 */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct lf_cache_layer layer = {.k_width = rows[i].k_width};
        struct lf_settings settings = lf_settings_default(256);
        settings.type_k = rows[i].type;
        assert_int_equal(lf_cache_layer_bytes(&layer, &settings, 0).padding_bytes,
                         rows[i].padding_bytes);
    }
}

static void a_model_keeps_the_sum_of_its_layers(void **state)
{
    (void)state;
    /* Llama 3.1 8B: 32 layers, 1 GiB at 8k. */
    const struct lf_cache_layer kinds[] = {gqa, state_only};
    static const uint8_t layer_kinds[33] = {[32] = 1};
    const struct lf_form form = {.kind_count = COUNT(kinds),
                                 .layer_kinds = layer_kinds,
                                 .cache = kinds,
                                 .layers = COUNT(layer_kinds)};
    struct lf_settings settings = lf_settings_default(8192);
    struct lf_cache_bytes bytes = lf_cache_bytes(&form, &settings);
    assert_int_equal(bytes.kv_bytes, LF_GIB);
    assert_int_equal(bytes.state_bytes, 1000000);
}

static void an_absurd_context_stays_at_the_top(void **state)
{
    (void)state;
    struct lf_settings settings = lf_settings_default(UINT64_MAX);
    assert_int_equal(lf_cache_layer_bytes(&gqa, &settings, 0).kv_bytes, UINT64_MAX);
    settings = lf_settings_default(UINT64_C(1) << 62);
    settings.slots = UINT64_C(1) << 62;
    assert_int_equal(lf_cache_layer_bytes(&gqa, &settings, 0).kv_bytes, UINT64_MAX);
    assert_int_equal(lf_cache_layer_bytes(&state_only, &settings, 0).state_bytes, UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_follow_context_window_and_slots),
        cmocka_unit_test(each_kind_of_layer_keeps_its_bytes),
        cmocka_unit_test(a_state_is_kept_for_each_slot_whatever_the_context),
        cmocka_unit_test(slots_that_share_a_cache_do_not_enlarge_it),
        cmocka_unit_test(without_flash_attention_v_is_as_wide_as_the_widest),
        cmocka_unit_test(only_quantized_rows_beside_512_are_padded),
        cmocka_unit_test(a_model_keeps_the_sum_of_its_layers),
        cmocka_unit_test(an_absurd_context_stays_at_the_top),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
