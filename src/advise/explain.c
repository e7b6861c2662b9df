#include "advise/explain.h"

#include <stdlib.h>

#include "advise/projector.h"
#include "advise/runtime.h"
#include "rules/engine.h"

struct lf_explanation *lf_explain(const struct lf_advice_context *context,
                                  const struct lf_subject *subject, const struct lf_size_row *size,
                                  const struct lf_settings *settings,
                                  const struct lf_choice *choice, struct lf_arena *arena)
{
    const struct lf_form *form = &subject->form;
    struct lf_explanation *explanation = lf_arena_alloc(arena, 1, sizeof *explanation);
    struct lf_layer_weights *layers = lf_alloc(form->layers, sizeof *layers);
    struct lf_weights weights;
    explanation->size = size;
    explanation->settings = settings;
    explanation->choice = choice;
    explanation->weights.arena = arena;
    lf_subject_weigh(context, subject, size->mix, layers, &weights, &explanation->weights);
    explanation->projector = lf_projector_of(context, subject->model, size->mix);
    lf_weight_terms_sort(&explanation->weights);
    free(layers);
    explanation->skips_mtp = form->layers > form->trunk_layers && !settings->loads_mtp;
    explanation->cache = lf_arena_alloc(arena, form->kind_count, sizeof *explanation->cache);
    explanation->cache_count = lf_cache_explain(form, settings, explanation->cache);
    explanation->compute = settings->engine->explain_compute(form, settings);
    if (choice->placement.fits) {
        lf_decode_explain(&choice->placement, form, choice->mix,
                          lf_runtime_speed(context, choice->mix), &explanation->speed);
    }
    return explanation;
}
