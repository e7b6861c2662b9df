#include "advise/check.h"

#include <stdlib.h>
#include <string.h>

#include "advise/fit.h"
#include "advise/requirement.h"
#include "advise/runtime.h"
#include "base/text.h"
#include "base/units.h"

static const char *const outcome_names[] = {
    [LF_OUTCOME_PASS] = "pass",
    [LF_OUTCOME_FAIL] = "fail",
    [LF_OUTCOME_UNKNOWN] = "unknown",
};

const char *lf_outcome_name(enum lf_outcome outcome)
{
    return outcome_names[outcome];
}

enum lf_status lf_check_status(const struct lf_check_report *report)
{
    switch (report->outcome) {
    case LF_OUTCOME_PASS:
        return LF_OK;
    case LF_OUTCOME_FAIL:
        return LF_NO;
    case LF_OUTCOME_UNKNOWN:
        return LF_NO_PROBE;
    }
    return LF_INTERNAL;
}

static const char *format_value(struct lf_arena *arena, bool is_size, uint64_t value)
{
    char size[LF_SIZE_TEXT_BYTES];
    return is_size ? lf_arena_format(arena, "%s", lf_size_format(size, value))
                   : lf_arena_format(arena, "%llu", (unsigned long long)value);
}

static void check_figure(const struct lf_machine *machine, const struct lf_requirement *requirement,
                         struct lf_arena *arena, struct lf_check_row *row)
{
    const struct lf_figure *figure = requirement->figure;
    struct lf_amount actual = figure->read(machine);
    const char *wanted = format_value(arena, figure->is_size, requirement->value);
    const char *op = lf_operator_text(requirement->op);
    row->wanted = lf_arena_format(arena, "%s %s %s", figure->key, op, wanted);
    bool has_gap = figure->gap != LF_GAP_NONE && lf_machine_has_gap(machine, figure->gap);
    if (!lf_known(actual)) {
        row->outcome = LF_OUTCOME_UNKNOWN;
        row->text = lf_arena_format(arena, "%s could not be found out", figure->key);
        return;
    }
    row->actual = format_value(arena, figure->is_size, actual.value);
    if (lf_operator_holds(requirement->op, actual.value, requirement->value)) {
        row->outcome = LF_OUTCOME_PASS;
        row->text = lf_arena_format(arena, "%s is %s", figure->key, row->actual);
        return;
    }
    uint64_t apart = actual.value > requirement->value ? actual.value - requirement->value
                                                       : requirement->value - actual.value;
    const char *by = format_value(arena, figure->is_size, apart);
    row->outcome = has_gap ? LF_OUTCOME_UNKNOWN : LF_OUTCOME_FAIL;
    row->text =
        lf_arena_format(arena, "%s is %s, %s %s is wanted: off by %s%s", figure->key, row->actual,
                        op, wanted, by, has_gap ? " (the probe is incomplete)" : "");
}

/* Whether a way of running meets the bounds of a requirement. */
static bool meets(const struct lf_requirement *requirement, const struct lf_choice *choice)
{
    return choice->placement.fits && choice->decode.mid >= requirement->least_tps &&
           (!requirement->has_tier || choice->expectation.tier >= requirement->least_tier);
}

/* Whether a way comes closer to a requirement: it meets it, it fits, less is missing, it is faster
 * where speed is asked for. */
static bool is_closer(const struct lf_requirement *requirement, const struct lf_choice *way,
                      const struct lf_choice *than)
{
    if (meets(requirement, way) != meets(requirement, than)) {
        return meets(requirement, way);
    }
    if (way->placement.fits != than->placement.fits) {
        return way->placement.fits;
    }
    if (!way->placement.fits) {
        return way->placement.short_by_bytes < than->placement.short_by_bytes;
    }
    return requirement->least_tps > 0 && way->decode.mid > than->decode.mid;
}

/* The way to run the model, in a quant at least as good as asked for, that comes closest; the
 * advised one among those that meet it. */
static void find_way(const struct lf_advice_context *context, const struct lf_subject *subject,
                     const struct lf_requirement *requirement, struct lf_choice *best)
{
    const struct lf_quant *quants = context->catalog->quants.rows;
    uint64_t worst_rank = requirement->has_mix ? quants[requirement->least_mix].rank : UINT64_MAX;
    enum lf_mix mixes[LF_MIX_COUNT + 1];
    size_t count = lf_candidate_mixes(context, subject, mixes);
    if (requirement->has_mix) {
        mixes[count++] = requirement->least_mix;
    }
    struct lf_choice *tried = lf_alloc(1, sizeof *tried);
    lf_choose(context, subject, tried);
    bool has_way = quants[tried->mix].rank <= worst_rank;
    if (has_way) {
        *best = *tried;
    }
    for (size_t i = 0; i < count && !(has_way && meets(requirement, best)); i++) {
        if (quants[mixes[i]].rank > worst_rank || !lf_runtime_runs(context, mixes[i])) {
            continue;
        }
        memset(tried, 0, sizeof *tried);
        lf_choose_mix(context, subject, mixes[i], tried);
        if (!has_way || is_closer(requirement, tried, best)) {
            *best = *tried;
            has_way = true;
        }
    }
    free(tried);
}

