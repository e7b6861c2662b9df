/* The arithmetic behind the figures of one model in one quant. */
#ifndef LLMFIT_ADVISE_EXPLAIN_H
#define LLMFIT_ADVISE_EXPLAIN_H

#include "advise/choice.h"
#include "rules/cache.h"

/* Sizes that do not depend on the machine; see the JSON contract. */
struct lf_size_row {
    enum lf_mix mix;
    uint64_t context_tokens;
    enum lf_type type_k;
    enum lf_type type_v;
    uint64_t file_bytes;      /* every tensor of the file, once */
    uint64_t weights_bytes;   /* what is loaded, once, and the projector */
    uint64_t projector_bytes; /* 0: not loaded, or not known */
    uint64_t kv_bytes;
    uint64_t kv_padding_bytes; /* what CUDA adds to kv_bytes */
    uint64_t state_bytes;
    uint64_t compute_bytes;      /* all layers on one GPU: its part */
    uint64_t host_compute_bytes; /* and RAM's */
    uint64_t total_bytes;        /* weights + kv + state + compute */
};

/* The terms of a size row, and of the speed of a choice in that quant. They add up to what the row
 * and the choice say. */
struct lf_explanation {
    const struct lf_size_row *size;
    const struct lf_settings *settings; /* of the size */
    struct lf_weight_terms weights;     /* sum: file_bytes */
    struct lf_projector projector;
    bool skips_mtp;              /* the last kind of layer is in the file, but not loaded */
    struct lf_cache_term *cache; /* [cache_count]; sum: kv_bytes and state_bytes */
    size_t cache_count;
    struct lf_compute_terms compute;
    const struct lf_choice *choice; /* where it goes; its context may be another */
    struct lf_speed_terms speed;    /* sum: 1 / decode.mid; none when that is not known */
};

/* Works the terms out of a size row made with those settings, and of the choice. All arguments are
 * borrowed; memory comes from the arena. */
struct lf_explanation *lf_explain(const struct lf_advice_context *context,
                                  const struct lf_subject *subject, const struct lf_size_row *size,
                                  const struct lf_settings *settings,
                                  const struct lf_choice *choice, struct lf_arena *arena);

#endif
