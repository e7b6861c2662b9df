#include "advise/info.h"

#include <stdlib.h>
#include <string.h>

#include "advise/projector.h"
#include "advise/runtime.h"
#include "base/units.h"
#include "rules/cache.h"
#include "rules/engine.h"

/* Every quant the runtime has, best first by the table of quants. */
static size_t all_mixes(const struct lf_info_report *report, enum lf_mix mixes[LF_MIX_COUNT])
{
    const struct lf_quants *quants = &report->catalog->quants;
    size_t count = 0;
    for (uint64_t rank = 1; rank <= LF_MIX_COUNT; rank++) {
        for (int m = 0; m < LF_MIX_COUNT; m++) {
            bool is_loaded = lf_runtime_load_of(report->runtime, (enum lf_mix)m) != NULL;
            if (quants->rows[m].rank == rank && is_loaded) {
                mixes[count++] = (enum lf_mix)m;
            }
        }
    }
    return count;
}

static size_t asked_mixes(const struct lf_advice_context *context,
                          const struct lf_info_report *report, enum lf_mix mixes[LF_MIX_COUNT])
{
    if (report->request->all_mixes) {
        return all_mixes(report, mixes);
    }
    if (report->request->has_mix) {
        mixes[0] = report->request->mix;
        return 1;
    }
    return lf_candidate_mixes(context, &report->subject, mixes);
}

/* The settings of the sizes, by the rules a mix is sized by. */
static struct lf_settings settings_of(const struct lf_info_report *report, enum lf_mix mix)
{
    struct lf_settings settings = report->settings;
    settings.engine = lf_runtime_engine(report->runtime, mix);
    return settings;
}

static struct lf_size_row size_mix(const struct lf_advice_context *context,
                                   const struct lf_info_report *report, enum lf_mix mix,
                                   struct lf_layer_weights *layers)
{
    const struct lf_form *form = &report->subject.form;
    struct lf_settings settings = settings_of(report, mix);
    struct lf_cache_bytes cache = lf_cache_bytes(form, &settings);
    struct lf_layer_sum *sums = lf_alloc(form->layers + 1, sizeof *sums);
    struct lf_weights weights;
    struct lf_load load;
    lf_subject_weigh(context, &report->subject, mix, layers, &weights, NULL);
    lf_load_make(form, &weights, &settings, 1, 0, sums, &load);
    free(sums);
    struct lf_size_row row = {
        .mix = mix,
        .context_tokens = settings.context_tokens,
        .type_k = settings.type_k,
        .type_v = settings.type_v,
        .file_bytes = weights.file_bytes,
        .weights_bytes = lf_add(weights.file_bytes - (settings.loads_mtp ? 0 : weights.mtp_bytes),
                                weights.projector_bytes),
        .projector_bytes = weights.projector_bytes,
        .kv_bytes = cache.kv_bytes,
        .kv_padding_bytes = cache.padding_bytes,
        .state_bytes = cache.state_bytes,
        .compute_bytes = load.compute.device_bytes,
        .host_compute_bytes = load.compute.host_bytes,
    };
    row.total_bytes =
        lf_add(lf_add(row.weights_bytes, row.kv_bytes), lf_add(row.state_bytes, row.compute_bytes));
    return row;
}

static void make_sizes(const struct lf_advice_context *context, struct lf_info_report *report)
{
    enum lf_mix mixes[LF_MIX_COUNT];
    report->size_count = asked_mixes(context, report, mixes);
    report->sizes = lf_arena_alloc(&report->arena, report->size_count, sizeof *report->sizes);
    struct lf_layer_weights *layers = lf_alloc(report->subject.form.layers, sizeof *layers);
    for (size_t i = 0; i < report->size_count; i++) {
        report->sizes[i] = size_mix(context, report, mixes[i], layers);
    }
    free(layers);
}

static bool is_same(const struct lf_choice *a, const struct lf_choice *b)
{
    return a->mix == b->mix && a->placement.mode == b->placement.mode &&
           a->settings.context_tokens == b->settings.context_tokens &&
           a->settings.type_k == b->settings.type_k && a->settings.type_v == b->settings.type_v;
}

static void add_placement(struct lf_info_report *report, const struct lf_choice *choice)
{
    for (size_t i = 0; i < report->placement_count; i++) {
        if (is_same(report->placements[i], choice)) {
            return;
        }
    }
    struct lf_choice *copy = lf_arena_alloc(&report->arena, 1, sizeof *copy);
    *copy = *choice;
    report->placements[report->placement_count++] = copy;
}

