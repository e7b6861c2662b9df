#include "probe/backends.h"

const struct lf_backend *const lf_backends[] = {
#ifdef LLMFIT_WITH_HWLOC
    &lf_backend_cpu,
#endif
    &lf_backend_cpuinfo, &lf_backend_board,  &lf_backend_memory, &lf_backend_pci,
    &lf_backend_kfd,     &lf_backend_drm,    &lf_backend_smbios, &lf_backend_nvidia,
    &lf_backend_vulkan,  &lf_backend_cgroup, &lf_backend_disk,
};

const size_t lf_backend_count = sizeof lf_backends / sizeof lf_backends[0];
