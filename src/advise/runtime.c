#include "advise/runtime.h"

#include <string.h>

#include "base/units.h"
#include "rules/engine.h"

enum lf_status lf_runtime_prepare(const struct lf_catalog *catalog,
                                  const struct lf_request *request,
                                  const struct lf_runtime **runtime, struct lf_error *err)
{
    const char *id = request->runtime == NULL ? LF_ENGINE_NAME : request->runtime;
    *runtime = lf_runtime_find(&catalog->runtimes, id);
    if (*runtime == NULL) {
        return lf_fail(err, LF_BAD_INPUT, "runtimes.json: there is no runtime \"%s\"", id);
    }
    for (size_t i = 0; i < (*runtime)->load_count; i++) {
        const char *engine = (*runtime)->loads[i].engine;
        const struct lf_runtime *speed = lf_runtime_find(&catalog->runtimes, engine);
        if (lf_engine_find(engine) == NULL || speed == NULL || speed->backend_count == 0) {
            return lf_fail(err, LF_BAD_INPUT, "runtimes.json: %s runs on \"%.64s\", which is none",
                           id, engine);
        }
    }
    if (request->has_mix && lf_runtime_load_of(*runtime, request->mix) == NULL) {
        return lf_fail(err, LF_USAGE, "--quant: %s does not load %s", (*runtime)->name,
                       lf_mix_name(request->mix));
    }
    return LF_OK;
}

const struct lf_engine *lf_runtime_engine(const struct lf_runtime *runtime, enum lf_mix mix)
{
    return lf_engine_find(lf_runtime_load_of(runtime, mix)->engine);
}

const struct lf_runtime *lf_runtime_speed(const struct lf_advice_context *context, enum lf_mix mix)
{
    const struct lf_runtime_load *load = lf_runtime_load_of(context->runtime, mix);
    return lf_runtime_find(&context->catalog->runtimes, load->engine);
}

