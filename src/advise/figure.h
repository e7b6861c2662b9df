/* The figures of a machine that `check` can require. Inner header of the adviser. */
#ifndef LLMFIT_ADVISE_FIGURE_H
#define LLMFIT_ADVISE_FIGURE_H

#include "probe/machine.h"

/* One figure, by the key it is required by. */
struct lf_figure {
    const char *key;
    bool is_size;    /* in bytes; else a count */
    enum lf_gap gap; /* a probe with this gap cannot tell it */
    struct lf_amount (*read)(const struct lf_machine *machine);
};

/* The figure of that key, or NULL. */
const struct lf_figure *lf_figure_find(const char *key);

/* The key of figure `number`, counted from 0; NULL behind the last. */
const char *lf_figure_key(size_t number);

/* The capacity that is sold of which so much is seen: the next of 1, 2, 3, 4, 6, 8, 10, 11, 12, 16,
 * 18, 20, 24, 32 ... GiB if it is at most an eighth more, else what is seen. */
uint64_t lf_nominal_bytes(uint64_t seen_bytes);

#endif
