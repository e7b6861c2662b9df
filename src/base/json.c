#include "base/json.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json_scan.h"

enum { MOST_STRING_BYTES = 4096 };

enum lf_status lf_json_parse(struct lf_json *json, const char *name, const char *text,
                             size_t length, struct lf_error *err)
{
    *json = (struct lf_json){.name = name, .text = text, .length = length};
    enum lf_status status = lf_json_scan(name, text, length, err);
    return status == LF_OK ? lf_json_parse_scanned(json, name, text, length, err) : status;
}

/* cJSON allocates every value and every text by itself. They die together, so they come from an
 * arena: half of the time. Its hooks take no argument, hence the one variable. */
static _Thread_local struct lf_arena *taken_from;

static void *take(size_t bytes)
{
    return lf_arena_alloc(taken_from, 1, bytes);
}

static void leave(void *memory)
{
    (void)memory;
}

enum lf_status lf_json_parse_scanned(struct lf_json *json, const char *name, const char *text,
                                     size_t length, struct lf_error *err)
{
    const cJSON_Hooks hooks = {take, leave};
    *json = (struct lf_json){.name = name, .text = text, .length = length};
    taken_from = &json->nodes;
    cJSON_InitHooks((cJSON_Hooks *)&hooks);
    json->root = cJSON_ParseWithLength(text, length);
    cJSON_InitHooks(NULL);
    taken_from = NULL;
    if (json->root == NULL) {
        lf_arena_clear(&json->nodes);
        return lf_fail_at(err, LF_BAD_INPUT, name, 0, 0, "cannot be read as JSON");
    }
    return LF_OK;
}

void lf_json_clear(struct lf_json *json)
{
    lf_arena_clear(&json->nodes);
    json->root = NULL;
}

/* Counts the values up to wanted, in the order they start; returns whether it was met. */
static bool count_to(const cJSON *node, const cJSON *wanted, size_t *number)
{
    for (; node != NULL; node = node->next) {
        if (node == wanted) {
            return true;
        }
        (*number)++;
        if (count_to(node->child, wanted, number)) {
            return true;
        }
    }
    return false;
}

/* Tells about a node, and keeps what was told where faults are collected. */
static enum lf_status tell(const struct lf_json *json, const cJSON *node, enum lf_severity severity,
                           struct lf_error *err, const char *format, va_list arguments)
{
    char words[LF_ERROR_TEXT_BYTES];
    struct lf_error error = {0};
    size_t number = 0;
    unsigned line = 0;
    unsigned column = 0;
    bool is_told = json->findings == NULL || lf_findings_has_room(json->findings, severity);
    if (is_told && node != NULL && count_to(json->root, node, &number)) {
        lf_json_locate(json->text, json->length, number, &line, &column);
    }
    vsnprintf(words, sizeof words, format, arguments);
    lf_fail_at(&error, LF_BAD_INPUT, json->name, line, column, "%s", words);
    if (json->findings != NULL) {
        lf_findings_add(json->findings, severity, &error);
    }
    if (err != NULL) {
        *err = error;
    }
    return LF_BAD_INPUT;
}

enum lf_status lf_json_fail(const struct lf_json *json, const cJSON *node, struct lf_error *err,
                            const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    enum lf_status status = tell(json, node, LF_SEVERITY_ERROR, err, format, arguments);
    va_end(arguments);
    return status;
}

void lf_json_note(const struct lf_json *json, const cJSON *node, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(json, node, LF_SEVERITY_NOTE, NULL, format, arguments);
    va_end(arguments);
}

bool lf_json_ends(const struct lf_json *json, enum lf_status status)
{
    return status != LF_OK && json->findings == NULL;
}

const cJSON *lf_json_find(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static bool has_control_character(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7F) {
            return true;
        }
    }
    return false;
}

static enum lf_status read_string(const struct lf_json *json, const cJSON *node, const char *key,
                                  const char **into, struct lf_arena *arena, struct lf_error *err)
{
    if (!cJSON_IsString(node)) {
        return lf_json_fail(json, node, err, "%s must be a string", key);
    }
    /* Control characters would reach the terminal. */
    if (has_control_character(node->valuestring)) {
        return lf_json_fail(json, node, err, "%s holds a control character", key);
    }
    size_t length = strlen(node->valuestring);
    if (length > MOST_STRING_BYTES) {
        return lf_json_fail(json, node, err, "%s is longer than %d bytes", key, MOST_STRING_BYTES);
    }
    *into = lf_arena_copy(arena, node->valuestring, length);
    return LF_OK;
}

static enum lf_status read_strings(const struct lf_json *json, const cJSON *node, const char *key,
                                   struct lf_strings *into, struct lf_arena *arena,
                                   struct lf_error *err)
{
    if (!cJSON_IsArray(node)) {
        return lf_json_fail(json, node, err, "%s must be an array of strings", key);
    }
    size_t count = (size_t)cJSON_GetArraySize(node);
    const char **items = lf_arena_alloc(arena, count, sizeof *items);
    size_t i = 0;
    for (const cJSON *item = node->child; item != NULL; item = item->next) {
        enum lf_status status = read_string(json, item, key, &items[i++], arena, err);
        if (status != LF_OK) {
            return status;
        }
    }
    *into = (struct lf_strings){items, count};
    return LF_OK;
}

static enum lf_status check_range(const struct lf_json *json, const cJSON *node,
                                  const struct lf_json_field *field, struct lf_error *err)
{
    double value = node->valuedouble;
    if (value < field->least) {
        return lf_json_fail(json, node, err, "%s is %.15g, less than %.15g", field->key, value,
                            field->least);
    }
    if (field->most != 0 && value > field->most) {
        return lf_json_fail(json, node, err, "%s is %.15g, more than %.15g", field->key, value,
                            field->most);
    }
    return LF_OK;
}

