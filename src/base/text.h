/* A growing text with a cap, and small helpers on borrowed text. */
#ifndef LLMFIT_BASE_TEXT_H
#define LLMFIT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* bytes is NULL or terminated; length excludes the terminator. All-zero is empty, with the default
 * cap of LF_TEXT_LIMIT_BYTES. What would pass the cap is dropped and `truncated` is set. */
struct lf_text {
    char *bytes;
    size_t length;
    size_t capacity;
    size_t limit;
    bool truncated;
};

enum { LF_TEXT_LIMIT_BYTES = 64 * 1024 * 1024 };

void lf_text_add(struct lf_text *text, const char *bytes, size_t length);
void lf_text_add_string(struct lf_text *text, const char *string);
void lf_text_format(struct lf_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The text, terminated; "" when empty. Borrowed from text until it changes. */
const char *lf_text_string(const struct lf_text *text);

void lf_text_clear(struct lf_text *text);

/* Equal without regard to the case of ASCII letters. */
bool lf_text_equal_nocase(const char *a, const char *b);

/* Whether needle occurs in haystack, without regard to the case of ASCII letters. */
bool lf_text_contains_nocase(const char *haystack, const char *needle);

/* Whether text begins with prefix. */
bool lf_text_starts_with(const char *text, const char *prefix);

/* Edits (insert, delete, replace, case folded) between two texts; for "did you mean". At most the
 * first 128 bytes count. */
size_t lf_text_distance(const char *a, const char *b);

/* Columns a UTF-8 text takes: one a code point. */
size_t lf_text_columns(const char *text);

#endif
