/* What differs from one engine to the next when a model is sized and placed: one row an engine, one
 * function a duty. Engines that run on another one's code have no row. */
#ifndef LLMFIT_RULES_ENGINE_H
#define LLMFIT_RULES_ENGINE_H

#include "base/form.h"
#include "rules/load.h"
#include "rules/settings.h"
#include "rules/weights.h"

struct lf_engine {
    const char *id;            /* as runtimes.json calls it */
    uint64_t ubatch_tokens;    /* prompt tokens worked on at once, unless told otherwise */
    uint64_t cell_step_tokens; /* cells of a cache are a multiple of this */
    enum lf_type packed_cache; /* what a cache is kept in that does not fit; F16: in nothing else */
    unsigned modes;            /* bits 1 << enum lf_mode: where it can put a model */
    bool splits_tensors;       /* over several GPUs each holds a part of every layer */

    /* Fills weights and layers[form->layers], and terms, unless NULL; see lf_weights_size. mix is
     * one the engine loads. An importance matrix bears on GGUF files alone. */
    void (*size_weights)(const struct lf_form *form, enum lf_mix mix, bool imatrix,
                         struct lf_layer_weights *layers, struct lf_weights *weights,
                         struct lf_weight_terms *terms);
    /* Cells of a layer's cache, all slots together. */
    uint64_t (*cells)(const struct lf_cache_layer *layer, const struct lf_settings *settings);
    /* Bytes of a layer's state, one sequence. */
    uint64_t (*state_bytes)(const struct lf_cache_layer *layer);
    /* Fills the compute buffers of the load. */
    void (*size_buffers)(const struct lf_form *form, const struct lf_settings *settings,
                         size_t gpus, struct lf_load *load);
    /* What the load's compute buffer with all layers on one GPU is made of. */
    struct lf_compute_terms (*explain_compute)(const struct lf_form *form,
                                               const struct lf_settings *settings);
};

/* The engine of that id, or NULL. */
const struct lf_engine *lf_engine_find(const char *id);

/* llama.cpp. */
extern const struct lf_engine lf_engine_gguf;

/* MLX through mlx-lm, on Apple GPUs. */
extern const struct lf_engine lf_engine_mlx;

/* vLLM, on NVIDIA and AMD GPUs. */
extern const struct lf_engine lf_engine_vllm;

/* What is alive at once while an engine that computes in 16 bits works on a ubatch of tokens, with
 * the F32 logits of a row a slot beside it, not in its place:
 *
 *     2 tokens (2 embd + the widest part) + 4 vocab rows
 *
 * error   an estimate; what the engines' allocators keep beside it is not known
 * source  the widths of the form, which hold for llama.cpp's graph */
struct lf_compute_terms lf_activations_explain(const struct lf_form *form,
                                               const struct lf_settings *settings);

/* The buffers of an engine that has no more of them than the terms of its explain_compute. */
void lf_activation_buffers(const struct lf_form *form, const struct lf_settings *settings,
                           size_t gpus, struct lf_load *load);

#endif
