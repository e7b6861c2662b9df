/* The choice rules behind rules/weights.h, as a table. Inner header of the rules. */
#ifndef LLMFIT_RULES_MIXES_H
#define LLMFIT_RULES_MIXES_H

#include <stddef.h>

#include "base/form.h"

/* When a row applies; all of its conditions must hold. `i` is the tensor's place among those of its
 * role, `n` their number (see index_of in weights.c). */
enum lf_mix_when {
    LF_WHEN_GQA4 = 1 << 0,            /* at least 4 query heads a KV head in layer 0 */
    LF_WHEN_EXPERTS4 = 1 << 1,        /* at least 4 experts */
    LF_WHEN_EXPERTS8 = 1 << 2,        /* exactly 8 experts, as Mixtral has */
    LF_WHEN_FIRST2 = 1 << 3,          /* i < 2 */
    LF_WHEN_FIRST4 = 1 << 4,          /* i < 4 */
    LF_WHEN_FIRST_EIGHTH = 1 << 5,    /* i < n / 8 */
    LF_WHEN_FIRST_SIXTEENTH = 1 << 6, /* i < n / 16 */
    LF_WHEN_MIDDLE = 1 << 7,          /* n / 8 <= i < 7 n / 8 */
    LF_WHEN_MORE_BITS = 1 << 8,       /* first and last eighth, and every third between */
    LF_WHEN_IMATRIX = 1 << 9,
    LF_WHEN_NO_IMATRIX = 1 << 10,
    LF_WHEN_BROKEN_ROW = 1 << 11, /* ne[0] is not a whole number of the base type's blocks */
    LF_WHEN_STACKED = 1 << 12,    /* more than two dimensions, as experts are */
};

/* Roles as bits; `head` is output.weight, and token_embd where it serves as output. */
enum { LF_ROLE_HEAD_BIT = 1 << 30 };

struct lf_mix_rule {
    uint32_t mixes; /* bits 1 << enum lf_mix */
    uint32_t roles; /* bits 1 << enum lf_role, LF_ROLE_HEAD_BIT */
    unsigned when;  /* enum lf_mix_when */
    enum lf_type type;
};

/* The first row that applies decides; where none does, or it says LF_TYPE_COUNT, the mix's base
 * type stands. */
extern const struct lf_mix_rule lf_mix_rules[];
extern const size_t lf_mix_rule_count;

/* Mixes whose ffn_down rules count tensors instead of reading the layer number. */
extern const uint32_t lf_mixes_counting_down;

/* The type a 256-element type falls back to when a row does not divide. */
enum lf_type lf_mix_fallback(enum lf_type type);

#endif
