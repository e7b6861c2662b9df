/* Which layers lie on which GPU: every GPU in use holds a run of layers, in the layers' order and
 * the machine's order of GPUs, as engines that split by layers have it.
 *
 * Inner header of placement: a cut says what goes to the GPUs at all, a spread how it is shared. */
#ifndef LLMFIT_RULES_SPREAD_H
#define LLMFIT_RULES_SPREAD_H

#include "rules/budget.h"
#include "rules/load.h"

/* What of a load goes to the GPUs: the layers from first_gpu_layer on, the experts of those from
 * ram_expert_layers on, and the output, or not. */
struct lf_cut {
    const struct lf_load *load;
    const struct lf_pool *gpus; /* [gpu_count] to choose from */
    size_t gpu_count;
    uint64_t first_gpu_layer;
    uint64_t ram_expert_layers;
    bool output_on_gpu;
    bool needs_several; /* one GPU alone is no answer */
};

/* The GPUs in use, in order, each with at least one layer. */
struct lf_spread {
    struct {
        const struct lf_pool *gpu;
        uint64_t layers;
    } runs[LF_ACCELERATORS_MOST];
    size_t count;
};

/* The compute buffer of the GPU at that place among so many in use. With experts in RAM, prompts
 * bring whole expert tensors over, which on several GPUs is taken to cost each as much more as it
 * costs one. */
uint64_t lf_cut_compute_bytes(const struct lf_cut *cut, size_t place, size_t count);

/* What the first GPU in use holds of the projector; the rest is in RAM. */
uint64_t lf_cut_projector_bytes(const struct lf_cut *cut);

/* Whether some spread keeps within every GPU's budget. */
bool lf_spread_exists(const struct lf_cut *cut);

/* Finds, of the spreads within every budget, the one with the fewest GPUs; of those the one a token
 * reads fastest (the sum of bytes over bandwidth, an unknown one taken as the slowest known); of
 * those the one whose fullest GPU, by the share of its budget, is the least full. All are looked
 * at: O(GPUs * layers^2), with two GPUs O(layers).
 *
 * returns  false when there is none; then the GPUs are filled one after the other, and the last
 *          takes what is over */
bool lf_spread_find(const struct lf_cut *cut, struct lf_spread *spread);

#endif
