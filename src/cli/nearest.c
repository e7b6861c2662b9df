#include "cli/nearest.h"

#include <string.h>

/* Edits between them; a name that begins like what was typed is as near as one edit. */
static size_t distance(const char *typed, const char *candidate)
{
    size_t edits = lf_text_distance(typed, candidate);
    if (typed[0] != '\0' && edits > 1 && lf_text_starts_with(candidate, typed)) {
        return 1;
    }
    return edits;
}

void lf_nearest_add(struct lf_nearest *nearest, const char *candidate)
{
    size_t edits = distance(nearest->name, candidate);
    size_t place = nearest->count;
    for (size_t i = 0; i < nearest->count; i++) {
        if (strcmp(nearest->names[i], candidate) == 0) {
            return;
        }
    }
    while (place > 0 && nearest->distances[place - 1] > edits) {
        place--;
    }
    if (place == LF_NEAREST_NAMES_MOST) {
        return;
    }
    if (nearest->count < LF_NEAREST_NAMES_MOST) {
        nearest->count++;
    }
    for (size_t i = nearest->count - 1; i > place; i--) {
        nearest->names[i] = nearest->names[i - 1];
        nearest->distances[i] = nearest->distances[i - 1];
    }
    nearest->names[place] = candidate;
    nearest->distances[place] = edits;
}

void lf_nearest_format(const struct lf_nearest *nearest, const char *prefix, struct lf_text *out)
{
    for (size_t i = 0; i < nearest->count; i++) {
        const char *joint = i == 0 ? "" : i + 1 == nearest->count ? " and " : ", ";
        lf_text_format(out, "%s%s%s", joint, prefix, nearest->names[i]);
    }
}
