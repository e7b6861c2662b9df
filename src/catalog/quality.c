#include "catalog/quality.h"

#include <stdlib.h>
#include <string.h>

#include "catalog/tier.h"
#include "catalog/unique.h"

#define ROW(key_, kind_, member, required_)                                                \
    {                                                                                      \
        .key = (key_), .offset = offsetof(struct lf_quality_row, member), .kind = (kind_), \
        .required = (required_)                                                            \
    }
static const struct lf_json_field row_fields[] = {
    ROW("id", LF_JSON_STRING, id, true),
    {.key = "q",
     .offset = offsetof(struct lf_quality_row, q),
     .kind = LF_JSON_NUMBER,
     .required = true,
     .most = 1},
    {.key = "guard",
     .offset = offsetof(struct lf_quality_row, guard),
     .kind = LF_JSON_NUMBER,
     .most = 2}, /* of a model better than the snapshot's best paid one, above 1 */
#define SKILL(name, key_)                                                \
    {.key = #key_,                                                       \
     .offset = offsetof(struct lf_quality_row, skills[LF_SKILL_##name]), \
     .kind = LF_JSON_NUMBER,                                             \
     .most = 1},
    LF_SKILLS(SKILL)
#undef SKILL
        ROW("components", LF_JSON_INTEGER, components, true),
    ROW("sources", LF_JSON_INTEGER, sources, true),
    ROW("as_scored", LF_JSON_STRING, as_scored, false),
    ROW("source", LF_JSON_STRING, source, true),
    ROW("checked", LF_JSON_STRING, checked, true),
};
#undef ROW
static const struct lf_json_shape row_shape = LF_JSON_SHAPE(row_fields);

static const struct lf_json_field paid_fields[] = {
    {.key = "name", .offset = offsetof(struct lf_paid_model, name), .required = true},
    {.key = "q",
     .offset = offsetof(struct lf_paid_model, q),
     .kind = LF_JSON_NUMBER,
     .required = true,
     .most = 1},
    {.key = "date", .offset = offsetof(struct lf_paid_model, date)},
    {.key = "as_scored", .kind = LF_JSON_IGNORED},
    {.key = "source", .offset = offsetof(struct lf_paid_model, source), .required = true},
    {.key = "checked", .offset = offsetof(struct lf_paid_model, checked), .required = true},
};
static const struct lf_json_shape paid_shape = LF_JSON_SHAPE(paid_fields);

/* Coefficients are shares of a logit; none comes near these bounds. */
#define COEFFICIENT(key_)                                                    \
    {                                                                        \
        .key = #key_, .offset = offsetof(struct lf_quality_fallback, key_),  \
        .kind = LF_JSON_NUMBER, .required = true, .least = -100, .most = 100 \
    }
#define TEXT(key_)                                                                           \
    {                                                                                        \
        .key = #key_, .offset = offsetof(struct lf_quality_fallback, key_), .required = true \
    }
static const struct lf_json_field fallback_fields[] = {
    COEFFICIENT(intercept),
    COEFFICIENT(log2_total_b),
    COEFFICIENT(log2_active_b),
    COEFFICIENT(years_since_2024),
    COEFFICIENT(thinking),
    {.key = "haircut",
     .offset = offsetof(struct lf_quality_fallback, haircut),
     .kind = LF_JSON_NUMBER,
     .required = true,
     .most = 1},
    TEXT(cap_tier),
    TEXT(latest_release),
    TEXT(source),
    TEXT(checked),
};
#undef TEXT
#undef COEFFICIENT
static const struct lf_json_shape fallback_shape = LF_JSON_SHAPE(fallback_fields);

/* The file's members, then those of its snapshot. */
struct quality_text {
    const cJSON *snapshot;
    const cJSON *fallback;
    const cJSON *skills;
    const cJSON *paid;
    const cJSON *models;
    const char *id;
    const char *date;
    const char *best_paid;
    const cJSON *sources;
};

#define FIELD(key_, kind_)                                                            \
    {                                                                                 \
        .key = #key_, .offset = offsetof(struct quality_text, key_), .kind = (kind_), \
        .required = true                                                              \
    }
static const struct lf_json_field file_fields[] = {
    {.key = "schema", .kind = LF_JSON_IGNORED},
    {.key = "schema_version", .kind = LF_JSON_IGNORED},
    FIELD(snapshot, LF_JSON_OBJECT),
    FIELD(fallback, LF_JSON_OBJECT),
    {.key = "skills", .offset = offsetof(struct quality_text, skills), .kind = LF_JSON_ARRAY},
    FIELD(paid, LF_JSON_ARRAY),
    FIELD(models, LF_JSON_ARRAY),
};
static const struct lf_json_field snapshot_fields[] = {
    FIELD(id, LF_JSON_STRING),
    FIELD(date, LF_JSON_STRING),
    FIELD(best_paid, LF_JSON_STRING),
    FIELD(sources, LF_JSON_ARRAY),
};
#undef FIELD
static const struct lf_json_shape file_shape = LF_JSON_SHAPE(file_fields);
static const struct lf_json_shape snapshot_shape = LF_JSON_SHAPE(snapshot_fields);

/* Nothing is computed from the snapshot's sources and the skills' benchmarks; they are checked to
 * be told honestly. */
struct origin {
    const char *source;
    const char *checked;
};

static const struct lf_json_field origin_fields[] = {
    {.key = "publisher", .kind = LF_JSON_IGNORED, .required = true},
    {.key = "version", .kind = LF_JSON_IGNORED, .required = true},
    {.key = "date", .kind = LF_JSON_IGNORED, .required = true},
    {.key = "gives", .kind = LF_JSON_IGNORED},
    {.key = "best_paid", .kind = LF_JSON_IGNORED},
    {.key = "source", .offset = offsetof(struct origin, source), .required = true},
    {.key = "checked", .offset = offsetof(struct origin, checked), .required = true},
};
static const struct lf_json_shape origin_shape = LF_JSON_SHAPE(origin_fields);

static const struct lf_json_field skill_fields[] = {
    {.key = "id", .kind = LF_JSON_IGNORED, .required = true},
    {.key = "least_benchmarks", .kind = LF_JSON_IGNORED, .required = true},
    {.key = "benchmarks", .kind = LF_JSON_IGNORED, .required = true},
    {.key = "source", .offset = offsetof(struct origin, source), .required = true},
    {.key = "checked", .offset = offsetof(struct origin, checked), .required = true},
};
static const struct lf_json_shape skill_shape = LF_JSON_SHAPE(skill_fields);

/* Checks that each row of the array is of that shape. */
static enum lf_status check_origins(const struct lf_json *json, const cJSON *array,
                                    const struct lf_json_shape *shape, struct lf_arena *arena,
                                    struct lf_error *err)
{
    enum lf_status status = LF_OK;
    const cJSON *first = array == NULL ? NULL : array->child;
    for (const cJSON *node = first; node != NULL && status == LF_OK; node = node->next) {
        struct origin origin;
        status = lf_json_read(json, node, shape, &origin, arena, err);
    }
    return status;
}

static enum lf_status read_snapshot(const struct lf_json *json, struct quality_text *text,
                                    struct lf_arena *arena, struct lf_quality *quality,
                                    struct lf_error *err)
{
    enum lf_status status = lf_json_read(json, text->snapshot, &snapshot_shape, text, arena, err);
    if (status != LF_OK) {
        return status;
    }
    quality->snapshot_id = text->id;
    quality->snapshot_date = text->date;
    quality->best_paid = text->best_paid;
    return check_origins(json, text->sources, &origin_shape, arena, err);
}

static enum lf_status read_fallback(const struct lf_json *json, const cJSON *node,
                                    struct lf_arena *arena, struct lf_quality_fallback *fallback,
                                    struct lf_error *err)
{
    enum lf_status status = lf_json_read(json, node, &fallback_shape, fallback, arena, err);
    enum lf_tier tier;
    if (status == LF_OK && !lf_tier_find(fallback->cap_tier, &tier)) {
        status = lf_json_fail(json, lf_json_find(node, "cap_tier"), err,
                              "cap_tier: there is no tier \"%.64s\"", fallback->cap_tier);
    }
    return status;
}

static enum lf_status read_paid(const struct lf_json *json, const cJSON *array,
                                struct lf_arena *arena, struct lf_quality *quality,
                                struct lf_error *err)
{
    size_t count = (size_t)cJSON_GetArraySize(array);
    struct lf_paid_model *paid = lf_arena_alloc(arena, count, sizeof *paid);
    quality->paid = paid;
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        struct lf_paid_model *row = &paid[quality->paid_count];
        *row = (struct lf_paid_model){0};
        enum lf_status status = lf_json_read(json, node, &paid_shape, row, arena, err);
        if (lf_json_ends(json, status)) {
            return status;
        }
        quality->paid_count += status == LF_OK;
    }
    return LF_OK;
}

static int compare_rows(const void *left, const void *right)
{
    const struct lf_quality_row *a = left;
    const struct lf_quality_row *b = right;
    return strcmp(a->id, b->id);
}

static enum lf_status read_rows(const struct lf_json *json, const cJSON *array,
                                struct lf_arena *arena, struct lf_quality *quality,
                                struct lf_error *err)
{
    size_t count = (size_t)cJSON_GetArraySize(array);
    struct lf_quality_row *rows = lf_arena_alloc(arena, count, sizeof *rows);
    quality->rows = rows;
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        struct lf_quality_row *row = &rows[quality->count];
        *row = (struct lf_quality_row){.guard = -1};
        for (int skill = 0; skill < LF_SKILL_COUNT; skill++) {
            row->skills[skill] = -1;
        }
        enum lf_status status = lf_json_read(json, node, &row_shape, row, arena, err);
        if (lf_json_ends(json, status)) {
            return status;
        }
        quality->count += status == LF_OK;
    }
    qsort(rows, quality->count, sizeof *rows, compare_rows);
    return lf_check_unique(json, array, "id", err);
}

