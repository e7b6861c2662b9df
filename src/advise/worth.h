/* What a choice is worth to whoever runs it: quality first, but a crawl serves nobody. Inner header
 * of the adviser. */
#ifndef LLMFIT_ADVISE_WORTH_H
#define LLMFIT_ADVISE_WORTH_H

#include "advise/choice.h"

/* Among models: 0..1, 0 when the choice does not fit.
 *
 *     worth = q_eff * (1 - exp(-tps / 12)) * what the place and the formats cost
 *
 * 63 % of it is there at 12 tokens/s, 95 % at 36; more speed serves nobody, but one that thinks for
 * ten thousand tokens has to be fast. The mid of the estimate counts; where no speed is known a
 * place that holds all of the model on GPUs counts as fast, any other as slow. */
double lf_worth(const struct lf_choice *choice);

/* All of it where it is fastest: on GPUs or in unified memory. */
bool lf_is_whole(const struct lf_choice *choice);

/* Whether a try serves better than the best so far: one that fits, or comes nearer to it, then the
 * higher tier, then the larger q_eff * tps / (tps + 4) after what place and formats cost: within
 * one model quality is what one chooses for, but speed is never for nothing. */
bool lf_is_better(const struct lf_choice *tried, const struct lf_choice *best);

/* Whether a try with that expectation (at any speed) in that mix may be better than a best that
 * fits: at the best of places, and as fast as one likes. */
bool lf_may_be_better(const struct lf_expectation *expectation, enum lf_mix mix,
                      const struct lf_choice *best);

#endif
