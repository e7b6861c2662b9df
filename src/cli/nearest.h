/* "Did you mean": the names nearest to one that is not known. */
#ifndef LLMFIT_CLI_NEAREST_H
#define LLMFIT_CLI_NEAREST_H

#include <stddef.h>

#include "base/text.h"

enum { LF_NEAREST_NAMES_MOST = 3 };

/* The names nearest to `name`, best first; earlier ones win a tie. */
struct lf_nearest {
    const char *name; /* what was typed; borrowed, as all names */
    const char *names[LF_NEAREST_NAMES_MOST];
    size_t distances[LF_NEAREST_NAMES_MOST];
    size_t count;
};

/* Considers one more candidate. */
void lf_nearest_add(struct lf_nearest *nearest, const char *candidate);

/* Adds "a", "a and b", "a, b and c" to out, each behind prefix ("--"). */
void lf_nearest_format(const struct lf_nearest *nearest, const char *prefix, struct lf_text *out);

#endif
