#include "catalog/tier.h"

#include <string.h>

static const char *const ids[LF_TIER_COUNT] = {
    [LF_TIER_LEARNING] = "learning",
    [LF_TIER_USEFUL] = "useful",
    [LF_TIER_CAPABLE] = "capable",
    [LF_TIER_FRONTIER_ADJACENT] = "frontier-adjacent",
    [LF_TIER_FRONTIER_REPLACEMENT] = "frontier-replacement",
};

const char *lf_tier_id(enum lf_tier tier)
{
    return ids[tier];
}

bool lf_tier_find(const char *id, enum lf_tier *tier)
{
    for (int i = 0; i < LF_TIER_COUNT; i++) {
        if (strcmp(ids[i], id) == 0) {
            *tier = (enum lf_tier)i;
            return true;
        }
    }
    return false;
}

/* Where a row comes from: required of every row, kept of none. */
struct origin {
    const char *source;
    const char *checked;
};

#define ORIGIN_FIELDS(type)                                                          \
    {.key = "source", .offset = offsetof(type, origin.source), .required = true},    \
    {                                                                                \
        .key = "checked", .offset = offsetof(type, origin.checked), .required = true \
    }

struct tier_text {
    const char *id;
    struct lf_tier_row row;
    struct origin origin;
};

static const struct lf_json_field tier_fields[] = {
    {.key = "id", .offset = offsetof(struct tier_text, id), .required = true},
    {.key = "label", .offset = offsetof(struct tier_text, row.label), .required = true},
    {.key = "expect", .offset = offsetof(struct tier_text, row.expect), .required = true},
    {.key = "min_q",
     .offset = offsetof(struct tier_text, row.min_q),
     .kind = LF_JSON_NUMBER,
     .required = true,
     .most = 1},
    {.key = "min_guard",
     .offset = offsetof(struct tier_text, row.min_guard),
     .kind = LF_JSON_NUMBER,
     .most = 1},
    {.key = "min_context_tokens",
     .offset = offsetof(struct tier_text, row.min_context_tokens),
     .kind = LF_JSON_INTEGER},
    {.key = "min_tps", .offset = offsetof(struct tier_text, row.min_tps), .kind = LF_JSON_NUMBER},
    ORIGIN_FIELDS(struct tier_text),
};
static const struct lf_json_shape tier_shape = LF_JSON_SHAPE(tier_fields);

/* A gate of either kind: "below_tps" or "below_tokens". */
struct gate_text {
    double below;
    const char *cap;
    struct origin origin;
};

#define GATE_FIELDS(key_)                                                            \
    {.key = (key_),                                                                  \
     .offset = offsetof(struct gate_text, below),                                    \
     .kind = LF_JSON_NUMBER,                                                         \
     .required = true},                                                              \
        {.key = "cap", .offset = offsetof(struct gate_text, cap), .required = true}, \
        ORIGIN_FIELDS(struct gate_text)
static const struct lf_json_field speed_gate_fields[] = {GATE_FIELDS("below_tps")};
static const struct lf_json_field context_gate_fields[] = {GATE_FIELDS("below_tokens")};
static const struct lf_json_shape speed_gate_shape = LF_JSON_SHAPE(speed_gate_fields);
static const struct lf_json_shape context_gate_shape = LF_JSON_SHAPE(context_gate_fields);

struct context_factor_text {
    struct lf_context_factor row;
    struct origin origin;
};

static const struct lf_json_field context_factor_fields[] = {
    {.key = "tokens",
     .offset = offsetof(struct context_factor_text, row.tokens),
     .kind = LF_JSON_INTEGER,
     .required = true,
     .least = 1},
    {.key = "factor",
     .offset = offsetof(struct context_factor_text, row.factor),
     .kind = LF_JSON_NUMBER,
     .required = true,
     .most = 1},
    ORIGIN_FIELDS(struct context_factor_text),
};
static const struct lf_json_shape context_factor_shape = LF_JSON_SHAPE(context_factor_fields);

