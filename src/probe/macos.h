/* A Mac, as its system tells it through a few calls: the system's own, or a recording's. */
#ifndef LLMFIT_PROBE_MACOS_H
#define LLMFIT_PROBE_MACOS_H

#include "probe/child.h"
#include "probe/probe.h"
#include "probe/sysctl.h"

/* What Metal and the I/O registry tell of a GPU; zero where they tell nothing. */
struct lf_macos_gpu {
    uint64_t working_set_bytes; /* recommendedMaxWorkingSetSize */
    uint64_t gpu_cores;         /* gpu-core-count; Apple's own GPUs only */
    uint32_t has_unified_memory;
    char name[128];
};

/* Memory that can be given at once, in pages. */
struct lf_macos_pages {
    uint64_t free; /* those read ahead (speculative) among them */
    uint64_t inactive;
};

struct lf_macos_calls {
    const void *context;
    lf_sysctl *sysctl;
    bool (*count_pages)(const void *context, struct lf_macos_pages *pages);
    lf_child_work *tell_gpus; /* sends one struct lf_macos_gpu a GPU; is handed the context */
};

/* Each fills a part of the probe's machine. The memory comes before the GPUs, which share it. */
enum lf_step_status lf_macos_read_cpu(struct lf_probe *probe, const struct lf_macos_calls *calls);
enum lf_step_status lf_macos_read_memory(struct lf_probe *probe,
                                         const struct lf_macos_calls *calls);
enum lf_step_status lf_macos_read_gpus(struct lf_probe *probe, const struct lf_macos_calls *calls);

/* The real calls, in metal_macos.c. */
void lf_macos_tell_gpus(const struct lf_child_outlet *outlet, const void *context);

#endif
