#include "catalog/expression.h"

#include <string.h>

#include "base/units.h"

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
}

/* Reads one symbol or constant at *text and moves behind it. */
static bool read_factor(const char **text, struct lf_factor *factor)
{
    const char *start = *text;
    uint64_t constant = 0;
    bool is_constant = true;
    while (is_word(**text)) {
        is_constant = is_constant && **text >= '0' && **text <= '9';
        constant = constant * 10 + (uint64_t)(**text - '0');
        if (is_constant && constant > LF_SYMBOL_MOST) {
            return false;
        }
        (*text)++;
    }
    size_t length = (size_t)(*text - start);
    enum lf_symbol symbol = LF_SYMBOL_COUNT;
    if (length == 0 || (!is_constant && !lf_symbol_find(start, length, &symbol))) {
        return false;
    }
    factor->symbol = (uint8_t)symbol;
    factor->constant = is_constant ? (uint32_t)constant : 0;
    return true;
}

bool lf_expression_parse(const char *text, struct lf_expression *expression)
{
    *expression = (struct lf_expression){0};
    char before = '+';
    while (before != '\0') {
        if (expression->count == LF_FACTORS_MOST) {
            return false;
        }
        struct lf_factor *factor = &expression->factors[expression->count++];
        factor->starts_term = before == '+';
        factor->divides = before == '/';
        if (!read_factor(&text, factor)) {
            return false;
        }
        before = *text;
        if (before != '\0' && before != '+' && before != '*' && before != '/') {
            return false;
        }
        text += before != '\0';
    }
    return true;
}

bool lf_condition_parse(const char *text, struct lf_condition *condition)
{
    *condition = (struct lf_condition){0};
    for (;;) {
        if (condition->count == LF_FACTORS_MOST) {
            return false;
        }
        struct lf_factor *factor = &condition->factors[condition->count++];
        factor->divides = *text == '!';
        text += *text == '!';
        if (!read_factor(&text, factor) || factor->symbol == LF_SYMBOL_COUNT) {
            return false;
        }
        if (*text == '\0') {
            return true;
        }
        if (strncmp(text, " & ", 3) != 0) {
            return false;
        }
        text += 3;
    }
}

static uint64_t factor_value(const struct lf_factor *factor, const struct lf_symbols *symbols)
{
    return factor->symbol == LF_SYMBOL_COUNT ? factor->constant : symbols->value[factor->symbol];
}

uint64_t lf_expression_value(const struct lf_expression *expression,
                             const struct lf_symbols *symbols)
{
    uint64_t sum = 0;
    uint64_t term = 0;
    for (size_t i = 0; i < expression->count; i++) {
        const struct lf_factor *factor = &expression->factors[i];
        uint64_t value = factor_value(factor, symbols);
        if (factor->starts_term) {
            sum = lf_add(sum, term);
            term = value;
        } else if (!factor->divides) {
            term = lf_mul(term, value);
        } else if (value == 0 || term % value != 0) {
            return 0;
        } else {
            term /= value;
        }
    }
    return lf_add(sum, term);
}

bool lf_condition_holds(const struct lf_condition *condition, const struct lf_symbols *symbols)
{
    for (size_t i = 0; i < condition->count; i++) {
        const struct lf_factor *factor = &condition->factors[i];
        if ((symbols->value[factor->symbol] != 0) == factor->divides) {
            return false;
        }
    }
    return true;
}
