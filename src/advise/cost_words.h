/* What a cost report says in words. Inner header of the adviser. */
#ifndef LLMFIT_ADVISE_COST_WORDS_H
#define LLMFIT_ADVISE_COST_WORDS_H

#include "advise/cost.h"

/* Adds the headline and the warnings to a report whose figures are all there. */
void lf_cost_explain(struct lf_cost_report *report);

#endif
