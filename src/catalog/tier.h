/* The five tiers, their words, and what lowers a model's share (tiers.json). */
#ifndef LLMFIT_CATALOG_TIER_H
#define LLMFIT_CATALOG_TIER_H

#include "base/mix.h"
#include "base/json.h"

enum lf_tier {
    LF_TIER_LEARNING,
    LF_TIER_USEFUL,
    LF_TIER_CAPABLE,
    LF_TIER_FRONTIER_ADJACENT,
    LF_TIER_FRONTIER_REPLACEMENT,
    LF_TIER_COUNT
};

struct lf_tier_row {
    const char *label;
    const char *expect; /* one plain sentence */
    double min_q;
    double min_guard;            /* 0: none */
    uint64_t min_context_tokens; /* 0: none */
    double min_tps;              /* 0: none */
};

/* Below a speed or a context a model is not given a higher tier than cap. */
struct lf_gate {
    double below;
    enum lf_tier cap;
};

struct lf_context_factor {
    uint64_t tokens; /* at least; rows ascend */
    double factor;
};

enum { LF_GATES_MOST = 8, LF_CONTEXT_FACTORS_MOST = 16 };

struct lf_tiers {
    struct lf_tier_row rows[LF_TIER_COUNT];
    struct lf_gate speed_gates[LF_GATES_MOST]; /* below: tokens/s */
    size_t speed_gate_count;
    struct lf_gate context_gates[LF_GATES_MOST]; /* below: tokens */
    size_t context_gate_count;
    struct lf_context_factor context_factors[LF_CONTEXT_FACTORS_MOST];
    size_t context_factor_count;
    double kv_factors[LF_TYPE_COUNT]; /* by cache type; 0: not listed */
};

enum lf_status lf_tiers_read(const struct lf_json *json, struct lf_arena *arena,
                             struct lf_tiers *tiers, struct lf_error *err);

/* "learning" ... "frontier-replacement". */
const char *lf_tier_id(enum lf_tier tier);

/* Finds a tier by id; returns false when there is none. */
bool lf_tier_find(const char *id, enum lf_tier *tier);

#endif
