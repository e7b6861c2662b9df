/* The parts of the kernel's interface to amdgpu, i915 and xe that are used, laid out as its headers
 * amdgpu_drm.h, i915_drm.h and xe_drm.h tell; a test compares them with those where they are
 * installed. Later kernels only add at the end. Inner header of the probe. */
#ifndef LLMFIT_PROBE_DRM_TYPES_H
#define LLMFIT_PROBE_DRM_TYPES_H

#include <stdint.h>
#include <sys/ioctl.h>

/* amdgpu: a question, whose answer the kernel writes to the pointer. */
struct lf_amdgpu_query {
    uint64_t answer;
    uint32_t answer_bytes;
    uint32_t query;
    uint32_t arguments[4];
};

enum {
    LF_AMDGPU_DEVICE = 0x16,
    LF_AMDGPU_MEMORY = 0x19,
    LF_AMDGPU_FUSION = 1, /* of flags: the GPU is part of the processor */
};

enum lf_amdgpu_memory_type {
    LF_AMDGPU_GDDR5 = 5,
    LF_AMDGPU_HBM = 6,
    LF_AMDGPU_GDDR6 = 9,
};

struct lf_amdgpu_device {
    uint32_t ids[5];
    uint32_t shaders[2];
    uint32_t counter_khz;
    uint64_t engine_khz;
    uint64_t memory_khz; /* both at most */
    uint32_t compute_units;
    uint32_t units_always_on;
    uint32_t unit_masks[4][4];
    uint32_t backends[2];
    uint32_t contexts;
    uint32_t pcie_generation;
    uint64_t flags;
    uint64_t addresses[2];
    uint32_t alignments[3];
    uint32_t constant_bytes;
    uint32_t memory_type; /* enum lf_amdgpu_memory_type */
    uint32_t bus_bits;
};

struct lf_amdgpu_heap {
    uint64_t total_bytes;
    uint64_t usable_bytes;
    uint64_t used_bytes; /* by all processes */
    uint64_t largest_bytes;
};

struct lf_amdgpu_memory {
    struct lf_amdgpu_heap vram;
    struct lf_amdgpu_heap visible_vram;
    struct lf_amdgpu_heap gtt;
};

/* i915: a list of questions, here of one. */
struct lf_i915_item {
    uint64_t query;
    int32_t length; /* 0 asks for it; negative: an errno */
    uint32_t flags;
    uint64_t data;
};

struct lf_i915_query {
    uint32_t item_count;
    uint32_t flags;
    uint64_t items;
};

struct lf_i915_region {
    uint16_t memory_class;
    uint16_t instance;
    uint32_t reserved;
    uint64_t total_bytes;
    uint64_t unallocated_bytes; /* the total for those who may not know */
    uint64_t more[8];
};

enum { LF_DRM_MOST_REGIONS = 16, LF_DRM_CLASS_DEVICE = 1 };

struct lf_i915_regions {
    uint32_t count;
    uint32_t reserved[3];
    struct lf_i915_region regions[LF_DRM_MOST_REGIONS];
};

/* xe: one question, whose answer has exactly the size that the kernel told before. */
struct lf_xe_query {
    uint64_t extensions;
    uint32_t query;
    uint32_t size; /* 0 asks for it */
    uint64_t data;
    uint64_t reserved[2];
};

struct lf_xe_region {
    uint16_t memory_class;
    uint16_t instance;
    uint32_t page_bytes;
    uint64_t total_bytes;
    uint64_t used_bytes; /* 0 for those who may not know */
    uint64_t more[8];
};

struct lf_xe_regions {
    uint32_t count;
    uint32_t reserved;
    struct lf_xe_region regions[LF_DRM_MOST_REGIONS];
};

enum { LF_I915_REGIONS = 4, LF_XE_REGIONS = 1 };

/* The numbers of the drivers' own calls begin at 0x40. */
#define LF_AMDGPU_QUERY _IOW('d', 0x45, struct lf_amdgpu_query)
#define LF_I915_QUERY _IOWR('d', 0x79, struct lf_i915_query)
#define LF_XE_QUERY _IOWR('d', 0x40, struct lf_xe_query)

#endif