static const char *describe_wanted(const struct lf_requirement *requirement, struct lf_arena *arena)
{
    struct lf_text text = {0};
    char tokens[LF_SIZE_TEXT_BYTES];
    lf_text_add_string(&text, requirement->model == NULL ? "some model" : requirement->model->id);
    if (requirement->has_mix) {
        lf_text_format(&text, ", quant >= %s", lf_mix_name(requirement->least_mix));
    }
    if (requirement->context_tokens != 0) {
        lf_text_format(&text, ", context >= %s",
                       lf_tokens_format(tokens, requirement->context_tokens));
    }
    if (requirement->least_tps > 0) {
        lf_text_format(&text, ", tps >= %g", requirement->least_tps);
    }
    if (requirement->has_tier) {
        lf_text_format(&text, ", tier >= %s", lf_tier_id(requirement->least_tier));
    }
    const char *copy = lf_arena_copy(arena, lf_text_string(&text), text.length);
    lf_text_clear(&text);
    return copy;
}

static const char *describe_way(const struct lf_choice *choice, struct lf_arena *arena)
{
    char tokens[LF_SIZE_TEXT_BYTES];
    return lf_arena_format(
        arena, "%s at %s with %s context, %s, about %.1f tokens/s (%.1f to %.1f), %s",
        choice->subject->model->id, lf_mix_name(choice->mix),
        lf_tokens_format(tokens, choice->settings.context_tokens),
        lf_mode_words(choice->placement.mode), choice->decode.mid, choice->decode.low,
        choice->decode.high, lf_tier_id(choice->expectation.tier));
}

static void judge_way(const struct lf_machine *machine, const struct lf_requirement *requirement,
                      const struct lf_choice *way, struct lf_arena *arena, struct lf_check_row *row)
{
    char size[LF_SIZE_TEXT_BYTES];
    bool has_gap = lf_machine_has_gap(machine, LF_GAP_MEMORY) ||
                   lf_machine_has_gap(machine, LF_GAP_ACCELERATORS);
    row->outcome = has_gap ? LF_OUTCOME_UNKNOWN : LF_OUTCOME_FAIL;
    if (!way->placement.fits && way->placement.short_by_bytes == UINT64_MAX) {
        row->outcome = LF_OUTCOME_UNKNOWN;
        row->text = "how much memory there is could not be found out";
    } else if (!way->placement.fits) {
        row->text = lf_arena_format(arena, "%s at %s does not fit: %s more memory is needed",
                                    way->subject->model->id, lf_mix_name(way->mix),
                                    lf_size_format(size, way->placement.short_by_bytes));
    } else if (requirement->least_tps > 0 && way->decode.mid <= 0) {
        row->outcome = LF_OUTCOME_UNKNOWN;
        row->actual = describe_way(way, arena);
        row->text = "its speed cannot be estimated: the GPU's bandwidth is not known";
    } else if (meets(requirement, way)) {
        row->outcome = LF_OUTCOME_PASS;
        row->actual = describe_way(way, arena);
        row->text = row->actual;
    } else if (way->decode.mid < requirement->least_tps) {
        row->actual = describe_way(way, arena);
        row->text = lf_arena_format(arena, "%s runs at about %.1f tokens/s at %s, %g is wanted",
                                    way->subject->model->id, way->decode.mid, lf_mix_name(way->mix),
                                    requirement->least_tps);
    } else {
        row->actual = describe_way(way, arena);
        row->text =
            lf_arena_format(arena, "%s is %s here, %s is wanted", way->subject->model->id,
                            lf_tier_id(way->expectation.tier), lf_tier_id(requirement->least_tier));
    }
}

