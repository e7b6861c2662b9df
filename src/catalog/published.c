#include "catalog/published.h"

#include <string.h>

#define PUBLISHED(key_, member, required_)                                   \
    {                                                                        \
        .key = (key_), .offset = offsetof(struct lf_published_file, member), \
        .required = (required_)                                              \
    }
static const struct lf_json_field file_fields[] = {
    PUBLISHED("repo", repo, true),
    PUBLISHED("label", label, true),
    {.key = "bytes",
     .offset = offsetof(struct lf_published_file, bytes),
     .kind = LF_JSON_INTEGER,
     .required = true,
     .least = 1},
    PUBLISHED("differs", differs, false),
    PUBLISHED("source", source, true),
    PUBLISHED("checked", checked, true),
};
#undef PUBLISHED
static const struct lf_json_shape file_shape = LF_JSON_SHAPE(file_fields);

enum lf_status lf_published_files_read(const struct lf_json *json, const cJSON *array,
                                       struct lf_arena *arena, struct lf_published_files *files,
                                       struct lf_error *err)
{
    *files = (struct lf_published_files){0};
    if (array == NULL) {
        return LF_OK;
    }
    struct lf_published_file *items =
        lf_arena_alloc(arena, (size_t)cJSON_GetArraySize(array), sizeof *items);
    files->items = items;
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        enum lf_status status =
            lf_json_read(json, node, &file_shape, &items[files->count], arena, err);
        if (lf_json_ends(json, status)) {
            return status;
        }
        files->count += status == LF_OK;
    }
    return LF_OK;
}

uint64_t lf_label_bits(const char *label)
{
    const char *dash = strrchr(label, '-');
    uint64_t bits = 0;
    label = dash == NULL ? label : dash + 1;
    for (label += strcspn(label, "0123456789"); *label >= '0' && *label <= '9'; label++) {
        bits = 10 * bits + (uint64_t)(*label - '0');
    }
    return bits;
}

/* How well a file serves, the less the better: another repository's is the last resort. */
static uint64_t distance(const struct lf_published_file *file, const char *repo, uint64_t bits)
{
    static const uint64_t elsewhere = 1000;
    uint64_t own = lf_label_bits(file->label);
    bool is_there = repo != NULL && strcmp(file->repo, repo) == 0;
    return (own > bits ? own - bits : bits - own) + (is_there ? 0 : elsewhere);
}

const struct lf_published_file *lf_projector_find(const struct lf_published_files *files,
                                                  const char *repo, uint64_t bits)
{
    const struct lf_published_file *best = NULL;
    for (size_t i = 0; i < files->count; i++) {
        const struct lf_published_file *file = &files->items[i];
        bool is_projector = strncmp(file->label, "mmproj", strlen("mmproj")) == 0;
        if (is_projector &&
            (best == NULL || distance(file, repo, bits) < distance(best, repo, bits))) {
            best = file;
        }
    }
    return best;
}
