/* The few best of many, for "did you mean". Inner header of the catalog. */
#ifndef LLMFIT_CATALOG_NEAREST_H
#define LLMFIT_CATALOG_NEAREST_H

#include <stddef.h>

enum { LF_NEAREST_KEPT = 3 };

/* All-zero is empty. */
struct lf_nearest {
    const void *items[LF_NEAREST_KEPT]; /* [count], best first */
    size_t distances[LF_NEAREST_KEPT];
    size_t count;
};

/* Keeps item if it is among the best; of equal distances the earlier stays before the later. */
void lf_nearest_offer(struct lf_nearest *nearest, const void *item, size_t distance);

#endif
