/* Small models and machines made up for one test. */
#ifndef LLMFIT_TESTS_SUPPORT_H
#define LLMFIT_TESTS_SUPPORT_H

#include "base/form.h"
#include "probe/machine.h"
#include "rules/load.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* What a model's layers are made of; all of them are alike. Zero means none. */
struct toy {
    const char *arch; /* NULL: "toy" */
    uint64_t layers;  /* of the trunk */
    uint64_t mtp_layers;
    uint64_t embd;
    uint64_t vocab;
    uint64_t heads;
    uint64_t kv_heads;
    uint64_t head_dim;
    uint64_t ff;
    uint64_t experts; /* 0: dense */
    uint64_t used;
    uint64_t window_tokens;
    uint64_t state_bytes;
    bool is_tied;
};

/* Spells it out as the catalog would; memory comes from the arena. */
void toy_make(const struct toy *toy, struct lf_arena *arena, struct lf_form *form);

/* Sizes the weights in a mix and the cache at these settings, for so many GPUs; memory comes from
 * the arena. */
void toy_load(const struct lf_form *form, enum lf_mix mix, const struct lf_settings *settings,
              size_t gpus, struct lf_arena *arena, struct lf_load *load);

/* RAM of that size and speed (0: not known) in an all-zero machine. */
void machine_set_ram(struct lf_machine *machine, uint64_t bytes, uint64_t bandwidth_bps);

/* A GPU with that much memory of its own; its speed may be 0: not known. */
struct lf_accelerator *machine_add_gpu(struct lf_machine *machine, const char *vendor,
                                       uint64_t bytes, uint64_t bandwidth_bps);

#endif
