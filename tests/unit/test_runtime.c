#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "advise/fit.h"
#include "advise/runtime.h"
#include "base/units.h"
#include "support.h"

static int load_catalog(void **state)
{
    return catalog_set_up(state, LF_FIT_PARTS);
}

/* What a question to lf_runtime_... needs. */
struct setting {
    struct lf_arena arena;
    struct lf_machine machine;
    struct lf_budget budget;
    struct lf_request request;
    struct lf_subject subject;
    struct lf_advice_context context;
};

static void set(struct setting *setting, const struct lf_catalog *catalog, const char *vendor,
                const char *runtime, const char *model)
{
    *setting = (struct setting){0};
    machine_set_ram(&setting->machine, 64 * LF_GIB, UINT64_C(80000000000));
    struct lf_accelerator *gpu =
        machine_add_gpu(&setting->machine, vendor, 24 * LF_GIB, UINT64_C(1008000000000));
    gpu->usable_bytes = gpu->total_bytes;
    lf_request_init(&setting->request);
    setting->request.runtime = runtime;
    assert_int_equal(lf_advice_prepare(catalog, &setting->machine, &setting->request,
                                       &setting->budget, &setting->context, NULL),
                     LF_OK);
    assert_int_equal(lf_subject_make(lf_models_find_id(&catalog->models, model), &setting->arena,
                                     &setting->subject, NULL),
                     LF_OK);
}

static void clear(struct setting *setting)
{
    lf_arena_clear(&setting->arena);
    lf_machine_clear(&setting->machine);
}

static void a_runtime_says_what_keeps_it_from_a_model(void **state)
{
    static const struct {
        const char *vendor;
        const char *runtime;
        const char *model;
        const char *code; /* NULL: nothing does */
    } rows[] = {
        {"NVIDIA", "llama.cpp", "qwen3-8b", NULL},
        {"NVIDIA", "ollama", "deepseek-v4-flash", NULL},
        {"NVIDIA", "vllm", "qwen3-8b", NULL},
        {"NVIDIA", "vllm", "deepseek-v4-flash", NULL},
        {"NVIDIA", "vllm", "dots.llm1.inst", "runtime-architecture"},
        {"AMD", "vllm", "qwen3-8b", NULL},
        {"Apple", "vllm", "qwen3-8b", "runtime-hardware"},
        {"Intel", "vllm", "qwen3-8b", "runtime-hardware"},
        {"Apple", "mlx", "qwen3-8b", NULL},
        {"NVIDIA", "mlx", "qwen3-8b", "runtime-hardware"},
        {"Apple", "mlx", "deepseek-v4-flash", "runtime-architecture"},
        {"Apple", "lm-studio", "deepseek-v4-flash", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct setting setting;
        set(&setting, *state, rows[i].vendor, rows[i].runtime, rows[i].model);
        struct lf_reason reason =
            lf_runtime_obstacle_reason(&setting.context, &setting.subject, &setting.arena);
        if (rows[i].code == NULL ? reason.code != NULL
                                 : reason.code == NULL || strcmp(reason.code, rows[i].code) != 0) {
            fail_msg("row %zu: %s", i, reason.code == NULL ? "nothing" : reason.code);
        }
        clear(&setting);
    }
}

/* The formats of the quants considered. */
static unsigned formats_of(const struct setting *setting)
{
    enum lf_mix mixes[LF_MIX_COUNT];
    size_t count = lf_candidate_mixes(&setting->context, &setting->subject, mixes);
    unsigned formats = 0;
    for (size_t i = 0; i < count; i++) {
        formats |= mixes[i] == LF_MIX_BF16 ? LF_FORMAT_SAFETENSORS : lf_mix_formats(mixes[i]);
    }
    return formats;
}

static void quants_are_of_the_files_a_runtime_loads_here(void **state)
{
    static const struct {
        const char *vendor;
        const char *runtime;
        const char *model;
        unsigned formats;
    } rows[] = {
        {"NVIDIA", "ollama", "qwen3-8b", LF_FORMAT_GGUF},
        {"NVIDIA", "vllm", "qwen3-8b", LF_FORMAT_SAFETENSORS},
        {"Apple", "mlx", "qwen3-8b", LF_FORMAT_MLX},
        {"Apple", "lm-studio", "qwen3-8b", LF_FORMAT_MLX | LF_FORMAT_GGUF},
        {"NVIDIA", "lm-studio", "qwen3-8b", LF_FORMAT_GGUF},
        /* MLX does not know the architecture, llama.cpp does. */
        {"Apple", "lm-studio", "deepseek-v4-flash", LF_FORMAT_GGUF},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct setting setting;
        set(&setting, *state, rows[i].vendor, rows[i].runtime, rows[i].model);
        assert_int_equal(formats_of(&setting), rows[i].formats);
        clear(&setting);
    }
}

static void a_quant_asks_for_the_hardware_that_reads_it(void **state)
{
    struct setting setting;
    set(&setting, *state, "NVIDIA", "vllm", "qwen3-8b");
    struct lf_accelerator *gpu = &setting.machine.accelerators[0];
    gpu->compute = "7.0";
    assert_false(lf_runtime_runs(&setting.context, LF_MIX_FP8));
    gpu->compute = "7.5";
    assert_true(lf_runtime_runs(&setting.context, LF_MIX_FP8));
    gpu->compute = NULL;
    assert_true(lf_runtime_runs(&setting.context, LF_MIX_FP8));
    assert_false(lf_runtime_runs(&setting.context, LF_MIX_Q4_K_M));
    clear(&setting);
    set(&setting, *state, "AMD", "vllm", "qwen3-8b");
    assert_false(lf_runtime_runs(&setting.context, LF_MIX_AWQ));
    assert_true(lf_runtime_runs(&setting.context, LF_MIX_FP8));
    clear(&setting);
}

static void a_native_format_is_not_blown_up(void **state)
{
    enum lf_mix mixes[LF_MIX_COUNT];
    struct setting setting;
    set(&setting, *state, "NVIDIA", "vllm", "deepseek-v3");
    size_t count = lf_candidate_mixes(&setting.context, &setting.subject, mixes);
    assert_true(count > 0);
    assert_int_equal(mixes[0], LF_MIX_FP8);
    clear(&setting);
    set(&setting, *state, "NVIDIA", "vllm", "gpt-oss-20b");
    assert_int_equal(lf_candidate_mixes(&setting.context, &setting.subject, mixes), 1);
    assert_int_equal(mixes[0], LF_MIX_MXFP4);
    clear(&setting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_runtime_says_what_keeps_it_from_a_model),
        cmocka_unit_test(quants_are_of_the_files_a_runtime_loads_here),
        cmocka_unit_test(a_quant_asks_for_the_hardware_that_reads_it),
        cmocka_unit_test(a_native_format_is_not_blown_up),
    };
    return cmocka_run_group_tests(tests, load_catalog, catalog_tear_down);
}
