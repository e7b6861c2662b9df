#include "advise/explain.h"

#include <stdlib.h>

#include "base/units.h"
#include "rules/weights.h"

struct lf_explanation *lf_explain(const struct lf_subject *subject, const struct lf_size_row *size,
                                  const struct lf_settings *settings,
                                  const struct lf_choice *choice, const struct lf_runtime *runtime,
                                  struct lf_arena *arena)
{
    const struct lf_form *form = &subject->form;
    struct lf_explanation *explanation = lf_arena_alloc(arena, 1, sizeof *explanation);
    struct lf_layer_weights *layers = lf_alloc(form->layers, sizeof *layers);
    struct lf_weights weights;
    explanation->size = size;
    explanation->settings = settings;
    explanation->choice = choice;
    explanation->weights.arena = arena;
    lf_weights_explain(form, size->mix, false, layers, &weights, &explanation->weights);
    lf_weight_terms_sort(&explanation->weights);
    free(layers);
    explanation->skips_mtp = form->layers > form->trunk_layers && !settings->loads_mtp;
    explanation->cache = lf_arena_alloc(arena, form->kind_count, sizeof *explanation->cache);
    explanation->cache_count = lf_cache_explain(form, settings, explanation->cache);
    explanation->compute = lf_compute_explain(form, settings);
    if (choice->placement.fits) {
        lf_decode_explain(&choice->placement, form, choice->mix, runtime, &explanation->speed);
    }
    return explanation;
}
