#include "measure/answer.h"

#include "base/clock.h"
#include "base/text.h"

static double left_ms(const struct lf_client *client)
{
    double left = client->deadline_ms - lf_clock_now_ms();
    return left < client->patience_ms ? left : client->patience_ms;
}

/* What an engine says of a refusal: {"error": "..."} or {"error": {"message": "..."}}. */
static const char *find_reason(const struct lf_json *json)
{
    const cJSON *error = lf_json_find(json->root, "error");
    const cJSON *message = cJSON_IsObject(error) ? lf_json_find(error, "message") : error;
    return cJSON_IsString(message) ? message->valuestring : NULL;
}

static enum lf_status fail_code(const char *url, const struct lf_http_answer *answer,
                                struct lf_error *err)
{
    const struct lf_text *body = &answer->body;
    struct lf_json json = {0};
    const char *reason = NULL;
    if (lf_json_parse(&json, url, lf_text_string(body), body->length, NULL) == LF_OK) {
        reason = find_reason(&json);
    }
    lf_fail(err, LF_NO, "%s: the engine answers with code %ld%s%.200s", url, answer->code,
            reason == NULL ? "" : ": ", reason == NULL ? "" : reason);
    lf_json_clear(&json);
    return LF_NO;
}

static enum lf_status send(struct lf_client *client, const struct lf_server *server,
                           const char *path, struct lf_http_request *request,
                           struct lf_http_answer *answer, struct lf_error *err)
{
    request->url = lf_arena_format(&client->arena, "%s%s", server->url, path);
    request->timeout_ms = left_ms(client);
    request->limit_bytes = LF_ANSWER_BYTES;
    request->is_interrupted = client->is_interrupted;
    enum lf_status status = lf_http_send(client->http, request, answer, err);
    if (status == LF_OK && (answer->code < 200 || answer->code >= 300)) {
        status = fail_code(request->url, answer, err);
    }
    return status;
}

enum lf_status lf_ask(struct lf_client *client, const struct lf_server *server, const char *path,
                      const char *body, struct lf_json *json, struct lf_error *err)
{
    struct lf_http_request request = {.body = body};
    struct lf_http_answer answer = {0};
    *json = (struct lf_json){0};
    enum lf_status status = send(client, server, path, &request, &answer, err);
    if (status == LF_OK) {
        const struct lf_text *text = &answer.body;
        status = lf_json_parse(json, request.url,
                               lf_arena_copy(&client->arena, lf_text_string(text), text->length),
                               text->length, err);
    }
    lf_text_clear(&answer.body);
    return status;
}

enum lf_status lf_ask_for(struct lf_client *client, const struct lf_server *server,
                          const char *path, const char *body, const struct lf_json_shape *shape,
                          void *into, struct lf_json *json, struct lf_error *err)
{
    enum lf_status status = lf_ask(client, server, path, body, json, err);
    return status == LF_OK ? lf_json_read(json, json->root, shape, into, &client->arena, err)
                           : status;
}

enum lf_status lf_ask_for_data(struct lf_client *client, const struct lf_server *server,
                               const char *path, const cJSON **data, struct lf_json *json,
                               struct lf_error *err)
{
    static const struct lf_json_field fields[] = {
        {.key = "data", .kind = LF_JSON_ARRAY, .required = true},
    };
    static const struct lf_json_shape shape = LF_JSON_OPEN_SHAPE(fields);
    *data = NULL;
    return lf_ask_for(client, server, path, NULL, &shape, data, json, err);
}

enum lf_status lf_read_usage(struct lf_client *client, const struct lf_json *json,
                             const cJSON *usage, struct lf_timing *timing, struct lf_error *err)
{
    static const struct lf_json_field fields[] = {
        {.key = "prompt_tokens",
         .offset = offsetof(struct lf_timing, prompt_tokens),
         .kind = LF_JSON_INTEGER,
         .required = true,
         .most = LF_RUN_TOKENS_MOST},
        {.key = "completion_tokens",
         .offset = offsetof(struct lf_timing, generated_tokens),
         .kind = LF_JSON_INTEGER,
         .required = true,
         .most = LF_RUN_TOKENS_MOST},
    };
    static const struct lf_json_shape shape = LF_JSON_OPEN_SHAPE(fields);
    return lf_json_read(json, usage, &shape, timing, &client->arena, err);
}

enum lf_status lf_ask_lines(struct lf_client *client, const struct lf_server *server,
                            const char *path, const char *body,
                            bool (*take_line)(const char *line, void *context), void *context,
                            struct lf_error *err)
{
    struct lf_http_request request = {.body = body, .take_line = take_line, .context = context};
    struct lf_http_answer answer = {0};
    enum lf_status status = send(client, server, path, &request, &answer, err);
    lf_text_clear(&answer.body);
    return status;
}

struct lf_served_model *lf_server_add_model(struct lf_client *client, struct lf_server *server)
{
    if (server->models == NULL) {
        server->models =
            lf_arena_alloc(&client->arena, LF_SERVED_MODELS_MOST, sizeof *server->models);
    }
    return server->model_count < LF_SERVED_MODELS_MOST ? &server->models[server->model_count++]
                                                       : NULL;
}
