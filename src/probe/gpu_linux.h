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

/* amdgpu's pools: memory of its own (or set aside by the firmware), and system memory that it may
 * map. */
struct lf_amd_pools {
    uint64_t vram_bytes;
    uint64_t vram_used_bytes;
    uint64_t gtt_bytes;
    uint64_t gtt_used_bytes;
    const char *source;
};

/* The device file by which programs use the GPU at that address, "/dev/dri/renderD128"; NULL when
 * there is none. */
const char *lf_gpu_render_node(const struct lf_probe *probe, const char *address);

/* amdgpu: memory from sysfs, the name from libdrm's list. */
void lf_gpu_read_amd(const struct lf_probe *probe, const struct lf_pci_gpu *gpu);

/* Whether amdgpu says who made the GPU's memory: then that is its own. */
bool lf_gpu_names_its_chips(const struct lf_probe *probe, const char *address);

/* Fills in the memory of a GPU from its pools: of its own, or shared with the processor. */
void lf_gpu_set_amd_pools(const struct lf_probe *probe, struct lf_accelerator *accelerator,
                          const struct lf_amd_pools *pools, bool is_apu);

/* Says so when a processor's GPU could map more of the RAM than its driver is set to, and there is
 * no better GPU. */
void lf_gpu_check_amd_pool(struct lf_machine *machine);

/* i915 and xe: local memory; a GPU at 00:02.0 is the processor's own. */
void lf_gpu_read_intel(const struct lf_probe *probe, const struct lf_pci_gpu *gpu);

#endif
