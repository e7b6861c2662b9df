/* What lies beyond the list: the tiers that are out of reach and why, and how models have become
 * better. Inner header of the adviser. */
#ifndef LLMFIT_ADVISE_OUTLOOK_H
#define LLMFIT_ADVISE_OUTLOOK_H

#include "advise/fit.h"

/* Fills report->outlook from its models, best first, and those that do not fit:
 *
 *   tier-out-of-reach  one for each tier above the best: the model that reaches it with the least
 *                      memory, or that is too slow here, or that there is none
 *   a-year-ago         the best of the listed models that were released a year before today
 *   cost               what the first takes in electricity, and a hosted one as good; where the
 *                      catalog's prices are loaded and both are known
 *   mlx                on a Mac, unless an engine was asked for
 *   ollama-context     where Ollama, left alone, gives the first less context than planned
 *
 * Nothing is said where no model fits. */
void lf_outlook_make(const struct lf_advice_context *context, struct lf_fit_report *report);

#endif
