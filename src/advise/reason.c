/* Why a choice is what it is, and why nothing fits. */
#include "advise/choice.h"

#include <stdlib.h>
#include <string.h>

#include "advise/projector.h"
#include "advise/runtime.h"
#include "base/units.h"
#include "rules/engine.h"

enum { LEAST_CONTEXT_TOKENS = 4096 };

static void add(struct lf_choice *choice, const char *code, const char *text)
{
    if (choice->reason_count < LF_REASONS_MOST) {
        choice->reasons[choice->reason_count++] = (struct lf_reason){.code = code, .text = text};
    }
}

static const char *where_text(const struct lf_choice *choice, struct lf_arena *arena)
{
    const struct lf_placement *placement = &choice->placement;
    bool has_disk = placement->stream.streamed_bytes > 0;
    const char *disk = has_disk ? " and on disk" : "";
    char context[LF_SIZE_TEXT_BYTES];
    lf_tokens_format(context, choice->settings.context_tokens);
    switch (placement->mode) {
    case LF_MODE_GPU:
        return lf_arena_format(arena, "fits fully on the GPU with %s context", context);
    case LF_MODE_MULTI_GPU:
        return lf_arena_format(arena, "fits over %zu GPUs with %s context",
                               placement->share_count - 1, context);
    case LF_MODE_UNIFIED:
        return lf_arena_format(arena, "fits in unified memory with %s context", context);
    case LF_MODE_EXPERTS_IN_RAM:
        return lf_arena_format(
            arena, "experts of %llu of %llu layers in RAM%s: slower, but all of it fits",
            (unsigned long long)placement->ram_expert_layers,
            (unsigned long long)placement->layer_count, disk);
    case LF_MODE_LAYERS_SPLIT:
        return lf_arena_format(arena, "%llu of %llu layers on the GPU, the rest in RAM%s: slower",
                               (unsigned long long)placement->gpu_layers,
                               (unsigned long long)placement->layer_count, disk);
    case LF_MODE_CPU:
    case LF_MODE_COUNT:
        break;
    }
    return lf_arena_format(arena, "runs from RAM%s on the CPU with %s context",
                           has_disk ? " and disk" : "", context);
}

/* What a token waits for, and on what assumption. */
static void add_disk_reason(struct lf_choice *choice, struct lf_arena *arena)
{
    const struct lf_stream *stream = &choice->placement.stream;
    char streamed[LF_SIZE_TEXT_BYTES];
    char read[LF_SIZE_TEXT_BYTES];
    if (stream->streamed_bytes == 0) {
        return;
    }
    lf_size_format(streamed, stream->streamed_bytes);
    lf_size_format(read, (uint64_t)stream->mid_read_bytes);
    add(choice, "from-disk",
        lf_arena_format(arena, "%s stay on the disk; a token reads about %s of them%s", streamed,
                        read,
                        choice->subject->form.experts > 0 ? ", if experts are used evenly" : ""));
    if (stream->disk->is_assumed) {
        add(choice, "assumed-disk", "the disk's speed is not known: --disk-bandwidth states it");
    }
}

static void add_memory_reason(struct lf_choice *choice, struct lf_arena *arena)
{
    const struct lf_form *form = &choice->subject->form;
    if (form->experts == 0 || choice->placement.stream.streamed_bytes > 0) {
        return;
    }
    char total[LF_SIZE_TEXT_BYTES];
    char active[LF_SIZE_TEXT_BYTES];
    add(choice, "all-experts-loaded",
        lf_arena_format(arena, "all %s parameters are loaded, %s are used for a token",
                        lf_params_format(total, form->params_total),
                        lf_params_format(active, form->params_active)));
}

/* The engine may count the GPUs in another order than the -ts of its command does.
 * source  CUDA C++ Programming Guide, environment variables: CUDA_DEVICE_ORDER is FASTEST_FIRST
 *         unless set */
