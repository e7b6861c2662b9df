#include "catalog/runtime.h"

#include <string.h>

#include "catalog/runtime_speed.h"

/* A runtime as written. */
struct runtime_text {
    struct lf_runtime runtime;
    const char *source;
    const char *checked;
    const cJSON *loads;
    const cJSON *contexts;
    const cJSON *assumed_speed;
    struct lf_runtime_speed_text speed;
};

#define FIELD(key_, kind_, member_, required_)                                            \
    {                                                                                     \
        .key = (key_), .offset = offsetof(struct runtime_text, member_), .kind = (kind_), \
        .required = (required_)                                                           \
    }
static const struct lf_json_field runtime_fields[] = {
    FIELD("id", LF_JSON_STRING, runtime.id, true),
    FIELD("name", LF_JSON_STRING, runtime.name, true),
    FIELD("version", LF_JSON_STRING, runtime.version, true),
    {.key = "commit", .kind = LF_JSON_IGNORED},
    FIELD("source", LF_JSON_STRING, source, true),
    FIELD("checked", LF_JSON_STRING, checked, true),
    FIELD("loads", LF_JSON_ARRAY, loads, true),
    FIELD("listed_as", LF_JSON_STRING, runtime.listed_as, false),
    FIELD("default_contexts", LF_JSON_ARRAY, contexts, false),
    {.key = "gpu_memory_share",
     .offset = offsetof(struct runtime_text, runtime.gpu_memory_share),
     .kind = LF_JSON_NUMBER,
     .most = 1},
    FIELD("reads_from_disk", LF_JSON_BOOL, runtime.reads_from_disk, false),
    FIELD("assumed_speed", LF_JSON_OBJECT, assumed_speed, false),
    FIELD("backends", LF_JSON_ARRAY, speed.backends, false),
    FIELD("constants", LF_JSON_OBJECT, speed.constants, false),
    FIELD("families", LF_JSON_ARRAY, speed.families, false),
    FIELD("bands", LF_JSON_ARRAY, speed.bands, false),
};
static const struct lf_json_shape runtime_shape = LF_JSON_SHAPE(runtime_fields);

/* A kind of file as written. */
struct load_text {
    const char *format;
    const char *projector;
    struct lf_runtime_load load;
    const cJSON *needs;
};

static const struct lf_json_field load_fields[] = {
    {.key = "format", .offset = offsetof(struct load_text, format), .required = true},
    {.key = "engine", .offset = offsetof(struct load_text, load.engine), .required = true},
    {.key = "backends",
     .offset = offsetof(struct load_text, load.backends),
     .kind = LF_JSON_STRINGS,
     .required = true},
    {.key = "projector", .offset = offsetof(struct load_text, projector)},
    {.key = "needs", .offset = offsetof(struct load_text, needs), .kind = LF_JSON_ARRAY},
};
static const struct lf_json_shape load_shape = LF_JSON_SHAPE(load_fields);

/* What a quant asks of the hardware, as written. */
struct need_text {
    struct lf_strings mixes;
    struct lf_quant_need need;
};

static const struct lf_json_field need_fields[] = {
    {.key = "mixes",
     .offset = offsetof(struct need_text, mixes),
     .kind = LF_JSON_STRINGS,
     .required = true},
    {.key = "backends",
     .offset = offsetof(struct need_text, need.backends),
     .kind = LF_JSON_STRINGS,
     .required = true},
    {.key = "least_compute",
     .offset = offsetof(struct need_text, need.least_compute),
     .kind = LF_JSON_NUMBER,
     .most = 100},
};
static const struct lf_json_shape need_shape = LF_JSON_SHAPE(need_fields);

static const struct lf_json_field context_fields[] = {
    {.key = "least_vram_bytes",
     .offset = offsetof(struct lf_default_context, least_vram_bytes),
     .kind = LF_JSON_INTEGER,
     .required = true,
     .most = LF_JSON_INTEGER_MOST},
    {.key = "tokens",
     .offset = offsetof(struct lf_default_context, tokens),
     .kind = LF_JSON_INTEGER,
     .required = true,
     .least = 1,
     .most = LF_JSON_INTEGER_MOST},
};
static const struct lf_json_shape context_shape = LF_JSON_SHAPE(context_fields);

static const struct lf_json_field assumed_fields[] = {
    {.key = "low",
     .offset = offsetof(struct lf_runtime, assumed_low),
     .kind = LF_JSON_NUMBER,
     .required = true,
     .most = 1},
    {.key = "high",
     .offset = offsetof(struct lf_runtime, assumed_high),
     .kind = LF_JSON_NUMBER,
     .required = true,
     .least = 1,
     .most = 100},
    {.key = "source", .kind = LF_JSON_IGNORED, .required = true},
    {.key = "checked", .kind = LF_JSON_IGNORED, .required = true},
};
static const struct lf_json_shape assumed_shape = LF_JSON_SHAPE(assumed_fields);
#undef FIELD

