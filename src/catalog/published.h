/* Files that publishers offer of a model, with their real sizes ("files" of a model): some follow
 * no mix rule. */
#ifndef LLMFIT_CATALOG_PUBLISHED_H
#define LLMFIT_CATALOG_PUBLISHED_H

#include "base/json.h"

struct lf_published_file {
    const char *repo;    /* on Hugging Face: "unsloth/Qwen3-8B-GGUF" */
    const char *label;   /* the mix as the publisher names it: "Q4_K_M", "UD-Q4_K_XL" */
    uint64_t bytes;      /* of all its parts */
    const char *differs; /* why it is far from the plain mix of that label; NULL: it is not */
    const char *source;
    const char *checked;
};

struct lf_published_files {
    const struct lf_published_file *items;
    size_t count;
};

/* Reads the array; NULL has none. */
enum lf_status lf_published_files_read(const struct lf_json *json, const cJSON *array,
                                       struct lf_arena *arena, struct lf_published_files *files,
                                       struct lf_error *err);

#endif