static enum lf_status read_field(const struct lf_json *json, const cJSON *node,
                                 const struct lf_json_field *field, void *into,
                                 struct lf_arena *arena, struct lf_error *err)
{
    enum lf_status status = LF_OK;
    switch (field->kind) {
    case LF_JSON_STRING:
        return read_string(json, node, field->key, into, arena, err);
    case LF_JSON_STRINGS:
        return read_strings(json, node, field->key, into, arena, err);
    case LF_JSON_INTEGER:
        if (!cJSON_IsNumber(node) || node->valuedouble < 0 ||
            node->valuedouble > (double)LF_JSON_INTEGER_MOST ||
            node->valuedouble != (double)(uint64_t)node->valuedouble) {
            return lf_json_fail(json, node, err, "%s must be a whole number from 0 to 2^53",
                                field->key);
        }
        status = check_range(json, node, field, err);
        if (status == LF_OK) {
            *(uint64_t *)into = (uint64_t)node->valuedouble;
        }
        return status;
    case LF_JSON_NUMBER:
        if (!cJSON_IsNumber(node)) {
            return lf_json_fail(json, node, err, "%s must be a number", field->key);
        }
        status = check_range(json, node, field, err);
        if (status == LF_OK) {
            *(double *)into = node->valuedouble;
        }
        return status;
    case LF_JSON_BOOL:
        if (!cJSON_IsBool(node)) {
            return lf_json_fail(json, node, err, "%s must be true or false", field->key);
        }
        *(bool *)into = cJSON_IsTrue(node);
        return LF_OK;
    case LF_JSON_ANSWER:
        if (!cJSON_IsBool(node)) {
            return lf_json_fail(json, node, err, "%s must be true, false or null", field->key);
        }
        *(enum lf_answer *)into = cJSON_IsTrue(node) ? LF_ANSWER_YES : LF_ANSWER_NO;
        return LF_OK;
    case LF_JSON_OBJECT:
    case LF_JSON_ARRAY:
        if (field->kind == LF_JSON_OBJECT ? !cJSON_IsObject(node) : !cJSON_IsArray(node)) {
            return lf_json_fail(json, node, err, "%s must be an %s", field->key,
                                field->kind == LF_JSON_OBJECT ? "object" : "array");
        }
        *(const cJSON **)into = node;
        return LF_OK;
    case LF_JSON_IGNORED:
        return LF_OK;
    }
    return LF_OK;
}

/* The number of the field of that key, shape->count when there is none. Keys mostly come in the
 * fields' order, so the search goes on from the one behind the last. */
static size_t find_field(const struct lf_json_shape *shape, const char *key, size_t from)
{
    for (size_t i = 0; i < shape->count; i++) {
        size_t number = from + i < shape->count ? from + i : from + i - shape->count;
        if (strcmp(shape->fields[number].key, key) == 0) {
            return number;
        }
    }
    return shape->count;
}

enum lf_status lf_json_read(const struct lf_json *json, const cJSON *node,
                            const struct lf_json_shape *shape, void *into, struct lf_arena *arena,
                            struct lf_error *err)
{
    if (!cJSON_IsObject(node)) {
        return lf_json_fail(json, node, err, "must be an object");
    }
    enum lf_status status = LF_OK;
    uint64_t seen = 0; /* bits 1 << number of field */
    size_t from = 0;
    assert(shape->count <= LF_JSON_FIELDS_MOST);
    for (const cJSON *item = node->child; item != NULL && !lf_json_ends(json, status);
         item = item->next) {
        size_t number = find_field(shape, item->string, from);
        if (number == shape->count) {
            status = shape->open
                         ? status
                         : lf_json_fail(json, item, err, "unknown key \"%.64s\"", item->string);
            continue;
        }
        const struct lf_json_field *field = &shape->fields[number];
        from = number + 1;
        seen |= UINT64_C(1) << number;
        if (cJSON_IsNull(item) && !field->required) {
            continue;
        }
        enum lf_status read =
            read_field(json, item, field, (char *)into + field->offset, arena, err);
        status = read == LF_OK ? status : read;
    }
    for (size_t i = 0; i < shape->count && !lf_json_ends(json, status); i++) {
        if (shape->fields[i].required && (seen >> i & 1U) == 0) {
            status = lf_json_fail(json, node, err, "%s is missing", shape->fields[i].key);
        }
    }
    return status;
}

enum lf_status lf_json_check_schema(const struct lf_json *json, const char *schema,
                                    struct lf_error *err)
{
    struct head {
        const char *schema;
        uint64_t version;
    } head = {0};
    static const struct lf_json_field fields[] = {
        {.key = "schema", .offset = offsetof(struct head, schema), .required = true},
        {.key = "schema_version",
         .offset = offsetof(struct head, version),
         .kind = LF_JSON_INTEGER,
         .required = true},
    };
    static const struct lf_json_shape shape = LF_JSON_OPEN_SHAPE(fields);
    struct lf_arena arena = {0};
    enum lf_status status = lf_json_read(json, json->root, &shape, &head, &arena, err);
    if (status == LF_OK && strcmp(head.schema, schema) != 0) {
        status = lf_json_fail(json, lf_json_find(json->root, "schema"), err,
                              "schema is \"%.64s\", \"%s\" is wanted", head.schema, schema);
    } else if (status == LF_OK && head.version != 1) {
        status = lf_json_fail(json, lf_json_find(json->root, "schema_version"), err,
                              "schema_version is %llu, this program reads 1",
                              (unsigned long long)head.version);
    }
    lf_arena_clear(&arena);
    return status;
}
