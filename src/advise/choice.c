#include "advise/choice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "advise/projector.h"
#include "advise/same_device.h"
#include "advise/runtime.h"
#include "advise/worth.h"
#include "base/units.h"
#include "rules/engine.h"
#include "rules/weights.h"

/* A model's weights in one mix, sized once and placed often. */
struct sizing {
    const struct lf_advice_context *context;
    const struct lf_subject *subject;
    const struct lf_engine *engine; /* of the mix */
    const struct lf_runtime *speed; /* whose constants hold for it */
    struct lf_weights weights;
    struct lf_projector projector;
    struct lf_layer_weights *layers; /* [layers] */
    struct lf_layer_sum *sums;       /* [layers + 1] */
};

static struct sizing sizing_new(const struct lf_advice_context *context,
                                const struct lf_subject *subject)
{
    struct sizing sizing = {.context = context, .subject = subject};
    sizing.layers = lf_alloc(subject->form.layers, sizeof *sizing.layers);
    sizing.sums = lf_alloc(subject->form.layers + 1, sizeof *sizing.sums);
    return sizing;
}

static void sizing_set_mix(struct sizing *sizing, enum lf_mix mix)
{
    sizing->engine = lf_runtime_engine(sizing->context->runtime, mix);
    sizing->speed = lf_runtime_speed(sizing->context, mix);
    sizing->projector = lf_projector_of(sizing->context, sizing->subject->model, mix);
    lf_subject_weigh(sizing->context, sizing->subject, mix, sizing->layers, &sizing->weights, NULL);
}

static void sizing_clear(struct sizing *sizing)
{
    free(sizing->layers);
    free(sizing->sums);
}

/* Tokens the cache holds when a speed is told. */
static uint64_t depth_of(const struct lf_advice_context *context,
                         const struct lf_settings *settings)
{
    uint64_t asked = context->request->depth_tokens;
    uint64_t depth = asked != 0 ? asked : LF_DEPTH_TOKENS;
    return settings->context_tokens < depth ? settings->context_tokens : depth;
}

static bool try_mode(const struct sizing *sizing, const struct lf_load *load,
                     const struct lf_settings *settings, enum lf_mode mode,
                     struct lf_choice *choice)
{
    const struct lf_advice_context *context = sizing->context;
    const struct lf_form *form = &sizing->subject->form;
    choice->subject = sizing->subject;
    choice->mix = sizing->weights.mix;
    choice->settings = *settings;
    choice->file_bytes = load->weights->file_bytes;
    choice->projector = sizing->projector;
    choice->depth_tokens = depth_of(context, settings);
    lf_place(load, context->budget, mode, &choice->placement);
    choice->total_bytes = lf_placement_bytes(&choice->placement);
    choice->decode = (struct lf_estimate){0};
    choice->prefill = (struct lf_estimate){0};
    choice->own = NULL;
    choice->expectation = (struct lf_expectation){0};
    if (!choice->placement.fits) {
        return false;
    }
    choice->decode = lf_decode_tps(&choice->placement, form, sizing->weights.mix, sizing->speed);
    choice->prefill =
        lf_prefill_tps(&choice->placement, load, form, sizing->weights.mix, sizing->speed);
    if (context->runtime != sizing->speed) {
        lf_estimate_assume(&choice->decode, context->runtime);
        lf_estimate_assume(&choice->prefill, context->runtime);
    }
    lf_measured_apply(context, choice);
    choice->expectation = lf_expect(sizing->subject->model, form, sizing->weights.mix, settings,
                                    choice->decode.mid, &context->tables);
    return true;
}

static void make_load(const struct sizing *sizing, const struct lf_settings *settings,
                      struct lf_load *load)
{
    lf_load_make(&sizing->subject->form, &sizing->weights, settings,
                 sizing->context->budget->gpu_count, depth_of(sizing->context, settings),
                 sizing->sums, load);
}

bool lf_try(const struct lf_advice_context *context, const struct lf_subject *subject,
            enum lf_mix mix, const struct lf_settings *settings, enum lf_mode mode,
            struct lf_choice *choice)
{
    struct sizing sizing = sizing_new(context, subject);
    struct lf_load load;
    sizing_set_mix(&sizing, mix);
    make_load(&sizing, settings, &load);
    bool fits = try_mode(&sizing, &load, settings, mode, choice);
    sizing_clear(&sizing);
    return fits;
}

/* Whether several GPUs can be better than one that holds it all: where that one need not be among
 * the fastest. */
static bool has_unequal_gpus(const struct lf_budget *budget)
{
    for (size_t g = 1; g < budget->gpu_count; g++) {
        if (budget->gpus[g].bandwidth_bps != budget->gpus[0].bandwidth_bps) {
            return true;
        }
    }
    return false;
}

/* Whether it fits, and into memory: only whole placements can be better. */
static bool is_settled(const struct lf_choice *choice)
{
    return choice->placement.fits && choice->placement.stream.streamed_bytes == 0;
}

