#include "advise/fit.h"

#include <math.h>
#include <string.h>

#include "advise/outlook.h"
#include "advise/prospect.h"
#include "advise/rank.h"
#include "base/text.h"
#include "base/units.h"

static bool sees(const struct lf_model *model)
{
    for (size_t i = 0; i < model->modalities.count; i++) {
        if (strcmp(model->modalities.items[i], "vision") == 0) {
            return true;
        }
    }
    return false;
}

/* Why a model is left out before it is placed, or NULL. What is not known is not promised. */
static const char *filter(const struct lf_request *request, const struct lf_subject *subject,
                          const char **text)
{
    static const uint64_t small_params = 10000000000;
    const struct lf_model *model = subject->model;
    if (request->use_case == LF_USE_CASE_SMALL && subject->form.params_total > small_params) {
        *text = "it has more than 10 billion parameters";
        return "not-small";
    }
    if (request->licence != NULL &&
        (model->licence == NULL || !lf_text_contains_nocase(model->licence, request->licence))) {
        *text = "its licence is not the one asked for";
        return "licence";
    }
    if (request->context_tokens != 0 && model->native_context_tokens != 0 &&
        request->context_tokens > model->native_context_tokens) {
        *text = "the context asked for is longer than its own";
        return "context";
    }
    if ((request->needs_vision || request->use_case == LF_USE_CASE_VISION) && !sees(model)) {
        *text = "it does not see pictures";
        return "no-vision";
    }
    if (request->needs_tools && model->calls_tools != LF_ANSWER_YES) {
        *text = model->calls_tools == LF_ANSWER_NO ? "it does not call tools"
                                                   : "whether it calls tools is not known";
        return "no-tools";
    }
    if (request->needs_thinking && model->thinks != LF_ANSWER_YES) {
        *text = model->thinks == LF_ANSWER_NO ? "it does not think before it answers"
                                              : "whether it thinks is not known";
        return "no-thinking";
    }
    return NULL;
}

static void reject(struct lf_choice *choice, const char *code, const char *text)
{
    choice->reasons[0] = (struct lf_reason){.code = code, .text = text};
    choice->reason_count = 1;
}

/* Places one model; returns whether it belongs to the list. */
static bool evaluate(const struct lf_advice_context *context, const struct lf_subject *subject,
                     struct lf_choice *choice, struct lf_arena *arena)
{
    const char *text = NULL;
    const char *code = filter(context->request, subject, &text);
    choice->subject = subject;
    if (code != NULL) {
        reject(choice, code, text);
        return false;
    }
    if (!lf_choose_wished(context, subject, choice)) {
        lf_explain_unfit(context, choice, arena);
        return false;
    }
    double wanted = context->request->min_tps;
    if (wanted > 0 && choice->decode.mid <= 0) {
        reject(choice, "speed-unknown", "how fast it would be here is not known");
        return false;
    }
    if (wanted > 0 && choice->decode.mid < wanted) {
        reject(choice, "too-slow",
               lf_arena_format(arena, "about %.1f tokens/s, less than the %g asked for",
                               choice->decode.mid, wanted));
        return false;
    }
    lf_explain_choice(choice, arena);
    return true;
}

static void add_warning(struct lf_fit_report *report, const char *code, const char *text)
{
    enum { WARNINGS_MOST = 16 };
    if (report->warnings == NULL) {
        report->warnings = lf_arena_alloc(&report->arena, WARNINGS_MOST, sizeof *report->warnings);
    }
    if (report->warning_count < WARNINGS_MOST) {
        report->warnings[report->warning_count++] = (struct lf_reason){.code = code, .text = text};
    }
}

static void add_warnings(const struct lf_advice_context *context, struct lf_fit_report *report)
{
    const struct lf_machine *machine = report->machine;
    if (report->budget.has_unsized_gpu) {
        add_warning(report, "gpu-not-sized",
                    "a GPU was seen whose memory is not known; it is left out");
    }
    if (!report->budget.ram_is_known) {
        add_warning(report, "ram-unknown", "the size of RAM is not known");
    }
    if (report->count > 0 && report->models[0]->decode.basis != NULL &&
        strcmp(report->models[0]->decode.basis, "assumed-ram") == 0) {
        add_warning(report, "ram-bandwidth-assumed",
                    lf_speed_basis_words(report->models[0]->decode.basis));
    }
    struct lf_reason own = lf_measured_reason(context, report->pick, &report->arena);
    if (own.code != NULL) {
        add_warning(report, own.code, own.text);
    }
    for (size_t i = 0; i < machine->diagnostic_count; i++) {
        if (machine->diagnostics[i].gap != LF_GAP_NONE) {
            add_warning(report, machine->diagnostics[i].code, machine->diagnostics[i].text);
        }
    }
}

