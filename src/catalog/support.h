/* Which engines load an architecture, and since when ("runs_on" of an architecture). */
#ifndef LLMFIT_CATALOG_SUPPORT_H
#define LLMFIT_CATALOG_SUPPORT_H

#include "base/json.h"

struct lf_support {
    const char *runtime; /* "llama.cpp", "mlx-lm", "vllm" */
    const char *since;   /* its release: "b5092", "v0.24.1"; NULL: not known, or ever since */
    const char *date;    /* of that release */
    const char *source;
    const char *checked;
};

/* An engine that is not among them is not known to load it. */
struct lf_supports {
    const struct lf_support *items;
    size_t count;
};

/* Reads the array; NULL has none. */
enum lf_status lf_supports_read(const struct lf_json *json, const cJSON *array,
                                struct lf_arena *arena, struct lf_supports *supports,
                                struct lf_error *err);

#endif
