/* Names of devices taken apart into words. Inner header of the catalog. */
#ifndef LLMFIT_CATALOG_DEVICE_NAME_H
#define LLMFIT_CATALOG_DEVICE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LF_NAME_BYTES = 128, LF_NAME_WORDS_MOST = 24 };

/* The words of a name in lower case, sorted. A word is a run of letters or a run of digits, so that
 * "RTX4070Ti" and "RTX 4070 Ti" are the same, and "M40" is never "M4". Words that say nothing are
 * left out; what is said of memory and GPU cores is set apart. */
struct lf_name {
    char text[LF_NAME_BYTES]; /* the words in the order of the name, blanks between them */
    struct lf_name_word {
        const char *start; /* in text */
        size_t length;
    } words[LF_NAME_WORDS_MOST]; /* [count], sorted */
    size_t count;
    uint64_t memory_gib; /* "24 GB", which for memory means GiB; 0: not said */
    uint64_t gpu_cores;  /* "40-core"; 0: not said */
};

/* Takes text apart; NULL has no words. What does not fit is cut off. */
void lf_name_split(struct lf_name *name, const char *text);

/* Takes a bare number at the end for memory ("M4 Max 64"); false where there is none, memory is
 * told already, or nothing would be left. For names that mean nothing as they stand: in most the
 * number is the part's own. */
bool lf_name_take_memory(struct lf_name *name);

/* Whether both have the same words; no name without words is the same as another. */
bool lf_name_equal(const struct lf_name *a, const struct lf_name *b);

/* Whether `brief` becomes `full` by words people leave out: "4090" and "RTX 4090", "P40" and "Tesla
 * P40". */
bool lf_name_is_brief(const struct lf_name *brief, const struct lf_name *full);

/* How many words of `a` are missing in `b`. */
size_t lf_name_missing(const struct lf_name *a, const struct lf_name *b);

#endif
