#include "probe/systext.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

const char *lf_sys_clean(struct lf_arena *arena, const char *text, size_t length)
{
    while (length > 0 && (unsigned char)*text <= ' ') {
        text++;
        length--;
    }
    while (length > 0 && (unsigned char)text[length - 1] <= ' ') {
        length--;
    }
    if (length == 0) {
        return NULL;
    }
    char *copy = lf_arena_alloc(arena, length + 1, 1);
    for (size_t i = 0; i < length; i++) {
        copy[i] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
    }
    return copy;
}

bool lf_sys_parse(const char *text, int base, uint64_t *number, const char **end)
{
    while (*text == ' ' || *text == '\t') {
        text++;
    }
    /* strtoull would take a sign. */
    if (strchr("0123456789abcdefABCDEF", *text) == NULL || *text == '\0') {
        return false;
    }
    char *stop = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &stop, base);
    if (stop == text || errno != 0) {
        return false;
    }
    *number = value;
    if (end != NULL) {
        *end = stop;
    }
    return true;
}

const char *lf_sys_find(const char *text, const char *key)
{
    while (*text != '\0') {
        if (lf_text_starts_with(text, key)) {
            text += strlen(key);
            return text + strspn(text, " \t");
        }
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return NULL;
}
