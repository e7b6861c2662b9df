#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "catalog/catalog.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* The built-in models, loaded once for all tests. */
static int load(void **state)
{
    static struct lf_catalog catalog;
    struct lf_error err = {0};
    lf_catalog_init(&catalog, NULL);
    if (lf_catalog_load(&catalog, LF_CATALOG_MODELS, &err) != LF_OK) {
        print_error("%s\n", err.text);
        return -1;
    }
    *state = &catalog;
    return 0;
}

static int clear(void **state)
{
    lf_catalog_clear(*state);
    return 0;
}

static void assert_model(const struct lf_catalog *catalog, const char *name, const char *expected)
{
    const struct lf_model *model = lf_catalog_find_model(catalog, name);
    assert_string_equal(model == NULL ? "nothing" : model->id, expected);
}

static void names_people_type_find_the_model(void **state)
{
    static const char *const rows[][2] = {
        {"qwen3-8b", "qwen3-8b"},          {"qwen3:8b", "qwen3-8b"},
        {"Qwen/Qwen3-8B", "qwen3-8b"},     {"QWEN3 8B", "qwen3-8b"},
        {"qwen3 8b", "qwen3-8b"},          {"qwen3_8b", "qwen3-8b"},
        {"qwen3 1.7b", "qwen3-1.7b"},      {"llama3.1:8b", "llama-3.1-8b-instruct"},
        {"gemma 3 27b", "gemma-3-27b-it"}, {"glm-4.7-flash", "glm-4.7-flash"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_model(*state, rows[i][0], rows[i][1]);
    }
}

static void names_of_files_find_the_model(void **state)
{
    static const char *const rows[][2] = {
        {"Qwen3-8B-Q4_K_M.gguf", "qwen3-8b"},
        {"Qwen3-8B.gguf", "qwen3-8b"},
        {"/models/Qwen_Qwen3-8B-IQ2_XS.gguf", "qwen3-8b"},
        {"Qwen3-8B-UD-Q4_K_XL.gguf", "qwen3-8b"},
        {"unsloth/Qwen3-8B-GGUF:Q4_K_M", "qwen3-8b"},
        {"llama3.1:8b-instruct-q4_K_M", "llama-3.1-8b-instruct"},
        {"Meta-Llama-3.1-8B-Instruct-Q5_K_M.gguf", "llama-3.1-8b-instruct"},
        {"gpt-oss-120b-mxfp4-00001-of-00003.gguf", "gpt-oss-120b"},
        {"NVIDIA-Nemotron-3-Nano-4B-BF16-Q8_0.gguf", "nvidia-nemotron-3-nano-4b-bf16"},
        {"qwen3-coder-next:latest", "qwen3-coder-next"},
        {"hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M", "qwen3-8b"},
        {"https://ollama.com/library/qwen3:8b", "qwen3-8b"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_model(*state, rows[i][0], rows[i][1]);
    }
}

static void names_of_none_or_several_find_nothing(void **state)
{
    static const char *const names[] = {"qwen3", "qwen3 17b", "8b", "Q4_K_M", ".gguf", "", "/"};
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_model(*state, names[i], "nothing");
    }
}

static void a_finetune_is_found_by_its_base(void **state)
{
    static const char *const rows[][2] = {
        {"NousResearch/Hermes-3-Llama-3.1-8B", "llama-3.1-8b-instruct"},
        {"Hermes-3-Llama-3.1-8B-Q4_K_M.gguf", "llama-3.1-8b-instruct"},
        {"cognitivecomputations/dolphin-2.9-llama3-8b", "meta-llama-3-8b-instruct"},
        {"huihui-ai/Qwen3-8B-abliterated", "qwen3-8b"},
        {"Nous-Hermes-2-Mixtral-8x7B-DPO", "mixtral-8x7b-instruct-v0.1"},
        {"DeepSeek-R1-Distill-Qwen-7B-uncensored", "deepseek-r1-distill-qwen-7b"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_model(*state, rows[i][0], "nothing");
        const struct lf_model *base = lf_catalog_find_base(*state, rows[i][0]);
        assert_string_equal(base == NULL ? "nothing" : base->id, rows[i][1]);
    }
    /* Without a size, with another one, or as a part of a word, a name says nothing. */
    static const char *const names[] = {"phi-4-uncensored", "Qwen3-8B-pruned-6B", "myqwen3-8b", ""};
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_null(lf_catalog_find_base(*state, names[i]));
    }
}

static void every_name_a_model_has_finds_it(void **state)
{
    const struct lf_catalog *catalog = *state;
    for (size_t i = 0; i < catalog->models.count; i++) {
        const struct lf_model *model = &catalog->models.items[i];
        const char *const names[] = {model->id, model->hf, model->name, model->ollama};
        for (size_t k = 0; k < COUNT(names); k++) {
            if (names[k] != NULL) {
                assert_model(catalog, names[k], model->id);
            }
        }
        for (size_t k = 0; k < model->aliases.count; k++) {
            assert_model(catalog, model->aliases.items[k], model->id);
        }
    }
}

static void the_three_nearest_come_best_first(void **state)
{
    const struct lf_model *nearest[LF_NEAREST_MOST];
    assert_int_equal(lf_catalog_nearest_models(*state, "mistrall 7b", nearest), 3);
    assert_string_equal(nearest[0]->id, "mistral-7b-instruct-v0.3");
    assert_int_equal(lf_catalog_nearest_models(*state, "nemotron", nearest), 3);
    for (size_t i = 0; i < LF_NEAREST_MOST; i++) {
        assert_true(lf_text_contains_nocase(nearest[i]->id, "nemotron"));
    }
    assert_int_equal(lf_catalog_nearest_models(*state, "", nearest), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_people_type_find_the_model),
        cmocka_unit_test(names_of_files_find_the_model),
        cmocka_unit_test(names_of_none_or_several_find_nothing),
        cmocka_unit_test(a_finetune_is_found_by_its_base),
        cmocka_unit_test(every_name_a_model_has_finds_it),
        cmocka_unit_test(the_three_nearest_come_best_first),
    };
    return cmocka_run_group_tests(tests, load, clear);
}
