/* Which figure a speed rests on, where more is known than the estimate. In this order:
 *
 *     own         the same model, quant, place and engine was measured on this computer
 *     own-ratio   other models were: the estimate times the median of measured / estimated there
 *
 * else the estimate stays. */
#ifndef LLMFIT_ADVISE_MEASURED_H
#define LLMFIT_ADVISE_MEASURED_H

#include "measure/own.h"
#include "probe/machine.h"
#include "rules/placement.h"

struct lf_advice_context;
struct lf_choice;
struct lf_reason;

/* The ratios of this computer, by where a model lies; 0: nothing was measured there. */
struct lf_measured {
    const struct lf_own_rows *rows; /* borrowed; NULL: none */
    double decode_ratio[LF_MODE_COUNT];
    double prefill_ratio[LF_MODE_COUNT];
};

/* What a ratio may be at most, and its inverse at least: more is no matter of this computer. */
#define LF_MEASURED_RATIO_MOST 2.0

/* What the row of a measurement calls a machine: "CPU, 8 cores, 31 GiB; NVIDIA GeForce RTX 3060,
 * 12 GiB". From the arena. */
const char *lf_measured_machine(const struct lf_machine *machine, struct lf_arena *arena);

/* Keeps the rows measured on that machine, in their order. */
void lf_measured_keep(struct lf_own_rows *rows, const struct lf_machine *machine,
                      struct lf_arena *arena);

/* The ratios of the rows that a runtime ran; rows NULL has none. */
void lf_measured_make(struct lf_measured *measured, const struct lf_own_rows *rows,
                      const char *runtime);

/* Puts what is known in the place of a choice's estimates. */
void lf_measured_apply(const struct lf_advice_context *context, struct lf_choice *choice);

/* What an answer says of it: that they could not be read, of a choice that was measured, or how the
 * estimate was corrected; code NULL for nothing. */
struct lf_reason lf_measured_reason(const struct lf_advice_context *context,
                                    const struct lf_choice *choice, struct lf_arena *arena);

#endif
