#include "advise/outlook.h"

#include <stdlib.h>
#include <string.h>

#include "advise/cost.h"
#include "advise/runtime.h"
#include "advise/worth.h"
#include "base/date.h"
#include "base/text.h"
#include "base/units.h"
#include "rules/engine.h"

enum { OUTLOOK_MOST = LF_TIER_COUNT + 3 };

static void add(struct lf_fit_report *report, const char *code, const char *text)
{
    report->outlook[report->outlook_count++] = (struct lf_reason){.code = code, .text = text};
}

/* The least that reaches a tier. */
struct entrance {
    const struct lf_subject *subject; /* NULL: no model does */
    enum lf_mix mix;
    uint64_t weights_bytes;
};

/* What the tier would be with enough memory and speed. */
static enum lf_tier tier_at_best(const struct lf_advice_context *context,
                                 const struct lf_subject *subject, enum lf_mix mix)
{
    static const double fast_tps = 1000;
    enum { LONG_TOKENS = 131072 };
    uint64_t native = subject->model->native_context_tokens;
    struct lf_settings settings =
        lf_settings_for(context->request, lf_runtime_engine(context->runtime, mix),
                        native != 0 && native < LONG_TOKENS ? native : LONG_TOKENS);
    return lf_expect(subject->model, &subject->form, mix, &settings, fast_tps, &context->tables)
        .tier;
}

/* Lowers entrance to the smallest quant of the subject that runs here and reaches the tier. */
static void try_entrance(const struct lf_advice_context *context, const struct lf_subject *subject,
                         enum lf_tier tier, struct entrance *entrance)
{
    enum lf_mix mixes[LF_MIX_COUNT];
    size_t count = lf_candidate_mixes(context, subject, mixes);
    while (count > 0 && (!lf_runtime_runs(context, mixes[count - 1]) ||
                         tier_at_best(context, subject, mixes[count - 1]) < tier)) {
        count--;
    }
    if (count == 0) {
        return;
    }
    enum lf_mix mix = mixes[count - 1];
    struct lf_weights weights;
    struct lf_layer_weights *layers = lf_alloc(subject->form.layers, sizeof *layers);
    lf_subject_weigh(context, subject, mix, layers, &weights, NULL);
    uint64_t bytes = weights.file_bytes - weights.mtp_bytes;
    if (entrance->subject == NULL || bytes < entrance->weights_bytes) {
        *entrance = (struct entrance){subject, mix, bytes};
    }
    free(layers);
}

/* Whether a model was left out for more than its size. */
static bool is_left_out(const struct lf_choice *choice)
{
    return choice->reason_count > 0 && strcmp(choice->reasons[0].code, "too-large") != 0;
}

/* Why no model that could be had reaches the tier: those that do are kept out, or there are none.
 */
static const char *closed_text(const struct lf_advice_context *context,
                               const struct lf_fit_report *report, enum lf_tier tier,
                               struct lf_arena *arena)
{
    const char *engine = NULL;
    for (size_t i = 0; i < report->unfit_count; i++) {
        const struct lf_choice *choice = report->unfit[i];
        struct entrance entrance = {0};
        if (is_left_out(choice)) {
            try_entrance(context, choice->subject, tier, &entrance);
        }
        if (entrance.subject != NULL && !lf_text_starts_with(choice->reasons[0].code, "runtime-")) {
            return "none of those asked for";
        }
        engine = entrance.subject != NULL ? context->runtime->name : engine;
    }
    return engine == NULL ? "no open model"
                          : lf_arena_format(arena, "none that %s runs here", engine);
}

static struct entrance find_entrance(const struct lf_advice_context *context,
                                     const struct lf_fit_report *report, enum lf_tier tier)
{
    struct entrance entrance = {0};
    for (size_t i = 0; i < report->unfit_count; i++) {
        const struct lf_choice *choice = report->unfit[i];
        if (!is_left_out(choice)) {
            try_entrance(context, choice->subject, tier, &entrance);
        }
    }
    return entrance;
}

/* The fastest of those that fit and whose speed alone keeps them from the tier, or NULL. */
static const struct lf_choice *find_held_back(const struct lf_advice_context *context,
                                              const struct lf_fit_report *report, enum lf_tier tier)
{
    const struct lf_choice *best = NULL;
    for (size_t i = 0; i < report->count; i++) {
        const struct lf_choice *choice = report->models[i];
        const char *code = choice->expectation.cap_code;
        if (code != NULL && strcmp(code, "speed") == 0 &&
            tier_at_best(context, choice->subject, choice->mix) >= tier &&
            (best == NULL || choice->decode.mid > best->decode.mid)) {
            best = choice;
        }
    }
    return best;
}

