/* Questions to an engine, and its answers as JSON. Inner header of measure. */
#ifndef LLMFIT_MEASURE_ANSWER_H
#define LLMFIT_MEASURE_ANSWER_H

#include "base/json_write.h"
#include "measure/server.h"

enum { LF_ANSWER_BYTES = 4 * 1024 * 1024 };

/* Asks for server->url + path, posting body unless that is NULL; lf_json_clear frees the answer,
 * whose text is in the client's arena. LF_NO when the code is not 2xx, with what the engine says of
 * it; LF_BAD_INPUT when it is no JSON; LF_NETWORK when nobody answers. */
enum lf_status lf_ask(struct lf_client *client, const struct lf_server *server, const char *path,
                      const char *body, struct lf_json *json, struct lf_error *err);

/* The same, and the answer's root read by a shape into *into, which then may borrow from json. */
enum lf_status lf_ask_for(struct lf_client *client, const struct lf_server *server,
                          const char *path, const char *body, const struct lf_json_shape *shape,
                          void *into, struct lf_json *json, struct lf_error *err);

/* Asks for an answer {"data": [...]}, as OpenAI's interface lists what it has. */
enum lf_status lf_ask_for_data(struct lf_client *client, const struct lf_server *server,
                               const char *path, const cJSON **data, struct lf_json *json,
                               struct lf_error *err);

/* Reads {"prompt_tokens", "completion_tokens"}, as OpenAI's interface counts, into timing. */
enum lf_status lf_read_usage(struct lf_client *client, const struct lf_json *json,
                             const cJSON *usage, struct lf_timing *timing, struct lf_error *err);

/* Posts body and hands over the lines of the answer, as the request's take_line. */
enum lf_status lf_ask_lines(struct lf_client *client, const struct lf_server *server,
                            const char *path, const char *body,
                            bool (*take_line)(const char *line, void *context), void *context,
                            struct lf_error *err);

/* Adds a model behind the others; NULL when there are LF_SERVED_MODELS_MOST. */
struct lf_served_model *lf_server_add_model(struct lf_client *client, struct lf_server *server);

/* Bounds of what an engine may say of a run. */
#define LF_RUN_TOKENS_MOST 16777216.0
#define LF_RUN_MS_MOST 86400e3

#endif
