/* Dimensions written as sums of products of symbols ("inner+2*groups*state"), and conditions
 * ("has_kv & !v_from_k"). */
#ifndef LLMFIT_CATALOG_EXPRESSION_H
#define LLMFIT_CATALOG_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalog/symbol.h"

enum { LF_FACTORS_MOST = 8 };

/* One factor: a symbol, or a constant where symbol is LF_SYMBOL_COUNT. */
struct lf_factor {
    uint32_t constant;
    uint8_t symbol;
    bool divides;     /* in a term: the product so far is divided by it; in a condition: "not" */
    bool starts_term; /* a '+' stands before it */
};

struct lf_expression {
    struct lf_factor factors[LF_FACTORS_MOST];
    size_t count;
};

/* Every factor's symbol must be non-zero, or zero where `divides` is set. No factors: always. */
struct lf_condition {
    struct lf_factor factors[LF_FACTORS_MOST];
    size_t count;
};

/* Grammar: term ('+' term)*, term: factor (('*' | '/') factor)*, factor: digits or symbol; no
 * blanks, no parentheses. Returns false for anything else. */
bool lf_expression_parse(const char *text, struct lf_expression *expression);

/* Grammar: item (' & ' item)*, item: symbol or '!' symbol. */
bool lf_condition_parse(const char *text, struct lf_condition *condition);

/* The value, left to right; 0 when a division leaves a remainder or divides by 0, which no
 * dimension may be. At overflow it stays at UINT64_MAX. */
uint64_t lf_expression_value(const struct lf_expression *expression,
                             const struct lf_symbols *symbols);

bool lf_condition_holds(const struct lf_condition *condition, const struct lf_symbols *symbols);

#endif
