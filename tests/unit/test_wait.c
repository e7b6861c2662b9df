#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "advise/depth.h"
#include "advise/fit.h"
#include "base/units.h"
#include "support.h"

static int load_catalog(void **state)
{
    return catalog_set_up(state, LF_FIT_PARTS);
}

/* The wait for a model at Q4_K_M on a 24 GiB card; the choice is written where it is wanted. */
static struct lf_wait wait_for(const struct lf_catalog *catalog, const char *id,
                               const struct lf_request *wishes, double *sum_s)
{
    static const struct rig rig = {32, 80, 24, 936, 1, false};
    struct lf_machine machine = {0};
    struct lf_request request = *wishes;
    struct lf_arena arena = {0};
    struct lf_error err = {0};
    struct lf_budget budget;
    struct lf_advice_context *context = lf_alloc(1, sizeof *context);
    struct lf_choice *choice = lf_alloc(1, sizeof *choice);
    struct lf_subject subject;
    rig_make(&rig, &machine);
    machine.accelerators[0].fp16_tflops = 71;
    machine.accelerators[0].fp32_tflops = 35;
    request.has_mix = true;
    request.mix = LF_MIX_Q4_K_M;
    assert_int_equal(
        lf_subject_make(lf_models_find_id(&catalog->models, id), &arena, &subject, &err), LF_OK);
    assert_int_equal(lf_advice_prepare(catalog, &machine, &request, &budget, context, &err), LF_OK);
    assert_true(lf_choose(context, &subject, choice));
    struct lf_wait wait = lf_wait_make(context, choice);
    *sum_s = 0;
    for (uint64_t i = 0; i < wait.answer_tokens; i += 16) {
        const uint64_t depth_tokens = wait.prompt_tokens + i;
        struct lf_estimate estimate;
        lf_decode_at(context, choice, &depth_tokens, 1, &estimate);
        *sum_s += 16 / estimate.mid;
    }
    lf_arena_clear(&arena);
    lf_machine_clear(&machine);
    free(choice);
    free(context);
    return wait;
}

static void an_answer_takes_the_sum_of_its_tokens_times_at_the_growing_depth(void **state)
{
    static const char *const ids[] = {"qwen3-8b", "gemma-3-12b-it", "gpt-oss-20b"};
    struct lf_request request;
    double sum_s = 0;
    lf_request_init(&request);
    request.answer_tokens = 16384;
    for (size_t i = 0; i < COUNT(ids); i++) {
        struct lf_wait wait = wait_for(*state, ids[i], &request, &sum_s);
        double ratio = wait.answer_s.mid / sum_s;
        if (ratio < 0.995 || ratio > 1.005) {
            fail_msg("%s: %g s, its tokens sum up to %g", ids[i], wait.answer_s.mid, sum_s);
        }
        assert_true(wait.answer_s.low < wait.answer_s.mid &&
                    wait.answer_s.mid < wait.answer_s.high);
    }
}

static void the_first_token_comes_when_the_prompt_is_read(void **state)
{
    struct lf_request request;
    double sum_s = 0;
    lf_request_init(&request);
    request.prompt_tokens = 1024;
    struct lf_wait once = wait_for(*state, "qwen3-8b", &request, &sum_s);
    request.prompt_tokens = 2048;
    struct lf_wait twice = wait_for(*state, "qwen3-8b", &request, &sum_s);
    assert_true(once.first_token_s.mid > 0);
    assert_true(twice.first_token_s.mid > 1.9 * once.first_token_s.mid);
    assert_true(once.first_token_s.low < once.first_token_s.mid);
}

static void prompt_and_answer_are_the_use_case_s_and_the_model_s_unless_asked_for(void **state)
{
    struct lf_request request;
    double sum_s = 0;
    lf_request_init(&request);
    struct lf_wait wait = wait_for(*state, "qwen3-8b", &request, &sum_s);
    assert_int_equal(wait.prompt_tokens, 2048);
    assert_int_equal(wait.answer_tokens, LF_THINKING_ANSWER_TOKENS);
    request.use_case = LF_USE_CASE_CODING;
    wait = wait_for(*state, "qwen2.5-7b-instruct", &request, &sum_s);
    assert_int_equal(wait.prompt_tokens, 16384);
    assert_int_equal(wait.answer_tokens, LF_PLAIN_ANSWER_TOKENS);
    assert_false(wait.is_cut);
}

static void an_answer_ends_where_the_context_does(void **state)
{
    struct lf_request request;
    double sum_s = 0;
    lf_request_init(&request);
    request.context_tokens = 8192;
    struct lf_wait wait = wait_for(*state, "qwen3-8b", &request, &sum_s);
    assert_true(wait.is_cut);
    assert_int_equal(wait.answer_tokens, 8192 - 2048);
    request.prompt_tokens = 16384;
    wait = wait_for(*state, "qwen3-8b", &request, &sum_s);
    assert_int_equal(wait.prompt_tokens, 8191);
    assert_int_equal(wait.answer_tokens, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_takes_the_sum_of_its_tokens_times_at_the_growing_depth),
        cmocka_unit_test(the_first_token_comes_when_the_prompt_is_read),
        cmocka_unit_test(prompt_and_answer_are_the_use_case_s_and_the_model_s_unless_asked_for),
        cmocka_unit_test(an_answer_ends_where_the_context_does),
    };
    return cmocka_run_group_tests(tests, load_catalog, catalog_tear_down);
}
