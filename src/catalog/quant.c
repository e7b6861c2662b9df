#include "catalog/quant.h"

/* A mix as written. */
struct quant_text {
    const char *id;
    struct lf_quant quant;
    const cJSON *factors;
};

static const struct lf_json_field quant_fields[] = {
    {.key = "id", .offset = offsetof(struct quant_text, id), .required = true},
    {.key = "rank",
     .offset = offsetof(struct quant_text, quant.rank),
     .kind = LF_JSON_INTEGER,
     .required = true,
     .least = 1,
     .most = LF_MIX_COUNT},
    {.key = "needs_imatrix",
     .offset = offsetof(struct quant_text, quant.needs_imatrix),
     .kind = LF_JSON_BOOL,
     .required = true},
    {.key = "nominal_bpw",
     .offset = offsetof(struct quant_text, quant.nominal_bpw),
     .kind = LF_JSON_NUMBER,
     .required = true,
     .most = 32},
    {.key = "factors",
     .offset = offsetof(struct quant_text, factors),
     .kind = LF_JSON_ARRAY,
     .required = true},
    {.key = "basis", .kind = LF_JSON_IGNORED, .required = true},
    {.key = "source", .offset = offsetof(struct quant_text, quant.source), .required = true},
    {.key = "checked", .offset = offsetof(struct quant_text, quant.checked), .required = true},
};
static const struct lf_json_shape quant_shape = LF_JSON_SHAPE(quant_fields);

struct quants_text {
    const cJSON *size_classes;
    const cJSON *mixes;
};

static const struct lf_json_field file_fields[] = {
    {.key = "schema", .kind = LF_JSON_IGNORED},
    {.key = "schema_version", .kind = LF_JSON_IGNORED},
    {.key = "size_classes_b",
     .offset = offsetof(struct quants_text, size_classes),
     .kind = LF_JSON_ARRAY,
     .required = true},
    {.key = "mixes",
     .offset = offsetof(struct quants_text, mixes),
     .kind = LF_JSON_ARRAY,
     .required = true},
};
static const struct lf_json_shape file_shape = LF_JSON_SHAPE(file_fields);

/* Reads an array of exactly count numbers from 0 to most. */
static enum lf_status read_numbers(const struct lf_json *json, const cJSON *array, double *numbers,
                                   size_t count, double most, struct lf_error *err)
{
    if (cJSON_GetArraySize(array) != (int)count) {
        return lf_json_fail(json, array, err, "%s must hold %zu numbers", array->string, count);
    }
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        if (!cJSON_IsNumber(node) || node->valuedouble < 0 || node->valuedouble > most) {
            return lf_json_fail(json, node, err, "%s must be numbers from 0 to %g", array->string,
                                most);
        }
        *numbers++ = node->valuedouble;
    }
    return LF_OK;
}

static enum lf_status read_quant(const struct lf_json *json, const cJSON *node,
                                 struct lf_arena *arena, struct lf_quants *quants,
                                 struct lf_error *err)
{
    struct quant_text text = {0};
    enum lf_status status = lf_json_read(json, node, &quant_shape, &text, arena, err);
    if (status == LF_OK) {
        status = read_numbers(json, text.factors, text.quant.factors, LF_SIZE_CLASSES, 1, err);
    }
    if (status != LF_OK) {
        return status;
    }
    const cJSON *id = lf_json_find(node, "id");
    if (!lf_mix_find(text.id, &text.quant.mix)) {
        return lf_json_fail(json, id, err, "id: \"%.64s\" is not a mix", text.id);
    }
    struct lf_quant *row = &quants->rows[text.quant.mix];
    if (row->rank != 0) {
        return lf_json_fail(json, id, err, "id \"%.64s\" appears twice", text.id);
    }
    for (size_t i = 0; i < LF_MIX_COUNT; i++) {
        if (quants->rows[i].rank == text.quant.rank) {
            return lf_json_fail(json, lf_json_find(node, "rank"), err, "rank: %s has the same",
                                lf_mix_name((enum lf_mix)i));
        }
    }
    *row = text.quant;
    return LF_OK;
}

enum lf_status lf_quants_read(const struct lf_json *json, struct lf_arena *arena,
                              struct lf_quants *quants, struct lf_error *err)
{
    enum { MOST_PARAMS_B = 1000 * 1000 };
    struct quants_text text = {0};
    *quants = (struct lf_quants){0};
    enum lf_status status = lf_json_check_schema(json, "llmfit.quants", err);
    if (status == LF_OK) {
        status = lf_json_read(json, json->root, &file_shape, &text, arena, err);
    }
    if (status == LF_OK) {
        status = read_numbers(json, text.size_classes, quants->class_bounds_b, LF_SIZE_CLASSES - 1,
                              MOST_PARAMS_B, err);
    }
    if (status != LF_OK) {
        return status;
    }
    for (size_t i = 1; i < LF_SIZE_CLASSES - 1; i++) {
        if (quants->class_bounds_b[i] <= quants->class_bounds_b[i - 1]) {
            return lf_json_fail(json, text.size_classes, err, "size_classes_b must ascend");
        }
    }
    for (const cJSON *node = text.mixes->child; node != NULL; node = node->next) {
        status = read_quant(json, node, arena, quants, err);
        if (lf_json_ends(json, status)) {
            return status;
        }
    }
    return LF_OK;
}

double lf_quant_factor(const struct lf_quants *quants, enum lf_mix mix, uint64_t params_total)
{
    size_t size_class = 0;
    while (size_class < LF_SIZE_CLASSES - 1 &&
           (double)params_total >= quants->class_bounds_b[size_class] * 1e9) {
        size_class++;
    }
    return quants->rows[mix].factors[size_class];
}
