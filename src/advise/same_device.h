/* Published speeds of the same device, beside the formula's and in its place. */
#ifndef LLMFIT_ADVISE_SAME_DEVICE_H
#define LLMFIT_ADVISE_SAME_DEVICE_H

#include "advise/choice.h"

/* An estimate that rests on a measurement of the same device, model and quant aims to hold so many
 * of its repetitions, within such a factor.
 *
 * error   of 40 repetitions by instrumented benchmarks, all on one GPU and by engines of 2026, half
 *         are within 3.3 % of the others' median, 80 % within 7.7 % and 90 % within 14.7 %; six
 *         pairs of two sources differ by 0 to 19 %, 3.4 % in the middle
 * source  tests/accuracy/benchmarks.py, which tells and tests it */
#define LF_SAME_DEVICE_SPREAD 1.15
#define LF_SAME_DEVICE_COVERAGE 0.8

/* Finds the catalog's published speeds of the GPUs of the budget, and of the CPU. */
void lf_same_device_prepare(struct lf_advice_context *context);

/* Fills choice->same_device with the published row that comes nearest to a choice that fits: of the
 * same device (so many of them), shape and engine, all in that place; of the same quant, else of
 * the one that takes most nearly as many bits; then by back end, age, reliability and depth.
 *
 * Where the row is of the very quant and back end, instrumented, by a recent engine, a median of
 * two measurements or more, and all on one GPU, the estimate moves to it (basis "same-device"):
 *
 *     mid = measured * formula(depth of the choice) / formula(depth of the row)
 *
 * and so does what to expect; but an estimate that rests on an own measurement (basis "own") stays.
 */
void lf_same_device_settle(const struct lf_advice_context *context, struct lf_choice *choice);

#endif
