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

struct lf_load {
    const struct lf_engine *engine;
    const struct lf_weights *weights; /* borrowed */
    struct lf_layer_cache *cache;     /* [form->layers], the caller's */
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
 * cache    [form->layers], filled; load->cache points to it
 * error    device and host sums are within 64 KiB of 46 measured splits (tests/accuracy) */
void lf_load_make(const struct lf_form *form, const struct lf_weights *weights,
                  const struct lf_settings *settings, size_t gpus, uint64_t depth_tokens,
                  struct lf_layer_cache *cache, struct lf_load *load);

/* Bytes of the tensors that are loaded, each once: the file's less the MTP layers left on disk. */
uint64_t lf_load_weight_bytes(const struct lf_load *load);

#endif
