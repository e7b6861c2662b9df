/* A model as described (data/models/<vendor>.json), and its expansion into the form the rules see.
 */
#ifndef LLMFIT_CATALOG_MODEL_H
#define LLMFIT_CATALOG_MODEL_H

#include "base/amount.h"
#include "base/form.h"
#include "base/json.h"
#include "catalog/architecture.h"
#include "catalog/published.h"

enum { LF_LAYERS_MOST = 1024, LF_KINDS_MOST = 32, LF_KIND_PARTS_MOST = 8 };

/* One building block of a layer. */
struct lf_part {
    const char *name;
    const char *type; /* a template of the architecture: "attn", "moe" ... */
    bool owns_cache;  /* false: its cache is another layer's ("kv": "reuse" or "none") */
    struct lf_symbols symbols;
    const cJSON *node; /* where it is written */
};

/* The parts of the layers written with one letter. */
struct lf_kind {
    char letter;
    const struct lf_part *parts[LF_KIND_PARTS_MOST];
    size_t part_count;
};

/* What the weights are made of; finetunes share one. */
struct lf_shape {
    const struct lf_architecture *architecture;
    struct lf_symbols symbols;
    const struct lf_part *parts;
    size_t part_count;
    struct lf_kind *kinds; /* [kind_count] */
    size_t kind_count;
    const uint8_t *layer_kinds; /* [trunk_layers], indices into kinds */
    uint64_t trunk_layers;
    struct lf_kind mtp;         /* the parts of the layers behind the trunk */
    uint64_t mtp_layers;        /* 0: the published file has none */
    const struct lf_json *json; /* the document, for errors */
    const cJSON *node;
    const struct lf_form *form; /* spelled out when the program was built; NULL: not yet */
};

/* The mix to start with; all NULL: not known. */
struct lf_recommendation {
    const char *quant;
    const char *by; /* "readme": the vendor's; "most-used": the most downloaded files' */
    const char *source;
};

enum lf_confidence { LF_CONFIDENCE_HIGH, LF_CONFIDENCE_MEDIUM, LF_CONFIDENCE_LOW };

/* NULL texts and zero counts are not known, unless said otherwise. */
struct lf_model {
    const char *id;
    const char *name;
    const char *vendor;
    const char *hf; /* repository on Hugging Face */
    struct lf_strings aliases;
    const char *shape_id;         /* NULL: the shape is its own */
    const struct lf_shape *shape; /* NULL only where faults are collected */
    uint64_t params_stated;
    const char *params_scope;
    uint64_t params_active_stated;
    uint64_t native_context_tokens;
    const char *licence;
    const char *released; /* "2026-04" or a whole date */
    struct lf_strings modalities;
    struct lf_strings use_cases;
    enum lf_answer thinks;
    enum lf_answer calls_tools;
    const char *native_format; /* what the vendor published: "BF16", "FP8", "MXFP4" */
    struct lf_recommendation recommended;
    const char *gguf;
    const char *mlx;
    const char *ollama;
    struct lf_published_files files;
    enum lf_confidence confidence;
    const char *source;
    const char *checked;
    const struct lf_json *json; /* where it is written, for errors */
    const cJSON *node;
};

/* Models in the order they were added, found by id. All-zero is empty. */
struct lf_models {
    struct lf_model *items; /* [count] */
    size_t count;
    size_t capacity;
    uint32_t *slots; /* [slot_count], a hash table: number of the model and 1, 0 where free */
    size_t slot_count;
};

/* Adds a copy of model, whose id no model has yet. The list lies in the arena. */
void lf_models_add(struct lf_models *models, const struct lf_model *model, struct lf_arena *arena);

/* Adds the models of one file; where its faults are collected also those at fault, which may lack
 * anything but an id, and have a shape only if theirs could be read. A model whose id an earlier
 * call has added is left out when `keeps_earlier` is set, and an error otherwise. Shapes are linked
 * by lf_models_link. */
enum lf_status lf_models_read(struct lf_models *models, const struct lf_json *json,
                              const struct lf_architectures *architectures, bool keeps_earlier,
                              struct lf_arena *arena, struct lf_error *err);

/* Points finetunes ("shape": id) at the shape they share. */
enum lf_status lf_models_link(struct lf_models *models, struct lf_error *err);

/* The model of exactly that id, or NULL. */
const struct lf_model *lf_models_find_id(const struct lf_models *models, const char *id);

/* Spells a model out: its tensors and its cache, layer by layer. All memory comes from the arena.
 * Fails with LF_BAD_INPUT, naming the part, when a dimension is missing (0) or out of bounds, or
 * when the parameters differ from the stated total by more than 1 %. */
enum lf_status lf_model_expand(const struct lf_model *model, struct lf_arena *arena,
                               struct lf_form *form, struct lf_error *err);

/* "dense", "moe" or "hybrid"; a hybrid keeps a recurrent state in some layers. */
const char *lf_form_kind(const struct lf_form *form);

#endif