static enum lf_status check_model(const struct lf_advice_context *context,
                                  const struct lf_requirement *requirement, struct lf_arena *arena,
                                  struct lf_check_row *row, struct lf_error *err)
{
    struct lf_arena scratch = {0};
    struct lf_subject subject;
    uint64_t native = requirement->model->native_context_tokens;
    if (native != 0 && requirement->context_tokens > native) {
        row->outcome = LF_OUTCOME_FAIL;
        row->text = lf_arena_format(arena, "%s has a context of %llu tokens, %llu is wanted",
                                    requirement->model->id, (unsigned long long)native,
                                    (unsigned long long)requirement->context_tokens);
        return LF_OK;
    }
    enum lf_status status = lf_subject_make(requirement->model, &scratch, &subject, err);
    struct lf_reason obstacle = {0};
    if (status == LF_OK) {
        obstacle = lf_runtime_obstacle_reason(context, &subject, arena);
    }
    if (obstacle.code != NULL) {
        row->outcome = LF_OUTCOME_FAIL;
        row->text = obstacle.text;
    } else if (status == LF_OK) {
        struct lf_choice *way = lf_arena_alloc(&scratch, 1, sizeof *way);
        find_way(context, &subject, requirement, way);
        judge_way(context->machine, requirement, way, arena, row);
    }
    lf_arena_clear(&scratch);
    return status;
}

/* Some model of the catalog: the first that meets it passes; else the best one tells how far off.
 */
static enum lf_status check_any(const struct lf_advice_context *context,
                                const struct lf_requirement *requirement,
                                const struct lf_request *request, struct lf_arena *arena,
                                struct lf_check_row *row, struct lf_error *err)
{
    struct lf_fit_report fit;
    enum lf_status status = lf_fit(context->machine, context->catalog, request, &fit, err);
    if (status == LF_OK && fit.count == 0) {
        row->outcome = lf_machine_has_gap(context->machine, LF_GAP_MEMORY) ||
                               lf_machine_has_gap(context->machine, LF_GAP_ACCELERATORS)
                           ? LF_OUTCOME_UNKNOWN
                           : LF_OUTCOME_FAIL;
        row->text = "no model of the catalog fits";
    } else if (status == LF_OK) {
        const struct lf_choice *best = fit.models[0];
        for (size_t i = 0; i < fit.count && !meets(requirement, best); i++) {
            if (meets(requirement, fit.models[i])) {
                best = fit.models[i];
            }
        }
        judge_way(context->machine, requirement, best, arena, row);
    }
    lf_fit_clear(&fit);
    return status;
}

static enum lf_status check_row(const struct lf_machine *machine, const struct lf_catalog *catalog,
                                const struct lf_request *request,
                                const struct lf_requirement *requirement, struct lf_arena *arena,
                                struct lf_check_row *row, struct lf_error *err)
{
    if (requirement->figure != NULL) {
        check_figure(machine, requirement, arena, row);
        return LF_OK;
    }
    struct lf_request bounded = *request;
    struct lf_budget *budget = lf_arena_alloc(arena, 1, sizeof *budget);
    if (requirement->context_tokens != 0) {
        bounded.context_tokens = requirement->context_tokens;
    }
    bounded.sort = LF_SORT_RANK;
    struct lf_advice_context context;
    enum lf_status status = lf_advice_prepare(catalog, machine, &bounded, budget, &context, err);
    if (status != LF_OK) {
        return status;
    }
    row->wanted = describe_wanted(requirement, arena);
    return requirement->model == NULL ? check_any(&context, requirement, &bounded, arena, row, err)
                                      : check_model(&context, requirement, arena, row, err);
}

enum lf_status lf_check(const struct lf_machine *machine, struct lf_catalog *catalog,
                        const struct lf_request *request, const char *const *requirements,
                        size_t count, struct lf_check_report *report, struct lf_error *err)
{
    *report = (struct lf_check_report){.machine = machine, .catalog = catalog};
    report->rows = lf_arena_alloc(&report->arena, count, sizeof *report->rows);
    enum lf_status status = LF_OK;
    for (size_t i = 0; i < count && status == LF_OK; i++) {
        struct lf_check_row *row = &report->rows[report->count++];
        struct lf_requirement requirement;
        row->requirement = requirements[i];
        if (lf_requirement_needs_catalog(requirements[i])) {
            status = lf_catalog_load(catalog, LF_FIT_PARTS, err);
        }
        if (status == LF_OK) {
            status =
                lf_requirement_parse(requirements[i], catalog, &report->arena, &requirement, err);
        }
        if (status == LF_OK) {
            status = check_row(machine, catalog, request, &requirement, &report->arena, row, err);
        }
        report->runtime =
            request->runtime == NULL ? NULL : lf_runtime_find(&catalog->runtimes, request->runtime);
        if (status == LF_OK && row->outcome != LF_OUTCOME_PASS &&
            report->outcome != LF_OUTCOME_FAIL) {
            report->outcome = row->outcome;
        }
    }
    return status;
}

void lf_check_clear(struct lf_check_report *report)
{
    lf_arena_clear(&report->arena);
}
