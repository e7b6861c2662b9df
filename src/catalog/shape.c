#include "catalog/shape.h"

#include <string.h>

/* Reads the members of node that are symbols. Others are left to the caller. */
static enum lf_status read_symbols(const struct lf_json *json, const cJSON *node,
                                   struct lf_symbols *symbols, struct lf_error *err)
{
    for (const cJSON *item = node->child; item != NULL; item = item->next) {
        enum lf_symbol symbol;
        if (!lf_symbol_find(item->string, strlen(item->string), &symbol) || cJSON_IsNull(item)) {
            continue;
        }
        bool whole = cJSON_IsNumber(item) && item->valuedouble >= 0 &&
                     item->valuedouble <= LF_SYMBOL_MOST &&
                     item->valuedouble == (double)(uint32_t)item->valuedouble;
        if (!whole && !cJSON_IsBool(item)) {
            return lf_json_fail(json, item, err, "%s must be a whole number from 0 to %d",
                                item->string, LF_SYMBOL_MOST);
        }
        symbols->given[symbol] = true;
        symbols->value[symbol] = whole ? (uint32_t)item->valuedouble : (uint32_t)cJSON_IsTrue(item);
    }
    return LF_OK;
}

static const struct lf_part *find_part(const struct lf_shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->part_count; i++) {
        if (strcmp(shape->parts[i].name, name) == 0) {
            return &shape->parts[i];
        }
    }
    return NULL;
}

static enum lf_status read_kv(const struct lf_json *json, const cJSON *node, struct lf_part *part,
                              struct lf_error *err)
{
    static const struct {
        const char *word;
        bool has_weights;
        bool owns_cache;
    } words[] = {{"own", true, true}, {"reuse", true, false}, {"none", false, false}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (cJSON_IsString(node) && strcmp(node->valuestring, words[i].word) == 0) {
            part->symbols.given[LF_SYMBOL_has_kv] = true;
            part->symbols.value[LF_SYMBOL_has_kv] = words[i].has_weights;
            part->owns_cache = words[i].owns_cache;
            return LF_OK;
        }
    }
    return lf_json_fail(json, node, err, "kv must be \"own\", \"reuse\" or \"none\"");
}

/* A part as written; its symbols are read apart. */
struct part_text {
    const char *type;
    const char *like;
};

static const struct lf_json_field part_fields[] = {
    {.key = "type", .offset = offsetof(struct part_text, type)},
    {.key = "like", .offset = offsetof(struct part_text, like)},
    {.key = "kv", .kind = LF_JSON_IGNORED},
};
static const struct lf_json_shape part_shape = LF_JSON_OPEN_SHAPE(part_fields);

static enum lf_status check_part_keys(const struct lf_json *json, const cJSON *node,
                                      struct lf_error *err)
{
    for (const cJSON *item = node->child; item != NULL; item = item->next) {
        enum lf_symbol symbol;
        if (!lf_symbol_find(item->string, strlen(item->string), &symbol) &&
            strcmp(item->string, "type") != 0 && strcmp(item->string, "like") != 0 &&
            strcmp(item->string, "kv") != 0) {
            return lf_json_fail(json, item, err, "unknown key \"%.64s\"", item->string);
        }
    }
    return LF_OK;
}

static enum lf_status read_part(const struct lf_json *json, const cJSON *node,
                                const struct lf_shape *shape, struct lf_arena *arena,
                                struct lf_part *part, struct lf_error *err)
{
    struct part_text text = {0};
    enum lf_status status = lf_json_read(json, node, &part_shape, &text, arena, err);
    if (status == LF_OK) {
        status = check_part_keys(json, node, err);
    }
    if (status != LF_OK) {
        return status;
    }
    part->owns_cache = true;
    if (text.like != NULL) {
        const struct lf_part *base = find_part(shape, text.like);
        if (base == NULL) {
            return lf_json_fail(json, node, err, "like: there is no part \"%.64s\" before this one",
                                text.like);
        }
        *part = *base;
    }
    part->name = lf_arena_copy(arena, node->string, strlen(node->string));
    part->node = node;
    part->type = text.type != NULL ? text.type : part->type;
    if (part->type == NULL) {
        return lf_json_fail(json, node, err, "type is missing");
    }
    if (lf_architecture_part(shape->architecture, part->type) == NULL) {
        return lf_json_fail(json, node, err, "type: architecture %.32s has no part \"%.64s\"",
                            shape->architecture->id, part->type);
    }
    const cJSON *kv = lf_json_find(node, "kv");
    status = read_symbols(json, node, &part->symbols, err);
    return status == LF_OK && kv != NULL ? read_kv(json, kv, part, err) : status;
}

