/* The questions to each driver. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/units.h"
#include "probe/drm_linux.h"
#include "probe/drm_types.h"

struct node {
    const struct lf_drm_calls *calls;
    int handle;
};

/* Returns 0 or an errno. */
static int call(const struct node *node, unsigned long request, void *argument)
{
    int result = 0;
    do {
        result = node->calls->ioctl(node->handle, request, argument);
    } while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : errno;
}

static int query_amdgpu(const struct node *node, uint32_t query, void *answer, uint32_t bytes)
{
    struct lf_amdgpu_query question = {
        .answer = (uintptr_t)answer,
        .answer_bytes = bytes,
        .query = query,
    };
    return call(node, LF_AMDGPU_QUERY, &question);
}

static int ask_amdgpu(const struct node *node, struct lf_drm_record *record)
{
    struct lf_amdgpu_device device = {0};
    struct lf_amdgpu_memory memory = {0};
    int error = query_amdgpu(node, LF_AMDGPU_DEVICE, &device, sizeof device);
    if (error == 0) {
        error = query_amdgpu(node, LF_AMDGPU_MEMORY, &memory, sizeof memory);
    }
    record->is_integrated = (device.flags & LF_AMDGPU_FUSION) != 0;
    record->memory_type = device.memory_type;
    record->bus_bits = device.bus_bits;
    record->memory_khz = device.memory_khz;
    record->local_bytes = memory.vram.total_bytes;
    record->local_used_bytes = memory.vram.used_bytes;
    record->mapped_bytes = memory.gtt.total_bytes;
    record->mapped_used_bytes = memory.gtt.used_bytes;
    return error;
}

/* Adds a region of memory; those of the system are no memory of the GPU's. */
static void add_region(struct lf_drm_record *record, uint16_t memory_class, uint64_t total_bytes,
                       uint64_t used_bytes)
{
    if (memory_class == LF_DRM_CLASS_DEVICE) {
        record->local_bytes = lf_add(record->local_bytes, total_bytes);
        record->local_used_bytes = lf_add(record->local_used_bytes, used_bytes);
    }
}

static int ask_i915(const struct node *node, struct lf_drm_record *record)
{
    struct lf_i915_regions answer = {0};
    struct lf_i915_item item = {.query = LF_I915_REGIONS};
    struct lf_i915_query question = {.item_count = 1, .items = (uintptr_t)&item};
    int error = call(node, LF_I915_QUERY, &question);
    if (error == 0 && item.length > 0 && (size_t)item.length <= sizeof answer) {
        item.data = (uintptr_t)&answer;
        error = call(node, LF_I915_QUERY, &question);
    }
    if (error != 0 || item.length <= 0 || item.data == 0) {
        return error != 0 ? error : item.length < 0 ? -item.length : EINVAL;
    }
    for (uint32_t i = 0; i < answer.count && i < LF_DRM_MOST_REGIONS; i++) {
        const struct lf_i915_region *region = &answer.regions[i];
        add_region(record, region->memory_class, region->total_bytes,
                   lf_sub(region->total_bytes, region->unallocated_bytes));
    }
    record->is_integrated = record->local_bytes == 0;
    return answer.count == 0 ? EINVAL : 0;
}

static int ask_xe(const struct node *node, struct lf_drm_record *record)
{
    struct lf_xe_regions answer = {0};
    struct lf_xe_query question = {.query = LF_XE_REGIONS};
    int error = call(node, LF_XE_QUERY, &question);
    if (error == 0 && question.size <= sizeof answer) {
        question.data = (uintptr_t)&answer;
        error = call(node, LF_XE_QUERY, &question);
    }
    if (error != 0) {
        return error;
    }
    for (uint32_t i = 0; i < answer.count && i < LF_DRM_MOST_REGIONS; i++) {
        const struct lf_xe_region *region = &answer.regions[i];
        add_region(record, region->memory_class, region->total_bytes, region->used_bytes);
    }
    record->is_integrated = record->local_bytes == 0;
    return answer.count == 0 ? EINVAL : 0;
}

static const struct {
    const char *name;
    int (*ask)(const struct node *node, struct lf_drm_record *record);
} drivers[] = {
    {"amdgpu", ask_amdgpu},
    {"i915", ask_i915},
    {"xe", ask_xe},
};

enum { DRIVERS = sizeof drivers / sizeof drivers[0] };

static size_t find_driver(const char *driver)
{
    size_t i = 0;
    while (i < DRIVERS && strcmp(drivers[i].name, driver) != 0) {
        i++;
    }
    return i;
}

bool lf_drm_can_ask(const char *driver)
{
    return driver != NULL && find_driver(driver) < DRIVERS;
}

void lf_drm_ask(const struct lf_drm_calls *calls, const char *driver, const char *path,
                struct lf_drm_record *record)
{
    size_t i = find_driver(driver);
    struct node node = {.calls = calls, .handle = i < DRIVERS ? calls->open(path) : -1};
    if (node.handle < 0) {
        record->error = i < DRIVERS ? errno : ENODEV;
        return;
    }
    record->error = drivers[i].ask(&node, record);
    calls->close(node.handle);
}
