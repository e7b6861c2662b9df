/* Tensor parallelism: every GPU holds an equal part of each layer. Inner header of the rules. */
#ifndef LLMFIT_RULES_PLACEMENT_EVEN_H
#define LLMFIT_RULES_PLACEMENT_EVEN_H

#include "rules/placement.h"

/* Places the load evenly over the most GPUs that may share it: a power of two, and each as large as
 * the smallest of them. Fills placement as lf_place does.
 *
 *     weights = loaded / GPUs      kv = kv / GPUs, or all of it where a row is not made of heads
 *
 * A compute buffer is each GPU's own. */
void lf_place_even(const struct lf_load *load, const struct lf_budget *budget,
                   struct lf_placement *placement);

#endif
