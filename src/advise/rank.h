/* The order of a list of choices. Inner header of the adviser. */
#ifndef LLMFIT_ADVISE_RANK_H
#define LLMFIT_ADVISE_RANK_H

#include "advise/choice.h"

/* Sorts choices[count] by the key. For LF_SORT_RANK: by what each is worth (advise/worth.h),
 * lowered for every model of its family that is worth more; the worth is left in the choices. Ties
 * fall to the newer model, then to the id, so that the order never depends on the catalog's. */
void lf_rank(struct lf_choice **choices, size_t count, enum lf_sort sort);

#endif
