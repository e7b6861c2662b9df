/* What a model may take on each device of a machine: the total less a stated reserve. */
#ifndef LLMFIT_RULES_BUDGET_H
#define LLMFIT_RULES_BUDGET_H

#include "catalog/disk.h"
#include "probe/machine.h"

/* Left free on a GPU of its own memory for the driver's context, the engine's run-time pool and a
 * desktop: the margin llama.cpp's own --fit keeps.
 * source  llama.cpp v0.5.0 common/common.h, fit_params_target */
#define LF_GPU_RESERVE_BYTES (UINT64_C(1024) << 20)

/* Below the ceiling of a unified pool, which keeps the system's share out already. */
#define LF_UNIFIED_RESERVE_BYTES (UINT64_C(512) << 20)

/* In a container, whose limit covers our programs alone. */
#define LF_LIMIT_RESERVE_BYTES (UINT64_C(512) << 20)

/* Of a machine's RAM for the system and its programs: an eighth, within these bounds (a judgement;
 * a desktop with a browser takes more, and is asked for free memory by --use-free). */
#define LF_RAM_RESERVE_LEAST_BYTES (UINT64_C(1536) << 20)
#define LF_RAM_RESERVE_MOST_BYTES (UINT64_C(8) << 30)

/* One pool of memory a model's parts can be put in. */
struct lf_pool {
    const char *id;                           /* an accelerator's id, or "ram" */
    const struct lf_accelerator *accelerator; /* NULL: RAM */
    uint64_t budget_bytes;
    uint64_t reserve_bytes;
    uint64_t bandwidth_bps; /* 0: not known */
    bool has_slow_cpu;      /* RAM: the CPU has neither AVX2 nor ARM's dot products */
};

struct lf_budget {
    struct lf_pool gpus[LF_ACCELERATORS_MOST]; /* those one model may be spread over */
    size_t gpu_count;
    struct lf_pool ram; /* budget 0: size not known */
    bool is_unified;    /* gpus[0] and ram are the same memory */
    bool ram_is_pool;   /* and all that may be used of it is in gpus[0] */
    bool ram_is_known;
    bool has_unsized_gpu; /* a GPU was seen whose memory is not known */
    bool maps_files;      /* what RAM does not hold may stay on the disk; see rules/stream.h */
    struct lf_disk_reading disk;
};

/* The reserve kept of so much RAM. */
uint64_t lf_ram_reserve_bytes(uint64_t total_bytes, bool is_limited);

/* Which GPUs count (a card that its driver splits is as many GPUs as parts): dedicated ones of the
 * vendor with the most memory (an engine drives one vendor's at a time); else the largest partition
 * (a process gets one); else a unified pool. An integrated unit without a pool of its own never
 * adds memory.
 *
 * use_free  plan on what is free now, where it is known, with the same reserve off the total */
void lf_budget_make(const struct lf_machine *machine, bool use_free, struct lf_budget *budget);

/* The memory of the GPUs that one model may be spread over, what is kept free included. */
uint64_t lf_budget_vram_bytes(const struct lf_budget *budget);

/* What those GPUs may be filled with. */
uint64_t lf_budget_gpu_room(const struct lf_budget *budget);

/* All the memory one model could be spread over. */
uint64_t lf_budget_room(const struct lf_budget *budget);

/* Keeps each GPU's budget within that share (0..1) of what may be used of it, for an engine that
 * takes the share at its start. */
void lf_budget_cap(struct lf_budget *budget, double share);

#endif
