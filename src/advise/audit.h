/* Everything that is wrong with a catalog: `llmfit catalog check`. */
#ifndef LLMFIT_ADVISE_AUDIT_H
#define LLMFIT_ADVISE_AUDIT_H

#include "advise/choice.h"

struct lf_audit_report {
    const struct lf_catalog *catalog;
    struct lf_findings findings; /* sorted */
    size_t models;
    size_t shapes; /* models with a shape of their own; the others refer to one */
    size_t by_confidence[LF_CONFIDENCE_LOW + 1];
    size_t by_exactness[LF_EXACTNESS_ESTIMATED + 1];
    size_t stated; /* models whose parameters were compared with a stated total */
    size_t mixes;
};

/* Loads every part of an empty catalog, goes on behind what is wrong, and checks the parts against
 * each other. Fails only when the catalog's folder cannot be looked at. */
enum lf_status lf_audit(struct lf_catalog *catalog, const struct lf_request *request,
                        struct lf_audit_report *report, struct lf_error *err);

void lf_audit_clear(struct lf_audit_report *report);

/* The exit status: LF_OK, or LF_BAD_INPUT when there are errors. */
enum lf_status lf_audit_status(const struct lf_audit_report *report);

#endif
