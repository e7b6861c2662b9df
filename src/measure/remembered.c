#include "measure/remembered.h"

#include <stddef.h>

#include "base/date.h"
#include "base/json.h"
#include "base/store.h"

enum { FILE_BYTES = 64 * 1024 };

struct document {
    struct lf_remembered figures;
    const cJSON *machine;
};

#define IN_DOCUMENT(member) offsetof(struct document, member)
#define IN_FIGURES(member) offsetof(struct lf_remembered, member)

static const struct lf_json_field document_fields[] = {
    {.key = "date", .offset = IN_DOCUMENT(figures.date), .kind = LF_JSON_STRING, .required = true},
    {.key = "read_bps",
     .offset = IN_DOCUMENT(figures.read_bps),
     .kind = LF_JSON_INTEGER,
     .required = true,
     .least = 1},
    {.key = "machine", .offset = IN_DOCUMENT(machine), .kind = LF_JSON_OBJECT, .required = true},
};
static const struct lf_json_field machine_fields[] = {
    {.key = "cpu", .offset = IN_FIGURES(cpu), .kind = LF_JSON_STRING},
    {.key = "cores", .offset = IN_FIGURES(cores), .kind = LF_JSON_INTEGER},
    {.key = "ram_bytes", .offset = IN_FIGURES(ram_bytes), .kind = LF_JSON_INTEGER},
};

static const struct lf_json_shape document_shape = LF_JSON_OPEN_SHAPE(document_fields);
static const struct lf_json_shape machine_shape = LF_JSON_OPEN_SHAPE(machine_fields);

static enum lf_status read(struct lf_remembered *remembered, const struct lf_json *json,
                           struct lf_arena *arena, struct lf_error *err)
{
    struct document document = {0};
    int64_t day = 0;
    enum lf_status status = lf_json_check_schema(json, "llmfit.bench-memory", err);
    if (status == LF_OK) {
        status = lf_json_read(json, json->root, &document_shape, &document, arena, err);
    }
    if (status == LF_OK) {
        status =
            lf_json_read(json, document.machine, &machine_shape, &document.figures, arena, err);
    }
    if (status == LF_OK && !lf_date_parse(document.figures.date, &day)) {
        status = lf_json_fail(json, lf_json_find(json->root, "date"), err,
                              "date must be a day, \"YYYY-MM-DD\"");
    }
    if (status == LF_OK) {
        *remembered = document.figures;
    }
    return status;
}

enum lf_status lf_remembered_parse(struct lf_remembered *remembered, const char *name,
                                   const char *text, size_t length, struct lf_arena *arena,
                                   struct lf_error *err)
{
    struct lf_json json;
    enum lf_status status = lf_json_parse(&json, name, text, length, err);
    if (status == LF_OK) {
        status = read(remembered, &json, arena, err);
        lf_json_clear(&json);
    }
    return status;
}

enum lf_status lf_remembered_read(struct lf_remembered *remembered, struct lf_arena *arena,
                                  struct lf_error *err)
{
    struct lf_text path = {0};
    struct lf_text content = {0};
    enum lf_status status =
        lf_store_read(LF_STORE_CACHE, LF_REMEMBERED_FILE, FILE_BYTES, &content, err);
    if (status == LF_OK && content.length > 0) {
        lf_store_path(LF_STORE_CACHE, LF_REMEMBERED_FILE, &path, NULL);
        status = lf_remembered_parse(remembered, lf_text_string(&path), lf_text_string(&content),
                                     content.length, arena, err);
    }
    lf_text_clear(&content);
    lf_text_clear(&path);
    return status;
}
