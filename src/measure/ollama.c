/* Ollama.
 * source  Ollama v0.33 docs/api.md and api/types.go: GET /api/version, /api/tags, /api/ps (size,
 *         size_vram, context_length), POST /api/generate (counts, and durations in nanoseconds) */
#include <string.h>

#include "measure/answer.h"

enum { NS_PER_MS = 1000000 };

#define MOST_BYTES 9007199254740992.0
#define AT(member) offsetof(struct tag, member)

/* A row of /api/tags or /api/ps. */
struct tag {
    const char *name;
    const cJSON *details;
    const char *quant;
    uint64_t size_bytes;
    uint64_t vram_bytes;
    uint64_t context_tokens;
};

static const struct lf_json_field tag_fields[] = {
    {.key = "name", .offset = AT(name), .kind = LF_JSON_STRING, .required = true},
    {.key = "details", .offset = AT(details), .kind = LF_JSON_OBJECT},
    {.key = "size", .offset = AT(size_bytes), .kind = LF_JSON_INTEGER, .most = MOST_BYTES},
    {.key = "size_vram", .offset = AT(vram_bytes), .kind = LF_JSON_INTEGER, .most = MOST_BYTES},
    {.key = "context_length",
     .offset = AT(context_tokens),
     .kind = LF_JSON_INTEGER,
     .most = LF_RUN_TOKENS_MOST},
};
static const struct lf_json_shape tag_shape = LF_JSON_OPEN_SHAPE(tag_fields);

static const struct lf_json_field detail_fields[] = {
    {.key = "quantization_level", .offset = AT(quant), .kind = LF_JSON_STRING},
};
static const struct lf_json_shape detail_shape = LF_JSON_OPEN_SHAPE(detail_fields);

struct tags {
    const cJSON *models;
};

static const struct lf_json_field tags_fields[] = {
    {.key = "models", .offset = offsetof(struct tags, models), .kind = LF_JSON_ARRAY},
};
static const struct lf_json_shape tags_shape = LF_JSON_OPEN_SHAPE(tags_fields);

static struct lf_served_model *find_model(const struct lf_server *server, const char *name)
{
    for (size_t i = 0; i < server->model_count; i++) {
        if (strcmp(server->models[i].name, name) == 0) {
            return &server->models[i];
        }
    }
    return NULL;
}

static void fill_model(struct lf_served_model *model, const struct tag *tag, bool is_loaded)
{
    model->name = tag->name;
    model->quant = tag->quant;
    model->slots = 1;
    if (is_loaded) {
        model->is_loaded = true;
        model->context_tokens = tag->context_tokens;
        model->total_bytes = lf_amount(tag->size_bytes, LF_MEASURED, "/api/ps");
        model->gpu_bytes = lf_amount(tag->vram_bytes, LF_MEASURED, "/api/ps");
    }
}

/* Adds the models of a list that are not there yet; what is loaded is told anew. */
static enum lf_status read_tags(struct lf_client *client, struct lf_server *server,
                                const char *path, bool is_loaded, struct lf_error *err)
{
    struct tags tags = {0};
    struct lf_json json;
    enum lf_status status = lf_ask_for(client, server, path, NULL, &tags_shape, &tags, &json, err);
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, tags.models)
    {
        struct tag tag = {0};
        status = lf_json_read(&json, item, &tag_shape, &tag, &client->arena, err);
        if (status == LF_OK && tag.details != NULL) {
            status = lf_json_read(&json, tag.details, &detail_shape, &tag, &client->arena, err);
        }
        if (status != LF_OK) {
            break;
        }
        struct lf_served_model *model = find_model(server, tag.name);
        if (model == NULL) {
            model = lf_server_add_model(client, server);
        } else if (!is_loaded) {
            continue;
        }
        if (model != NULL) {
            fill_model(model, &tag, is_loaded);
        }
    }
    lf_json_clear(&json);
    return status;
}

struct version {
    const char *version;
};