struct kv_factor_text {
    const char *type;
    double factor;
    struct origin origin;
};

static const struct lf_json_field kv_factor_fields[] = {
    {.key = "type", .offset = offsetof(struct kv_factor_text, type), .required = true},
    {.key = "factor",
     .offset = offsetof(struct kv_factor_text, factor),
     .kind = LF_JSON_NUMBER,
     .required = true,
     .most = 1},
    ORIGIN_FIELDS(struct kv_factor_text),
};
static const struct lf_json_shape kv_factor_shape = LF_JSON_SHAPE(kv_factor_fields);

struct tiers_text {
    const cJSON *tiers;
    const cJSON *speed_gates;
    const cJSON *context_gates;
    const cJSON *context_factors;
    const cJSON *kv_factors;
};

#define LIST(key_)                                                                        \
    {                                                                                     \
        .key = #key_, .offset = offsetof(struct tiers_text, key_), .kind = LF_JSON_ARRAY, \
        .required = true                                                                  \
    }
static const struct lf_json_field file_fields[] = {
    {.key = "schema", .kind = LF_JSON_IGNORED},
    {.key = "schema_version", .kind = LF_JSON_IGNORED},
    LIST(tiers),
    LIST(speed_gates),
    LIST(context_gates),
    LIST(context_factors),
    LIST(kv_factors),
};
#undef LIST
static const struct lf_json_shape file_shape = LF_JSON_SHAPE(file_fields);

static enum lf_status read_tiers(const struct lf_json *json, const cJSON *array,
                                 struct lf_arena *arena, struct lf_tiers *tiers,
                                 struct lf_error *err)
{
    int next = 0;
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        struct tier_text text = {0};
        enum lf_status status = lf_json_read(json, node, &tier_shape, &text, arena, err);
        if (status != LF_OK) {
            return status;
        }
        if (next == LF_TIER_COUNT || strcmp(text.id, ids[next]) != 0) {
            return lf_json_fail(json, lf_json_find(node, "id"), err,
                                "id: \"%.64s\" stands where %s%s belongs", text.id,
                                next == LF_TIER_COUNT ? "nothing" : "tier ",
                                next == LF_TIER_COUNT ? "" : ids[next]);
        }
        if (next > 0 && text.row.min_q <= tiers->rows[next - 1].min_q) {
            return lf_json_fail(json, lf_json_find(node, "min_q"), err,
                                "min_q must be more than that of tier %s", ids[next - 1]);
        }
        tiers->rows[next++] = text.row;
    }
    return next == LF_TIER_COUNT
               ? LF_OK
               : lf_json_fail(json, array, err, "tiers: %s is missing", ids[next]);
}

static enum lf_status read_gate(const struct lf_json *json, const cJSON *node,
                                const struct lf_json_shape *shape, struct lf_arena *arena,
                                struct lf_gate gates[LF_GATES_MOST], size_t *count,
                                struct lf_error *err)
{
    struct gate_text text = {0};
    enum lf_status status = lf_json_read(json, node, shape, &text, arena, err);
    if (status != LF_OK) {
        return status;
    }
    if (*count == LF_GATES_MOST) {
        return lf_json_fail(json, node, err, "more than %d gates", LF_GATES_MOST);
    }
    struct lf_gate *gate = &gates[*count];
    gate->below = text.below;
    if (!lf_tier_find(text.cap, &gate->cap)) {
        return lf_json_fail(json, lf_json_find(node, "cap"), err, "cap: there is no tier \"%.64s\"",
                            text.cap);
    }
    if (*count > 0 && gate->below <= gates[*count - 1].below) {
        return lf_json_fail(json, node, err, "gates must ascend");
    }
    (*count)++;
    return LF_OK;
}

