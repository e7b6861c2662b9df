/* What a model brings along: its weights in a mix, its cache and its compute buffer, by layer. The
 * pieces a placement distributes. */
#ifndef LLMFIT_RULES_LOAD_H
#define LLMFIT_RULES_LOAD_H

#include "base/form.h"
#include "rules/compute.h"
#include "rules/settings.h"
#include "rules/weights.h"

/* What one layer keeps of the past. */
struct lf_layer_cache {
    uint64_t kv_bytes;
    uint64_t kv_padding_bytes; /* what a CUDA buffer adds */
    uint64_t kv_read_bytes;    /* read for a token at the depth asked for */
    uint64_t state_bytes;
};

/* What the layers before one hold together: what a run of layers holds is the difference of two. */
struct lf_layer_sum {
    uint64_t always_bytes; /* weights but experts */
    uint64_t always_padding_bytes;
    uint64_t expert_bytes;
    uint64_t expert_padding_bytes;
    uint64_t experts_read_bytes; /* of the experts, for a token */
    struct lf_layer_cache cache;
    uint64_t gpu_bytes; /* on a GPU, but for experts: weights, cache and their padding */
};

struct lf_load {
    const struct lf_engine *engine;
    const struct lf_weights *weights; /* borrowed */
    const struct lf_layer_sum *sums;  /* [layer_count + 1], the caller's */
    uint64_t kv_bytes;
    uint64_t state_bytes;
    struct lf_compute_bytes compute; /* all layers on one GPU */
    struct lf_split_bytes split;     /* over all GPUs there are, when there are several */
    uint64_t staged_compute_bytes;   /* on one GPU, with experts in RAM; 0 without experts */
    uint64_t cpu_compute_bytes;      /* without a GPU */
    double active_share;             /* 0..1: experts read for a token; 1 for dense models */
    bool
        has_shared_cache; /* a cache row is one for all heads (MLA): no GPU can hold a part of it */
    bool loads_mtp;
    uint64_t layer_count; /* of the trunk, and the MTP layers when they are loaded */
};

/* Fills load.
 *
 * weights  of the model in some mix; must outlive load
 * gpus     there are; buffers that need more of them stay 0
 * depth    tokens the cache holds when kv_read_bytes is counted
 * sums     [form->layers + 1], filled; load->sums points to it
 * error    device and host sums are within 64 KiB of 46 measured splits (tests/accuracy) */
void lf_load_make(const struct lf_form *form, const struct lf_weights *weights,
                  const struct lf_settings *settings, size_t gpus, uint64_t depth_tokens,
                  struct lf_layer_sum *sums, struct lf_load *load);

/* What a layer adds to the sum of those before it. Sums stay at UINT64_MAX at overflow. */
struct lf_layer_sum lf_layer_sum_after(const struct lf_layer_sum *before,
                                       const struct lf_layer_weights *weights,
                                       const struct lf_layer_cache *cache, double active_share);

/* What the layers [from, to) hold. */
struct lf_layer_sum lf_load_run(const struct lf_load *load, uint64_t from, uint64_t to);

/* Bytes of the tensors that are loaded, each once: the file's less the MTP layers left on disk. */
uint64_t lf_load_weight_bytes(const struct lf_load *load);

#endif
