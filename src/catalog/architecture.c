#include "catalog/architecture.h"

#include <string.h>

/* A row as written. */
struct row_text {
    const char *name;
    struct lf_strings ne;
    const char *when;
    const char *stored;
};

static const struct lf_json_field row_fields[] = {
    {.key = "name", .offset = offsetof(struct row_text, name), .required = true},
    {.key = "ne",
     .offset = offsetof(struct row_text, ne),
     .kind = LF_JSON_STRINGS,
     .required = true},
    {.key = "when", .offset = offsetof(struct row_text, when)},
    {.key = "stored", .offset = offsetof(struct row_text, stored)},
};
static const struct lf_json_shape row_shape = LF_JSON_SHAPE(row_fields);

/* Where things are kept: the rows are for spelling models out, what they spell names the rows'
 * tensors for good. */
struct places {
    struct lf_arena *names;
    struct lf_arena *rows;
};

static enum lf_status read_row(const struct lf_json *json, const cJSON *node,
                               const struct places *places, struct lf_tensor_row *row,
                               struct lf_error *err)
{
    struct row_text text = {0};
    enum lf_status status = lf_json_read(json, node, &row_shape, &text, places->rows, err);
    if (status != LF_OK) {
        return status;
    }
    row->name = lf_arena_copy(places->names, text.name, strlen(text.name));
    row->dimensions = text.ne.count;
    if (text.ne.count < 1 || text.ne.count > 4) {
        return lf_json_fail(json, node, err, "ne must hold 1 to 4 dimensions");
    }
    for (size_t i = 0; i < text.ne.count; i++) {
        if (!lf_expression_parse(text.ne.items[i], &row->ne[i])) {
            return lf_json_fail(json, node, err,
                                "ne: \"%.64s\" is not a sum of products of symbols",
                                text.ne.items[i]);
        }
    }
    if (text.when != NULL && !lf_condition_parse(text.when, &row->when)) {
        return lf_json_fail(json, node, err, "when: \"%.64s\" is not a condition", text.when);
    }
    row->has_stored = text.stored != NULL;
    if (row->has_stored && !lf_type_find(text.stored, &row->stored)) {
        return lf_json_fail(json, node, err, "stored: \"%.64s\" is not a type", text.stored);
    }
    return LF_OK;
}

static enum lf_status read_template(const struct lf_json *json, const cJSON *array,
                                    const struct places *places, struct lf_template *template,
                                    struct lf_error *err)
{
    if (!cJSON_IsArray(array)) {
        return lf_json_fail(json, array, err, "must be an array of tensor rows");
    }
    size_t count = (size_t)cJSON_GetArraySize(array);
    struct lf_tensor_row *rows = lf_arena_alloc(places->rows, count, sizeof *rows);
    size_t i = 0;
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        enum lf_status status = read_row(json, node, places, &rows[i++], err);
        if (status != LF_OK) {
            return status;
        }
    }
    template->rows = rows;
    template->count = count;
    return LF_OK;
}

/* Reads {"type": [rows], ...} over what architecture->parts holds already. */
static enum lf_status read_parts(const struct lf_json *json, const cJSON *object,
                                 const struct places *places, struct lf_architecture *architecture,
                                 struct lf_error *err)
{
    for (const cJSON *node = object == NULL ? NULL : object->child; node != NULL;
         node = node->next) {
        size_t i = 0;
        while (i < architecture->part_count &&
               strcmp(architecture->parts[i].type, node->string) != 0) {
            i++;
        }
        if (i == LF_PART_TYPES_MOST) {
            return lf_json_fail(json, node, err, "more than %d part types", LF_PART_TYPES_MOST);
        }
        struct lf_template *template = &architecture->parts[i];
        template->type = lf_arena_copy(places->rows, node->string, strlen(node->string));
        architecture->part_count += i == architecture->part_count;
        enum lf_status status = read_template(json, node, places, template, err);
        if (status != LF_OK) {
            return status;
        }
    }
    return LF_OK;
}

/* An architecture as written. */
struct architecture_text {
    const char *id;
    bool measured;
    bool uniform_heads;
    const char *source;
    const char *checked;
    const cJSON *model;
    const cJSON *layer;
    const cJSON *parts;
    const cJSON *runs_on;
};

