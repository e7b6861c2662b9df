/* The single changes that would make a model fit, fit wholly or be fast enough, each found by
 * planning again with it. */
#ifndef LLMFIT_ADVISE_CHANGE_H
#define LLMFIT_ADVISE_CHANGE_H

#include "advise/prospect.h"

/* What may be missing, as bits. id, words */
#define LF_GOALS(X)                                  \
    X(FIT, 1, "fits", "it fits")                     \
    X(SPEED, 2, "min-tps", "it is as fast as asked") \
    X(WHOLE, 4, "fits-fully", "all of it lies on the GPU")

enum lf_goal {
#define LF_GOAL_ENUM(name, bit, id, words) LF_GOAL_##name = (bit),
    LF_GOALS(LF_GOAL_ENUM)
#undef LF_GOAL_ENUM
};

enum { LF_GOAL_COUNT = 3 };

struct lf_change {
    const char *code; /* "free-memory", "cache-q8_0", "smaller-context", "smaller-quant",
                         "from-disk", "more-ram", "another-card", "larger-card" */
    const char *text; /* "64 GiB of RAM" */
    unsigned reaches; /* enum lf_goal: what is missing now and would not be */
    struct lf_prospect prospect;
};

/* The cheapest kind of change first: what costs nothing, then memory, then cards. */
struct lf_changes {
    unsigned missing; /* enum lf_goal */
    const struct lf_change *items;
    size_t count;
};

/* "fits", "min-tps", "fits-fully"; NULL for what is none. */
const char *lf_goal_id(unsigned goal);
const char *lf_goal_words(unsigned goal);

/* What a prospect lacks: to fit, to be fast enough if a speed is asked for, to lie wholly on the
 * GPUs if there are any. */
unsigned lf_goals_missing(const struct lf_advice_context *context,
                          const struct lf_prospect *prospect);

/* Finds, for each kind of change and each goal missing, the smallest step that reaches it. Cards
 * come from the catalog's classes, where they are loaded. Texts lie in the arena.
 *
 * now  how the model runs without a change */
void lf_changes_find(const struct lf_advice_context *context, const struct lf_subject *subject,
                     const struct lf_prospect *now, struct lf_arena *arena,
                     struct lf_changes *changes);

#endif
