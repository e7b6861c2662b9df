/* How fast a placed model generates when its cache holds other numbers of tokens. */
#ifndef LLMFIT_ADVISE_DEPTH_H
#define LLMFIT_ADVISE_DEPTH_H

#include "advise/choice.h"

/* The formula's answers (rules/speed.h) for a choice that fits, at depths of its context.
 *
 * estimates  [count], as depths */
void lf_decode_at(const struct lf_advice_context *context, const struct lf_choice *choice,
                  const uint64_t depths_tokens[], size_t count, struct lf_estimate estimates[]);

#endif
