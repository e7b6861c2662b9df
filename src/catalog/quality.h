/* Each model's share of the best paid model of the same snapshot (quality.json). */
#ifndef LLMFIT_CATALOG_QUALITY_H
#define LLMFIT_CATALOG_QUALITY_H

#include "base/json.h"

/* What a model is good at, as far as benchmarks tell them apart. */
#define LF_SKILLS(X)        \
    X(CODING, coding)       \
    X(REASONING, reasoning) \
    X(AGENTS, agents)       \
    X(VISION, vision)

enum lf_skill {
    LF_SKILL_GENERAL, /* q itself */
#define LF_SKILL_ENUM(name, key) LF_SKILL_##name,
    LF_SKILLS(LF_SKILL_ENUM)
#undef LF_SKILL_ENUM
        LF_SKILL_COUNT
};

struct lf_quality_row {
    const char *id; /* a model of the catalog */
    double q;       /* 0..1: share of the best paid model */
    double
        skills[LF_SKILL_COUNT]; /* the same of one skill's benchmarks, on q's scale; -1: unknown */
    double guard; /* the smaller share of the two newest snapshots; -1: only one is known */
    uint64_t components;
    uint64_t sources; /* independent publishers */
    const char *as_scored;
    const char *source;
    const char *checked;
};

/* A paid model to compare with. */
struct lf_paid_model {
    const char *name;
    double q;
    const char *date; /* NULL: not known */
    const char *source;
    const char *checked;
};

/* The estimate for a model without scores:
 *     q = 1 / (1 + exp(-(intercept + a log2(total_b) + b log2(active_b) + c years + d thinks))) */
struct lf_quality_fallback {
    double intercept;
    double log2_total_b;
    double log2_active_b;
    double years_since_2024;
    double thinking;
    double haircut;             /* multiplies the estimate */
    const char *cap_tier;       /* no estimate is given a higher tier */
    const char *latest_release; /* dates beyond count as this one */
    const char *source;
    const char *checked;
};

struct lf_quality {
    const char *snapshot_id;
    const char *snapshot_date;
    const char *best_paid;
    struct lf_quality_fallback fallback;
    const struct lf_paid_model *paid; /* [paid_count] */
    size_t paid_count;
    const struct lf_quality_row *rows; /* [count], sorted by id */
    size_t count;
};

enum lf_status lf_quality_read(const struct lf_json *json, struct lf_arena *arena,
                               struct lf_quality *quality, struct lf_error *err);

/* The share that counts for a skill: the mean of q and the skill's own, or q where that is not
 * known. A skill rests on few benchmarks, so it moves q and does not replace it. */
double lf_quality_share(const struct lf_quality_row *row, enum lf_skill skill);

/* The paid model of exactly that name, or NULL. */
const struct lf_paid_model *lf_paid_model_find(const struct lf_quality *quality, const char *name);

/* The row of that model, or NULL. */
const struct lf_quality_row *lf_quality_find(const struct lf_quality *quality, const char *id);

#endif