static enum lf_status read_parts(const struct lf_json *json, const cJSON *object,
                                 struct lf_shape *shape, struct lf_arena *arena,
                                 struct lf_error *err)
{
    size_t count = (size_t)cJSON_GetArraySize(object);
    struct lf_part *parts = lf_arena_alloc(arena, count, sizeof *parts);
    shape->parts = parts;
    for (const cJSON *node = object->child; node != NULL; node = node->next) {
        enum lf_status status = read_part(json, node, shape, arena, &parts[shape->part_count], err);
        if (status != LF_OK) {
            return status;
        }
        shape->part_count++;
    }
    return LF_OK;
}

/* Reads ["attn", "ff"] into kind. */
static enum lf_status read_kind(const struct lf_json *json, const cJSON *array,
                                const struct lf_shape *shape, struct lf_kind *kind,
                                struct lf_error *err)
{
    if (!cJSON_IsArray(array)) {
        return lf_json_fail(json, array, err, "must be an array of part names");
    }
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        const struct lf_part *part =
            cJSON_IsString(node) ? find_part(shape, node->valuestring) : NULL;
        if (part == NULL) {
            return lf_json_fail(json, node, err, "is not the name of a part");
        }
        if (kind->part_count == LF_KIND_PARTS_MOST) {
            return lf_json_fail(json, node, err, "more than %d parts", LF_KIND_PARTS_MOST);
        }
        kind->parts[kind->part_count++] = part;
    }
    return LF_OK;
}

static enum lf_status read_kinds(const struct lf_json *json, const cJSON *object,
                                 struct lf_shape *shape, struct lf_arena *arena,
                                 struct lf_error *err)
{
    size_t count = (size_t)cJSON_GetArraySize(object);
    if (count > LF_KINDS_MOST) {
        return lf_json_fail(json, object, err, "more than %d kinds", LF_KINDS_MOST);
    }
    shape->kinds = lf_arena_alloc(arena, count, sizeof *shape->kinds);
    for (const cJSON *node = object->child; node != NULL; node = node->next) {
        if (strlen(node->string) != 1) {
            return lf_json_fail(json, node, err, "kinds: \"%.16s\" is not one character",
                                node->string);
        }
        struct lf_kind *kind = &shape->kinds[shape->kind_count++];
        kind->letter = node->string[0];
        enum lf_status status = read_kind(json, node, shape, kind, err);
        if (status != LF_OK) {
            return status;
        }
    }
    return LF_OK;
}

static bool find_kind(const struct lf_shape *shape, char letter, uint8_t *index)
{
    for (size_t i = 0; i < shape->kind_count; i++) {
        if (shape->kinds[i].letter == letter) {
            *index = (uint8_t)i;
            return true;
        }
    }
    return false;
}

/* Spells [[repeat, "letters"], ...] out into layer_kinds[LF_LAYERS_MOST]. */
static enum lf_status read_order(const struct lf_json *json, const cJSON *array,
                                 const struct lf_shape *shape, uint8_t *layer_kinds,
                                 uint64_t *layers, struct lf_error *err)
{
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        const cJSON *repeat = cJSON_GetArrayItem(node, 0);
        const cJSON *letters = cJSON_GetArrayItem(node, 1);
        if (!cJSON_IsArray(node) || cJSON_GetArraySize(node) != 2 || !cJSON_IsNumber(repeat) ||
            !(repeat->valuedouble >= 1 && repeat->valuedouble <= LF_LAYERS_MOST) ||
            repeat->valuedouble != (double)(uint64_t)repeat->valuedouble ||
            !cJSON_IsString(letters)) {
            return lf_json_fail(json, node, err, "order: must be [repeat, \"letters\"]");
        }
        for (uint64_t round = 0; round < (uint64_t)repeat->valuedouble; round++) {
            for (const char *letter = letters->valuestring; *letter != '\0'; letter++) {
                if (*layers == LF_LAYERS_MOST) {
                    return lf_json_fail(json, node, err, "order: more than %d layers",
                                        LF_LAYERS_MOST);
                }
                if (!find_kind(shape, *letter, &layer_kinds[(*layers)++])) {
                    return lf_json_fail(json, node, err, "order: there is no kind '%c'", *letter);
                }
            }
        }
    }
    return LF_OK;
}