#define FIELD(key_, kind_, member, required_)                                                 \
    {                                                                                         \
        .key = (key_), .offset = offsetof(struct architecture_text, member), .kind = (kind_), \
        .required = (required_)                                                               \
    }
static const struct lf_json_field architecture_fields[] = {
    FIELD("id", LF_JSON_STRING, id, true),
    FIELD("measured", LF_JSON_BOOL, measured, true),
    FIELD("uniform_heads", LF_JSON_BOOL, uniform_heads, false),
    FIELD("source", LF_JSON_STRING, source, true),
    FIELD("checked", LF_JSON_STRING, checked, true),
    FIELD("model", LF_JSON_ARRAY, model, true),
    FIELD("layer", LF_JSON_ARRAY, layer, true),
    FIELD("parts", LF_JSON_OBJECT, parts, false),
    FIELD("runs_on", LF_JSON_ARRAY, runs_on, false),
};
#undef FIELD
static const struct lf_json_shape architecture_shape = LF_JSON_SHAPE(architecture_fields);

static enum lf_status read_architecture(const struct lf_json *json, const cJSON *node,
                                        const struct places *places,
                                        struct lf_architecture *architecture, struct lf_error *err)
{
    struct architecture_text text = {0};
    enum lf_status status =
        lf_json_read(json, node, &architecture_shape, &text, places->names, err);
    if (status != LF_OK) {
        return status;
    }
    architecture->id = text.id;
    architecture->is_measured = text.measured;
    architecture->has_uniform_heads = text.uniform_heads;
    architecture->source = text.source;
    architecture->checked = text.checked;
    status = read_template(json, text.model, places, &architecture->model, err);
    if (status == LF_OK) {
        status = read_template(json, text.layer, places, &architecture->layer, err);
    }
    if (status == LF_OK) {
        status = read_parts(json, text.parts, places, architecture, err);
    }
    if (status == LF_OK) {
        status = lf_supports_read(json, text.runs_on, places->names, &architecture->runs_on, err);
    }
    return status;
}

enum lf_status lf_architectures_read(const struct lf_json *json, struct lf_arena *arena,
                                     struct lf_arena *rows, struct lf_architectures *architectures,
                                     struct lf_error *err)
{
    const struct places places = {arena, rows};
    enum lf_status status = lf_json_check_schema(json, "llmfit.architectures", err);
    if (status != LF_OK) {
        return status;
    }
    const cJSON *list = lf_json_find(json->root, "architectures");
    if (!cJSON_IsArray(list)) {
        return lf_json_fail(json, json->root, err, "architectures is missing");
    }
    struct lf_architecture shared = {0};
    status = read_parts(json, lf_json_find(json->root, "parts"), &places, &shared, err);
    size_t count = (size_t)cJSON_GetArraySize(list);
    struct lf_architecture *items = lf_arena_alloc(arena, count, sizeof *items);
    *architectures = (struct lf_architectures){items, 0};
    if (status != LF_OK) {
        return status;
    }
    for (const cJSON *node = list->child; node != NULL; node = node->next) {
        struct lf_architecture *item = &items[architectures->count];
        *item = shared;
        status = read_architecture(json, node, &places, item, err);
        if (status == LF_OK && lf_architecture_find(architectures, item->id) != NULL) {
            status = lf_json_fail(json, node, err, "id \"%.64s\" appears twice", item->id);
        }
        if (lf_json_ends(json, status)) {
            return status;
        }
        architectures->count += status == LF_OK;
    }
    return LF_OK;
}

const struct lf_architecture *lf_architecture_find(const struct lf_architectures *architectures,
                                                   const char *id)
{
    for (size_t i = 0; i < architectures->count; i++) {
        if (strcmp(architectures->items[i].id, id) == 0) {
            return &architectures->items[i];
        }
    }
    return NULL;
}

const struct lf_template *lf_architecture_part(const struct lf_architecture *architecture,
                                               const char *type)
{
    for (size_t i = 0; i < architecture->part_count; i++) {
        if (strcmp(architecture->parts[i].type, type) == 0) {
            return &architecture->parts[i];
        }
    }
    return NULL;
}
