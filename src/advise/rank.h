/* The order of a list of choices. Inner header of the adviser. */
#ifndef LLMFIT_ADVISE_RANK_H
#define LLMFIT_ADVISE_RANK_H

#include "advise/choice.h"

/* Shares of the best paid model closer than this count as equal. */
#define LF_QUALITY_TOLERANCE 0.03

/* Sorts choices[count] by the key. For LF_SORT_RANK: by tier, then effective quality, where those
 * within LF_QUALITY_TOLERANCE of the best of their run are ordered by speed, then by memory. Ties
 * fall to the id, so that the order never depends on the catalog's. */
void lf_rank(struct lf_choice **choices, size_t count, enum lf_sort sort);

#endif
