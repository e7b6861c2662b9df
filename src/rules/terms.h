/* The terms behind a figure, for those who want to see the arithmetic. The rules that make the
 * figure yield them, so that they add up to it. */
#ifndef LLMFIT_RULES_TERMS_H
#define LLMFIT_RULES_TERMS_H

#include "base/form.h"
#include "base/memory.h"

/* Why a tensor has its type: id in JSON */
#define LF_TYPE_REASONS(X)                                                           \
    X(KEPT, "kept")         /* never quantized, or published quantized */            \
    X(BASE, "base")         /* what most tensors of the mix get */                   \
    X(RULE, "rule")         /* a rule of the mix for the role (rules/mixes.c) */     \
    X(GROUPED, "grouped")   /* values that many heads share, in an 80-layer Llama */ \
    X(FALLBACK, "fallback") /* rows are not whole blocks of the type meant */

enum lf_type_reason {
#define LF_TYPE_REASON_ENUM(name, id) LF_TYPE_##name,
    LF_TYPE_REASONS(LF_TYPE_REASON_ENUM)
#undef LF_TYPE_REASON_ENUM
        LF_TYPE_REASON_COUNT
};

struct lf_type_choice {
    enum lf_type type;
    enum lf_type_reason reason;
    unsigned when;       /* enum lf_mix_when: the rule's conditions */
    enum lf_mix packing; /* one with a packing: it is kept so, whatever the type */
};

/* "Q4_K", "mlx-4bit": what the tensor is kept in. */
const char *lf_type_choice_name(const struct lf_type_choice *choice);

/* "kept" ... */
const char *lf_type_reason_id(enum lf_type_reason reason);

/* What the conditions of a rule say, for people: "first eighth of the layers"; "" for none. */
const char *lf_type_when_words(unsigned when);

/* A tensor that layers of a kind have in the same type. */
struct lf_weight_term {
    const struct lf_tensor *tensor; /* borrowed from the form */
    size_t kind;                    /* index into form->kinds; kind_count: outside the layers */
    struct lf_type_choice choice;
    uint64_t layers;
    uint64_t bytes; /* of all those layers */
};

/* All memory comes from the arena, which is set before anything is added. */
struct lf_weight_terms {
    struct lf_arena *arena;
    struct lf_weight_term *items; /* [count] */
    size_t count;
    size_t capacity;
};

/* Adds so many layers' tensor, of so many bytes each, to the term of that kind, tensor and choice.
 */
void lf_weight_terms_add(struct lf_weight_terms *terms, size_t kind, const struct lf_tensor *tensor,
                         struct lf_type_choice choice, uint64_t layers, uint64_t bytes);

/* Puts the terms in order of their kinds, those of a kind by the tensor's name. */
void lf_weight_terms_sort(struct lf_weight_terms *terms);

#endif
