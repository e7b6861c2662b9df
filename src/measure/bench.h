/* Measuring how fast an engine reads and writes: one run to warm up, then repetitions.
 *
 * Each prompt is of common words drawn anew, so that it differs from the earlier ones in its first
 * tokens and no cache of a prefix helps. */
#ifndef LLMFIT_MEASURE_BENCH_H
#define LLMFIT_MEASURE_BENCH_H

#include "measure/server.h"

enum { LF_REPEATS_MOST = 100 };

struct lf_bench_plan {
    const char *model;        /* as the engine calls it */
    uint64_t prompt_tokens;   /* about so many: words of about one token each */
    uint64_t generate_tokens; /* at most, where the engine may end a text early */
    size_t repeats;           /* 1..LF_REPEATS_MOST */
    /* Told before each run: how many are done of how many, the first being the warm-up. NULL: is
     * not told. */
    void (*tell)(size_t done, size_t count, void *context);
    void *context;
};

/* A rate over the repetitions, tokens/s. */
struct lf_measured_rate {
    double median;
    double least;
    double most;
};

struct lf_bench_result {
    struct lf_measured_rate prefill;
    struct lf_measured_rate decode;
    uint64_t prompt_tokens;    /* of the last run */
    uint64_t generated_tokens; /* of the last run */
    size_t repeats;            /* done: fewer than planned where the time was up */
};

/* Runs the plan until the client's deadline. LF_NETWORK when no repetition is done by then, or the
 * engine says what cannot be true. */
enum lf_status lf_bench_run(struct lf_client *client, const struct lf_server *server,
                            const struct lf_bench_plan *plan, struct lf_bench_result *result,
                            struct lf_error *err);

#endif
