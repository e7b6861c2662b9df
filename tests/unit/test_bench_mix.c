#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "advise/bench.h"

static void a_quant_is_read_from_what_engines_call_it(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum lf_mix mix;
    } rows[] = {
        {"Q4_K_M", LF_MIX_Q4_K_M},
        {"/models/Q8_0/Qwen3-8B-Q4_K_M.gguf", LF_MIX_Q4_K_M},
        {"qwen3:8b-q4_K_S", LF_MIX_Q4_K_S},
        {"Qwen/Qwen3-8B-AWQ", LF_MIX_AWQ},
        {"gpt-oss-20b-mxfp4.gguf", LF_MIX_MXFP4},
        {"Llama-3.2-1B-BF16-00001-of-00002.gguf", LF_MIX_BF16},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum lf_mix mix = LF_MIX_COUNT;
        assert_true(lf_bench_find_mix(rows[i].name, &mix));
        assert_int_equal(mix, rows[i].mix);
    }
}

static void a_file_of_no_plain_mix_has_none(void **state)
{
    (void)state;
    static const char *const names[] = {"Qwen3-8B-UD-Q4_K_XL.gguf", "qwen3:8b", "",       "unknown",
                                        "Q4_K_M/model.gguf",        "xQ4_K_M",  "Q4_K_Mx"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        enum lf_mix mix = LF_MIX_COUNT;
        assert_false(lf_bench_find_mix(names[i], &mix));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quant_is_read_from_what_engines_call_it),
        cmocka_unit_test(a_file_of_no_plain_mix_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
