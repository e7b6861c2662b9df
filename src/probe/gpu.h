/* What holds for GPUs on every system: who makes them, and which are none or share the RAM. */
#ifndef LLMFIT_PROBE_GPU_H
#define LLMFIT_PROBE_GPU_H

#include <stdint.h>

#include "probe/probe.h"

/* More than any GPU has; what is beyond is not believed. */
#define LF_GPU_BYTES_MOST (UINT64_C(64) << 40)

/* Whether a display adapter is that of a server's management controller or of a virtual machine: no
 * GPU to run a model on. The numbers are PCI ids. */
bool lf_gpu_is_none(uint64_t vendor, uint64_t device);

/* Whether it is a GPU inside an AMD processor. */
bool lf_gpu_is_amd_apu(uint64_t vendor, uint64_t device);

/* "NVIDIA", "AMD", "Intel" ... by the PCI id of the maker; "unknown" for others. */
const char *lf_gpu_vendor_name(uint64_t vendor);

/* Makes it a GPU that shares the system's memory, of which `extra` bytes more than MemTotal are set
 * aside for it by the firmware. */
void lf_gpu_share_memory(const struct lf_probe *probe, struct lf_accelerator *accelerator,
                         uint64_t extra_bytes);

#endif
