#include "measure/server.h"

#include <string.h>

#include "base/clock.h"

/* How long a port of this computer may take to answer one question. */
static const double NEAR_MS = 200;

static const struct lf_server_api *const apis[] = {
    &lf_api_llama_server, &lf_api_ollama, &lf_api_lm_studio, &lf_api_vllm, &lf_api_openai,
};

enum { API_COUNT = sizeof apis / sizeof apis[0] };

/* Where engines listen unless told otherwise: llama-server, Ollama, LM Studio, vLLM. */
static const unsigned ports[] = {8080, 11434, 1234, 8000};

const struct lf_server_api *lf_server_api_at(size_t row)
{
    return row < API_COUNT ? apis[row] : NULL;
}

/* The address without slashes at its end. */
static const char *trim(struct lf_client *client, const char *url)
{
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/') {
        length--;
    }
    return lf_arena_copy(&client->arena, url, length);
}

enum lf_status lf_server_open(struct lf_client *client, const char *url, bool is_near,
                              struct lf_server *server, struct lf_error *err)
{
    double patience_ms = client->patience_ms;
    client->patience_ms = is_near && NEAR_MS < patience_ms ? NEAR_MS : patience_ms;
    const char *plain = trim(client, url);
    enum lf_status status = LF_NO;
    for (size_t i = 0; i < API_COUNT && status != LF_OK; i++) {
        *server = (struct lf_server){.api = apis[i], .url = plain};
        status = apis[i]->recognize(client, server, err);
        if (status == LF_NETWORK || status == LF_INTERRUPTED) {
            break; /* the next question would end like this one */
        }
    }
    client->patience_ms = patience_ms;
    if (status != LF_OK && status != LF_NETWORK && status != LF_INTERRUPTED) {
        status = lf_fail(err, LF_NETWORK, "%s: what answers there is no engine llmfit knows",
                         server->url);
    }
    if (status == LF_OK && err != NULL) {
        *err = (struct lf_error){0}; /* of the interfaces it is not */
    }
    return status;
}

enum lf_status lf_server_find(struct lf_client *client, struct lf_server *server,
                              struct lf_error *err)
{
    struct lf_text tried = {0};
    enum lf_status status = LF_NETWORK;
    for (size_t i = 0; i < sizeof ports / sizeof ports[0] && status == LF_NETWORK; i++) {
        const char *url = lf_arena_format(&client->arena, "http://127.0.0.1:%u", ports[i]);
        status = lf_server_open(client, url, true, server, err);
        lf_text_format(&tried, "%s%u", i == 0 ? "" : ", ", ports[i]);
    }
    if (status == LF_NETWORK) {
        lf_fail(err, LF_NETWORK,
                "no engine answers on this computer (ports %s were tried); start one, or name it "
                "with --url",
                lf_text_string(&tried));
    }
    lf_text_clear(&tried);
    return status;
}

/* The only model whose name contains a text; NULL when none or several do. */
static struct lf_served_model *find_only(const struct lf_server *server, const char *name)
{
    struct lf_served_model *found = NULL;
    for (size_t i = 0; i < server->model_count; i++) {
        if (lf_text_contains_nocase(server->models[i].name, name)) {
            if (found != NULL) {
                return NULL;
            }
            found = &server->models[i];
        }
    }
    return found;
}

static struct lf_served_model *find_named(const struct lf_server *server, const char *name)
{
    for (size_t i = 0; i < server->model_count; i++) {
        if (lf_text_equal_nocase(server->models[i].name, name)) {
            return &server->models[i];
        }
    }
    return find_only(server, name);
}

static enum lf_status fail_model(const struct lf_server *server, const char *name,
                                 struct lf_error *err)
{
    enum { NAMES_SHOWN = 5 };
    struct lf_text names = {0};
    for (size_t i = 0; i < server->model_count && i < NAMES_SHOWN; i++) {
        lf_text_format(&names, "%s%.80s", i == 0 ? "" : ", ", server->models[i].name);
    }
    enum lf_status status = LF_USAGE;
    if (server->model_count == 0) {
        status = lf_fail(err, LF_NETWORK, "%s: the engine has no model", server->url);
    } else if (name == NULL) {
        lf_fail(err, status, "%s: no model is loaded; name one of those it has: %s", server->url,
                lf_text_string(&names));
    } else {
        lf_fail(err, status, "%s: \"%.80s\" is no single model of the engine, which has %s",
                server->url, name, lf_text_string(&names));
    }
    lf_text_clear(&names);
    return status;
}

enum lf_status lf_server_find_model(const struct lf_server *server, const char *name,
                                    struct lf_served_model **model, struct lf_error *err)
{
    *model = NULL;
    if (name != NULL) {
        *model = find_named(server, name);
    } else if (server->model_count > 0 &&
               (server->models[0].is_loaded || server->model_count == 1)) {
        *model = &server->models[0];
    }
    return *model == NULL ? fail_model(server, name, err) : LF_OK;
}