struct runtimes_text {
    const cJSON *runtimes;
};

static const struct lf_json_field file_fields[] = {
    {.key = "schema", .kind = LF_JSON_IGNORED},
    {.key = "schema_version", .kind = LF_JSON_IGNORED},
    {.key = "runtimes",
     .offset = offsetof(struct runtimes_text, runtimes),
     .kind = LF_JSON_ARRAY,
     .required = true},
};
static const struct lf_json_shape file_shape = LF_JSON_SHAPE(file_fields);

static const struct {
    const char *name;
    unsigned format;
} formats[] = {
    {"gguf", LF_FORMAT_GGUF},
    {"mlx", LF_FORMAT_MLX},
    {"safetensors", LF_FORMAT_SAFETENSORS},
};

static enum lf_status read_format(const struct lf_json *json, const cJSON *node, const char *name,
                                  unsigned *format, struct lf_error *err)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(name, formats[i].name) == 0) {
            *format = formats[i].format;
            return LF_OK;
        }
    }
    return lf_json_fail(json, lf_json_find(node, "format"), err,
                        "format must be \"gguf\", \"mlx\" or \"safetensors\"");
}

static enum lf_status read_projector(const struct lf_json *json, const cJSON *node,
                                     const char *word, enum lf_projector_use *use,
                                     struct lf_error *err)
{
    static const char *const words[] = {[LF_PROJECTOR_ASKED] = "asked",
                                        [LF_PROJECTOR_ALWAYS] = "always",
                                        [LF_PROJECTOR_NEVER] = "never"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (word == NULL || strcmp(word, words[i]) == 0) {
            *use = (enum lf_projector_use)i;
            return LF_OK;
        }
    }
    return lf_json_fail(json, lf_json_find(node, "projector"), err,
                        "projector must be \"asked\", \"always\" or \"never\"");
}

static enum lf_status read_needs(const struct lf_json *json, const cJSON *array,
                                 struct lf_arena *arena, struct lf_runtime_load *load,
                                 struct lf_error *err)
{
    for (const cJSON *node = array == NULL ? NULL : array->child; node != NULL; node = node->next) {
        struct need_text text = {0};
        enum lf_status status = lf_json_read(json, node, &need_shape, &text, arena, err);
        if (status != LF_OK) {
            return status;
        }
        if (load->need_count == LF_NEEDS_MOST) {
            return lf_json_fail(json, node, err, "more than %d needs", LF_NEEDS_MOST);
        }
        for (size_t i = 0; i < text.mixes.count; i++) {
            enum lf_mix mix;
            if (!lf_mix_find(text.mixes.items[i], &mix)) {
                return lf_json_fail(json, node, err, "mixes: \"%.64s\" is not a mix",
                                    text.mixes.items[i]);
            }
            text.need.mixes[mix] = true;
        }
        load->needs[load->need_count++] = text.need;
    }
    return LF_OK;
}

static enum lf_status read_loads(const struct lf_json *json, const cJSON *array,
                                 struct lf_arena *arena, struct lf_runtime *runtime,
                                 struct lf_error *err)
{
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        struct load_text text = {0};
        enum lf_status status = lf_json_read(json, node, &load_shape, &text, arena, err);
        if (status == LF_OK) {
            status = read_format(json, node, text.format, &text.load.format, err);
        }
        if (status == LF_OK) {
            status = read_projector(json, node, text.projector, &text.load.projector, err);
        }
        if (status == LF_OK) {
            status = read_needs(json, text.needs, arena, &text.load, err);
        }
        if (status != LF_OK) {
            return status;
        }
        if (runtime->load_count == LF_LOADS_MOST) {
            return lf_json_fail(json, node, err, "more than %d loads", LF_LOADS_MOST);
        }
        runtime->loads[runtime->load_count++] = text.load;
    }
    return LF_OK;
}

