/* vLLM, and any other engine that speaks OpenAI's interface: no times are told, so they are taken
 * here, from the pieces of text as they come.
 * source  OpenAI API reference, completions (stream, stream_options.include_usage); vLLM
 *         entrypoints/openai/protocol.py (ModelCard: owned_by, max_model_len; ignore_eos) and
 *         GET /version */
#include <string.h>

#include "base/clock.h"
#include "measure/answer.h"

#define AT(member) offsetof(struct card, member)

/* Of /v1/models. */
struct card {
    const char *id;
    const char *owner;
    uint64_t context_tokens;
};

static const struct lf_json_field card_fields[] = {
    {.key = "id", .offset = AT(id), .kind = LF_JSON_STRING, .required = true},
    {.key = "owned_by", .offset = AT(owner), .kind = LF_JSON_STRING},
    {.key = "max_model_len",
     .offset = AT(context_tokens),
     .kind = LF_JSON_INTEGER,
     .most = LF_RUN_TOKENS_MOST},
};
static const struct lf_json_shape card_shape = LF_JSON_OPEN_SHAPE(card_fields);

/* Adds the models; owner NULL takes every engine's, else only those of one that names it so. */
static enum lf_status read_models(struct lf_client *client, struct lf_server *server,
                                  const char *owner, struct lf_error *err)
{
    const cJSON *data = NULL;
    struct lf_json json;
    enum lf_status status = lf_ask_for_data(client, server, "/v1/models", &data, &json, err);
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, data)
    {
        struct card card = {0};
        status = lf_json_read(&json, item, &card_shape, &card, &client->arena, err);
        if (status == LF_OK && owner != NULL &&
            (card.owner == NULL || strcmp(card.owner, owner) != 0)) {
            status = lf_fail(err, LF_NO, "%s: it is not %s", server->url, owner);
        }
        if (status != LF_OK) {
            break;
        }
        struct lf_served_model *model = lf_server_add_model(client, server);
        if (model != NULL) {
            model->name = card.id;
            model->context_tokens = card.context_tokens;
            model->slots = 1;
        }
    }
    lf_json_clear(&json);
    return status;
}

static enum lf_status recognize_any(struct lf_client *client, struct lf_server *server,
                                    struct lf_error *err)
{
    return read_models(client, server, NULL, err);
}

struct version {
    const char *version;
};

static const struct lf_json_field version_fields[] = {
    {.key = "version", .offset = offsetof(struct version, version), .kind = LF_JSON_STRING},
};
static const struct lf_json_shape version_shape = LF_JSON_OPEN_SHAPE(version_fields);

static enum lf_status recognize_vllm(struct lf_client *client, struct lf_server *server,
                                     struct lf_error *err)
{
    enum lf_status status = read_models(client, server, "vllm", err);
    struct version version = {0};
    struct lf_json json = {0};
    /* It is vLLM whether or not it tells which. */
    if (status == LF_OK && lf_ask_for(client, server, "/version", NULL, &version_shape, &version,
                                      &json, NULL) == LF_OK) {
        server->version = version.version;
    }
    lf_json_clear(&json);
    for (size_t i = 0; i < server->model_count; i++) {
        server->models[i].is_loaded = true;
    }
    return status;
}

/* What the pieces of an answer have told so far. */
struct stream {
    struct lf_client *client;
    const char *url;
    double first_ms; /* when the first text came; 0: none yet */
    double last_ms;
    bool has_usage;
    struct lf_timing timing;
    enum lf_status status;
    struct lf_error *err;
};

struct chunk {
    const cJSON *choices;
    const cJSON *usage;
};

static const struct lf_json_field chunk_fields[] = {
    {.key = "choices", .offset = offsetof(struct chunk, choices), .kind = LF_JSON_ARRAY},
    {.key = "usage", .offset = offsetof(struct chunk, usage), .kind = LF_JSON_OBJECT},
};
static const struct lf_json_shape chunk_shape = LF_JSON_OPEN_SHAPE(chunk_fields);

