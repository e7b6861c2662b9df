#include "measure/bench.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* The first run reads so small a part of the prompt: a vocabulary may spell the words out. */
enum { WARM_UP_PART = 8 };

/* Words that are one token in the vocabularies in use, with the blank before them. */
static const char *const words[] = {
    "time", "year",  "people", "way",  "day",  "man",   "thing", "life",  "hand",  "part",  "child",
    "eye",  "place", "work",   "week", "case", "point", "world", "house", "night", "water", "room",
};

/* The next of a row of numbers that look drawn.
 * source  Knuth, MMIX */
static uint64_t draw(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static void write_prompt(struct lf_text *text, uint64_t count, uint64_t *state)
{
    text->length = 0;
    for (uint64_t i = 0; i < count; i++) {
        const char *word = words[draw(state) % (sizeof words / sizeof words[0])];
        lf_text_format(text, "%s%s", i == 0 ? "" : " ", word);
    }
}

/* Words that make a prompt of so many tokens, by a run that took some words for some tokens. */
static uint64_t words_for(uint64_t wanted_tokens, uint64_t words_run, uint64_t tokens_run)
{
    double count = (double)wanted_tokens * (double)words_run / (double)tokens_run;
    return count < 1 ? 1 : count > (double)wanted_tokens ? wanted_tokens : (uint64_t)count;
}

/* Whether a run's figures can be divided by each other. */
static enum lf_status check(const struct lf_server *server, const struct lf_timing *timing,
                            struct lf_error *err)
{
    if (timing->prompt_tokens == 0 || timing->generated_tokens == 0) {
        return lf_fail(err, LF_NETWORK, "%s: the engine read %llu tokens and wrote %llu of them",
                       server->url, (unsigned long long)timing->prompt_tokens,
                       (unsigned long long)timing->generated_tokens);
    }
    if (timing->prompt_ms <= 0 || timing->generated_ms <= 0) {
        return lf_fail(err, LF_NETWORK, "%s: the engine says it took no time", server->url);
    }
    return LF_OK;
}

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static struct lf_measured_rate sum_up(double rates[], size_t count)
{
    qsort(rates, count, sizeof rates[0], compare);
    return (struct lf_measured_rate){
        .median = (rates[(count - 1) / 2] + rates[count / 2]) / 2,
        .least = rates[0],
        .most = rates[count - 1],
    };
}

static enum lf_status run_once(struct lf_client *client, const struct lf_server *server,
                               struct lf_prompt *prompt, struct lf_text *text, uint64_t *state,
                               uint64_t word_count, struct lf_timing *timing, struct lf_error *err)
{
    write_prompt(text, word_count, state);
    prompt->text = lf_text_string(text);
    *timing = (struct lf_timing){0};
    enum lf_status status = server->api->run(client, server, prompt, timing, err);
    return status == LF_OK ? check(server, timing, err) : status;
}

/* What an engine says wrong is the network's fault, not that of a file of the user's. */
static enum lf_status blame(enum lf_status status, struct lf_error *err)
{
    if (status != LF_BAD_INPUT && status != LF_NO) {
        return status;
    }
    if (err != NULL) {
        err->status = LF_NETWORK;
    }
    return LF_NETWORK;
}

enum lf_status lf_bench_run(struct lf_client *client, const struct lf_server *server,
                            const struct lf_bench_plan *plan, struct lf_bench_result *result,
                            struct lf_error *err)
{
    struct lf_prompt prompt = {.model = plan->model, .generate_tokens = plan->generate_tokens};
    struct lf_text text = {0};
    struct lf_timing timing = {0};
    double prefill[LF_REPEATS_MOST];
    double decode[LF_REPEATS_MOST];
    uint64_t state = (uint64_t)(lf_clock_now_ms() * 1e3);
    uint64_t word_count = plan->prompt_tokens / WARM_UP_PART + 1;
    enum lf_status status = LF_OK;
    *result = (struct lf_bench_result){0};
    for (size_t done = 0; status == LF_OK && done <= plan->repeats; done++) {
        if (plan->tell != NULL) {
            plan->tell(done, plan->repeats + 1, plan->context);
        }
        status = run_once(client, server, &prompt, &text, &state, word_count, &timing, err);
        if (status == LF_OK && done == 0) {
            word_count = words_for(plan->prompt_tokens, word_count, timing.prompt_tokens);
        } else if (status == LF_OK) {
            prefill[done - 1] = (double)timing.prompt_tokens / timing.prompt_ms * 1e3;
            decode[done - 1] = (double)timing.generated_tokens / timing.generated_ms * 1e3;
            result->repeats = done;
            result->prompt_tokens = timing.prompt_tokens;
            result->generated_tokens = timing.generated_tokens;
        }
    }
    lf_text_clear(&text);
    bool is_time_up = status == LF_NETWORK && lf_clock_now_ms() >= client->deadline_ms;
    if (status != LF_OK && (!is_time_up || result->repeats == 0)) {
        return blame(status, err);
    }
    if (err != NULL) {
        *err = (struct lf_error){0};
    }
    result->prefill = sum_up(prefill, result->repeats);
    result->decode = sum_up(decode, result->repeats);
    return LF_OK;
}
