/* llama-server of llama.cpp.
 * source  llama.cpp v0.5.0 tools/server/README.md and server-context.cpp: GET /props, /v1/models,
 *         POST /completion with "timings" {prompt_n, prompt_ms, predicted_n, predicted_ms} */
#include "measure/answer.h"
#include "measure/process.h"

#define AT(member) offsetof(struct facts, member)

/* Of /props. */
struct facts {
    const char *build;
    const char *path;
    const char *alias;
    uint64_t slots;
    const cJSON *defaults;
    uint64_t context_tokens; /* of a slot */
};

static const struct lf_json_field fields[] = {
    {.key = "build_info", .offset = AT(build), .kind = LF_JSON_STRING, .required = true},
    {.key = "model_path", .offset = AT(path), .kind = LF_JSON_STRING},
    {.key = "model_alias", .offset = AT(alias), .kind = LF_JSON_STRING},
    {.key = "total_slots", .offset = AT(slots), .kind = LF_JSON_INTEGER, .most = 65536},
    {.key = "default_generation_settings",
     .offset = AT(defaults),
     .kind = LF_JSON_OBJECT,
     .required = true},
};
static const struct lf_json_shape shape = LF_JSON_OPEN_SHAPE(fields);

static const struct lf_json_field default_fields[] = {
    {.key = "n_ctx",
     .offset = AT(context_tokens),
     .kind = LF_JSON_INTEGER,
     .most = LF_RUN_TOKENS_MOST},
};
static const struct lf_json_shape default_shape = LF_JSON_OPEN_SHAPE(default_fields);

static enum lf_status recognize(struct lf_client *client, struct lf_server *server,
                                struct lf_error *err)
{
    struct facts facts = {0};
    struct lf_json json;
    enum lf_status status = lf_ask_for(client, server, "/props", NULL, &shape, &facts, &json, err);
    if (status == LF_OK) {
        status = lf_json_read(&json, facts.defaults, &default_shape, &facts, &client->arena, err);
    }
    if (status == LF_OK) {
        struct lf_served_model *model = lf_server_add_model(client, server);
        server->version = facts.build;
        /* The file tells more than its alias: the quant. */
        model->name = facts.path != NULL && facts.path[0] != '\0' ? facts.path : facts.alias;
        model->is_loaded = true;
        model->context_tokens = facts.context_tokens;
        model->slots = facts.slots;
    }
    lf_json_clear(&json);
    return status;
}

#undef AT
#define AT(member) offsetof(struct lf_timing, member)

static const struct lf_json_field timing_fields[] = {
    {.key = "prompt_n",
     .offset = AT(prompt_tokens),
     .kind = LF_JSON_INTEGER,
     .required = true,
     .most = LF_RUN_TOKENS_MOST},
    {.key = "prompt_ms",
     .offset = AT(prompt_ms),
     .kind = LF_JSON_NUMBER,
     .required = true,
     .most = LF_RUN_MS_MOST},
    {.key = "predicted_n",
     .offset = AT(generated_tokens),
     .kind = LF_JSON_INTEGER,
     .required = true,
     .most = LF_RUN_TOKENS_MOST},
    {.key = "predicted_ms",
     .offset = AT(generated_ms),
     .kind = LF_JSON_NUMBER,
     .required = true,
     .most = LF_RUN_MS_MOST},
};
static const struct lf_json_shape timing_shape = LF_JSON_OPEN_SHAPE(timing_fields);

struct completion {
    const cJSON *timings;
};

static const struct lf_json_field completion_fields[] = {
    {.key = "timings",
     .offset = offsetof(struct completion, timings),
     .kind = LF_JSON_OBJECT,
     .required = true},
};
static const struct lf_json_shape completion_shape = LF_JSON_OPEN_SHAPE(completion_fields);

static enum lf_status run(struct lf_client *client, const struct lf_server *server,
                          const struct lf_prompt *prompt, struct lf_timing *timing,
                          struct lf_error *err)
{
    struct lf_text body = {0};
    struct lf_json_writer writer = {.out = &body};
    lf_json_open_object(&writer, NULL);
    lf_json_string(&writer, "prompt", prompt->text);
    lf_json_integer(&writer, "n_predict", prompt->generate_tokens);
    lf_json_integer(&writer, "temperature", 0);
    lf_json_bool(&writer, "ignore_eos", true);
    lf_json_bool(&writer, "cache_prompt", false);
    lf_json_close_object(&writer);
    struct completion completion = {0};
    struct lf_json json;
    enum lf_status status = lf_ask_for(client, server, "/completion", lf_text_string(&body),
                                       &completion_shape, &completion, &json, err);
    if (status == LF_OK) {
        status =
            lf_json_read(&json, completion.timings, &timing_shape, timing, &client->arena, err);
    }
    lf_json_clear(&json);
    lf_text_clear(&body);
    return status;
}

static enum lf_status weigh(struct lf_client *client, const struct lf_server *server,
                            struct lf_served_model *model, struct lf_error *err)
{
    (void)client;
    (void)err;
    model->resident_bytes = lf_process_resident_bytes(server->url);
    return LF_OK;
}

const struct lf_server_api lf_api_llama_server = {
    .id = "llama-server",
    .name = "llama-server",
    .runtime = "llama.cpp",
    .recognize = recognize,
    .run = run,
    .weigh = weigh,
};
