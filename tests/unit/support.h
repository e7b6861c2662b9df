/* Small models and machines made up for one test. */
#ifndef LLMFIT_TESTS_SUPPORT_H
#define LLMFIT_TESTS_SUPPORT_H

#include "base/form.h"
#include "catalog/catalog.h"
#include "probe/machine.h"
#include "rules/placement.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* For a group's set-up and tear-down: *state is the built-in catalog with those parts read. */
int catalog_set_up(void **state, unsigned parts);
int catalog_tear_down(void **state);

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

/* A machine in figures, GiB and GB/s; a unified one has no GPU memory of its own. */
struct rig {
    uint64_t ram_gib;
    uint64_t ram_gbps;
    uint64_t gpu_gib;
    uint64_t gpu_gbps;
    size_t gpu_count;
    bool is_unified;
};

/* Fills a machine, which is cleared as any other. */
void rig_make(const struct rig *rig, struct lf_machine *machine);

/* GPUs and RAM of those budgets; a budget of 0 ends the list of GPUs. */
struct lf_budget pools_make(uint64_t gpu0_bytes, uint64_t gpu1_bytes, uint64_t ram_bytes);

/* What a share holds, and what it must have room for. */
uint64_t share_used(const struct lf_share *share);
uint64_t share_needed(const struct lf_share *share);

/* About 1.3 GiB at Q4_K_M, and about 8 GiB of which most is experts. */
extern const struct toy toy_dense;
extern const struct toy toy_moe;

/* A model's load at Q4_K_M, with a q8_0 cache of 16k; its memory lies in the arena. */
struct lf_load toy_load_at_16k(const struct toy *toy, size_t gpus, struct lf_arena *arena);

#endif
