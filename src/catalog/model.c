#include "catalog/model.h"

#include <string.h>

#include "catalog/shape.h"

/* A model as written; the symbols among its keys are read apart. */
struct model_text {
    struct lf_model model;
    const char *arch;
    const char *confidence;
    const cJSON *parts;
    const cJSON *kinds;
    const cJSON *order;
    const cJSON *mtp;
    const cJSON *files;
    const cJSON *recommended;
};

#define MODEL(key_, kind_, member, required_)                                          \
    {                                                                                  \
        .key = (key_), .offset = offsetof(struct model_text, member), .kind = (kind_), \
        .required = (required_)                                                        \
    }
static const struct lf_json_field model_fields[] = {
    MODEL("id", LF_JSON_STRING, model.id, true),
    MODEL("name", LF_JSON_STRING, model.name, true),
    MODEL("hf", LF_JSON_STRING, model.hf, true),
    MODEL("aliases", LF_JSON_STRINGS, model.aliases, false),
    MODEL("shape", LF_JSON_STRING, model.shape_id, false),
    MODEL("arch", LF_JSON_STRING, arch, false),
    MODEL("parts", LF_JSON_OBJECT, parts, false),
    MODEL("kinds", LF_JSON_OBJECT, kinds, false),
    MODEL("order", LF_JSON_ARRAY, order, false),
    MODEL("mtp", LF_JSON_OBJECT, mtp, false),
    MODEL("params_stated", LF_JSON_INTEGER, model.params_stated, false),
    MODEL("params_scope", LF_JSON_STRING, model.params_scope, false),
    MODEL("params_active_stated", LF_JSON_INTEGER, model.params_active_stated, false),
    MODEL("native_context_tokens", LF_JSON_INTEGER, model.native_context_tokens, false),
    MODEL("licence", LF_JSON_STRING, model.licence, false),
    MODEL("released", LF_JSON_STRING, model.released, false),
    MODEL("modalities", LF_JSON_STRINGS, model.modalities, false),
    MODEL("use_cases", LF_JSON_STRINGS, model.use_cases, false),
    MODEL("thinking", LF_JSON_ANSWER, model.thinks, false),
    MODEL("tools", LF_JSON_ANSWER, model.calls_tools, false),
    MODEL("native_format", LF_JSON_STRING, model.native_format, false),
    MODEL("recommended_quant", LF_JSON_OBJECT, recommended, false),
    MODEL("gguf", LF_JSON_STRING, model.gguf, false),
    MODEL("mlx", LF_JSON_STRING, model.mlx, false),
    MODEL("ollama", LF_JSON_STRING, model.ollama, false),
    MODEL("files", LF_JSON_ARRAY, files, false),
    MODEL("confidence", LF_JSON_STRING, confidence, true),
    MODEL("source", LF_JSON_STRING, model.source, true),
    MODEL("checked", LF_JSON_STRING, model.checked, true),
};
#undef MODEL
static const struct lf_json_shape model_shape = LF_JSON_OPEN_SHAPE(model_fields);

static const char *const confidences[] = {
    [LF_CONFIDENCE_HIGH] = "high",
    [LF_CONFIDENCE_MEDIUM] = "medium",
    [LF_CONFIDENCE_LOW] = "low",
};

/* Keys that are neither fields nor symbols are misspelt. */
static enum lf_status check_keys(const struct lf_json *json, const cJSON *node,
                                 struct lf_error *err)
{
    enum lf_status status = LF_OK;
    for (const cJSON *item = node->child; item != NULL && !lf_json_ends(json, status);
         item = item->next) {
        enum lf_symbol symbol;
        bool known = lf_symbol_find(item->string, strlen(item->string), &symbol);
        for (size_t i = 0; i < sizeof model_fields / sizeof model_fields[0] && !known; i++) {
            known = strcmp(model_fields[i].key, item->string) == 0;
        }
        if (!known) {
            status = lf_json_fail(json, item, err, "unknown key \"%.64s\"", item->string);
        }
    }
    return status;
}

static enum lf_status read_confidence(const struct lf_json *json, const cJSON *node,
                                      const char *word, enum lf_confidence *confidence,
                                      struct lf_error *err)
{
    for (size_t i = 0; i < sizeof confidences / sizeof confidences[0]; i++) {
        if (strcmp(word, confidences[i]) == 0) {
            *confidence = (enum lf_confidence)i;
            return LF_OK;
        }
    }
    return lf_json_fail(json, lf_json_find(node, "confidence"), err,
                        "confidence must be \"high\", \"medium\" or \"low\"");
}

