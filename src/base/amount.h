/* A figure that may be missing, and where it came from. */
#ifndef LLMFIT_BASE_AMOUNT_H
#define LLMFIT_BASE_AMOUNT_H

#include <stdbool.h>
#include <stdint.h>

enum lf_origin {
    LF_UNKNOWN = 0,
    LF_MEASURED, /* read from this computer or its recording */
    LF_LISTED,   /* from a data file of the catalog */
    LF_GIVEN,    /* on the command line or in a machine file without an origin */
    LF_COMPUTED, /* derived from other amounts */
};

/* Yes, no, or nobody knows: never taken for a no. */
enum lf_answer { LF_ANSWER_UNKNOWN = 0, LF_ANSWER_NO, LF_ANSWER_YES };

/* All-zero knows nothing. The unit is in the name of the variable or field. */
struct lf_amount {
    uint64_t value;
    enum lf_origin origin;
    const char
        *source; /* where exactly, e.g. "/proc/meminfo"; a literal or borrowed; may be NULL */
};

static inline bool lf_known(struct lf_amount amount)
{
    return amount.origin != LF_UNKNOWN;
}

static inline struct lf_amount lf_amount(uint64_t value, enum lf_origin origin, const char *source)
{
    return (struct lf_amount){value, origin, source};
}

/* The value, or otherwise when it is not known. */
static inline uint64_t lf_known_or(struct lf_amount amount, uint64_t otherwise)
{
    return lf_known(amount) ? amount.value : otherwise;
}

/* The smaller of two; an unknown one is ignored. */
static inline struct lf_amount lf_amount_least(struct lf_amount a, struct lf_amount b)
{
    if (!lf_known(a) || (lf_known(b) && b.value < a.value)) {
        return b;
    }
    return a;
}

/* "measured", "listed", "given", "computed"; "unknown" for LF_UNKNOWN. */
const char *lf_origin_name(enum lf_origin origin);

/* The origin of that name; LF_UNKNOWN when there is none. */
enum lf_origin lf_origin_find(const char *name);

#endif