static bool is_listed(const struct lf_strings *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* The accelerator that models are put on, or NULL. */
static const struct lf_accelerator *used_gpu(const struct lf_advice_context *context)
{
    return context->budget->gpu_count == 0 ? NULL : context->budget->gpus[0].accelerator;
}

static bool suits_hardware(const struct lf_advice_context *context,
                           const struct lf_runtime_load *load)
{
    return is_listed(&load->backends, lf_backend_of(used_gpu(context)));
}

/* Whether the engine underneath is known to load the model's architecture. */
static bool knows_architecture(const struct lf_advice_context *context,
                               const struct lf_runtime_load *load, const struct lf_subject *subject)
{
    const struct lf_runtime *engine = lf_runtime_find(&context->catalog->runtimes, load->engine);
    const struct lf_supports *runs_on = &subject->model->shape->architecture->runs_on;
    if (engine->listed_as == NULL) {
        return true;
    }
    for (size_t i = 0; i < runs_on->count; i++) {
        if (strcmp(runs_on->items[i].runtime, engine->listed_as) == 0) {
            return true;
        }
    }
    return false;
}

/* A CUDA compute capability ("8.9"); 0: not known, or another vendor's. */
static double compute_of(const struct lf_accelerator *gpu)
{
    double compute = 0;
    bool is_number = gpu != NULL && gpu->compute != NULL && lf_number_parse(gpu->compute, &compute);
    return is_number ? compute : 0;
}

static bool meets_need(const struct lf_advice_context *context, const struct lf_quant_need *need)
{
    const struct lf_accelerator *gpu = used_gpu(context);
    double compute = compute_of(gpu);
    return is_listed(&need->backends, lf_backend_of(gpu)) &&
           (compute <= 0 || compute >= need->least_compute);
}

bool lf_runtime_runs(const struct lf_advice_context *context, enum lf_mix mix)
{
    const struct lf_runtime_load *load = lf_runtime_load_of(context->runtime, mix);
    if (load == NULL || !suits_hardware(context, load)) {
        return false;
    }
    for (size_t i = 0; i < load->need_count; i++) {
        if (load->needs[i].mixes[mix] && !meets_need(context, &load->needs[i])) {
            return false;
        }
    }
    return true;
}

static const struct {
    const char *backend;
    const char *words;
} hardware_words[] = {
    {"cuda", "an NVIDIA"},
    {"rocm", "an AMD"},
    {"metal", "an Apple"},
};

/* "an NVIDIA or an AMD GPU". */
static const char *wanted_hardware(const struct lf_runtime *runtime, struct lf_arena *arena)
{
    const char *text = NULL;
    for (size_t i = 0; i < runtime->load_count; i++) {
        for (size_t h = 0; h < sizeof hardware_words / sizeof hardware_words[0]; h++) {
            const char *words = hardware_words[h].words;
            if (is_listed(&runtime->loads[i].backends, hardware_words[h].backend)) {
                text = text == NULL ? words : lf_arena_format(arena, "%s or %s", text, words);
            }
        }
    }
    return lf_arena_format(arena, "%s GPU", text == NULL ? "another" : text);
}

enum lf_obstacle lf_runtime_obstacle(const struct lf_advice_context *context,
                                     const struct lf_subject *subject)
{
    const struct lf_runtime *runtime = context->runtime;
    bool suits = false;
    bool is_known = false;
    for (size_t i = 0; i < runtime->load_count; i++) {
        bool suits_this = suits_hardware(context, &runtime->loads[i]);
        suits = suits || suits_this;
        is_known =
            is_known || (suits_this && knows_architecture(context, &runtime->loads[i], subject));
    }
    if (!suits || !is_known) {
        return suits ? LF_OBSTACLE_ARCHITECTURE : LF_OBSTACLE_HARDWARE;
    }
    enum lf_mix mixes[LF_MIX_COUNT];
    size_t count = lf_candidate_mixes(context, subject, mixes);
    if (context->request->has_mix) {
        mixes[0] = context->request->mix;
        count = 1;
    }
    for (size_t i = 0; i < count; i++) {
        if (lf_runtime_runs(context, mixes[i])) {
            return LF_OBSTACLE_NONE;
        }
    }
    return LF_OBSTACLE_QUANT;
}

struct lf_reason lf_runtime_obstacle_reason(const struct lf_advice_context *context,
                                            const struct lf_subject *subject,
                                            struct lf_arena *arena)
{
    const struct lf_runtime *runtime = context->runtime;
    switch (lf_runtime_obstacle(context, subject)) {
    case LF_OBSTACLE_HARDWARE:
        return (struct lf_reason){
            .code = "runtime-hardware",
            .text = lf_arena_format(arena, "%s needs %s, which this machine does not have",
                                    runtime->name, wanted_hardware(runtime, arena))};
    case LF_OBSTACLE_ARCHITECTURE:
        return (struct lf_reason){
            .code = "runtime-architecture",
            .text = lf_arena_format(arena, "%s %s does not know its architecture, %s",
                                    runtime->name, runtime->version, subject->form.arch)};
    case LF_OBSTACLE_QUANT:
        return (struct lf_reason){
            .code = "runtime-quant",
            .text = lf_arena_format(arena, "%s has no quant for this GPU", runtime->name)};
    case LF_OBSTACLE_NONE:
        break;
    }
    return (struct lf_reason){0};
}

/* Quants worth considering, best first, with the format that speaks for them and the smallest model
 * they are advised for: a smaller model at 4 bits serves better than a bigger one below. */
static const struct {
    enum lf_mix mix;
    unsigned format;
    uint64_t least_params;
} candidates[] = {
    {LF_MIX_BF16, LF_FORMAT_SAFETENSORS, 0},
    {LF_MIX_FP8, LF_FORMAT_SAFETENSORS, 0},
    {LF_MIX_AWQ, LF_FORMAT_SAFETENSORS, 0},
    {LF_MIX_MLX_8BIT, LF_FORMAT_MLX, 0},
    {LF_MIX_MLX_6BIT, LF_FORMAT_MLX, 0},
    {LF_MIX_MLX_5BIT, LF_FORMAT_MLX, 0},
    {LF_MIX_MLX_4BIT, LF_FORMAT_MLX, 0},
    {LF_MIX_Q8_0, LF_FORMAT_GGUF, 0},
    {LF_MIX_Q6_K, LF_FORMAT_GGUF, 0},
    {LF_MIX_Q5_K_M, LF_FORMAT_GGUF, 0},
    {LF_MIX_Q4_K_M, LF_FORMAT_GGUF, 0},
    {LF_MIX_IQ4_XS, LF_FORMAT_GGUF, UINT64_C(4000000000)},
    {LF_MIX_Q3_K_M, LF_FORMAT_GGUF, UINT64_C(14000000000)},
    {LF_MIX_IQ3_XXS, LF_FORMAT_GGUF, UINT64_C(80000000000)},
    {LF_MIX_Q2_K, LF_FORMAT_GGUF, UINT64_C(80000000000)},
};

/* What keeps the tensors of a model as they are that are published quantized. Other matrices are
 * few. */
static const enum lf_mix kept[] = {LF_MIX_MXFP4, LF_MIX_MLX_8BIT, LF_MIX_MXFP4_MOE};

static bool is_stored_quantized(const struct lf_form *form)
{
    for (size_t k = 0; k < form->kind_count; k++) {
        for (size_t i = 0; i < form->kinds[k].count; i++) {
            if (form->kinds[k].tensors[i].stored == LF_MXFP4) {
                return true;
            }
        }
    }
    return false;
}

/* Whether the vendor published the model in a format that is smaller than the mix. */
static bool exceeds_native(const struct lf_model *model, enum lf_mix mix)
{
    const char *native = model->native_format;
    bool is_eight = native != NULL && strcmp(native, "FP8") == 0;
    bool is_four = native != NULL && !is_eight && strcmp(native, "BF16") != 0;
    return (mix == LF_MIX_BF16 && (is_eight || is_four)) || (mix == LF_MIX_FP8 && is_four);
}

static size_t add_mixes(const struct lf_subject *subject, unsigned formats,
                        enum lf_mix mixes[LF_MIX_COUNT])
{
    size_t count = 0;
    if (is_stored_quantized(&subject->form)) {
        for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
            if ((lf_mix_formats(kept[i]) & formats) != 0) {
                mixes[count++] = kept[i];
            }
        }
        return count;
    }
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
        if ((candidates[i].format & formats) != 0 &&
            subject->form.params_total >= candidates[i].least_params &&
            !exceeds_native(subject->model, candidates[i].mix)) {
            mixes[count++] = candidates[i].mix;
        }
    }
    return count;
}

/* Leaves out what llama-quantize makes only with an importance matrix. */
static size_t drop_imatrix(const struct lf_quants *quants, enum lf_mix mixes[LF_MIX_COUNT],
                           size_t count)
{
    size_t kept_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!quants->rows[mixes[i]].needs_imatrix) {
            mixes[kept_count++] = mixes[i];
        }
    }
    return kept_count;
}

size_t lf_candidate_mixes(const struct lf_advice_context *context, const struct lf_subject *subject,
                          enum lf_mix mixes[LF_MIX_COUNT])
{
    unsigned all = 0;
    unsigned here = 0;
    for (size_t i = 0; i < context->runtime->load_count; i++) {
        const struct lf_runtime_load *load = &context->runtime->loads[i];
        all |= load->format;
        bool suits = suits_hardware(context, load) && knows_architecture(context, load, subject);
        here |= suits ? load->format : 0;
    }
    size_t count = add_mixes(subject, here != 0 ? here : all, mixes);
    return context->request->no_imatrix ? drop_imatrix(&context->catalog->quants, mixes, count)
                                        : count;
}