/* Tries the modes with these settings; keeps the best in *best. Returns whether a whole placement
 * was found. */
static bool try_settings(const struct sizing *sizing, const struct lf_settings *settings,
                         struct lf_choice *best, bool *has_best)
{
    static const enum lf_mode order[] = {LF_MODE_GPU,          LF_MODE_UNIFIED,
                                         LF_MODE_MULTI_GPU,    LF_MODE_EXPERTS_IN_RAM,
                                         LF_MODE_LAYERS_SPLIT, LF_MODE_CPU};
    enum { WHOLE_MODES = 3 };
    bool only_whole = *has_best && is_settled(best);
    size_t count = only_whole ? WHOLE_MODES : sizeof order / sizeof order[0];
    bool may_gain = has_unequal_gpus(sizing->context->budget);
    bool is_found = false;
    struct lf_load load;
    struct lf_choice tried;
    tried.reason_count = 0;
    tried.max_context_tokens = 0;
    make_load(sizing, settings, &load);
    for (size_t i = 0; i < count && (!is_found || (may_gain && i < WHOLE_MODES)); i++) {
        try_mode(sizing, &load, settings, order[i], &tried);
        if (tried.placement.short_by_bytes == UINT64_MAX && *has_best) {
            continue;
        }
        if (!*has_best || lf_is_better(&tried, best)) {
            lf_choice_copy(best, &tried);
            *has_best = true;
        }
        is_found = is_found || lf_is_whole(&tried);
    }
    return is_found;
}

struct lf_settings lf_settings_for(const struct lf_request *request, const struct lf_engine *engine,
                                   uint64_t context_tokens)
{
    struct lf_settings settings = lf_settings_default(context_tokens);
    settings.engine = engine;
    settings.slots = request->slots;
    settings.ubatch = request->ubatch != 0 ? request->ubatch : engine->ubatch_tokens;
    settings.outputs = request->outputs != 0 ? request->outputs : request->slots;
    settings.flash_attn = !request->no_flash_attn;
    settings.swa_full = request->swa_full;
    settings.is_unified = !request->splits_cache;
    settings.loads_mtp = request->loads_mtp;
    if (request->has_kv) {
        settings.type_k = request->type_k;
        settings.type_v = request->type_v;
    }
    return settings;
}

uint64_t lf_target_context(const struct lf_request *request, const struct lf_model *model)
{
    if (request->context_tokens != 0) {
        return request->context_tokens;
    }
    uint64_t target = lf_use_case_context(request->use_case);
    if (model->native_context_tokens != 0 && model->native_context_tokens < target) {
        target = model->native_context_tokens;
    }
    if (request->max_context_tokens != 0 && request->max_context_tokens < target) {
        target = request->max_context_tokens;
    }
    return target;
}

/* Tries the target context and, where that does not fit, or not wholly on GPUs that could hold it,
 * a q8_0 cache and smaller contexts. */
static bool try_mix(const struct sizing *sizing, struct lf_choice *best, bool *has_best)
{
    enum { LEAST_CONTEXT_TOKENS = 4096 };
    const struct lf_request *request = sizing->context->request;
    uint64_t target = lf_target_context(request, sizing->subject->model);
    uint64_t loaded = sizing->weights.file_bytes - sizing->weights.mtp_bytes;
    bool may_be_whole =
        lf_sub(loaded, sizing->weights.input_bytes) <= lf_budget_gpu_room(sizing->context->budget);
    if (loaded > lf_budget_room(sizing->context->budget) && request->context_tokens == 0 &&
        !sizing->context->budget->maps_files) {
        /* Nothing can fit; the smallest try tells how much is missing. */
        target = target < LEAST_CONTEXT_TOKENS ? target : LEAST_CONTEXT_TOKENS;
    }
    for (uint64_t tokens = target;; tokens /= 2) {
        struct lf_settings settings = lf_settings_for(request, sizing->engine, tokens);
        if (try_settings(sizing, &settings, best, has_best)) {
            return true;
        }
        if (is_settled(best) && !may_be_whole) {
            return false;
        }
        if (!request->has_kv && settings.flash_attn && sizing->engine->packed_cache != LF_F16) {
            settings.type_k = sizing->engine->packed_cache;
            settings.type_v = sizing->engine->packed_cache;
            if (try_settings(sizing, &settings, best, has_best)) {
                return true;
            }
        }
        bool may_shrink = request->context_tokens == 0 && tokens / 2 >= LEAST_CONTEXT_TOKENS;
        if (!may_shrink || (is_settled(best) && !may_be_whole)) {
            return false;
        }
    }
}

/* Whether a mix is far too large to be worth sizing: no model was seen more than a tenth below the
 * typical bits per weight. */
static bool is_hopeless(const struct lf_advice_context *context, const struct lf_subject *subject,
                        enum lf_mix mix)
{
    static const double least_share = 0.85;
    double bits = context->catalog->quants.rows[mix].nominal_bpw * least_share;
    return !context->budget->maps_files &&
           (double)subject->form.params_total * bits / 8 > (double)lf_budget_room(context->budget);
}