static const struct lf_json_field version_fields[] = {
    {.key = "version",
     .offset = offsetof(struct version, version),
     .kind = LF_JSON_STRING,
     .required = true},
};
static const struct lf_json_shape version_shape = LF_JSON_OPEN_SHAPE(version_fields);

static enum lf_status recognize(struct lf_client *client, struct lf_server *server,
                                struct lf_error *err)
{
    struct version version = {0};
    struct lf_json json;
    enum lf_status status =
        lf_ask_for(client, server, "/api/version", NULL, &version_shape, &version, &json, err);
    lf_json_clear(&json);
    server->version = version.version;
    if (status == LF_OK) {
        status = read_tags(client, server, "/api/ps", true, err);
    }
    return status == LF_OK ? read_tags(client, server, "/api/tags", false, err) : status;
}

static enum lf_status weigh(struct lf_client *client, const struct lf_server *server,
                            struct lf_served_model *model, struct lf_error *err)
{
    struct lf_server now = {.url = server->url};
    enum lf_status status = read_tags(client, &now, "/api/ps", true, err);
    const struct lf_served_model *loaded = status == LF_OK ? find_model(&now, model->name) : NULL;
    if (loaded != NULL) {
        *model = *loaded;
    }
    return status;
}

#undef AT
#define AT(member) offsetof(struct generation, member)

struct generation {
    uint64_t prompt_tokens;
    uint64_t prompt_ns;
    uint64_t generated_tokens;
    uint64_t generated_ns;
};

#define COUNT_ROW(key_, member, most_)                                                  \
    {                                                                                   \
        .key = (key_), .offset = AT(member), .kind = LF_JSON_INTEGER, .required = true, \
        .most = (most_)                                                                 \
    }

static const struct lf_json_field generation_fields[] = {
    COUNT_ROW("prompt_eval_count", prompt_tokens, LF_RUN_TOKENS_MOST),
    COUNT_ROW("prompt_eval_duration", prompt_ns, LF_RUN_MS_MOST *NS_PER_MS),
    COUNT_ROW("eval_count", generated_tokens, LF_RUN_TOKENS_MOST),
    COUNT_ROW("eval_duration", generated_ns, LF_RUN_MS_MOST *NS_PER_MS),
};
static const struct lf_json_shape generation_shape = LF_JSON_OPEN_SHAPE(generation_fields);

/* The prompt goes in as it is (raw), so that no template is in front of it. Ollama has no way to
 * have the end of the text ignored. */
static enum lf_status run(struct lf_client *client, const struct lf_server *server,
                          const struct lf_prompt *prompt, struct lf_timing *timing,
                          struct lf_error *err)
{
    struct lf_text body = {0};
    struct lf_json_writer writer = {.out = &body};
    lf_json_open_object(&writer, NULL);
    lf_json_string(&writer, "model", prompt->model);
    lf_json_string(&writer, "prompt", prompt->text);
    lf_json_bool(&writer, "raw", true);
    lf_json_bool(&writer, "stream", false);
    lf_json_open_object(&writer, "options");
    lf_json_integer(&writer, "num_predict", prompt->generate_tokens);
    lf_json_integer(&writer, "temperature", 0);
    lf_json_close_object(&writer);
    lf_json_close_object(&writer);
    struct generation generation = {0};
    struct lf_json json;
    enum lf_status status = lf_ask_for(client, server, "/api/generate", lf_text_string(&body),
                                       &generation_shape, &generation, &json, err);
    lf_json_clear(&json);
    lf_text_clear(&body);
    *timing = (struct lf_timing){
        .prompt_tokens = generation.prompt_tokens,
        .prompt_ms = (double)generation.prompt_ns / NS_PER_MS,
        .generated_tokens = generation.generated_tokens,
        .generated_ms = (double)generation.generated_ns / NS_PER_MS,
    };
    return status;
}

const struct lf_server_api lf_api_ollama = {
    .id = "ollama",
    .name = "Ollama",
    .runtime = "ollama",
    .recognize = recognize,
    .run = run,
    .weigh = weigh,
};
