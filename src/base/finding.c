#include "base/finding.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const char *lf_severity_name(enum lf_severity severity)
{
    static const char *const names[LF_SEVERITY_COUNT] = {
        [LF_SEVERITY_ERROR] = "error",
        [LF_SEVERITY_NOTE] = "note",
    };
    return names[severity];
}

bool lf_findings_has_room(const struct lf_findings *findings, enum lf_severity severity)
{
    return findings->seen[severity] < LF_FINDINGS_MOST;
}

void lf_findings_add(struct lf_findings *findings, enum lf_severity severity,
                     const struct lf_error *error)
{
    if (findings->items == NULL) {
        findings->items = lf_alloc(LF_FINDINGS_MOST * LF_SEVERITY_COUNT, sizeof *findings->items);
    }
    if (lf_findings_has_room(findings, severity)) {
        findings->items[findings->count++] = (struct lf_finding){severity, *error};
    }
    findings->seen[severity]++;
}

/* Order of two numbers, as strcmp has it. */
static int order(unsigned left, unsigned right)
{
    return (left > right) - (left < right);
}

static int compare(const void *left, const void *right)
{
    const struct lf_finding *a = left;
    const struct lf_finding *b = right;
    const int orders[] = {
        order(a->severity, b->severity),      strcmp(a->error.file, b->error.file),
        order(a->error.line, b->error.line),  order(a->error.column, b->error.column),
        strcmp(a->error.text, b->error.text),
    };
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (orders[i] != 0) {
            return orders[i];
        }
    }
    return 0;
}

void lf_findings_sort(struct lf_findings *findings)
{
    size_t kept = 0;
    if (findings->count > 1) {
        qsort(findings->items, findings->count, sizeof *findings->items, compare);
    }
    for (size_t i = 0; i < findings->count; i++) {
        if (kept > 0 && compare(&findings->items[kept - 1], &findings->items[i]) == 0) {
            findings->seen[findings->items[i].severity]--;
            continue;
        }
        findings->items[kept++] = findings->items[i];
    }
    findings->count = kept;
}

void lf_findings_clear(struct lf_findings *findings)
{
    free(findings->items);
    *findings = (struct lf_findings){0};
}
