#include "catalog/published.h"

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