static void add_order_reason(struct lf_choice *choice)
{
    const struct lf_placement *placement = &choice->placement;
    const struct lf_accelerator *gpu = placement->shares[0].pool->accelerator;
    bool is_even = true;
    for (size_t i = 1; i + 1 < placement->share_count; i++) {
        is_even = is_even && placement->shares[i].pool->bandwidth_bps ==
                                 placement->shares[0].pool->bandwidth_bps;
    }
    bool uses_all = placement->share_count == placement->gpu_count + 1;
    if (!choice->settings.engine->splits_tensors && placement->gpu_count > 1 && gpu != NULL &&
        !(is_even && uses_all) && strcmp(gpu->vendor, "NVIDIA") == 0) {
        add(choice, "gpu-order",
            "-ts counts the GPUs as listed here: set CUDA_DEVICE_ORDER=PCI_BUS_ID");
    }
}

static void add_quality_reasons(struct lf_choice *choice, struct lf_arena *arena)
{
    static const enum lf_mix low[] = {LF_MIX_Q3_K_M, LF_MIX_Q3_K_S, LF_MIX_Q3_K_L,  LF_MIX_IQ3_M,
                                      LF_MIX_IQ3_S,  LF_MIX_IQ3_XS, LF_MIX_IQ3_XXS, LF_MIX_Q2_K,
                                      LF_MIX_Q2_K_S, LF_MIX_IQ2_M,  LF_MIX_IQ2_XXS, LF_MIX_IQ1_S};
    for (size_t i = 0; i < sizeof low / sizeof low[0]; i++) {
        if (choice->mix == low[i]) {
            add(choice, "low-quant",
                lf_arena_format(arena, "%s loses quality; larger ones do not fit or crawl",
                                lf_mix_name(choice->mix)));
        }
    }
    if (lf_type_is_packed(choice->settings.type_k)) {
        add(choice, "quantized-cache",
            lf_arena_format(arena, "the cache is kept in %s to make it fit",
                            lf_type_name(choice->settings.type_k)));
    }
    if (choice->expectation.is_estimated) {
        add(choice, "estimated-quality", "no published scores: its quality is estimated");
    } else if (choice->expectation.sources == 1) {
        add(choice, "single-source", "its quality rests on one source");
    }
    if (choice->subject->model->confidence == LF_CONFIDENCE_LOW) {
        add(choice, "estimated-shape", "its exact shape is not confirmed: sizes are estimates");
    }
}

void lf_explain_choice(struct lf_choice *choice, struct lf_arena *arena)
{
    choice->reason_count = 0;
    add(choice, lf_mode_id(choice->placement.mode), where_text(choice, arena));
    struct lf_reason projector = lf_projector_reason(choice, arena);
    if (projector.code != NULL) {
        add(choice, projector.code, projector.text);
    }
    add_disk_reason(choice, arena);
    add_order_reason(choice);
    if (choice->expectation.cap_code != NULL &&
        strcmp(choice->expectation.cap_code, "speed") == 0) {
        add(choice, "tier-capped-by-speed", "its speed here keeps it from a higher tier");
    } else if (choice->expectation.cap_code != NULL &&
               strcmp(choice->expectation.cap_code, "context") == 0) {
        add(choice, "tier-capped-by-context", "the context that fits keeps it from a higher tier");
    }
    add_quality_reasons(choice, arena);
    add_memory_reason(choice, arena);
}

/* Whether the choice would fit with so much more in RAM, or on the first GPU. */
static bool fits_with(const struct lf_advice_context *context, const struct lf_choice *choice,
                      uint64_t ram_bytes, uint64_t gpu_bytes)
{
    struct lf_budget *budget = lf_alloc(1, sizeof *budget);
    struct lf_choice *tried = lf_alloc(1, sizeof *tried);
    struct lf_advice_context with_more = *context;
    *budget = *context->budget;
    budget->ram.budget_bytes = lf_add(budget->ram.budget_bytes, ram_bytes);
    budget->gpus[0].budget_bytes = lf_add(budget->gpus[0].budget_bytes, gpu_bytes);
    with_more.budget = budget;
    bool fits = lf_try(&with_more, choice->subject, choice->mix, &choice->settings,
                       choice->placement.mode, tried);
    free(tried);
    free(budget);
    return fits;
}

