/* A Windows computer, as its system tells it through a few calls: the system's own, or a
 * recording's. */
#ifndef LLMFIT_PROBE_WINDOWS_H
#define LLMFIT_PROBE_WINDOWS_H

#include "probe/child.h"
#include "probe/cpuid.h"
#include "probe/probe.h"

struct lf_windows_memory {
    uint64_t total_bytes; /* what the firmware sets aside for a GPU is no part of it */
    uint64_t available_bytes;
    uint64_t commit_limit_bytes; /* RAM and page files */
};

/* Limits of the job this process is in; zero where there is none. */
struct lf_windows_job {
    uint64_t job_bytes;
    uint64_t process_bytes;
    uint32_t cpu_rate; /* hard cap, in 1/10000 of all processors' time */
};

struct lf_windows_core {
    uint64_t threads;    /* of its processor group, a bit each */
    uint32_t efficiency; /* the class of it: the most efficient cores are of class 0 */
};

/* A display adapter as DXGI describes it. */
struct lf_windows_adapter {
    uint64_t id; /* the same for the same adapter (LUID) */
    uint64_t dedicated_bytes;
    uint64_t shared_bytes;
    uint64_t
        budget_bytes; /* of its own memory, what the system grants this process now; 0: unknown */
    uint32_t vendor;
    uint32_t device;
    uint32_t revision;
    uint32_t is_software; /* drawn by the processor */
    uint32_t is_remote;
    char name[256];
};

enum { LF_WINDOWS_CORES_MOST = 2048, LF_WINDOWS_FIRMWARE_MOST_BYTES = 256 * 1024 };

struct lf_windows_calls {
    const void *context;
    bool (*get_memory)(const void *context, struct lf_windows_memory *memory);
    bool (*get_job)(const void *context, struct lf_windows_job *job);
    size_t (*get_cores)(const void *context, struct lf_windows_core *cores, size_t most);
    /* The threads of the only processor group that this process may use; 0: all of all groups. */
    uint64_t (*get_affinity)(const void *context);
    bool (*get_cpu_name)(const void *context, char *name, size_t size);
    /* The raw SMBIOS table with its head; returns its bytes, 0 when there is none. */
    size_t (*get_firmware)(const void *context, void *table, size_t most);
    lf_cpuid *cpuid;
    uint64_t (*get_enabled)(const void *context); /* the XCR0 register */
    lf_child_work *tell_adapters; /* sends struct lf_windows_adapter; is handed the context */
};

/* Each fills a part of the probe's machine, in this order. */
enum lf_step_status lf_windows_read_cpu(struct lf_probe *probe,
                                        const struct lf_windows_calls *calls);
enum lf_step_status lf_windows_read_memory(struct lf_probe *probe,
                                           const struct lf_windows_calls *calls);
enum lf_step_status lf_windows_read_firmware(struct lf_probe *probe,
                                             const struct lf_windows_calls *calls);
enum lf_step_status lf_windows_read_job(struct lf_probe *probe,
                                        const struct lf_windows_calls *calls);
enum lf_step_status lf_windows_read_gpus(struct lf_probe *probe,
                                         const struct lf_windows_calls *calls);

/* The real call, in dxgi_windows.c. */
void lf_windows_tell_adapters(const struct lf_child_outlet *outlet, const void *context);

#endif
