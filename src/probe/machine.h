/* A machine: what a model may use here, each figure with its origin. Filled by the probe, read from
 * a machine file, or made up for a simulation; the layers above see no difference. */
#ifndef LLMFIT_PROBE_MACHINE_H
#define LLMFIT_PROBE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/amount.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/status.h"

enum {
    LF_ACCELERATORS_MOST = 64,
    LF_DISKS_MOST = 8,
    LF_DIAGNOSTICS_MOST = 64,
    LF_STEPS_MOST = 32,
    LF_THREADS_MOST = 65536,
};

enum lf_memory_kind {
    LF_MEMORY_DEDICATED, /* memory of its own */
    LF_MEMORY_UNIFIED,   /* shares the system's RAM (Apple, APUs, GB10, Jetson, iGPUs) */
    LF_MEMORY_PARTITION, /* a slice of a card (MIG); the slice is the limit */
};

struct lf_accelerator {
    const char *id;           /* PCI address "0000:01:00.0", else "gpu0", "gpu1" ... */
    const char *vendor;       /* "NVIDIA", "AMD", "Intel", "Apple" ... */
    const char *name;         /* as the driver or the device table says; NULL when unknown */
    const char *pci_id;       /* "10de:2684", lower case; NULL when unknown */
    const char *pci_revision; /* "c8", lower case; AMD's names depend on it; NULL when unknown */
    const char *driver;       /* kernel driver: "nvidia", "amdgpu", "nouveau" ...; NULL: none */
    const char *compute;      /* "8.9" (CUDA), "gfx1151" (AMD); NULL when unknown */
    enum lf_memory_kind memory_kind;
    struct lf_amount total_bytes;
    struct lf_amount free_bytes;
    struct lf_amount usable_bytes; /* what one process may allocate at most; unified: its ceiling */
    struct lf_amount bandwidth_bps;   /* vendor peak, bytes/s */
    struct lf_amount partition_count; /* GPUs the driver makes of this card (AMD); unknown: one */
    struct lf_amount link_bps;        /* PCI Express to the host at most, one direction, bytes/s */
    struct lf_amount nvlink_count;    /* NVLinks in use; unknown: it has none */
    double fp16_tflops;               /* dense matrix, 0 when not known */
    double fp32_tflops;               /* 0 when not known */
    bool is_integrated;               /* a graphics unit inside the CPU without memory of its own */
};

struct lf_cpu {
    const char *name;         /* NULL when unknown */
    struct lf_amount cores;   /* physical cores this process may run on */
    struct lf_amount threads; /* hardware threads this process may run on (affinity, cpuset) */
    struct lf_amount performance_cores; /* of `cores`, where there are two kinds */
    struct lf_amount efficiency_cores;
    struct lf_amount quota_millis; /* cgroup CPU quota, 1000 = one thread's whole time */
    struct lf_strings isa; /* what matters to inference: "avx2", "avx512f", "amx_int8", "asimd" */
};

struct lf_memory {
    struct lf_amount total_bytes;     /* of the machine, GPU nodes left out */
    struct lf_amount available_bytes; /* free now without swapping */
    struct lf_amount limit_bytes;     /* the tightest enclosing cgroup or rlimit */
    struct lf_amount usable_bytes;    /* least of limit and total without huge pages */
    struct lf_amount bandwidth_bps;   /* vendor peak or measured, bytes/s */
    struct lf_amount speed_mtps;      /* of its modules, million transfers/s */
    struct lf_amount hugepages_bytes; /* of total, set aside for programs that ask for them */
    struct lf_amount swap_bytes;      /* in all */
    struct lf_amount zram_bytes;      /* of that, compressed in RAM: no memory beside it */
};

struct lf_disk {
    const char *path; /* where models would be kept */
    const char *kind; /* "nvme", "ssd", "hdd"; NULL when unknown */
    struct lf_amount free_bytes;
};

/* What an answer would lack if a diagnostic's fault matters to it. */
enum lf_gap { LF_GAP_NONE, LF_GAP_MEMORY, LF_GAP_ACCELERATORS };

struct lf_diagnostic {
    const char *code; /* contract: "nvml-missing", "driver-hang" ... */
    const char *text;
    enum lf_gap gap;
};

enum lf_step_status { LF_STEP_OK, LF_STEP_NOTHING, LF_STEP_FAILED, LF_STEP_TIMEOUT };

struct lf_step {
    const char *name;
    const char *source;
    enum lf_step_status status;
    double elapsed_ms;
};

/* All-zero is a machine nothing is known of. All text is in its arena. */
struct lf_machine {
    struct lf_arena arena;
    const char *label; /* "this computer", a file's path, a simulation's words */
    const char *board; /* "Raspberry Pi 5 Model B Rev 1.0"; NULL when unknown */
    struct lf_cpu cpu;
    struct lf_memory memory;
    struct lf_accelerator accelerators[LF_ACCELERATORS_MOST];
    size_t accelerator_count;
    struct lf_disk disks[LF_DISKS_MOST];
    size_t disk_count;
    struct lf_diagnostic diagnostics[LF_DIAGNOSTICS_MOST];
    size_t diagnostic_count;
    struct lf_step steps[LF_STEPS_MOST];
    size_t step_count;
};

void lf_machine_clear(struct lf_machine *machine);

/* Adds an accelerator, all unknown but for the id "gpuN" and the vendor "unknown"; NULL when there
 * are LF_ACCELERATORS_MOST already (a diagnostic says so). Borrowed from the machine. */
struct lf_accelerator *lf_machine_add_accelerator(struct lf_machine *machine);

/* Adds a diagnostic; code and text are copied into the machine's arena. Beyond LF_DIAGNOSTICS_MOST
 * it is dropped, unless it tells of a gap that no other does: then the last one makes room. */
void lf_machine_diagnose(struct lf_machine *machine, enum lf_gap gap, const char *code,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Whether some diagnostic leaves that gap. */
bool lf_machine_has_gap(const struct lf_machine *machine, enum lf_gap gap);

/* Fills what follows from the rest: memory.usable_bytes; usable_bytes of dedicated accelerators
 * and partitions from their totals. Figures that are known already stay. */
void lf_machine_derive(struct lf_machine *machine);

/* Reads a machine document ({"machine": {...}}, as `llmfit system --json` prints, or any other
 * document of ours with that member) into an all-zero machine, and derives the rest. Unknown keys
 * are let through: a later version may have written them. Figures carry the origin the document
 * gives, else LF_GIVEN. Counts and sizes are bounded (8 PiB, 65536 threads, 1 EB/s is refused).
 * After an error the machine is all-zero. name is copied into the label. */
enum lf_status lf_machine_read(struct lf_machine *machine, const char *name, const char *text,
                               size_t length, struct lf_error *err);

/* "dedicated", "unified", "partition". */
const char *lf_memory_kind_name(enum lf_memory_kind kind);

/* "none", "memory", "accelerators". */
const char *lf_gap_name(enum lf_gap gap);

/* "ok", "nothing", "failed", "timeout". */
const char *lf_step_status_name(enum lf_step_status status);

#endif
