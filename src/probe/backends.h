/* The back ends of this platform, by name, and what they share. */
#ifndef LLMFIT_PROBE_BACKENDS_H
#define LLMFIT_PROBE_BACKENDS_H

#include <stddef.h>

#include "probe/probe.h"

/* In the order they run: a later one may use what an earlier one found. */
extern const struct lf_backend *const lf_backends[];
extern const size_t lf_backend_count;

extern const struct lf_backend lf_backend_cpu;
extern const struct lf_backend lf_backend_cpuinfo;
extern const struct lf_backend lf_backend_board;
extern const struct lf_backend lf_backend_memory;
extern const struct lf_backend lf_backend_pci;
extern const struct lf_backend lf_backend_kfd;
extern const struct lf_backend lf_backend_drm;
extern const struct lf_backend lf_backend_smbios;
extern const struct lf_backend lf_backend_nvidia;
extern const struct lf_backend lf_backend_vulkan;
extern const struct lf_backend lf_backend_cgroup;
extern const struct lf_backend lf_backend_disk;

#endif
