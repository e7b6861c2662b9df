/* What the kernel's drivers for AMD's and Intel's GPUs tell those who open their render node, which
 * needs no root rights: asked for what sysfs lacks. */
#ifndef LLMFIT_PROBE_DRM_LINUX_H
#define LLMFIT_PROBE_DRM_LINUX_H

#include <stdint.h>

#include "probe/probe.h"

/* How a render node is asked, so that tests can answer. */
struct lf_drm_calls {
    int (*open)(const char *path);                                   /* a handle, or -1: errno */
    int (*ioctl)(int handle, unsigned long request, void *argument); /* 0, or -1: errno */
    void (*close)(int handle);
};

/* One GPU's answer; all-zero where it is not told. */
struct lf_drm_record {
    uint32_t index; /* of the accelerator */
    int32_t error;  /* an errno: nothing else is told */
    uint32_t is_integrated;
    uint32_t memory_type; /* amdgpu: enum lf_amdgpu_memory_type */
    uint32_t bus_bits;
    uint64_t memory_khz;
    uint64_t local_bytes; /* memory of its own, or set aside by the firmware */
    uint64_t local_used_bytes;
    uint64_t mapped_bytes; /* amdgpu: system memory that it may map */
    uint64_t mapped_used_bytes;
};

/* Whether the driver of that name can be asked. */
bool lf_drm_can_ask(const char *driver);

/* Asks the driver of that name by its render node; fills all but the index. */
void lf_drm_ask(const struct lf_drm_calls *calls, const char *driver, const char *path,
                struct lf_drm_record *record);

/* Asks, in a child process, for all GPUs found so far that lack something a driver tells. */
enum lf_step_status lf_drm_probe(struct lf_probe *probe, const struct lf_drm_calls *calls);

#endif
