/* The main answer: what can this machine run, ranked, and what to expect. */
#ifndef LLMFIT_ADVISE_FIT_H
#define LLMFIT_ADVISE_FIT_H

#include "advise/choice.h"
#include "advise/wait.h"

struct lf_headline {
    const char *code; /* "nothing-fits", "learning-only" ... */
    const char *text;
    enum lf_tier tier; /* of the best model */
    bool has_tier;     /* false: nothing fits */
};

/* A finished report; renderers only read it. All text is in its arena or borrowed from catalog and
 * machine, which outlive it. */
struct lf_fit_report {
    struct lf_arena arena;
    const struct lf_machine *machine;
    const struct lf_request *request;
    const struct lf_catalog *catalog;
    const struct lf_runtime *runtime; /* the engine the figures are for */
    struct lf_budget budget;
    struct lf_headline headline;
    struct lf_subject *subjects; /* [subject_count]; choices borrow from it */
    size_t subject_count;
    struct lf_choice **models; /* [count], ranked; all of them, renderers apply request->limit */
    size_t count;
    const struct lf_choice *pick; /* worth the most, however models are sorted; NULL: none fits */
    struct lf_wait wait;          /* of the first model; all-zero: none fits */
    struct lf_choice **unfit;     /* [unfit_count] */
    size_t unfit_count;
    struct lf_reason *outlook; /* [outlook_count]: tiers out of reach, models of a year ago */
    size_t outlook_count;
    struct lf_reason *warnings; /* [warning_count] */
    size_t warning_count;
};

/* Evaluates every model of the catalog. Fails only on a catalog error. */
enum lf_status lf_fit(const struct lf_machine *machine, const struct lf_catalog *catalog,
                      const struct lf_request *request, struct lf_fit_report *report,
                      struct lf_error *err);

void lf_fit_clear(struct lf_fit_report *report);

/* The catalog parts lf_fit and lf_info need. */
enum {
    LF_FIT_PARTS = LF_CATALOG_MODELS | LF_CATALOG_QUALITY | LF_CATALOG_QUANTS | LF_CATALOG_TIERS |
                   LF_CATALOG_RUNTIMES | LF_CATALOG_BENCHMARKS
};

#endif
