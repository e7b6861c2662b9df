/* What the speeds of generating and of reading prompts share. Inner header of the rules. */
#ifndef LLMFIT_RULES_ESTIMATE_H
#define LLMFIT_RULES_ESTIMATE_H

#include "rules/speed.h"

/* What a device's family (runtimes.json) changes: all rows that name it count. */
struct lf_factors {
    double kappa;
    double tflops;
};

struct lf_factors lf_family_factors(const struct lf_runtime *runtime,
                                    const struct lf_accelerator *gpu, enum lf_mix mix);

bool lf_mix_is_16_bit(enum lf_mix mix);

/* What each of the GPUs that the driver makes of a card has of its rates. */
double lf_part_of_card(const struct lf_accelerator *gpu);

size_t lf_gpus_in_use(const struct lf_placement *placement);

/* The interval around mid; a factor of two where there is no band. */
struct lf_estimate lf_estimate_make(double mid, const struct lf_band *band, const char *basis);

#endif
