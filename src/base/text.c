#include "base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Makes room for `more` bytes and a terminator; returns how many of them may be added. */
static size_t reserve(struct lf_text *text, size_t more)
{
    size_t limit = text->limit == 0 ? LF_TEXT_LIMIT_BYTES : text->limit;
    if (more > limit - text->length) {
        more = limit - text->length;
        text->truncated = true;
    }
    if (text->length + more + 1 > text->capacity) {
        size_t capacity = text->capacity < 128 ? 256 : text->capacity * 2;
        while (capacity < text->length + more + 1) {
            capacity *= 2;
        }
        text->bytes = lf_resize(text->bytes, capacity, 1);
        text->capacity = capacity;
    }
    return more;
}

void lf_text_add(struct lf_text *text, const char *bytes, size_t length)
{
    length = reserve(text, length);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void lf_text_add_string(struct lf_text *text, const char *string)
{
    lf_text_add(text, string, strlen(string));
}

void lf_text_format(struct lf_text *text, const char *format, ...)
{
    char small[256];
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(small, sizeof small, format, arguments);
    va_end(arguments);
    if (length >= 0 && (size_t)length < sizeof small) {
        lf_text_add(text, small, (size_t)length);
    } else if (length >= 0) {
        char *large = lf_alloc((size_t)length + 1, 1);
        vsnprintf(large, (size_t)length + 1, format, again);
        lf_text_add(text, large, (size_t)length);
        free(large);
    }
    va_end(again);
}

const char *lf_text_string(const struct lf_text *text)
{
    return text->bytes == NULL ? "" : text->bytes;
}

void lf_text_clear(struct lf_text *text)
{
    free(text->bytes);
    text->bytes = NULL;
    text->length = 0;
    text->capacity = 0;
    text->truncated = false;
}

static unsigned char fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool lf_text_equal_nocase(const char *a, const char *b)
{
    while (*a != '\0' && fold(*a) == fold(*b)) {
        a++;
        b++;
    }
    return fold(*a) == fold(*b);
}

bool lf_text_contains_nocase(const char *haystack, const char *needle)
{
    for (; *haystack != '\0' || *needle == '\0'; haystack++) {
        size_t i = 0;
        while (needle[i] != '\0' && fold(haystack[i]) == fold(needle[i])) {
            i++;
        }
        if (needle[i] == '\0') {
            return true;
        }
    }
    return false;
}

bool lf_text_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

size_t lf_text_distance(const char *a, const char *b)
{
    enum { MOST = 128 };
    size_t row[MOST + 1];
    size_t columns = strlen(b) < MOST ? strlen(b) : MOST;
    for (size_t j = 0; j <= columns; j++) {
        row[j] = j;
    }
    for (size_t i = 0; a[i] != '\0' && i < MOST; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 1; j <= columns; j++) {
            size_t replaced = diagonal + (fold(a[i]) != fold(b[j - 1]));
            diagonal = row[j];
            size_t least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            row[j] = replaced < least ? replaced : least;
        }
    }
    return row[columns];
}

size_t lf_text_columns(const char *text)
{
    size_t columns = 0;
    for (; *text != '\0'; text++) {
        if (((unsigned char)*text & 0xC0U) != 0x80U) {
            columns++;
        }
    }
    return columns;
}
