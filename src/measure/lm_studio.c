/* LM Studio.
 * source  lmstudio.ai/docs, REST API v0 (LM Studio 0.3.6 and newer): GET /api/v0/models, POST
 *         /api/v0/completions with "usage", "stats" {tokens_per_second, time_to_first_token} */
#include <string.h>

#include "measure/answer.h"

#define AT(member) offsetof(struct row, member)

/* Of /api/v0/models. */
struct row {
    const char *id;
    const char *type;
    const char *quant;
    const char *state;
    uint64_t loaded_context_tokens;
};

static const struct lf_json_field row_fields[] = {
    {.key = "id", .offset = AT(id), .kind = LF_JSON_STRING, .required = true},
    {.key = "type", .offset = AT(type), .kind = LF_JSON_STRING, .required = true},
    {.key = "quantization", .offset = AT(quant), .kind = LF_JSON_STRING},
    {.key = "state", .offset = AT(state), .kind = LF_JSON_STRING, .required = true},
    {.key = "loaded_context_length",
     .offset = AT(loaded_context_tokens),
     .kind = LF_JSON_INTEGER,
     .most = LF_RUN_TOKENS_MOST},
};
static const struct lf_json_shape row_shape = LF_JSON_OPEN_SHAPE(row_fields);

/* Adds the models in that state; those that only embed text cannot be run. */
static enum lf_status add_models(struct lf_client *client, struct lf_server *server,
                                 const struct lf_json *json, const cJSON *data, bool loaded,
                                 struct lf_error *err)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, data)
    {
        struct row row = {0};
        enum lf_status status = lf_json_read(json, item, &row_shape, &row, &client->arena, err);
        if (status != LF_OK) {
            return status;
        }
        bool is_loaded = strcmp(row.state, "loaded") == 0;
        struct lf_served_model *model = NULL;
        if (is_loaded == loaded && strcmp(row.type, "embeddings") != 0) {
            model = lf_server_add_model(client, server);
        }
        if (model != NULL) {
            model->name = row.id;
            model->quant = row.quant;
            model->is_loaded = is_loaded;
            model->context_tokens = row.loaded_context_tokens;
            model->slots = 1;
        }
    }
    return LF_OK;
}

static enum lf_status recognize(struct lf_client *client, struct lf_server *server,
                                struct lf_error *err)
{
    const cJSON *data = NULL;
    struct lf_json json;
    enum lf_status status = lf_ask_for_data(client, server, "/api/v0/models", &data, &json, err);
    if (status == LF_OK) {
        status = add_models(client, server, &json, data, true, err);
    }
    if (status == LF_OK) {
        status = add_models(client, server, &json, data, false, err);
    }
    lf_json_clear(&json);
    return status;
}

#undef AT
#define AT(member) offsetof(struct completion, member)

struct completion {
    const cJSON *usage;
    const cJSON *stats;
    struct lf_timing timing;
    double tokens_per_second;
    double first_token_s;
};

static const struct lf_json_field completion_fields[] = {
    {.key = "usage", .offset = AT(usage), .kind = LF_JSON_OBJECT, .required = true},
    {.key = "stats", .offset = AT(stats), .kind = LF_JSON_OBJECT, .required = true},
};
static const struct lf_json_shape completion_shape = LF_JSON_OPEN_SHAPE(completion_fields);

static const struct lf_json_field stats_fields[] = {
    {.key = "tokens_per_second",
     .offset = AT(tokens_per_second),
     .kind = LF_JSON_NUMBER,
     .required = true,
     .least = 1e-6,
     .most = 1e9},
    {.key = "time_to_first_token",
     .offset = AT(first_token_s),
     .kind = LF_JSON_NUMBER,
     .required = true,
     .most = LF_RUN_MS_MOST / 1e3},
};
static const struct lf_json_shape stats_shape = LF_JSON_OPEN_SHAPE(stats_fields);

static enum lf_status read_completion(struct lf_client *client, const struct lf_json *json,
                                      struct completion *completion, struct lf_error *err)
{
    enum lf_status status =
        lf_read_usage(client, json, completion->usage, &completion->timing, err);
    return status == LF_OK ? lf_json_read(json, completion->stats, &stats_shape, completion,
                                          &client->arena, err)
                           : status;
}

/* The time to the first token stands for the time the prompt takes; it holds one token's more. */
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
    lf_json_bool(&writer, "stream", false);
    lf_json_close_object(&writer);
    struct completion completion = {0};
    struct lf_json json;
    enum lf_status status = lf_ask_for(client, server, "/api/v0/completions", lf_text_string(&body),
                                       &completion_shape, &completion, &json, err);
    if (status == LF_OK) {
        status = read_completion(client, &json, &completion, err);
    }
    if (status == LF_OK) {
        *timing = completion.timing;
        timing->prompt_ms = completion.first_token_s * 1e3;
        timing->generated_ms =
            (double)timing->generated_tokens / completion.tokens_per_second * 1e3;
    }
    lf_json_clear(&json);
    lf_text_clear(&body);
    return status;
}

const struct lf_server_api lf_api_lm_studio = {
    .id = "lm-studio",
    .name = "LM Studio",
    .runtime = "lm-studio",
    .recognize = recognize,
    .run = run,
};
