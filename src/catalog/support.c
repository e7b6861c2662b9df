#include "catalog/support.h"

#define SUPPORT(key_, member, required_)                                                      \
    {                                                                                         \
        .key = (key_), .offset = offsetof(struct lf_support, member), .required = (required_) \
    }
static const struct lf_json_field support_fields[] = {
    SUPPORT("runtime", runtime, true), SUPPORT("since", since, false),
    SUPPORT("date", date, false),      SUPPORT("source", source, true),
    SUPPORT("checked", checked, true),
};
#undef SUPPORT
static const struct lf_json_shape support_shape = LF_JSON_SHAPE(support_fields);

enum lf_status lf_supports_read(const struct lf_json *json, const cJSON *array,
                                struct lf_arena *arena, struct lf_supports *supports,
                                struct lf_error *err)
{
    *supports = (struct lf_supports){0};
    if (array == NULL) {
        return LF_OK;
    }
    struct lf_support *items =
        lf_arena_alloc(arena, (size_t)cJSON_GetArraySize(array), sizeof *items);
    supports->items = items;
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        enum lf_status status =
            lf_json_read(json, node, &support_shape, &items[supports->count], arena, err);
        if (lf_json_ends(json, status)) {
            return status;
        }
        supports->count += status == LF_OK;
    }
    return LF_OK;
}