static enum lf_status read_chunk(struct stream *stream, const char *text)
{
    struct chunk chunk = {0};
    struct lf_json json;
    struct lf_arena *arena = &stream->client->arena;
    enum lf_status status = lf_json_parse(&json, stream->url, text, strlen(text), stream->err);
    if (status == LF_OK) {
        status = lf_json_read(&json, json.root, &chunk_shape, &chunk, arena, stream->err);
    }
    if (status == LF_OK && cJSON_GetArraySize(chunk.choices) > 0) {
        stream->last_ms = lf_clock_now_ms();
        stream->first_ms = stream->first_ms == 0 ? stream->last_ms : stream->first_ms;
    }
    if (status == LF_OK && chunk.usage != NULL) {
        status = lf_read_usage(stream->client, &json, chunk.usage, &stream->timing, stream->err);
        stream->has_usage = status == LF_OK;
    }
    lf_json_clear(&json);
    return status;
}

/* A line of server-sent events: "data: {...}", at last "data: [DONE]"; others say nothing here. */
static bool take_line(const char *line, void *context)
{
    static const char mark[] = "data:";
    struct stream *stream = context;
    if (!lf_text_starts_with(line, mark)) {
        return true;
    }
    line += sizeof mark - 1;
    line += strspn(line, " ");
    if (strcmp(line, "[DONE]") == 0) {
        return false;
    }
    stream->status = read_chunk(stream, line);
    return stream->status == LF_OK;
}

/* The prompt is timed until the first token is there; the further ones are those generated. */
static enum lf_status finish(struct stream *stream, double start_ms, struct lf_timing *timing,
                             struct lf_error *err)
{
    if (!stream->has_usage || stream->first_ms == 0 || stream->timing.generated_tokens == 0) {
        return lf_fail(err, LF_NETWORK, "%s: the engine does not tell how many tokens it wrote",
                       stream->url);
    }
    *timing = (struct lf_timing){
        .prompt_tokens = stream->timing.prompt_tokens,
        .prompt_ms = stream->first_ms - start_ms,
        .generated_tokens = stream->timing.generated_tokens - 1,
        .generated_ms = stream->last_ms - stream->first_ms,
    };
    return LF_OK;
}

static enum lf_status run(struct lf_client *client, const struct lf_server *server,
                          const struct lf_prompt *prompt, struct lf_timing *timing,
                          struct lf_error *err)
{
    struct lf_text body = {0};
    struct lf_json_writer writer = {.out = &body};
    lf_json_open_object(&writer, NULL);
    lf_json_string(&writer, "model", prompt->model);
    lf_json_string(&writer, "prompt", prompt->text);
    lf_json_integer(&writer, "max_tokens", prompt->generate_tokens);
    lf_json_integer(&writer, "temperature", 0);
    lf_json_bool(&writer, "stream", true);
    lf_json_open_object(&writer, "stream_options");
    lf_json_bool(&writer, "include_usage", true);
    lf_json_close_object(&writer);
    if (server->api == &lf_api_vllm) {
        lf_json_bool(&writer, "ignore_eos", true);
    }
    lf_json_close_object(&writer);
    struct stream stream = {
        .client = client,
        .url = lf_arena_format(&client->arena, "%s/v1/completions", server->url),
        .err = err,
    };
    double start_ms = lf_clock_now_ms();
    enum lf_status status = lf_ask_lines(client, server, "/v1/completions", lf_text_string(&body),
                                         take_line, &stream, err);
    lf_text_clear(&body);
    status = status == LF_OK ? stream.status : status;
    return status == LF_OK ? finish(&stream, start_ms, timing, err) : status;
}

const struct lf_server_api lf_api_vllm = {
    .id = "vllm",
    .name = "vLLM",
    .runtime = "vllm",
    .is_by_clock = true,
    .recognize = recognize_vllm,
    .run = run,
};

const struct lf_server_api lf_api_openai = {
    .id = "openai",
    .name = "an engine with OpenAI's interface",
    .is_by_clock = true,
    .recognize = recognize_any,
    .run = run,
};