/* From least memory to most. */
static enum lf_status read_contexts(const struct lf_json *json, const cJSON *array,
                                    struct lf_arena *arena, struct lf_runtime *runtime,
                                    struct lf_error *err)
{
    for (const cJSON *node = array == NULL ? NULL : array->child; node != NULL; node = node->next) {
        struct lf_default_context context = {0};
        enum lf_status status = lf_json_read(json, node, &context_shape, &context, arena, err);
        size_t count = runtime->context_count;
        if (status != LF_OK) {
            return status;
        }
        if (count == LF_DEFAULT_CONTEXTS_MOST ||
            (count > 0 &&
             context.least_vram_bytes <= runtime->contexts[count - 1].least_vram_bytes)) {
            return lf_json_fail(json, node, err,
                                "default_contexts must ascend, and be %d at the most",
                                LF_DEFAULT_CONTEXTS_MOST);
        }
        runtime->contexts[runtime->context_count++] = context;
    }
    return LF_OK;
}

/* Either all members of the speed are there, or none and those of another engine hold. */
static enum lf_status read_speed(const struct lf_json *json, const cJSON *node,
                                 const struct runtime_text *text, struct lf_arena *arena,
                                 struct lf_runtime *runtime, struct lf_error *err)
{
    const struct lf_runtime_speed_text *speed = &text->speed;
    int given = (speed->backends != NULL) + (speed->constants != NULL) + (speed->families != NULL) +
                (speed->bands != NULL);
    runtime->assumed_low = 1;
    runtime->assumed_high = 1;
    if (text->assumed_speed != NULL) {
        enum lf_status status =
            lf_json_read(json, text->assumed_speed, &assumed_shape, runtime, arena, err);
        if (status != LF_OK) {
            return status;
        }
    }
    if (given == 0) {
        return LF_OK;
    }
    if (given != 4) {
        return lf_json_fail(json, node, err, "backends, constants, families and bands go together");
    }
    return lf_runtime_speed_read(json, speed, arena, runtime, err);
}

static enum lf_status read_runtime(const struct lf_json *json, const cJSON *node,
                                   struct lf_arena *arena, struct lf_runtime *runtime,
                                   struct lf_error *err)
{
    struct runtime_text text = {0};
    enum lf_status status = lf_json_read(json, node, &runtime_shape, &text, arena, err);
    *runtime = text.runtime;
    if (status == LF_OK) {
        status = read_loads(json, text.loads, arena, runtime, err);
    }
    if (status == LF_OK) {
        status = read_contexts(json, text.contexts, arena, runtime, err);
    }
    return status == LF_OK ? read_speed(json, node, &text, arena, runtime, err) : status;
}

enum lf_status lf_runtimes_read(const struct lf_json *json, struct lf_arena *arena,
                                struct lf_runtimes *runtimes, struct lf_error *err)
{
    struct runtimes_text text = {0};
    *runtimes = (struct lf_runtimes){0};
    enum lf_status status = lf_json_check_schema(json, "llmfit.runtimes", err);
    if (status == LF_OK) {
        status = lf_json_read(json, json->root, &file_shape, &text, arena, err);
    }
    if (status != LF_OK) {
        return status;
    }
    size_t count = (size_t)cJSON_GetArraySize(text.runtimes);
    struct lf_runtime *items = lf_arena_alloc(arena, count, sizeof *items);
    runtimes->items = items;
    for (const cJSON *node = text.runtimes->child; node != NULL; node = node->next) {
        struct lf_runtime *item = &items[runtimes->count];
        *item = (struct lf_runtime){0};
        status = read_runtime(json, node, arena, item, err);
        if (status == LF_OK && lf_runtime_find(runtimes, item->id) != NULL) {
            status = lf_json_fail(json, lf_json_find(node, "id"), err, "id \"%.64s\" appears twice",
                                  item->id);
        }
        if (lf_json_ends(json, status)) {
            return status;
        }
        runtimes->count += status == LF_OK;
    }
    return LF_OK;
}

const struct lf_runtime *lf_runtime_find(const struct lf_runtimes *runtimes, const char *id)
{
    for (size_t i = 0; i < runtimes->count; i++) {
        if (strcmp(runtimes->items[i].id, id) == 0) {
            return &runtimes->items[i];
        }
    }
    return NULL;
}

const struct lf_runtime_load *lf_runtime_load_of(const struct lf_runtime *runtime, enum lf_mix mix)
{
    for (size_t i = 0; i < runtime->load_count; i++) {
        if ((runtime->loads[i].format & lf_mix_formats(mix)) != 0) {
            return &runtime->loads[i];
        }
    }
    return NULL;
}

uint64_t lf_runtime_default_context(const struct lf_runtime *runtime, uint64_t vram_bytes)
{
    uint64_t tokens = 0;
    for (size_t i = 0; i < runtime->context_count; i++) {
        if (vram_bytes >= runtime->contexts[i].least_vram_bytes) {
            tokens = runtime->contexts[i].tokens;
        }
    }
    return tokens;
}
