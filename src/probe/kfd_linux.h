/* AMD's compute driver describes what it runs on as a list of nodes: processors and GPUs, each with
 * banks of memory. Inner header of the probe. */
#ifndef LLMFIT_PROBE_KFD_LINUX_H
#define LLMFIT_PROBE_KFD_LINUX_H

#include <stddef.h>
#include <stdint.h>

#include "probe/probe.h"

enum { LF_KFD_NODES_MOST = 256 };

/* All-zero where the driver does not tell. */
struct lf_kfd_node {
    uint64_t domain;   /* PCI domain */
    uint64_t location; /* bus << 8 | device << 3 | function */
    uint64_t vendor;   /* PCI ids */
    uint64_t device;
    uint64_t unique_id;   /* of the card; its partitions share it */
    uint64_t target;      /* gfx_target_version: 110501 is gfx1151 */
    uint64_t simd_count;  /* 0: no GPU */
    uint64_t cpu_threads; /* 0: no processor */
    uint64_t bank_bytes;  /* all its banks: a GPU's own memory, a processor's RAM */
    uint64_t bus_bits;    /* of one bank */
    uint64_t memory_mhz;  /* highest clock of one bank; a processor's: transfers/s in millions */
};

/* Reads up to LF_KFD_NODES_MOST nodes, sorted by address; returns how many. Those this process may
 * not read, as in a container, are left out. */
size_t lf_kfd_read(const struct lf_probe *probe, struct lf_kfd_node nodes[LF_KFD_NODES_MOST]);

/* All processors as one: their threads, their RAM and its speed. */
struct lf_kfd_node lf_kfd_processor(const struct lf_kfd_node *nodes, size_t count);

#endif
