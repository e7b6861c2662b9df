/* Files that publishers offer of a model, with their real sizes ("files" of a model): some follow
 * no mix rule. */
#ifndef LLMFIT_CATALOG_PUBLISHED_H
#define LLMFIT_CATALOG_PUBLISHED_H

#include "base/json.h"

struct lf_published_file {
    const char *repo;  /* on Hugging Face: "unsloth/Qwen3-8B-GGUF" */
    const char *label; /* the mix as the publisher names it: "Q4_K_M", "UD-Q4_K_XL"; of a projector,
                          the file with the vision and audio part, "mmproj-BF16" */
    uint64_t bytes;    /* of all its parts */
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

/* Bits that a file's label or a mix's name speaks of, the first number behind its last dash: 16 of
 * "mmproj-Qwen3VL-8B-F16"; 0: there is none. */
uint64_t lf_label_bits(const char *label);

/* The projector that llama.cpp takes beside a model of so many bits out of repo: the one nearest in
 * bits, the first of equals. Where none of repo's is listed, one of another repository.
 *
 * returns  NULL when none is listed
 * source   llama.cpp v0.5.0 common/download.cpp, find_best_sibling */
const struct lf_published_file *lf_projector_find(const struct lf_published_files *files,
                                                  const char *repo, uint64_t bits);

#endif