/* Where so much more memory is enough. */
static const char *where_more_helps(const struct lf_advice_context *context,
                                    const struct lf_choice *choice, uint64_t missing)
{
    if (context->budget->is_unified) {
        return "unified memory";
    }
    bool in_ram = fits_with(context, choice, missing, 0);
    bool on_gpu = context->budget->gpu_count > 0 && fits_with(context, choice, 0, missing);
    return in_ram && on_gpu ? "RAM or VRAM"
           : in_ram         ? "RAM"
           : on_gpu         ? "VRAM"
                            : "RAM and VRAM together";
}

/* Whether the choice would fit with the least context. */
static bool fits_briefer(const struct lf_advice_context *context, const struct lf_choice *choice)
{
    struct lf_choice *tried = lf_alloc(1, sizeof *tried);
    struct lf_settings settings = choice->settings;
    settings.context_tokens = LEAST_CONTEXT_TOKENS;
    bool fits =
        lf_try(context, choice->subject, choice->mix, &settings, choice->placement.mode, tried);
    free(tried);
    return fits;
}

/* Whether the choice would fit with what RAM does not hold left on the disk. */
static bool fits_from_disk(const struct lf_advice_context *context, const struct lf_choice *choice)
{
    const enum lf_mode modes[] = {choice->placement.mode, LF_MODE_CPU};
    if (context->request->from_disk || !context->runtime->reads_from_disk ||
        !lf_disk_holds(context->machine, choice->file_bytes)) {
        return false;
    }
    struct lf_budget *budget = lf_alloc(1, sizeof *budget);
    struct lf_choice *tried = lf_alloc(1, sizeof *tried);
    struct lf_advice_context with_disk = *context;
    bool fits = false;
    *budget = *context->budget;
    budget->maps_files = true;
    with_disk.budget = budget;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0] && !fits; i++) {
        fits = lf_try(&with_disk, choice->subject, choice->mix, &choice->settings, modes[i], tried);
    }
    free(tried);
    free(budget);
    return fits;
}

void lf_explain_unfit(const struct lf_advice_context *context, struct lf_choice *choice,
                      struct lf_arena *arena)
{
    uint64_t missing = choice->placement.short_by_bytes;
    char size[LF_SIZE_TEXT_BYTES];
    struct lf_reason obstacle = lf_runtime_obstacle_reason(context, choice->subject, arena);
    choice->reason_count = 0;
    if (obstacle.code != NULL) {
        add(choice, obstacle.code, obstacle.text);
        return;
    }
    if (missing == UINT64_MAX) {
        add(choice, "memory-unknown", "how much memory there is could not be found out");
        return;
    }
    lf_size_format(size, missing);
    add(choice, "too-large",
        lf_arena_format(arena, "%s and its cache are %s too large for this machine",
                        lf_mix_name(choice->mix), size));
    struct lf_reason *reason = &choice->reasons[0];
    const char **helps = lf_arena_alloc(arena, 3, sizeof *helps);
    reason->short_by_bytes = missing;
    reason->helps.items = helps;
    helps[reason->helps.count++] = lf_arena_format(arena, "%s more %s for models", size,
                                                   where_more_helps(context, choice, missing));
    if (choice->settings.context_tokens > LEAST_CONTEXT_TOKENS &&
        context->request->context_tokens != 0 && fits_briefer(context, choice)) {
        helps[reason->helps.count++] = "a smaller --context";
    }
    if (fits_from_disk(context, choice)) {
        helps[reason->helps.count++] = "--from-disk, as slow as the disk is";
    }
}
