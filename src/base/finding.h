/* All that is wrong with some input, where reading does not end at the first fault. */
#ifndef LLMFIT_BASE_FINDING_H
#define LLMFIT_BASE_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Of each kind so many are kept and told in full; the rest are counted. */
enum { LF_FINDINGS_MOST = 200 };

enum lf_severity {
    LF_SEVERITY_ERROR,
    LF_SEVERITY_NOTE, /* worth a look; nothing is refused for it */
    LF_SEVERITY_COUNT
};

struct lf_finding {
    enum lf_severity severity;
    struct lf_error error;
};

/* All-zero is empty and ready. */
struct lf_findings {
    struct lf_finding *items; /* [count] */
    size_t count;
    size_t seen[LF_SEVERITY_COUNT]; /* kept or not */
};

/* Adds a copy of error. */
void lf_findings_add(struct lf_findings *findings, enum lf_severity severity,
                     const struct lf_error *error);

/* Whether one more of that severity would be kept; saves working out where it is. */
bool lf_findings_has_room(const struct lf_findings *findings, enum lf_severity severity);

/* Puts errors before notes, each by file, line and column; what was found twice is told once. */
void lf_findings_sort(struct lf_findings *findings);

/* "error", "note". */
const char *lf_severity_name(enum lf_severity severity);

void lf_findings_clear(struct lf_findings *findings);

#endif
