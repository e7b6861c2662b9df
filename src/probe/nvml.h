/* NVIDIA's management library, asked in a child process: what it said, one record a fact. */
#ifndef LLMFIT_PROBE_NVML_H
#define LLMFIT_PROBE_NVML_H

#include <stdint.h>

#include "probe/child.h"

enum lf_nvml_kind {
    LF_NVML_GPU,     /* a card, or a part without memory of its own */
    LF_NVML_SLICE,   /* a MIG slice of the card told last */
    LF_NVML_MISSING, /* the library is not there; name says which */
    LF_NVML_OLD,     /* it lacks the call of that name */
    LF_NVML_FAILED,  /* a call failed: name tells which, result how */
};

/* NVML's own numbers for how a call ended; a newer driver may know more. */
enum {
    LF_NVML_SUCCESS = 0,
    LF_NVML_NOT_SUPPORTED = 3,
    LF_NVML_NO_PERMISSION = 4,
    LF_NVML_DRIVER_NOT_LOADED = 9,
    LF_NVML_LIB_RM_VERSION_MISMATCH = 18,
};

/* All-zero where a call is missing or failed. From a stranger: to be checked by the reader. */
struct lf_nvml_record {
    uint32_t kind; /* enum lf_nvml_kind */
    int32_t result;
    uint32_t has_address;
    uint32_t domain;
    uint32_t bus;
    uint32_t device;
    uint32_t vendor_device; /* device << 16 | vendor */
    uint32_t compute_major;
    uint32_t compute_minor;
    uint32_t memory_mhz;
    uint32_t bus_bits;
    uint32_t pcie_generation; /* at most, of the card and where it is plugged in */
    uint32_t pcie_lanes;
    uint32_t nvlink_count; /* in use */
    uint32_t is_sliced;    /* MIG is on: the card can only be used by its slices */
    int32_t memory_result;
    uint64_t total_bytes;
    uint64_t free_bytes;
    uint64_t reserved_bytes; /* of the total, by the driver */
    char name[128];
};

/* An lf_child_work; context is not used. */
void lf_nvml_ask(const struct lf_child_outlet *outlet, const void *context);

/* Opens the library where the driver of this system puts it; NULL when it is not there. *name is
 * what it is called. It stays open. */
void *lf_nvml_open(const char **name);

/* The function of that name; NULL when there is none. */
void *lf_nvml_find(void *library, const char *symbol);

#endif
