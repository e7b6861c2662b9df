/* How an engine is told to run a model: what cache and compute buffer depend on. */
#ifndef LLMFIT_RULES_SETTINGS_H
#define LLMFIT_RULES_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ggml.h"

struct lf_engine;

struct lf_settings {
    const struct lf_engine *engine; /* whose rules hold */
    uint64_t context_tokens;        /* of all slots together */
    enum lf_type type_k;
    enum lf_type type_v;
    uint64_t slots;   /* sequences at the same time */
    uint64_t ubatch;  /* tokens of a prompt worked on at once */
    uint64_t outputs; /* rows of logits at once: 1 a slot in llama-server, ubatch in the library */
    bool flash_attn;
    bool swa_full;   /* sliding-window layers keep the whole context */
    bool is_unified; /* slots share one cache; else each has context / slots of its own */
    bool loads_mtp;  /* MTP layers are loaded for drafting */
};

enum { LF_UBATCH_TOKENS = 512, LF_OUTPUTS = 512 };

/* llama.cpp, f16 cache, one slot, ubatch and outputs 512, flash attention, unified. */
struct lf_settings lf_settings_default(uint64_t context_tokens);

#endif
