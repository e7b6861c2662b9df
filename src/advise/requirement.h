/* One --require, taken apart. Inner header of the adviser. */
#ifndef LLMFIT_ADVISE_REQUIREMENT_H
#define LLMFIT_ADVISE_REQUIREMENT_H

#include "advise/check.h"
#include "advise/figure.h"

enum lf_operator { LF_AT_LEAST, LF_MORE, LF_EQUAL, LF_AT_MOST, LF_LESS };

/* "key op value" of a machine, or a model with bounds. */
struct lf_requirement {
    const struct lf_figure *figure; /* NULL: a model or a tier */
    enum lf_operator op;
    uint64_t value;
    const struct lf_model *model; /* NULL with figure NULL: any model of the catalog */
    bool has_mix;
    enum lf_mix least_mix;
    uint64_t context_tokens; /* 0: not asked for */
    double least_tps;        /* 0: not asked for */
    bool has_tier;
    enum lf_tier least_tier;
};

/* Takes text apart; scratch memory comes from the arena. LF_USAGE names what is wrong. */
enum lf_status lf_requirement_parse(const char *text, const struct lf_catalog *catalog,
                                    struct lf_arena *arena, struct lf_requirement *requirement,
                                    struct lf_error *err);

/* Whether text asks for a model or a tier, so that the catalog must be loaded first. */
bool lf_requirement_needs_catalog(const char *text);

/* ">=", ">", "=", "<=", "<". */
const char *lf_operator_text(enum lf_operator op);

bool lf_operator_holds(enum lf_operator op, uint64_t actual, uint64_t wanted);

#endif