/* What to think of a machine whose best model is of that tier. */
static const struct {
    const char *code;
    const char *words;
} verdicts[LF_TIER_COUNT] = {
    [LF_TIER_LEARNING] = {"learning-only",
                          "For real work a hosted API is better, and usually cheaper."},
    [LF_TIER_USEFUL] = {"useful", "Nothing that fits here replaces the paid frontier; a hosted API "
                                  "is usually cheaper."},
    [LF_TIER_CAPABLE] = {"capable", "Nothing that fits here replaces the paid frontier; a hosted "
                                    "API is usually cheaper."},
    [LF_TIER_FRONTIER_ADJACENT] = {"frontier-adjacent",
                                   "Close, but nothing that fits here replaces the paid frontier; "
                                   "a hosted API is usually cheaper."},
    [LF_TIER_FRONTIER_REPLACEMENT] = {"frontier-replacement",
                                      "This machine can take the place of the paid frontier."},
};

static const struct lf_choice *find_pick(const struct lf_fit_report *report)
{
    const struct lf_choice *pick = report->count > 0 ? report->models[0] : NULL;
    for (size_t i = 1; i < report->count; i++) {
        pick = report->models[i]->worth > pick->worth ? report->models[i] : pick;
    }
    return pick;
}

/* The best of the highest tier, or NULL. */
static const struct lf_choice *find_highest(const struct lf_fit_report *report)
{
    const struct lf_choice *best = NULL;
    for (size_t i = 0; i < report->count; i++) {
        const struct lf_expectation *one = &report->models[i]->expectation;
        if (best == NULL || one->tier > best->expectation.tier ||
            (one->tier == best->expectation.tier && one->q_eff > best->expectation.q_eff)) {
            best = report->models[i];
        }
    }
    return best;
}

/* The first pick, and the one of a higher tier where there is one. */
static const char *headline_text(struct lf_fit_report *report, const struct lf_choice *highest)
{
    const struct lf_choice *pick = report->pick;
    const struct lf_expectation *expectation = &pick->expectation;
    const struct lf_tier_row *rows = report->catalog->tiers.rows;
    const char *other = "";
    if (highest->expectation.tier > expectation->tier) {
        other =
            lf_arena_format(&report->arena, " Stronger but slower: %s, %s.",
                            highest->subject->model->name, rows[highest->expectation.tier].label);
    }
    return lf_arena_format(
        &report->arena, "Best here: %s, %s: about %.0f %% of %s%s. %s%s %s",
        pick->subject->model->name, rows[expectation->tier].label, 100 * expectation->q_eff,
        report->catalog->quality.best_paid, expectation->is_estimated ? " (estimated)" : "",
        rows[expectation->tier].expect, other, verdicts[highest->expectation.tier].words);
}

/* What keeps models out, by its first reason. */
struct obstacles {
    size_t memory;
    size_t speed;
    size_t engine;
    size_t hardware;                 /* of which the engine is for other GPUs */
    const struct lf_choice *fastest; /* of those that are too slow; NULL: none is */
};

static bool is_reason(const struct lf_choice *choice, const char *start)
{
    return lf_text_starts_with(choice->reasons[0].code, start);
}

static struct obstacles find_obstacles(const struct lf_fit_report *report)
{
    struct obstacles found = {0};
    for (size_t i = 0; i < report->unfit_count; i++) {
        const struct lf_choice *choice = report->unfit[i];
        found.memory += is_reason(choice, "too-large");
        found.engine += is_reason(choice, "runtime-");
        found.hardware += is_reason(choice, "runtime-hardware");
        if (choice->placement.fits &&
            (found.fastest == NULL || choice->decode.mid > found.fastest->decode.mid)) {
            found.fastest = choice;
        }
    }
    return found;
}