static enum lf_status read_speed_gate(const struct lf_json *json, const cJSON *node,
                                      struct lf_arena *arena, struct lf_tiers *tiers,
                                      struct lf_error *err)
{
    return read_gate(json, node, &speed_gate_shape, arena, tiers->speed_gates,
                     &tiers->speed_gate_count, err);
}

static enum lf_status read_context_gate(const struct lf_json *json, const cJSON *node,
                                        struct lf_arena *arena, struct lf_tiers *tiers,
                                        struct lf_error *err)
{
    return read_gate(json, node, &context_gate_shape, arena, tiers->context_gates,
                     &tiers->context_gate_count, err);
}

static enum lf_status read_context_factor(const struct lf_json *json, const cJSON *node,
                                          struct lf_arena *arena, struct lf_tiers *tiers,
                                          struct lf_error *err)
{
    size_t *count = &tiers->context_factor_count;
    struct context_factor_text text = {0};
    enum lf_status status = lf_json_read(json, node, &context_factor_shape, &text, arena, err);
    if (status != LF_OK) {
        return status;
    }
    if (*count == LF_CONTEXT_FACTORS_MOST) {
        return lf_json_fail(json, node, err, "more than %d factors", LF_CONTEXT_FACTORS_MOST);
    }
    if (*count > 0 && text.row.tokens <= tiers->context_factors[*count - 1].tokens) {
        return lf_json_fail(json, node, err, "context_factors must ascend");
    }
    tiers->context_factors[(*count)++] = text.row;
    return LF_OK;
}

static enum lf_status read_kv_factor(const struct lf_json *json, const cJSON *node,
                                     struct lf_arena *arena, struct lf_tiers *tiers,
                                     struct lf_error *err)
{
    struct kv_factor_text text = {0};
    enum lf_status status = lf_json_read(json, node, &kv_factor_shape, &text, arena, err);
    if (status != LF_OK) {
        return status;
    }
    enum lf_type type;
    const cJSON *name = lf_json_find(node, "type");
    if (!lf_type_find(text.type, &type)) {
        return lf_json_fail(json, name, err, "type: \"%.64s\" is not a type", text.type);
    }
    if (tiers->kv_factors[type] != 0) {
        return lf_json_fail(json, name, err, "type \"%.64s\" appears twice", text.type);
    }
    tiers->kv_factors[type] = text.factor;
    return LF_OK;
}

/* Reads one row of a list. */
typedef enum lf_status (*read_row)(const struct lf_json *json, const cJSON *node,
                                   struct lf_arena *arena, struct lf_tiers *tiers,
                                   struct lf_error *err);

static enum lf_status read_rows(const struct lf_json *json, const cJSON *array, read_row read,
                                struct lf_arena *arena, struct lf_tiers *tiers,
                                struct lf_error *err)
{
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        enum lf_status status = read(json, node, arena, tiers, err);
        if (lf_json_ends(json, status)) {
            return status;
        }
    }
    return LF_OK;
}

enum lf_status lf_tiers_read(const struct lf_json *json, struct lf_arena *arena,
                             struct lf_tiers *tiers, struct lf_error *err)
{
    struct tiers_text text = {0};
    *tiers = (struct lf_tiers){0};
    enum lf_status status = lf_json_check_schema(json, "llmfit.tiers", err);
    if (status == LF_OK) {
        status = lf_json_read(json, json->root, &file_shape, &text, arena, err);
    }
    if (status != LF_OK) {
        return status;
    }
    status = read_tiers(json, text.tiers, arena, tiers, err);
    const struct {
        const cJSON *rows;
        read_row read;
    } lists[] = {
        {text.speed_gates, read_speed_gate},
        {text.context_gates, read_context_gate},
        {text.context_factors, read_context_factor},
        {text.kv_factors, read_kv_factor},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0] && !lf_json_ends(json, status); i++) {
        enum lf_status read = read_rows(json, lists[i].rows, lists[i].read, arena, tiers, err);
        status = status == LF_OK ? read : status;
    }
    return status;
}
