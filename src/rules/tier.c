#include "rules/tier.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static bool is_published_in_4_bits(const struct lf_model *model)
{
    static const char *const formats[] = {"MXFP4", "INT4", "FP4", "NVFP4"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (model->native_format != NULL &&
            lf_text_contains_nocase(model->native_format, formats[i])) {
            return true;
        }
    }
    return false;
}

double lf_quality_factor(const struct lf_model *model, const struct lf_form *form, enum lf_mix mix,
                         const struct lf_quants *quants)
{
    enum { FOUR_BITS = 4 };
    if (is_published_in_4_bits(model) && quants->rows[mix].nominal_bpw >= FOUR_BITS) {
        return 1.0;
    }
    return lf_quant_factor(quants, mix, form->params_total);
}

/* Years from 2024-01-01 to the middle of the month of "2026-04" or "2026-04-23"; -1 when the date
 * cannot be read. */
static double years_to(const char *date)
{
    if (date == NULL || strlen(date) < 7) {
        return -1;
    }
    double year = (double)strtol(date, NULL, 10);
    double month = (double)strtol(date + 5, NULL, 10);
    return year < 2020 || month < 1 || month > 12 ? -1 : year - 2024 + (month - 0.5) / 12;
}

/* The same, no later than the latest date the fallback was fitted on. */
static double years_since_2024(const char *date, const char *latest)
{
    double years = years_to(date);
    double most = years_to(latest);
    return most >= 0 && years > most ? most : years;
}

double lf_fallback_q(const struct lf_model *model, const struct lf_form *form,
                     const struct lf_quality_fallback *fallback)
{
    double years = years_since_2024(model->released, fallback->latest_release);
    if (years < 0 || form->params_total == 0) {
        years = 0;
    }
    double sum = fallback->intercept + fallback->years_since_2024 * years +
                 (model->thinks == LF_ANSWER_YES ? fallback->thinking : 0) +
                 fallback->log2_total_b * log2((double)form->params_total / 1e9) +
                 fallback->log2_active_b * log2((double)form->params_active / 1e9);
    return fallback->haircut / (1.0 + exp(-sum));
}

static double context_factor(const struct lf_tiers *tiers, uint64_t tokens)
{
    double factor = tiers->context_factor_count > 0 ? tiers->context_factors[0].factor : 1.0;
    for (size_t i = 0; i < tiers->context_factor_count; i++) {
        if (tokens >= tiers->context_factors[i].tokens) {
            factor = tiers->context_factors[i].factor;
        }
    }
    return factor;
}

static double cache_factor(const struct lf_tiers *tiers, const struct lf_settings *settings)
{
    double k = tiers->kv_factors[settings->type_k];
    double v = tiers->kv_factors[settings->type_v];
    double least = k < v ? k : v;
    return least > 0 ? least : 1.0;
}

static void lower_cap(struct lf_expectation *expectation, enum lf_tier cap, const char *code)
{
    if (cap < expectation->cap) {
        expectation->cap = cap;
        expectation->cap_code = code;
    }
}

/* The highest tier whose share q reaches. */
static enum lf_tier reached_tier(double q, const struct lf_tiers *tiers)
{
    enum lf_tier reached = LF_TIER_LEARNING;
    for (int t = 0; t < LF_TIER_COUNT; t++) {
        /* A billionth: 0.80 times 1.0 must reach 0.80. */
        if (q + 1e-9 >= tiers->rows[t].min_q) {
            reached = (enum lf_tier)t;
        }
    }
    return reached;
}

/* Whether a share that is smaller in another snapshot bars the upper tiers. */
static bool is_held_back(double guard, const struct lf_tiers *tiers)
{
    return guard >= 0 && guard < tiers->rows[LF_TIER_FRONTIER_ADJACENT].min_guard;
}

enum lf_tier lf_hosted_tier(double q, double guard, const struct lf_tiers *tiers)
{
    enum lf_tier reached = reached_tier(q, tiers);
    return reached > LF_TIER_CAPABLE && is_held_back(guard, tiers) ? LF_TIER_CAPABLE : reached;
}

static void apply_gates(struct lf_expectation *expectation, const struct lf_tiers *tiers,
                        uint64_t context_tokens, double tps)
{
    for (size_t i = 0; i < tiers->speed_gate_count; i++) {
        if (tps > 0 && tps < tiers->speed_gates[i].below) {
            lower_cap(expectation, tiers->speed_gates[i].cap, "speed");
        }
    }
    if (tps <= 0) {
        lower_cap(expectation, LF_TIER_USEFUL, "speed");
    }
    for (size_t i = 0; i < tiers->context_gate_count; i++) {
        if ((double)context_tokens < tiers->context_gates[i].below) {
            lower_cap(expectation, tiers->context_gates[i].cap, "context");
        }
    }
    const struct lf_tier_row *top = &tiers->rows[LF_TIER_FRONTIER_REPLACEMENT];
    if (context_tokens < top->min_context_tokens) {
        lower_cap(expectation, LF_TIER_FRONTIER_ADJACENT, "context");
    }
    if (tps < top->min_tps) {
        lower_cap(expectation, LF_TIER_FRONTIER_ADJACENT, "speed");
    }
    if (is_held_back(expectation->guard, tiers)) {
        lower_cap(expectation, LF_TIER_CAPABLE, "guard");
    }
}

static const struct lf_paid_model *nearest_paid(const struct lf_quality *quality, double q)
{
    const struct lf_paid_model *best = NULL;
    for (size_t i = 0; i < quality->paid_count; i++) {
        if (best == NULL || fabs(quality->paid[i].q - q) < fabs(best->q - q)) {
            best = &quality->paid[i];
        }
    }
    return best;
}

struct lf_expectation lf_expect(const struct lf_model *model, const struct lf_form *form,
                                enum lf_mix mix, const struct lf_settings *settings, double tps,
                                const struct lf_tier_tables *tables)
{
    const struct lf_quality_row *row = lf_quality_find(tables->quality, model->id);
    struct lf_expectation expectation = {
        .guard = row == NULL ? -1 : row->guard,
        .q = row == NULL ? lf_fallback_q(model, form, &tables->quality->fallback)
                         : lf_quality_share(row, tables->skill),
        .sources = row == NULL ? 0 : row->sources,
        .is_estimated = row == NULL,
        .cap = LF_TIER_FRONTIER_REPLACEMENT,
        .quant_factor = lf_quality_factor(model, form, mix, tables->quants),
        .context_factor = context_factor(tables->tiers, settings->context_tokens),
        .cache_factor = cache_factor(tables->tiers, settings),
    };
    expectation.q_eff = expectation.q * expectation.quant_factor * expectation.context_factor *
                        expectation.cache_factor;
    apply_gates(&expectation, tables->tiers, settings->context_tokens, tps);
    if (row == NULL) {
        enum lf_tier cap = LF_TIER_CAPABLE;
        lf_tier_find(tables->quality->fallback.cap_tier, &cap);
        lower_cap(&expectation, cap, "estimated");
    }
    enum lf_tier reached = reached_tier(expectation.q_eff, tables->tiers);
    expectation.tier = reached < expectation.cap ? reached : expectation.cap;
    if (reached <= expectation.cap) {
        expectation.cap_code = NULL;
    }
    expectation.compared_with = nearest_paid(tables->quality, expectation.q_eff);
    return expectation;
}