/* {"layers": 1, "parts": ["attn", "moe", "nextn"], "in_gguf": true} */
struct mtp_text {
    uint64_t layers;
    const cJSON *parts;
    bool in_gguf;
};

static const struct lf_json_field mtp_fields[] = {
    {.key = "layers",
     .offset = offsetof(struct mtp_text, layers),
     .kind = LF_JSON_INTEGER,
     .required = true,
     .most = 8},
    {.key = "parts",
     .offset = offsetof(struct mtp_text, parts),
     .kind = LF_JSON_ARRAY,
     .required = true},
    {.key = "in_gguf",
     .offset = offsetof(struct mtp_text, in_gguf),
     .kind = LF_JSON_BOOL,
     .required = true},
};
static const struct lf_json_shape mtp_shape = LF_JSON_SHAPE(mtp_fields);

static enum lf_status read_mtp(const struct lf_json *json, const cJSON *node,
                               struct lf_shape *shape, struct lf_arena *arena, struct lf_error *err)
{
    struct mtp_text text = {0};
    enum lf_status status = lf_json_read(json, node, &mtp_shape, &text, arena, err);
    if (status != LF_OK) {
        return status;
    }
    shape->mtp_layers = text.in_gguf ? text.layers : 0;
    return read_kind(json, text.parts, shape, &shape->mtp, err);
}

static enum lf_status check_presence(const struct lf_json *json, const cJSON *node,
                                     const struct lf_shape_text *text, struct lf_error *err)
{
    const struct {
        const char *key;
        bool present;
    } wanted[] = {{"arch", text->arch != NULL},
                  {"parts", text->parts != NULL},
                  {"kinds", text->kinds != NULL},
                  {"order", text->order != NULL}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (!wanted[i].present) {
            return lf_json_fail(json, node, err, "%s is missing", wanted[i].key);
        }
    }
    return LF_OK;
}

enum lf_status lf_shape_read(const struct lf_json *json, const cJSON *node,
                             const struct lf_shape_text *text,
                             const struct lf_architectures *architectures, struct lf_arena *arena,
                             const struct lf_shape **shape, struct lf_error *err)
{
    struct lf_shape *made = lf_arena_alloc(arena, 1, sizeof *made);
    made->json = json;
    made->node = node;
    enum lf_status status = check_presence(json, node, text, err);
    if (status != LF_OK) {
        return status;
    }
    made->architecture = lf_architecture_find(architectures, text->arch);
    if (made->architecture == NULL) {
        return lf_json_fail(json, lf_json_find(node, "arch"), err,
                            "arch: there is no architecture \"%.64s\"", text->arch);
    }
    uint8_t layer_kinds[LF_LAYERS_MOST];
    status = read_symbols(json, node, &made->symbols, err);
    if (status == LF_OK) {
        status = read_parts(json, text->parts, made, arena, err);
    }
    if (status == LF_OK) {
        status = read_kinds(json, text->kinds, made, arena, err);
    }
    if (status == LF_OK) {
        status = read_order(json, text->order, made, layer_kinds, &made->trunk_layers, err);
    }
    if (status == LF_OK && text->mtp != NULL) {
        status = read_mtp(json, text->mtp, made, arena, err);
    }
    if (status != LF_OK) {
        return status;
    }
    if (made->trunk_layers == 0 || made->trunk_layers != made->symbols.value[LF_SYMBOL_layers]) {
        return lf_json_fail(
            json, lf_json_find(node, "order"), err, "order: spells %llu layers, \"layers\" says %u",
            (unsigned long long)made->trunk_layers, made->symbols.value[LF_SYMBOL_layers]);
    }
    made->layer_kinds =
        (const uint8_t *)lf_arena_copy(arena, (const char *)layer_kinds, made->trunk_layers);
    *shape = made;
    return LF_OK;
}
