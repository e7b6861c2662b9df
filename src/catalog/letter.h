/* ASCII letters and digits, whatever the locale. Inner header of the catalog. */
#ifndef LLMFIT_CATALOG_LETTER_H
#define LLMFIT_CATALOG_LETTER_H

#include <stdbool.h>

static inline bool lf_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The lower-case letter of an upper-case one; others stay. */
static inline char lf_fold(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static inline bool lf_is_letter(char c)
{
    return lf_fold(c) >= 'a' && lf_fold(c) <= 'z';
}

#endif
