/* Where the parts of a model go on a machine: which layers on which GPU, what stays in RAM. */
#ifndef LLMFIT_RULES_PLACEMENT_H
#define LLMFIT_RULES_PLACEMENT_H

#include "rules/budget.h"
#include "rules/load.h"
#include "rules/stream.h"

/* id in JSON, words for people */
#define LF_MODES(X)                                       \
    X(GPU, "gpu", "on the GPU")                           \
    X(MULTI_GPU, "multi_gpu", "over the GPUs")            \
    X(UNIFIED, "unified", "in unified memory")            \
    X(EXPERTS_IN_RAM, "experts_in_ram", "experts in RAM") \
    X(LAYERS_SPLIT, "layers_split", "GPU and RAM")        \
    X(CPU, "cpu", "in RAM, on the CPU")

enum lf_mode {
#define LF_MODE_ENUM(name, id, words) LF_MODE_##name,
    LF_MODES(LF_MODE_ENUM)
#undef LF_MODE_ENUM
        LF_MODE_COUNT
};

/* What one pool holds. used = weights + duplicate + kv + state + compute. */
struct lf_share {
    const struct lf_pool *pool; /* borrowed from the budget */
    size_t gpu;                 /* the pool's place among the budget's GPUs; of RAM: 0 */
    uint64_t weights_bytes;     /* padding and the projector included */
    uint64_t projector_bytes;
    uint64_t padding_bytes;   /* of weights and cache: what the buffers add */
    uint64_t duplicate_bytes; /* tied embedding, loaded a second time */
    uint64_t kv_bytes;
    uint64_t state_bytes;
    uint64_t compute_bytes;
    uint64_t left_bytes; /* budget less used; 0 when it does not fit */
    uint64_t layers;
    /* What one token reads here. */
    uint64_t always_read_bytes;
    uint64_t experts_read_bytes;
    uint64_t kv_read_bytes;
};

struct lf_placement {
    enum lf_mode mode;
    bool fits;
    uint64_t short_by_bytes; /* over all pools, when it does not fit */
    size_t share_count;
    size_t gpu_count;           /* GPUs there are, in use or not */
    uint64_t layer_count;       /* of the model */
    uint64_t gpu_layers;        /* layers on GPUs */
    uint64_t ram_expert_layers; /* the first so many layers keep their experts in RAM */
    struct lf_stream stream;    /* what RAM's share leaves on the disk */
    /* GPUs in use, then RAM. There are many and few are used: they stand last, so that what is kept
     * can end behind those in use. */
    struct lf_share shares[LF_ACCELERATORS_MOST + 1];
};

const char *lf_mode_id(enum lf_mode mode);
const char *lf_mode_words(enum lf_mode mode);

/* Places the load in that mode, as well as the engine can have it there. Layers lie on GPUs in
 * their order and the GPUs' (llama.cpp's --tensor-split); where some are in RAM, they are the first
 * ones (-ngl), and so are those whose experts are (--n-cpu-moe). Of all such placements within
 * every pool's budget it is the one with
 *
 *     the fewest layers, or layers' experts, in RAM: the slowest pool is read least,
 *     then the fewest GPUs: they take turns, and every turn and buffer costs,
 *     then the least time to read what a token takes, the sum over GPUs of bytes / bandwidth,
 *     then the most even filling: the fullest GPU, by the share of its budget, the least full.
 *
 * The projector lies on the first GPU in use, unless it is told otherwise or layers are in RAM: it
 * works once a picture, they do for every token. Engines that split every layer split it too.
 *
 * One GPU alone (LF_MODE_GPU) is the fastest of those that hold it. Every buffer is counted on the
 * pool that holds it, with LF_COMPUTE_ALLOWANCE_BYTES to spare for the compute buffer's error.
 * Where the budget maps files, weights that RAM has no room for stay on the disk; GPUs hold theirs.
 * `fits` is false, and short_by_bytes says by how much, when there is no such placement; a mode the
 * machine or the model has no use for (no GPU, no experts) is short by UINT64_MAX.
 *
 * error  none: what enumerating every placement of small models finds is never better
 *        (tests/unit/test_placement_best.c) */
void lf_place(const struct lf_load *load, const struct lf_budget *budget, enum lf_mode mode,
              struct lf_placement *placement);

/* Everything the placement takes over all pools, and what it leaves on the disk. */
uint64_t lf_placement_bytes(const struct lf_placement *placement);

#endif
