/* Weights of engines that decide on each tensor by itself, whatever its place among the layers.
 * Inner header of the rules. */
#ifndef LLMFIT_RULES_KEEP_H
#define LLMFIT_RULES_KEEP_H

#include "rules/weights.h"

/* What a tensor is kept in, and takes; 0 bytes: it is left out. */
struct lf_kept {
    struct lf_type_choice choice;
    uint64_t bytes;
};

/* A model about to be sized. */
struct lf_keeper {
    const struct lf_form *form;
    enum lf_mix mix;
    struct lf_kept (*keep)(const struct lf_form *form, const struct lf_tensor *tensor,
                           enum lf_mix mix);
    struct lf_weight_terms *terms; /* NULL: not wanted */
};

/* The tensor as it is: kept in a type that no mix changes. */
struct lf_kept lf_kept_plain(enum lf_type type, const struct lf_tensor *tensor);

/* Bytes of a tensor that belongs to no layer; its term is added. */
uint64_t lf_keep_outside(const struct lf_keeper *keeper, const struct lf_tensor *tensor);

/* Sizes the first so many layers of the form, those that the file holds, into weights->layers,
 * zeroes those behind, and adds all to weights->file_bytes. */
void lf_keep_layers(const struct lf_keeper *keeper, uint64_t layers, struct lf_weights *weights);

#endif