static struct lf_settings target_settings(const struct lf_advice_context *context,
                                          const struct lf_subject *subject, enum lf_mix mix)
{
    return lf_settings_for(context->request, lf_runtime_engine(context->runtime, mix),
                           lf_target_context(context->request, subject->model));
}

/* Whether a mix is not worth sizing beside the best so far: its quality alone, at any speed, is not
 * more than what that is worth. Contexts and caches beside the target's only lower it. */
static bool is_behind(const struct sizing *sizing, enum lf_mix mix, const struct lf_choice *best)
{
    const struct lf_advice_context *context = sizing->context;
    const struct lf_subject *subject = sizing->subject;
    if (!best->placement.fits) {
        return false;
    }
    struct lf_settings settings = target_settings(context, subject, mix);
    struct lf_expectation ideal =
        lf_expect(subject->model, &subject->form, mix, &settings, INFINITY, &context->tables);
    return !lf_may_be_better(&ideal, mix, best);
}

/* A model the runtime cannot run here: not placed, and nothing is missing that memory would mend.
 */
static bool keep_out(const struct lf_advice_context *context, const struct lf_subject *subject,
                     enum lf_mix mix, struct lf_choice *choice)
{
    choice->subject = subject;
    choice->mix = mix;
    choice->settings = target_settings(context, subject, mix);
    choice->placement.short_by_bytes = UINT64_MAX;
    return false;
}

bool lf_choose_mix(const struct lf_advice_context *context, const struct lf_subject *subject,
                   enum lf_mix mix, struct lf_choice *choice)
{
    if (!lf_runtime_runs(context, mix) ||
        lf_runtime_obstacle(context, subject) != LF_OBSTACLE_NONE) {
        return keep_out(context, subject, mix, choice);
    }
    struct sizing sizing = sizing_new(context, subject);
    bool has_best = false;
    sizing_set_mix(&sizing, mix);
    try_mix(&sizing, choice, &has_best);
    sizing_clear(&sizing);
    lf_same_device_settle(context, choice);
    return choice->placement.fits;
}

bool lf_choose(const struct lf_advice_context *context, const struct lf_subject *subject,
               struct lf_choice *choice)
{
    if (context->request->has_mix) {
        return lf_choose_mix(context, subject, context->request->mix, choice);
    }
    enum lf_mix mixes[LF_MIX_COUNT];
    size_t count = lf_candidate_mixes(context, subject, mixes);
    if (lf_runtime_obstacle(context, subject) != LF_OBSTACLE_NONE) {
        return keep_out(context, subject, mixes[0], choice);
    }
    while (!lf_runtime_runs(context, mixes[count - 1])) {
        count--; /* one of them runs, or there were an obstacle */
    }
    struct sizing sizing = sizing_new(context, subject);
    bool has_best = false;
    for (size_t i = 0; i < count; i++) {
        /* The last one is tried all the same: it tells how much is missing. */
        if (!lf_runtime_runs(context, mixes[i]) ||
            (i + 1 < count && is_hopeless(context, subject, mixes[i])) ||
            (has_best && is_behind(&sizing, mixes[i], choice))) {
            continue;
        }
        sizing_set_mix(&sizing, mixes[i]);
        struct lf_choice tried;
        lf_choice_reset(&tried);
        bool has_tried = false;
        try_mix(&sizing, &tried, &has_tried);
        if (!has_best || lf_is_better(&tried, choice)) {
            lf_choice_copy(choice, &tried);
            has_best = true;
        }
    }
    sizing_clear(&sizing);
    lf_same_device_settle(context, choice);
    return choice->placement.fits;
}

uint64_t lf_max_context(const struct lf_advice_context *context, const struct lf_choice *choice)
{
    enum { STEP_TOKENS = 1024 };
    uint64_t native = choice->subject->model->native_context_tokens;
    uint64_t least = choice->settings.context_tokens / STEP_TOKENS;
    uint64_t most =
        (native > choice->settings.context_tokens ? native : choice->settings.context_tokens) /
        STEP_TOKENS;
    struct sizing sizing = sizing_new(context, choice->subject);
    sizing_set_mix(&sizing, choice->mix);
    while (least < most) {
        uint64_t middle = least + (most - least + 1) / 2;
        struct lf_settings settings = choice->settings;
        struct lf_load load;
        struct lf_placement placement;
        settings.context_tokens = middle * STEP_TOKENS;
        make_load(&sizing, &settings, &load);
        lf_place(&load, context->budget, choice->placement.mode, &placement);
        if (placement.fits) {
            least = middle;
        } else {
            most = middle - 1;
        }
    }
    sizing_clear(&sizing);
    uint64_t longest = least * STEP_TOKENS;
    return longest > choice->settings.context_tokens ? longest : choice->settings.context_tokens;
}