static const char *tier_text(const struct lf_advice_context *context, struct lf_fit_report *report,
                             enum lf_tier tier)
{
    const char *label = report->catalog->tiers.rows[tier].label;
    const struct lf_choice *slow = find_held_back(context, report, tier);
    if (slow != NULL) {
        return lf_arena_format(&report->arena, "%s: %s fits, but about %.1f tokens/s are too slow",
                               label, slow->subject->model->name, slow->decode.mid);
    }
    struct entrance entrance = find_entrance(context, report, tier);
    if (entrance.subject == NULL) {
        return lf_arena_format(&report->arena, "%s: %s, at any size", label,
                               closed_text(context, report, tier, &report->arena));
    }
    char size[LF_SIZE_TEXT_BYTES];
    return lf_arena_format(&report->arena, "%s: from %s on, %s at %s%s", label,
                           entrance.subject->model->name,
                           lf_size_format(size, entrance.weights_bytes), lf_mix_name(entrance.mix),
                           report->request->context_tokens != 0 ? ", and its cache" : "");
}

static void add_a_year_ago(struct lf_fit_report *report)
{
    const char *today = report->request->today;
    const struct lf_choice *then = NULL;
    int64_t day = 0;
    if (!lf_date_parse(today, &day)) {
        return;
    }
    const char *date =
        lf_arena_format(&report->arena, "%04ld%s", strtol(today, NULL, 10) - 1, today + 4);
    for (size_t i = 0; i < report->count; i++) {
        const struct lf_choice *choice = report->models[i];
        const char *released = choice->subject->model->released;
        if (released != NULL && strcmp(released, date) < 0 &&
            (then == NULL || lf_worth(choice) > lf_worth(then))) {
            then = choice;
        }
    }
    if (then != NULL && then == report->pick) {
        add(report, "a-year-ago", "the best here is more than a year old");
    } else if (then != NULL) {
        add(report, "a-year-ago",
            lf_arena_format(&report->arena, "a year ago the best here was %s: %s, %.0f %%",
                            then->subject->model->name,
                            report->catalog->tiers.rows[then->expectation.tier].label,
                            100 * then->expectation.q_eff));
    }
}

static bool is_mac(const struct lf_budget *budget)
{
    const struct lf_accelerator *gpu = budget->gpu_count > 0 ? budget->gpus[0].accelerator : NULL;
    return gpu != NULL && gpu->vendor != NULL && strcmp(gpu->vendor, "Apple") == 0;
}

/* What to know of other engines, unless one was asked for: MLX on a Mac, and the short context that
 * Ollama gives a model which is told nothing. */
static void add_engine(const struct lf_advice_context *context, struct lf_fit_report *report)
{
    const struct lf_choice *pick = report->pick;
    const struct lf_runtime *ollama = lf_runtime_find(&context->catalog->runtimes, "ollama");
    if (report->request->runtime != NULL) {
        return;
    }
    if (is_mac(context->budget)) {
        add(report, "mlx", "MLX and LM Studio serve a Mac's memory best: llmfit --runtime mlx");
        return;
    }
    uint64_t tokens =
        ollama == NULL ? 0
                       : lf_runtime_default_context(ollama, lf_budget_vram_bytes(context->budget));
    if (tokens != 0 && tokens < pick->settings.context_tokens) {
        char size[LF_SIZE_TEXT_BYTES];
        add(report, "ollama-context",
            lf_arena_format(
                &report->arena, "gives %s of context unless told: OLLAMA_CONTEXT_LENGTH=%llu",
                lf_tokens_format(size, tokens), (unsigned long long)pick->settings.context_tokens));
    }
}

void lf_outlook_make(const struct lf_advice_context *context, struct lf_fit_report *report)
{
    if (!report->headline.has_tier) {
        return;
    }
    report->outlook = lf_arena_alloc(&report->arena, OUTLOOK_MOST, sizeof *report->outlook);
    for (int tier = (int)report->headline.tier + 1; tier < LF_TIER_COUNT; tier++) {
        add(report, "tier-out-of-reach", tier_text(context, report, (enum lf_tier)tier));
    }
    add_a_year_ago(report);
    const char *cost = (report->catalog->loaded & LF_CATALOG_PRICES) == 0
                           ? NULL
                           : lf_cost_brief(context, report->pick, &report->arena);
    if (cost != NULL) {
        add(report, "cost", cost);
    }
    add_engine(context, report);
}