enum lf_status lf_quality_read(const struct lf_json *json, struct lf_arena *arena,
                               struct lf_quality *quality, struct lf_error *err)
{
    struct quality_text text = {0};
    *quality = (struct lf_quality){0};
    enum lf_status status = lf_json_check_schema(json, "llmfit.quality", err);
    if (status == LF_OK) {
        status = lf_json_read(json, json->root, &file_shape, &text, arena, err);
    }
    if (status == LF_OK) {
        status = read_snapshot(json, &text, arena, quality, err);
    }
    if (status == LF_OK) {
        status = read_fallback(json, text.fallback, arena, &quality->fallback, err);
    }
    if (status == LF_OK) {
        status = check_origins(json, text.skills, &skill_shape, arena, err);
    }
    if (status == LF_OK) {
        status = read_paid(json, text.paid, arena, quality, err);
    }
    return status == LF_OK ? read_rows(json, text.models, arena, quality, err) : status;
}

double lf_quality_share(const struct lf_quality_row *row, enum lf_skill skill)
{
    return skill == LF_SKILL_GENERAL || row->skills[skill] < 0 ? row->q
                                                               : (row->q + row->skills[skill]) / 2;
}

const struct lf_paid_model *lf_paid_model_find(const struct lf_quality *quality, const char *name)
{
    for (size_t i = 0; i < quality->paid_count; i++) {
        if (strcmp(quality->paid[i].name, name) == 0) {
            return &quality->paid[i];
        }
    }
    return NULL;
}

const struct lf_quality_row *lf_quality_find(const struct lf_quality *quality, const char *id)
{
    if (quality->count == 0) {
        return NULL;
    }
    struct lf_quality_row wanted = {.id = id};
    return bsearch(&wanted, quality->rows, quality->count, sizeof wanted, compare_rows);
}
