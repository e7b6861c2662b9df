#include "rules/keep.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"

struct lf_kept lf_kept_plain(enum lf_type type, const struct lf_tensor *tensor)
{
    return (struct lf_kept){{type, LF_TYPE_KEPT, 0, 0}, lf_tensor_bytes(type, tensor->ne)};
}

static uint64_t keep(const struct lf_keeper *keeper, size_t kind, const struct lf_tensor *tensor,
                     uint64_t layers)
{
    struct lf_kept kept = keeper->keep(keeper->form, tensor, keeper->mix);
    if (keeper->terms != NULL && kept.bytes > 0 && layers > 0) {
        lf_weight_terms_add(keeper->terms, kind, tensor, kept.choice, layers, kept.bytes);
    }
    return kept.bytes;
}

uint64_t lf_keep_outside(const struct lf_keeper *keeper, const struct lf_tensor *tensor)
{
    return keep(keeper, keeper->form->kind_count, tensor, 1);
}

static struct lf_layer_weights size_kind(const struct lf_keeper *keeper, size_t number,
                                         uint64_t layers)
{
    const struct lf_layer_kind *kind = &keeper->form->kinds[number];
    struct lf_layer_weights sum = {0};
    for (size_t i = 0; i < kind->count; i++) {
        const struct lf_tensor *tensor = &kind->tensors[i];
        *(tensor->is_expert ? &sum.expert_bytes : &sum.always_bytes) +=
            keep(keeper, number, tensor, layers);
    }
    return sum;
}

void lf_keep_layers(const struct lf_keeper *keeper, uint64_t layers, struct lf_weights *weights)
{
    const struct lf_form *form = keeper->form;
    uint64_t *counts = lf_alloc(form->kind_count, sizeof *counts);
    struct lf_layer_weights *kinds = lf_alloc(form->kind_count, sizeof *kinds);
    for (uint64_t layer = 0; layer < layers; layer++) {
        counts[form->layer_kinds[layer]]++;
    }
    for (size_t k = 0; k < form->kind_count; k++) {
        kinds[k] = size_kind(keeper, k, counts[k]);
    }
    for (uint64_t layer = 0; layer < form->layers; layer++) {
        struct lf_layer_weights *sum = &weights->layers[layer];
        *sum = layer < layers ? kinds[form->layer_kinds[layer]] : (struct lf_layer_weights){0};
        weights->file_bytes += sum->always_bytes + sum->expert_bytes;
    }
    free(kinds);
    free(counts);
}
