/* What a model is worth as it would really run: its share of the best paid model, lowered by quant,
 * context and cache type, and the tier that follows. */
#ifndef LLMFIT_RULES_TIER_H
#define LLMFIT_RULES_TIER_H

#include "base/form.h"
#include "catalog/model.h"
#include "catalog/quality.h"
#include "catalog/quant.h"
#include "catalog/tier.h"
#include "rules/settings.h"

struct lf_expectation {
    enum lf_tier tier;
    double q;     /* 0..1, at full precision, for the skill asked for */
    double q_eff; /* as it would run: q times the factors */
    double quant_factor;
    double context_factor;
    double cache_factor;
    double guard; /* -1: only one snapshot has it */
    uint64_t sources;
    bool is_estimated;    /* no published scores: the fallback formula, with its haircut and cap */
    enum lf_tier cap;     /* no higher tier: gates, guard, or the fallback's */
    const char *cap_code; /* "speed", "context", "guard", "estimated"; NULL: nothing capped it */
    const struct lf_paid_model *compared_with; /* paid model of the nearest share; may be NULL */
};

/* The tables the rule needs, borrowed from the catalog. */
struct lf_tier_tables {
    const struct lf_quality *quality;
    const struct lf_quants *quants;
    const struct lf_tiers *tiers;
    enum lf_skill skill; /* the one that is asked for */
};

/* The quality factor of a mix for a model. A model published in 4 bits (MXFP4, INT4, FP4) loses
 * nothing at 4 bits and more. */
double lf_quality_factor(const struct lf_model *model, const struct lf_form *form, enum lf_mix mix,
                         const struct lf_quants *quants);

/* The share of a model without scores, estimated from its parameters, age and whether it is known
 * to think; the haircut is taken off. */
double lf_fallback_q(const struct lf_model *model, const struct lf_form *form,
                     const struct lf_quality_fallback *fallback);

/* The tier a host's model reaches: at full precision, with context and speed enough.
 *
 * guard  the smaller share of two snapshots; -1: only one is known */
enum lf_tier lf_hosted_tier(double q, double guard, const struct lf_tiers *tiers);

/*     q_eff = q * f_quant(mix, parameters) * f_context * f_kv
 *     tier  = the highest whose bounds q_eff, guard, context and speed meet, at most the caps
 *
 * tps  mid of the decode estimate, 0 when not known: speed then caps at "useful", for what is not
 *      known is not promised */
struct lf_expectation lf_expect(const struct lf_model *model, const struct lf_form *form,
                                enum lf_mix mix, const struct lf_settings *settings, double tps,
                                const struct lf_tier_tables *tables);

#endif
