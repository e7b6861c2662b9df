/* What the kernel's driver of each vendor tells of a GPU in its PCI folder. */
#ifndef LLMFIT_PROBE_GPU_LINUX_H
#define LLMFIT_PROBE_GPU_LINUX_H

#include <stdint.h>

#include "probe/gpu.h"

/* A GPU on the PCI bus. */
struct lf_pci_gpu {
    const char *address; /* "0000:03:00.0"; its folder is /sys/bus/pci/devices/ADDRESS */
    uint64_t vendor;
    uint64_t device;
    uint64_t revision;
    struct lf_accelerator *accelerator; /* to be filled */
};

/* amdgpu: memory from sysfs, the name from libdrm's list. */
void lf_gpu_read_amd(const struct lf_probe *probe, const struct lf_pci_gpu *gpu);

/* Says so when a processor's GPU could map more of the RAM than its driver is set to, and there is
 * no better GPU. */
void lf_gpu_check_amd_pool(struct lf_machine *machine);

/* i915 and xe: local memory; a GPU at 00:02.0 is the processor's own. */
void lf_gpu_read_intel(const struct lf_probe *probe, const struct lf_pci_gpu *gpu);

#endif
