#include "measure/own.h"

#include <stddef.h>
#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/store.h"

static const char file_name[] = "bench.json";
static const char schema_name[] = "llmfit.measurements";

enum { FILE_BYTES = 1024 * 1024, SPEED_DECIMALS = 3 };

#define AT(member) offsetof(struct lf_own_row, member)
#define TEXT_ROW(member, is_required)                                                           \
    {                                                                                           \
        .key = #member, .offset = AT(member), .kind = LF_JSON_STRING, .required = (is_required) \
    }
#define COUNT_ROW(member)                                                               \
    {                                                                                   \
        .key = #member, .offset = AT(member), .kind = LF_JSON_INTEGER, .required = true \
    }
#define SPEED_ROW(member, least_)                                                       \
    {                                                                                   \
        .key = #member, .offset = AT(member), .kind = LF_JSON_NUMBER, .required = true, \
        .least = (least_), .most = 1e9                                                  \
    }

/* Reading and writing both go by these, in this order. */
static const struct lf_json_field fields[] = {
    TEXT_ROW(date, true),
    TEXT_ROW(machine, true),
    TEXT_ROW(server, true),
    TEXT_ROW(version, false),
    TEXT_ROW(runtime, true),
    TEXT_ROW(model, true),
    TEXT_ROW(quant, true),
    TEXT_ROW(mode, true),
    COUNT_ROW(context_tokens),
    COUNT_ROW(depth_tokens),
    COUNT_ROW(prompt_tokens),
    COUNT_ROW(generated_tokens),
    COUNT_ROW(repeats),
    SPEED_ROW(decode_tps, 1e-6),
    SPEED_ROW(decode_low_tps, 1e-6),
    SPEED_ROW(decode_high_tps, 1e-6),
    SPEED_ROW(prefill_tps, 1e-6),
    SPEED_ROW(prefill_low_tps, 1e-6),
    SPEED_ROW(prefill_high_tps, 1e-6),
    SPEED_ROW(estimated_decode_tps, 0),
    SPEED_ROW(estimated_prefill_tps, 0),
};
/* A later version may have added keys. */
static const struct lf_json_shape shape = LF_JSON_OPEN_SHAPE(fields);

struct document {
    const cJSON *rows;
};

static const struct lf_json_field document_fields[] = {
    {.key = "rows",
     .offset = offsetof(struct document, rows),
     .kind = LF_JSON_ARRAY,
     .required = true},
};
static const struct lf_json_shape document_shape = LF_JSON_OPEN_SHAPE(document_fields);

static enum lf_status read_rows(const struct lf_json *json, struct lf_arena *arena,
                                struct lf_own_rows *rows, struct lf_error *err)
{
    struct document document = {0};
    enum lf_status status = lf_json_check_schema(json, schema_name, err);
    if (status == LF_OK) {
        status = lf_json_read(json, json->root, &document_shape, &document, arena, err);
    }
    struct lf_own_row *items = lf_arena_alloc(arena, LF_OWN_ROWS_MOST, sizeof *items);
    size_t count = 0;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, document.rows)
    {
        if (status == LF_OK && count == LF_OWN_ROWS_MOST) {
            status = lf_json_fail(json, item, err, "more than %d rows", LF_OWN_ROWS_MOST);
        }
        if (status != LF_OK) {
            break;
        }
        status = lf_json_read(json, item, &shape, &items[count++], arena, err);
    }
    if (status == LF_OK) {
        *rows = (struct lf_own_rows){.items = items, .count = count};
    }
    return status;
}

static enum lf_status read_file(struct lf_arena *arena, struct lf_own_rows *rows,
                                struct lf_error *err)
{
    struct lf_text path = {0};
    struct lf_text content = {0};
    struct lf_json json = {0};
    *rows = (struct lf_own_rows){0};
    enum lf_status status = lf_store_read(LF_STORE_DATA, file_name, FILE_BYTES, &content, err);
    if (status == LF_OK && content.length > 0) {
        lf_store_path(LF_STORE_DATA, file_name, &path, NULL);
        status = lf_json_parse(&json, lf_text_string(&path), lf_text_string(&content),
                               content.length, err);
        if (status == LF_OK) {
            status = read_rows(&json, arena, rows, err);
        }
    }
    lf_json_clear(&json);
    lf_text_clear(&content);
    lf_text_clear(&path);
    return status;
}

void lf_own_read(struct lf_arena *arena, struct lf_own_rows *rows)
{
    struct lf_error err = {0};
    if (read_file(arena, rows, &err) != LF_OK) {
        *rows = (struct lf_own_rows){.fault = lf_arena_copy(arena, err.text, strlen(err.text))};
    }
}

static void write_field(struct lf_json_writer *writer, const struct lf_json_field *field,
                        const struct lf_own_row *row)
{
    const void *value = (const char *)row + field->offset;
    switch (field->kind) {
    case LF_JSON_STRING:
        lf_json_string(writer, field->key, *(const char *const *)value);
        break;
    case LF_JSON_INTEGER:
        lf_json_integer(writer, field->key, *(const uint64_t *)value);
        break;
    default:
        lf_json_number(writer, field->key, *(const double *)value, SPEED_DECIMALS);
        break;
    }
}

static void write_row(struct lf_json_writer *writer, const struct lf_own_row *row)
{
    lf_json_open_object(writer, NULL);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        write_field(writer, &fields[i], row);
    }
    lf_json_close_object(writer);
}

enum lf_status lf_own_add(const struct lf_own_row *row, struct lf_error *err)
{
    struct lf_arena arena = {0};
    struct lf_own_rows rows;
    struct lf_text out = {0};
    struct lf_json_writer writer = {.out = &out};
    enum lf_status status = read_file(&arena, &rows, err);
    if (status == LF_OK) {
        lf_json_open_object(&writer, NULL);
        lf_json_string(&writer, "schema", schema_name);
        lf_json_integer(&writer, "schema_version", 1);
        lf_json_open_array(&writer, "rows");
        for (size_t i = rows.count == LF_OWN_ROWS_MOST ? 1 : 0; i < rows.count; i++) {
            write_row(&writer, &rows.items[i]);
        }
        write_row(&writer, row);
        lf_json_close_array(&writer);
        lf_json_close_object(&writer);
        lf_text_add_string(&out, "\n");
        status = lf_store_replace(LF_STORE_DATA, file_name, out.bytes, out.length, err);
    }
    lf_text_clear(&out);
    lf_arena_clear(&arena);
    return status;
}
