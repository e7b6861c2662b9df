#include "advise/wait.h"

#include "advise/depth.h"

enum { CHAT_PROMPT_TOKENS = 2 * 1024, WORK_PROMPT_TOKENS = 16 * 1024, ANSWER_STEPS = 4 };

uint64_t lf_wait_prompt_tokens(const struct lf_request *request)
{
    if (request->prompt_tokens != 0) {
        return request->prompt_tokens;
    }
    bool is_work =
        request->use_case == LF_USE_CASE_CODING || request->use_case == LF_USE_CASE_AGENTS;
    return is_work ? WORK_PROMPT_TOKENS : CHAT_PROMPT_TOKENS;
}

static uint64_t answer_tokens(const struct lf_request *request, const struct lf_model *model)
{
    if (request->answer_tokens != 0) {
        return request->answer_tokens;
    }
    return model->thinks == LF_ANSWER_YES ? LF_THINKING_ANSWER_TOKENS : LF_PLAIN_ANSWER_TOKENS;
}

/* Seconds that so much work takes at a speed: the low end of the one is the high end of the other.
 */
static struct lf_estimate time_of(double mid_s, const struct lf_estimate *tps)
{
    if (tps->mid <= 0 || tps->low <= 0 || mid_s <= 0) {
        return (struct lf_estimate){0};
    }
    return (struct lf_estimate){.low = mid_s * tps->mid / tps->high,
                                .mid = mid_s,
                                .high = mid_s * tps->mid / tps->low,
                                .coverage = tps->coverage,
                                .basis = tps->basis};
}

/* Seconds from the first token to the last, as the formula has it where the choice's own speed is
 * not another; 0: not known. */
static double answer_s(const struct lf_advice_context *context, const struct lf_choice *choice,
                       uint64_t from, uint64_t tokens)
{
    enum { POINTS = 2 * ANSWER_STEPS + 1, OWN = POINTS };
    uint64_t depths_tokens[POINTS + 1];
    struct lf_estimate at[POINTS + 1];
    for (uint64_t i = 0; i < POINTS; i++) {
        depths_tokens[i] = from + tokens * i / (POINTS - 1);
    }
    depths_tokens[OWN] = choice->depth_tokens;
    lf_decode_at(context, choice, depths_tokens, POINTS + 1, at);
    double sum = 0;
    for (size_t i = 0; i < POINTS; i++) {
        double weight = i == 0 || i == POINTS - 1 ? 1 : i % 2 == 1 ? 4 : 2;
        if (at[i].mid <= 0 || at[OWN].mid <= 0) {
            return 0;
        }
        sum += weight / at[i].mid;
    }
    return sum * (double)tokens / (6 * ANSWER_STEPS) * at[OWN].mid / choice->decode.mid;
}

struct lf_wait lf_wait_make(const struct lf_advice_context *context, const struct lf_choice *choice)
{
    const struct lf_request *request = context->request;
    uint64_t context_tokens = choice->settings.context_tokens;
    struct lf_wait wait = {0};
    if (!choice->placement.fits || context_tokens < 2) {
        return wait;
    }
    uint64_t prompt = lf_wait_prompt_tokens(request);
    uint64_t answer = answer_tokens(request, choice->subject->model);
    wait.prompt_tokens = prompt < context_tokens ? prompt : context_tokens - 1;
    wait.is_cut = answer > context_tokens - wait.prompt_tokens;
    wait.answer_tokens = wait.is_cut ? context_tokens - wait.prompt_tokens : answer;
    if (choice->prefill.mid > 0) {
        wait.first_token_s =
            time_of((double)wait.prompt_tokens / choice->prefill.mid, &choice->prefill);
    }
    if (choice->decode.mid > 0) {
        wait.answer_s = time_of(answer_s(context, choice, wait.prompt_tokens, wait.answer_tokens),
                                &choice->decode);
    }
    return wait;
}