/* What is said of the model's files: those that are published, and the mix to start with. */
static enum lf_status read_advice(const struct lf_json *json, const struct model_text *text,
                                  struct lf_arena *arena, struct lf_model *model,
                                  struct lf_error *err)
{
    static const struct lf_json_field fields[] = {
        {.key = "quant", .offset = offsetof(struct lf_recommendation, quant), .required = true},
        {.key = "by", .offset = offsetof(struct lf_recommendation, by), .required = true},
        {.key = "source", .offset = offsetof(struct lf_recommendation, source), .required = true},
    };
    static const struct lf_json_shape shape = LF_JSON_SHAPE(fields);
    enum lf_status status = lf_published_files_read(json, text->files, arena, &model->files, err);
    if (text->recommended != NULL && !lf_json_ends(json, status)) {
        enum lf_status quant =
            lf_json_read(json, text->recommended, &shape, &model->recommended, arena, err);
        status = status == LF_OK ? quant : status;
    }
    return status;
}

/* A model at fault keeps what was read of it, and has no shape. */
static enum lf_status read_model(const struct lf_json *json, const cJSON *node,
                                 const struct lf_architectures *architectures,
                                 struct lf_arena *arena, struct lf_model *model,
                                 struct lf_error *err)
{
    struct model_text text = {0};
    enum lf_status status = lf_json_read(json, node, &model_shape, &text, arena, err);
    *model = text.model;
    model->json = json;
    model->node = node;
    if (!lf_json_ends(json, status)) {
        enum lf_status keys = check_keys(json, node, err);
        status = status == LF_OK ? keys : status;
    }
    if (!lf_json_ends(json, status)) {
        enum lf_status advice = read_advice(json, &text, arena, model, err);
        status = status == LF_OK ? advice : status;
    }
    if (status == LF_OK) {
        status = read_confidence(json, node, text.confidence, &model->confidence, err);
    }
    if (status != LF_OK) {
        return status;
    }
    if (model->shape_id != NULL) {
        return text.arch == NULL && text.parts == NULL
                   ? LF_OK
                   : lf_json_fail(json, node, err, "has both a shape of its own and \"shape\"");
    }
    struct lf_shape_text shape = {text.arch, text.parts, text.kinds, text.order, text.mtp};
    return lf_shape_read(json, node, &shape, architectures, arena, &model->shape, err);
}

enum lf_status lf_models_read(struct lf_models *models, const struct lf_json *json,
                              const struct lf_architectures *architectures, bool keeps_earlier,
                              struct lf_arena *arena, struct lf_error *err)
{
    struct head {
        const char *schema;
        uint64_t version;
        const char *vendor;
        const cJSON *models;
    } head = {0};
    static const struct lf_json_field fields[] = {
        {.key = "schema", .kind = LF_JSON_IGNORED, .required = true},
        {.key = "schema_version", .kind = LF_JSON_IGNORED, .required = true},
        {.key = "vendor", .offset = offsetof(struct head, vendor), .required = true},
        {.key = "models",
         .offset = offsetof(struct head, models),
         .kind = LF_JSON_ARRAY,
         .required = true},
    };
    static const struct lf_json_shape shape = LF_JSON_SHAPE(fields);
    enum lf_status status = lf_json_check_schema(json, "llmfit.models", err);
    if (status == LF_OK) {
        status = lf_json_read(json, json->root, &shape, &head, arena, err);
    }
    if (status != LF_OK) {
        return status;
    }
    size_t earlier = models->count;
    for (const cJSON *node = head.models->child; node != NULL; node = node->next) {
        struct lf_model model = {0};
        status = read_model(json, node, architectures, arena, &model, err);
        if (lf_json_ends(json, status)) {
            return status;
        }
        if (model.id == NULL) {
            continue;
        }
        model.vendor = head.vendor;
        const struct lf_model *same = lf_models_find_id(models, model.id);
        if (same == NULL) {
            lf_models_add(models, &model, arena);
        } else if (!keeps_earlier || same >= models->items + earlier) {
            status = lf_json_fail(json, lf_json_find(node, "id"), err, "id \"%.64s\" appears twice",
                                  model.id);
            if (lf_json_ends(json, status)) {
                return status;
            }
        }
    }
    return LF_OK;
}

/* A finetune of a finetune has the shape of the first. */
static enum lf_status link_shape(const struct lf_models *models, struct lf_model *model,
                                 struct lf_error *err)
{
    enum { SHAPE_STEPS_MOST = 8 };
    const cJSON *node = lf_json_find(model->node, "shape");
    const struct lf_model *base = lf_models_find_id(models, model->shape_id);
    for (int steps = 0; base != NULL && base->shape_id != NULL; steps++) {
        if (steps == SHAPE_STEPS_MOST) {
            return lf_json_fail(model->json, node, err, "shape: \"%.64s\" leads in a circle",
                                model->shape_id);
        }
        base = lf_models_find_id(models, base->shape_id);
    }
    if (base == NULL) {
        return lf_json_fail(model->json, node, err, "shape: there is no model \"%.64s\"",
                            model->shape_id);
    }
    model->shape = base->shape;
    return LF_OK;
}

enum lf_status lf_models_link(struct lf_models *models, struct lf_error *err)
{
    for (size_t i = 0; i < models->count; i++) {
        struct lf_model *model = &models->items[i];
        enum lf_status status = model->shape_id == NULL ? LF_OK : link_shape(models, model, err);
        if (lf_json_ends(model->json, status)) {
            return status;
        }
    }
    return LF_OK;
}
