/* What the runtime asked for makes of a model: which files it loads here, by whose rules they are
 * sized, whose speed holds. */
#ifndef LLMFIT_ADVISE_RUNTIME_H
#define LLMFIT_ADVISE_RUNTIME_H

#include "advise/choice.h"

/* Finds the runtime the request names and its rows. Fails with LF_BAD_INPUT when the catalog lacks
 * them and with LF_USAGE when the runtime never loads the quant asked for. */
enum lf_status lf_runtime_prepare(const struct lf_catalog *catalog,
                                  const struct lf_request *request,
                                  const struct lf_runtime **runtime, struct lf_error *err);

/* The rules by which a mix is sized, which the runtime must load. */
const struct lf_engine *lf_runtime_engine(const struct lf_runtime *runtime, enum lf_mix mix);

/* The row whose speed holds for a mix: the runtime's, or that of the engine it runs. */
const struct lf_runtime *lf_runtime_speed(const struct lf_advice_context *context, enum lf_mix mix);

/* Whether a mix can be loaded on this machine's GPUs (or CPU). */
bool lf_runtime_runs(const struct lf_advice_context *context, enum lf_mix mix);

/* What keeps the runtime from running a model here, whatever the memory. */
enum lf_obstacle {
    LF_OBSTACLE_NONE,
    LF_OBSTACLE_HARDWARE,     /* it is for other GPUs */
    LF_OBSTACLE_ARCHITECTURE, /* it does not know the architecture */
    LF_OBSTACLE_QUANT,        /* no quant of those considered, or asked for, runs on this GPU */
};

enum lf_obstacle lf_runtime_obstacle(const struct lf_advice_context *context,
                                     const struct lf_subject *subject);

/* The same as a reason; code NULL for none. */
struct lf_reason lf_runtime_obstacle_reason(const struct lf_advice_context *context,
                                            const struct lf_subject *subject,
                                            struct lf_arena *arena);

/* The quants considered for a model when none is asked for, best first; returns how many. Those
 * that this machine's hardware has a use for, or all the runtime has where it has none. */
size_t lf_candidate_mixes(const struct lf_advice_context *context, const struct lf_subject *subject,
                          enum lf_mix mixes[LF_MIX_COUNT]);

#endif
