#include "advise/info.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "rules/cache.h"
#include "rules/compute.h"
#include "rules/weights.h"

/* Every quant there is, best first by the table of quants; without one, in llama-quantize's order.
 */
static size_t all_mixes(const struct lf_quants *quants, enum lf_mix mixes[LF_MIX_COUNT])
{
    size_t count = 0;
    for (uint64_t rank = 1; rank <= LF_MIX_COUNT; rank++) {
        for (int m = 0; m < LF_MIX_COUNT; m++) {
            if (quants->rows[m].rank == rank) {
                mixes[count++] = (enum lf_mix)m;
            }
        }
    }
    return count;
}

static size_t asked_mixes(const struct lf_info_report *report, enum lf_mix mixes[LF_MIX_COUNT])
{
    if (report->request->all_mixes) {
        return all_mixes(&report->catalog->quants, mixes);
    }
    if (report->request->has_mix) {
        mixes[0] = report->request->mix;
        return 1;
    }
    return lf_candidate_mixes(&report->subject, mixes);
}

static void make_sizes(struct lf_info_report *report)
{
    const struct lf_form *form = &report->subject.form;
    enum lf_mix mixes[LF_MIX_COUNT];
    report->size_count = asked_mixes(report, mixes);
    report->sizes = lf_arena_alloc(&report->arena, report->size_count, sizeof *report->sizes);
    struct lf_layer_weights *layers = lf_alloc(form->layers, sizeof *layers);
    struct lf_cache_bytes cache = lf_cache_bytes(form, &report->settings);
    struct lf_compute_bytes compute = lf_compute_bytes(form, &report->settings);
    for (size_t i = 0; i < report->size_count; i++) {
        struct lf_size_row *row = &report->sizes[i];
        struct lf_weights weights;
        lf_weights_size(form, mixes[i], false, layers, &weights);
        *row = (struct lf_size_row){
            .mix = mixes[i],
            .context_tokens = report->settings.context_tokens,
            .type_k = report->settings.type_k,
            .type_v = report->settings.type_v,
            .file_bytes = weights.file_bytes,
            .kv_bytes = cache.kv_bytes,
            .kv_padding_bytes = cache.padding_bytes,
            .state_bytes = cache.state_bytes,
            .compute_bytes = compute.device_bytes,
            .host_compute_bytes = compute.host_bytes,
        };
        row->weights_bytes = row->file_bytes;
        if (!report->settings.loads_mtp) {
            row->weights_bytes -= weights.mtp_bytes;
        }
        row->total_bytes = lf_add(lf_add(row->weights_bytes, row->kv_bytes),
                                  lf_add(row->state_bytes, row->compute_bytes));
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
    size_t count = asked_mixes(report, mixes);
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
    for (size_t i = 0; i < report->placement_count; i++) {
        struct lf_choice *choice = report->placements[i];
        if (choice->placement.fits) {
            lf_explain_choice(choice, &report->arena);
            choice->max_context_tokens = lf_max_context(context, choice);
        } else {
            lf_explain_unfit(context, choice, &report->arena);
        }
        lf_command_make(choice, &report->arena, &report->commands[i]);
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
    report->explanation = lf_explain(&report->subject, size, &report->settings, choice,
                                     context->runtime, &report->arena);
}

static void make_warnings(struct lf_info_report *report)
{
    enum { WARNINGS_MOST = 4 };
    uint64_t native = report->subject.model->native_context_tokens;
    report->warnings = lf_arena_alloc(&report->arena, WARNINGS_MOST, sizeof *report->warnings);
    if (native != 0 && report->settings.context_tokens > native) {
        report->warnings[report->warning_count++] = (struct lf_reason){
            .code = "context-beyond-native",
            .text = lf_arena_format(&report->arena,
                                    "the context is longer than the model's own %llu tokens",
                                    (unsigned long long)native),
        };
    }
    if (report->request->finetune != NULL) {
        report->warnings[report->warning_count++] = (struct lf_reason){
            .code = "finetune-by-base",
            .text =
                lf_arena_format(&report->arena,
                                "\"%.128s\" is not in the catalog: sizes and speed are those of "
                                "%s, which its name says it is made from; its quality may differ",
                                report->request->finetune, report->subject.model->name),
        };
    }
    if (report->exactness == LF_EXACTNESS_ESTIMATED) {
        report->warnings[report->warning_count++] =
            (struct lf_reason){.code = "estimated-shape",
                               .text = "the model's exact shape is not confirmed: sizes are "
                                       "estimates"};
    }
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
    report->exactness = lf_model_exactness(model);
    report->settings = lf_settings_for(request, lf_target_context(request, model));
    if (request->outputs == 0) {
        report->settings.outputs = LF_OUTPUTS;
    }
    make_sizes(report);
    struct lf_advice_context context;
    status = lf_advice_prepare(catalog, machine, request, &report->budget, &context, err);
    if (status != LF_OK) {
        return status;
    }
    make_placements(&context, report);
    if (request->explains && report->size_count > 0) {
        make_explanation(&context, report);
    }
    make_warnings(report);
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