/* The advised placement first, then the best of every other quant. */
static void make_placements(const struct lf_advice_context *context, struct lf_info_report *report)
{
    enum lf_mix mixes[LF_MIX_COUNT];
    size_t count = asked_mixes(context, report, mixes);
    struct lf_choice *tried = lf_alloc(1, sizeof *tried);
    report->placements = lf_arena_alloc(&report->arena, count + 1, sizeof(struct lf_choice *));
    lf_choose(context, &report->subject, tried);
    add_placement(report, tried);
    for (size_t i = 0; i < count; i++) {
        memset(tried, 0, sizeof *tried);
        lf_choose_mix(context, &report->subject, mixes[i], tried);
        add_placement(report, tried);
    }
    free(tried);
    report->commands =
        lf_arena_alloc(&report->arena, report->placement_count, sizeof *report->commands);
    report->waits = lf_arena_alloc(&report->arena, report->placement_count, sizeof *report->waits);
    for (size_t i = 0; i < report->placement_count; i++) {
        struct lf_choice *choice = report->placements[i];
        report->waits[i] = lf_wait_make(context, choice);
        if (choice->placement.fits) {
            lf_explain_choice(choice, &report->arena);
            choice->max_context_tokens = lf_max_context(context, choice);
        } else {
            lf_explain_unfit(context, choice, &report->arena);
        }
        lf_commands_make(report->runtime, choice, &report->arena, &report->commands[i]);
    }
}

static void warn(struct lf_info_report *report, const char *code, const char *text)
{
    enum { WARNINGS_MOST = 8 };
    if (report->warnings == NULL) {
        report->warnings = lf_arena_alloc(&report->arena, WARNINGS_MOST, sizeof *report->warnings);
    }
    if (report->warning_count < WARNINGS_MOST) {
        report->warnings[report->warning_count++] = (struct lf_reason){.code = code, .text = text};
    }
}

/* Of the advice, at the settings of the sizes; where the advice has no row, of the first. */
static void make_explanation(const struct lf_advice_context *context, struct lf_info_report *report)
{
    const struct lf_choice *choice = report->placements[0];
    const struct lf_size_row *size = &report->sizes[0];
    for (size_t i = 0; i < report->size_count; i++) {
        size = report->sizes[i].mix == choice->mix ? &report->sizes[i] : size;
    }
    struct lf_settings *settings = lf_arena_alloc(&report->arena, 1, sizeof *settings);
    *settings = settings_of(report, size->mix);
    report->explanation =
        lf_explain(context, &report->subject, size, settings, choice, &report->arena);
}

/* A file that nobody could have made. */
static void warn_of_imatrix(struct lf_info_report *report)
{
    const struct lf_request *request = report->request;
    if (request->no_imatrix && request->has_mix &&
        report->catalog->quants.rows[request->mix].needs_imatrix) {
        warn(report, "needs-imatrix",
             lf_arena_format(&report->arena,
                             "llama-quantize makes %s only with an importance matrix",
                             lf_mix_name(request->mix)));
    }
}

/* What is left out of a model that sees or hears. */
static void warn_of_text_only(struct lf_info_report *report)
{
    const struct lf_choice *choice = report->placements[0];
    if (lf_model_has_projector(report->subject.model) && !choice->projector.is_loaded) {
        bool is_never =
            lf_runtime_load_of(report->runtime, choice->mix)->projector == LF_PROJECTOR_NEVER;
        warn(report, "text-only",
             is_never ? lf_arena_format(&report->arena, "%s loads the text part alone",
                                        report->runtime->name)
                      : "for text alone: the part that sees and hears is left out; --mmproj "
                        "loads it");
    }
}

/* What the runtime would do unasked, where that is less context than planned. */
static void warn_of_default_context(struct lf_info_report *report)
{
    const struct lf_choice *choice = report->placements[0];
    uint64_t tokens =
        lf_runtime_default_context(report->runtime, lf_budget_vram_bytes(&report->budget));
    if (choice->placement.fits && tokens != 0 && tokens < choice->settings.context_tokens) {
        char unasked[LF_SIZE_TEXT_BYTES];
        char planned[LF_SIZE_TEXT_BYTES];
        warn(report, "runtime-default-context",
             lf_arena_format(&report->arena,
                             "left alone, %s gives a model %s of context on this machine; the "
                             "commands ask for the %s planned",
                             report->runtime->name, lf_tokens_format(unasked, tokens),
                             lf_tokens_format(planned, choice->settings.context_tokens)));
    }
}

/* What the runtime takes at its start, beyond what the model needs. */
static void warn_of_preallocation(struct lf_info_report *report)
{
    double share = report->runtime->gpu_memory_share;
    if (report->placements[0]->placement.fits && share > 0) {
        warn(report, "runtime-takes-share",
             lf_arena_format(&report->arena,
                             "%s takes the share of each GPU that it is told, %.2f unless told "
                             "otherwise: what the model leaves of it becomes cache",
                             report->runtime->name, share));
    }
}

