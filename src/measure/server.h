/* Engines that run somewhere and speak HTTP: how each is recognized, what it serves, how it is made
 * to run a prompt, and where it tells the time that took. One row and one file an interface. */
#ifndef LLMFIT_MEASURE_SERVER_H
#define LLMFIT_MEASURE_SERVER_H

#include "base/amount.h"
#include "base/json.h"
#include "base/memory.h"
#include "net/http.h"

/* How engines are asked. */
struct lf_client {
    struct lf_http *http;
    bool (*is_interrupted)(void); /* NULL: nothing interrupts */
    double deadline_ms;           /* of all that is asked, on the clock of lf_clock_now_ms */
    double patience_ms;           /* with one question */
    struct lf_arena arena;        /* of what the answers say */
};

/* A model that an engine has; NULL and 0: it does not tell. */
struct lf_served_model {
    const char *name;  /* as the engine calls it: an id, a tag or a file */
    const char *quant; /* as the engine calls it: "Q4_K_M" */
    bool is_loaded;
    uint64_t context_tokens;         /* of one conversation */
    uint64_t slots;                  /* conversations at the same time */
    struct lf_amount total_bytes;    /* what it takes now, by the engine's own account */
    struct lf_amount gpu_bytes;      /* of that, on GPUs */
    struct lf_amount resident_bytes; /* what its process keeps in RAM, by the system's account */
};

enum { LF_SERVED_MODELS_MOST = 256 };

struct lf_server_api;

/* An engine that was recognized. All text is in the client's arena. */
struct lf_server {
    const struct lf_server_api *api;
    const char *url;                /* "http://127.0.0.1:8080", without a slash at its end */
    const char *version;            /* NULL: it does not tell */
    struct lf_served_model *models; /* [model_count], loaded ones first */
    size_t model_count;
};

/* What one prompt took. */
struct lf_timing {
    uint64_t prompt_tokens; /* read; those a cache held are not counted */
    double prompt_ms;
    uint64_t generated_tokens;
    double generated_ms;
};

struct lf_prompt {
    const char *model;
    const char *text;
    uint64_t generate_tokens;
};

struct lf_server_api {
    const char *id;      /* "llama-server" */
    const char *name;    /* for people */
    const char *runtime; /* the runtime of the catalog whose figures hold; NULL: not known */
    bool is_by_clock;    /* the engine tells no times: they are taken here, network included */
    /* Whether the engine at server->url is one of these; then its version and models are filled in.
     * LF_NO when it is another's, LF_NETWORK when nobody answers. */
    enum lf_status (*recognize)(struct lf_client *client, struct lf_server *server,
                                struct lf_error *err);
    /* Runs a prompt with temperature 0 and without what an earlier one left behind. */
    enum lf_status (*run)(struct lf_client *client, const struct lf_server *server,
                          const struct lf_prompt *prompt, struct lf_timing *timing,
                          struct lf_error *err);
    /* Reads again what a model takes, once it has run; NULL: the engine does not tell. */
    enum lf_status (*weigh)(struct lf_client *client, const struct lf_server *server,
                            struct lf_served_model *model, struct lf_error *err);
};

extern const struct lf_server_api lf_api_llama_server;
extern const struct lf_server_api lf_api_ollama;
extern const struct lf_server_api lf_api_lm_studio;
extern const struct lf_server_api lf_api_vllm;
extern const struct lf_server_api lf_api_openai;

/* The interface of that row, or NULL behind the last. The more telling ones come first: an engine
 * that speaks several is measured by the first. */
const struct lf_server_api *lf_server_api_at(size_t row);

/* Recognizes the engine at url. LF_NETWORK when there is none. Each question is given 200 ms on
 * this computer's own ports (is_near), else all the time there is. */
enum lf_status lf_server_open(struct lf_client *client, const char *url, bool is_near,
                              struct lf_server *server, struct lf_error *err);

/* Looks for an engine on the ports that engines listen to unasked: 8080, 11434, 1234, 8000 of this
 * computer. LF_NETWORK, telling what was tried, when there is none. */
enum lf_status lf_server_find(struct lf_client *client, struct lf_server *server,
                              struct lf_error *err);

/* The model of that name, case ignored, or the only one whose name contains it; without a name the
 * first that is loaded, else the only one there is. LF_USAGE, naming some, when that is none. */
enum lf_status lf_server_find_model(const struct lf_server *server, const char *name,
                                    struct lf_served_model **model, struct lf_error *err);

#endif