/* Why nothing is left, and what would change it. */
static const char *nothing_text(struct lf_fit_report *report)
{
    struct obstacles found = find_obstacles(report);
    size_t all = report->unfit_count;
    const char *engine = report->runtime->name;
    if (all > 0 && found.hardware == all) {
        return lf_arena_format(&report->arena,
                               "%s: none of the %zu models of the catalog runs on it here. Without "
                               "--runtime the answer is for llama.cpp.",
                               report->unfit[0]->reasons[0].text, all);
    }
    if (found.fastest != NULL && found.fastest->decode.mid > 0) {
        return lf_arena_format(&report->arena,
                               "None of the %zu models of the catalog is as fast here as asked "
                               "for; the fastest as advised, %s in %s, writes about %.1f "
                               "tokens/s. A hosted API is the way to go, or a lower --min-tps.",
                               all, found.fastest->subject->model->name,
                               lf_mix_name(found.fastest->mix), found.fastest->decode.mid);
    }
    if (found.fastest != NULL) {
        return lf_arena_format(&report->arena,
                               "None of the %zu models of the catalog is known to be as fast as "
                               "asked for: the speed of %s on this machine is not known.",
                               all, engine);
    }
    if (found.memory > 0) {
        return lf_arena_format(
            &report->arena,
            "None of the %zu models of the catalog fits what was asked for. A "
            "hosted API is the way to go, or more memory%s.",
            all, report->request->context_tokens != 0 ? ", or a smaller --context" : "");
    }
    return lf_arena_format(&report->arena,
                           found.engine == 0     ? "None of the %zu models of the catalog is what "
                                                   "was asked for."
                           : found.engine == all ? "None of the %zu models of the catalog runs on "
                                                   "%s here."
                                                 : "None of the %zu models of the catalog is what "
                                                   "was asked for and runs on %s here.",
                           all, engine);
}

static void make_headline(struct lf_fit_report *report)
{
    const struct lf_choice *highest = find_highest(report);
    struct lf_headline *headline = &report->headline;
    if (highest == NULL && !report->budget.ram_is_known && report->budget.gpu_count == 0) {
        headline->code = "memory-unknown";
        headline->text = "How much memory this machine has could not be found out, so nothing can "
                         "be said about what fits.";
        return;
    }
    if (highest == NULL) {
        headline->code = "nothing-fits";
        headline->text = nothing_text(report);
        return;
    }
    headline->tier = highest->expectation.tier;
    headline->has_tier = true;
    headline->code = verdicts[headline->tier].code;
    headline->text = headline_text(report, highest);
}

enum lf_status lf_fit(const struct lf_machine *machine, const struct lf_catalog *catalog,
                      const struct lf_request *request, struct lf_fit_report *report,
                      struct lf_error *err)
{
    const struct lf_models *models = &catalog->models;
    *report = (struct lf_fit_report){.machine = machine, .request = request, .catalog = catalog};
    report->subjects = lf_arena_alloc(&report->arena, models->count, sizeof *report->subjects);
    report->models = lf_arena_alloc(&report->arena, models->count, sizeof(struct lf_choice *));
    report->unfit = lf_arena_alloc(&report->arena, models->count, sizeof(struct lf_choice *));
    struct lf_advice_context context;
    enum lf_status status =
        lf_advice_prepare(catalog, machine, request, &report->budget, &context, err);
    if (status != LF_OK) {
        return status;
    }
    report->runtime = context.runtime;
    for (size_t i = 0; i < models->count; i++) {
        struct lf_subject *subject = &report->subjects[report->subject_count++];
        status = lf_subject_make(&models->items[i], &report->arena, subject, err);
        if (status != LF_OK) {
            return status;
        }
        struct lf_choice choice;
        lf_choice_reset(&choice);
        if (evaluate(&context, subject, &choice, &report->arena)) {
            report->models[report->count++] = lf_choice_keep(&choice, &report->arena);
        } else {
            report->unfit[report->unfit_count++] = lf_choice_keep(&choice, &report->arena);
        }
    }
    lf_rank(report->models, report->count, request->sort);
    report->pick = find_pick(report);
    if (report->count > 0) {
        report->wait = lf_wait_make(&context, report->models[0]);
    }
    add_warnings(&context, report);
    make_headline(report);
    lf_outlook_make(&context, report);
    return LF_OK;
}

void lf_fit_clear(struct lf_fit_report *report)
{
    lf_arena_clear(&report->arena);
}
