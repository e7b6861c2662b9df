/* A probed machine completed by what the catalog lists, and machines made up from it. */
#ifndef LLMFIT_ADVISE_COMPLETE_H
#define LLMFIT_ADVISE_COMPLETE_H

#include "catalog/catalog.h"
#include "probe/machine.h"

/* The parts of the catalog that may know what the machine lacks: LF_CATALOG_DEVICES for its GPUs,
 * LF_CATALOG_CPUS for the bandwidth of its RAM; 0 when nothing is missing. */
unsigned lf_machine_missing_parts(const struct lf_machine *machine);

/* Fills, with LF_LISTED, what the probe could not read: a GPU's name, memory, bandwidth and FLOPS
 * by PCI id or name, a CPU platform's RAM bandwidth by the CPU's name, the share of RAM an Apple
 * GPU may use. Known figures stay as they are; parts that are not loaded tell nothing. */
void lf_machine_complete(struct lf_machine *machine, const struct lf_catalog *catalog);

/* Adds a GPU as the catalog lists it; a unified one has the machine's RAM as its pool. */
void lf_machine_add_listed(struct lf_machine *machine, const struct lf_device *device);

/* Makes the listed machine out of an all-zero one: CPU and RAM as listed, GPUs from the catalog's
 * devices, then completed. LF_BAD_INPUT when no device has a GPU's name. The catalog's devices and
 * CPUs must be loaded. */
enum lf_status lf_machine_make(struct lf_machine *machine, const struct lf_catalog *catalog,
                               const struct lf_listed_machine *listed, struct lf_error *err);

/* What the command line changes about a machine; zero and NULL leave it. */
struct lf_simulation {
    const char *const *gpus; /* [gpu_count] "rtx 4090", "rtx 3090x2" */
    size_t gpu_count;
    uint64_t vram_bytes; /* of each GPU */
    uint64_t ram_bytes;
    uint64_t cpu_cores;
};

/* Applies it. --gpu replaces the machine's GPUs by listed ones; a unified part (an Apple chip,
 * Strix Halo, DGX Spark) makes the RAM its pool, of the size its name tells ("m4 max 64") unless
 * --ram or --memory does. --memory alone changes the memory of the GPUs that
 * are there, or adds one of unknown speed. LF_USAGE, naming the nearest, when no device has that
 * name. The catalog's devices must be loaded. */
enum lf_status lf_machine_simulate(struct lf_machine *machine, const struct lf_catalog *catalog,
                                   const struct lf_simulation *simulation, struct lf_error *err);

/* Splits "rtx 4090x2" or "rtx 4090 x2" into name and copies. The x must not stand behind a letter:
 * "rx580" is a name. Where no number of copies is told, that is 1 and the name is text itself. */
const char *lf_gpu_copies_split(const char *text, struct lf_arena *arena, uint64_t *copies);

#endif
