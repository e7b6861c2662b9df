/* What can be said of a model of which only the size is known: "70B", "256B-A32B", "8b@Q4". */
#ifndef LLMFIT_ADVISE_LABEL_H
#define LLMFIT_ADVISE_LABEL_H

#include "advise/choice.h"

/* A size as names of models have it. */
struct lf_label {
    uint64_t params_total;
    uint64_t params_active; /* the same for a dense model */
    bool is_moe;            /* "-A32B" was written */
    bool has_mix;           /* "@Q4_K_M" was; "@Q4" is the plain one of so many bits */
    enum lf_mix mix;
};

/* Reads NUMBER (M|B|T) ['-A' NUMBER (M|B|T)] [('@'|':') QUANT], in either case; returns false, and
 * leaves *label alone, for anything else. */
bool lf_label_parse(const char *text, struct lf_label *label);

/* An end of an interval, and the model that sets it. */
struct lf_label_bound {
    double value; /* bytes, or tokens/s */
    const struct lf_model *model;
};

struct lf_label_range {
    struct lf_label_bound low;
    struct lf_label_bound high;
};

/* One quant. */
struct lf_label_row {
    enum lf_mix mix;
    struct lf_label_range weights; /* bytes: the models' bits a weight times the label's weights */
    struct lf_label_range total;   /* bytes: the lows, or the highs, together */
    struct lf_label_range decode; /* tokens/s here, by what is active; 0: not known, or none fits */
    size_t fitting;               /* how many of the models fit here */
};

/* Intervals, all of them estimates: between the models of nearest size of the catalog. */
struct lf_label_report {
    struct lf_arena arena;
    const struct lf_machine *machine;
    const struct lf_catalog *catalog;
    struct lf_request request; /* with a context in it */
    struct lf_budget budget;
    struct lf_label label;
    const struct lf_model **models; /* [model_count], nearest first */
    size_t model_count;
    struct lf_label_range cache;   /* bytes, state included */
    struct lf_label_range compute; /* bytes, all layers on one GPU */
    struct lf_label_row *rows;     /* [row_count], best quant first */
    size_t row_count;
};

/* Compares with the models within a quarter of the label's size, and the nearest ones where those
 * are few: dense ones, or MoEs by total and active size where the label says what is active. Fails
 * with LF_USAGE when the catalog has no such model at all. */
enum lf_status lf_label(const struct lf_machine *machine, const struct lf_catalog *catalog,
                        const struct lf_request *request, const struct lf_label *label,
                        struct lf_label_report *report, struct lf_error *err);

void lf_label_clear(struct lf_label_report *report);

#endif
