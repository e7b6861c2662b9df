#include "catalog/unique.h"

#include <stdlib.h>
#include <string.h>

/* A text under the key, and the number of its row. */
struct entry {
    const cJSON *node;
    size_t row;
};

/* By text, then by row. */
static int compare(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;
    int order = strcmp(a->node->valuestring, b->node->valuestring);
    return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

enum lf_status lf_check_unique(const struct lf_json *json, const cJSON *array, const char *key,
                               struct lf_error *err)
{
    struct entry *entries = lf_alloc((size_t)cJSON_GetArraySize(array), sizeof *entries);
    enum lf_status status = LF_OK;
    size_t count = 0;
    size_t row = 0;
    for (const cJSON *item = array->child; item != NULL; item = item->next) {
        const cJSON *node = lf_json_find(item, key);
        if (cJSON_IsString(node)) {
            entries[count++] = (struct entry){node, row++};
        }
    }
    qsort(entries, count, sizeof *entries, compare);
    for (size_t i = 1; i < count && !lf_json_ends(json, status); i++) {
        const cJSON *node = entries[i].node;
        if (strcmp(entries[i - 1].node->valuestring, node->valuestring) == 0) {
            status =
                lf_json_fail(json, node, err, "%s \"%.64s\" appears twice", key, node->valuestring);
        }
    }
    free(entries);
    return status;
}
