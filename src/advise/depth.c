#include "advise/depth.h"

#include <stdlib.h>

#include "advise/runtime.h"

void lf_decode_at(const struct lf_advice_context *context, const struct lf_choice *choice,
                  const uint64_t depths_tokens[], size_t count, struct lf_estimate estimates[])
{
    const struct lf_form *form = &choice->subject->form;
    const struct lf_runtime *speed = lf_runtime_speed(context, choice->mix);
    struct lf_layer_weights *layers = lf_alloc(form->layers, sizeof *layers);
    struct lf_layer_sum *sums = lf_alloc(form->layers + 1, sizeof *sums);
    struct lf_weights weights;
    lf_subject_weigh(context, choice->subject, choice->mix, layers, &weights, NULL);
    for (size_t i = 0; i < count; i++) {
        struct lf_load load;
        struct lf_placement placement;
        lf_load_make(form, &weights, &choice->settings, context->budget->gpu_count,
                     depths_tokens[i], sums, &load);
        lf_place(&load, context->budget, choice->placement.mode, &placement);
        estimates[i] = (struct lf_estimate){0};
        if (placement.fits) {
            estimates[i] = lf_decode_tps(&placement, form, choice->mix, speed);
        }
        if (context->runtime != speed) {
            lf_estimate_assume(&estimates[i], context->runtime);
        }
    }
    free(sums);
    free(layers);
}
