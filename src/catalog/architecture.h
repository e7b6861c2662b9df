/* What each llama.cpp architecture calls the tensors of its parts (data/architectures.json). */
#ifndef LLMFIT_CATALOG_ARCHITECTURE_H
#define LLMFIT_CATALOG_ARCHITECTURE_H

#include "base/form.h"
#include "base/json.h"
#include "catalog/expression.h"
#include "catalog/support.h"

enum { LF_PART_TYPES_MOST = 16 };

/* One tensor of a template. */
struct lf_tensor_row {
    const char *name; /* without "blk.N." */
    struct lf_expression ne[4];
    size_t dimensions;
    struct lf_condition when;
    bool has_stored; /* `stored` was given; else F32 up to one dimension, F16 beyond */
    enum lf_type stored;
};

struct lf_template {
    const char *type; /* "attn", "moe" ...; NULL for a model's or a layer's own rows */
    const struct lf_tensor_row *rows;
    size_t count;
};

struct lf_architecture {
    const char *id;
    bool is_measured;       /* sizes were checked against the engine: 0 differences */
    bool has_uniform_heads; /* the file states one head count for all layers, recurrent ones too */
    struct lf_template model; /* outside the layers */
    struct lf_template layer; /* of every layer */
    struct lf_template parts[LF_PART_TYPES_MOST];
    size_t part_count;
    struct lf_supports runs_on;
    const char *source;
    const char *checked;
};

struct lf_architectures {
    const struct lf_architecture *items;
    size_t count;
};

/* Reads architectures.json. The templates' rows, which only lf_model_expand needs, come from an
 * arena of their own, everything else from the other. */
enum lf_status lf_architectures_read(const struct lf_json *json, struct lf_arena *arena,
                                     struct lf_arena *rows, struct lf_architectures *architectures,
                                     struct lf_error *err);

/* The architecture of that id, or NULL. */
const struct lf_architecture *lf_architecture_find(const struct lf_architectures *architectures,
                                                   const char *id);

/* The template of a part type, or NULL. */
const struct lf_template *lf_architecture_part(const struct lf_architecture *architecture,
                                               const char *type);

#endif