/* On a Mac, what MLX makes of the model, unless a runtime was asked for. */
static void warn_of_mlx(const struct lf_advice_context *context, struct lf_info_report *report)
{
    struct lf_request request = *report->request;
    struct lf_advice_context other = *context;
    request.runtime = "mlx";
    request.has_mix = false;
    other.request = &request;
    other.runtime = lf_runtime_find(&context->catalog->runtimes, request.runtime);
    if (report->request->runtime != NULL || other.runtime == NULL ||
        lf_runtime_obstacle(&other, &report->subject) != LF_OBSTACLE_NONE) {
        return;
    }
    struct lf_choice *choice = lf_arena_alloc(&report->arena, 1, sizeof *choice);
    if (lf_choose(&other, &report->subject, choice)) {
        char size[LF_SIZE_TEXT_BYTES];
        warn(report, "mlx-beside",
             lf_arena_format(&report->arena,
                             "MLX and LM Studio serve a Mac's memory best: %s with --runtime mlx, "
                             "%s, about %.0f to %.0f tokens/s",
                             lf_mix_name(choice->mix), lf_size_format(size, choice->total_bytes),
                             choice->decode.low, choice->decode.high));
    }
}

static void make_warnings(const struct lf_advice_context *context, struct lf_info_report *report)
{
    uint64_t native = report->subject.model->native_context_tokens;
    if (native != 0 && report->settings.context_tokens > native) {
        warn(report, "context-beyond-native",
             lf_arena_format(&report->arena,
                             "the context is longer than the model's own %llu tokens",
                             (unsigned long long)native));
    }
    if (report->request->finetune != NULL) {
        warn(report, "finetune-by-base",
             lf_arena_format(&report->arena,
                             "\"%.128s\" is not in the catalog: sizes and speed are those of "
                             "%s, which its name says it is made from; its quality may differ",
                             report->request->finetune, report->subject.model->name));
    }
    if (report->exactness == LF_EXACTNESS_ESTIMATED) {
        warn(report, "estimated-shape",
             "the model's exact shape is not confirmed: sizes are estimates");
    }
    warn_of_imatrix(report);
    warn_of_text_only(report);
    struct lf_reason own = lf_measured_reason(context, report->placements[0], &report->arena);
    if (own.code != NULL) {
        warn(report, own.code, own.text);
    }
    warn_of_default_context(report);
    warn_of_preallocation(report);
    warn_of_mlx(context, report);
}

enum lf_status lf_info(const struct lf_machine *machine, const struct lf_catalog *catalog,
                       const struct lf_request *request, const struct lf_model *model,
                       struct lf_info_report *report, struct lf_error *err)
{
    *report = (struct lf_info_report){.machine = machine, .request = request, .catalog = catalog};
    enum lf_status status = lf_subject_make(model, &report->arena, &report->subject, err);
    if (status != LF_OK) {
        return status;
    }
    struct lf_advice_context context;
    status = lf_advice_prepare(catalog, machine, request, &report->budget, &context, err);
    if (status != LF_OK) {
        return status;
    }
    report->runtime = context.runtime;
    enum lf_mix mixes[LF_MIX_COUNT];
    asked_mixes(&context, report, mixes);
    const struct lf_engine *engine = lf_runtime_engine(report->runtime, mixes[0]);
    report->exactness = lf_model_exactness(model, engine);
    report->settings = lf_settings_for(request, engine, lf_target_context(request, model));
    if (request->outputs == 0) {
        report->settings.outputs = LF_OUTPUTS;
    }
    make_sizes(&context, report);
    make_placements(&context, report);
    if (request->explains && report->size_count > 0) {
        make_explanation(&context, report);
    }
    make_warnings(&context, report);
    return LF_OK;
}

bool lf_info_lacks(const struct lf_info_report *report)
{
    const struct lf_advice_context context = {.request = report->request,
                                              .budget = &report->budget};
    struct lf_prospect now = lf_prospect_of(report->request, report->placements[0]);
    return lf_goals_missing(&context, &now) != 0;
}

/* What helps a model that does not fit: the changes with which it does. */
static void tell_helps(struct lf_info_report *report)
{
    struct lf_choice *first = report->placements[0];
    const struct lf_changes *changes = &report->changes;
    const char **helps = lf_arena_alloc(&report->arena, changes->count, sizeof *helps);
    size_t count = 0;
    for (size_t i = 0; i < changes->count; i++) {
        if ((changes->items[i].reaches & LF_GOAL_FIT) != 0) {
            helps[count++] = changes->items[i].text;
        }
    }
    if (count > 0 && first->reason_count > 0) {
        first->reasons[0].helps = (struct lf_strings){helps, count};
    }
}

enum lf_status lf_info_find_changes(struct lf_info_report *report, struct lf_error *err)
{
    struct lf_advice_context context;
    enum lf_status status = lf_advice_prepare(report->catalog, report->machine, report->request,
                                              &report->budget, &context, err);
    if (status == LF_OK) {
        struct lf_prospect now = lf_prospect_of(report->request, report->placements[0]);
        lf_changes_find(&context, &report->subject, &now, &report->arena, &report->changes);
        if (!now.fits) {
            tell_helps(report);
        }
    }
    return status;
}

void lf_info_clear(struct lf_info_report *report)
{
    lf_arena_clear(&report->arena);
}
