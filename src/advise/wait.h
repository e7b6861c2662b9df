/* How long one waits: for the first token of an answer, and for all of it. */
#ifndef LLMFIT_ADVISE_WAIT_H
#define LLMFIT_ADVISE_WAIT_H

#include "advise/choice.h"

/* Tokens of an answer when none are asked for: what a model that thinks writes for one hard
 * question, and about an eighth of that for one that does not, or is not known to.
 *
 * source  LiveBench cost_2026_06_25.csv: 28,740 tokens a question by Qwen3.8 27B, 13,647 by Kimi
 * K3, 36,339 by DeepSeek V4 Pro; https://epoch.ai/data-insights/output-length (2025-04-17): models
 * that reason write about eight times as much as others */
enum { LF_THINKING_ANSWER_TOKENS = 28 * 1024, LF_PLAIN_ANSWER_TOKENS = 4 * 1024 };

/* Seconds, as an interval whose low end is the short wait; mid 0: not known. */
struct lf_wait {
    uint64_t prompt_tokens;
    struct lf_estimate first_token_s;
    uint64_t answer_tokens;
    struct lf_estimate answer_s; /* from the first token to the last */
    bool is_cut;                 /* the context ends the answer before it is written */
};

/* The prompt a use case has unless one is asked for: 2k tokens of a conversation; 16k of coding and
 * agents, which send files along. An assumption. */
uint64_t lf_wait_prompt_tokens(const struct lf_request *request);

/* Works out the wait of a choice that fits; all-zero for one that does not.
 *
 *     first token = prompt / prefill
 *     answer      = the integral of 1 / decode(depth) from the prompt's end to the answer's,
 *
 * by Simpson's rule on ANSWER_STEPS parts: every token is slower than the one before, as the cache
 * grows. decode is the formula's, times what the choice's own speed is to the formula's; its
 * interval becomes the answer's. Prompt and answer end where the context does.
 *
 * error  that of the speeds; prefill is that of prompts of 512 tokens (rules/speed.h) */
struct lf_wait lf_wait_make(const struct lf_advice_context *context,
                            const struct lf_choice *choice);

#endif
