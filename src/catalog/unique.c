#include "catalog/unique.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* By text, then by place. */
static int compare(const void *left, const void *right)
{
    const char *const *a = *(const char *const *const *)left;
    const char *const *b = *(const char *const *const *)right;
    int order = strcmp(*a, *b);
    return order != 0 ? order : (a > b) - (a < b);
}

size_t lf_find_repeated(const char *const ids[], size_t count)
{
    const char *const **sorted = lf_alloc(count, sizeof *sorted);
    size_t repeated = count;
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &ids[i];
    }
    qsort(sorted, count, sizeof *sorted, compare);
    for (size_t i = 1; i < count && repeated == count; i++) {
        if (strcmp(*sorted[i - 1], *sorted[i]) == 0) {
            repeated = (size_t)(sorted[i] - ids);
        }
    }
    free(sorted);
    return repeated;
}
