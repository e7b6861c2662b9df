/* What kernel drivers tell by their render nodes; the kernel here is a table of recorded values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <errno.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef LLMFIT_AMDGPU_HEADER
#include LLMFIT_AMDGPU_HEADER
#endif
#ifdef LLMFIT_I915_HEADER
#include LLMFIT_I915_HEADER
#endif
#ifdef LLMFIT_XE_HEADER
#include LLMFIT_XE_HEADER
#endif

#include "base/clock.h"
#include "box.h"
#include "base/clock.h"
#include "base/units.h"
#include "probe/backends.h"
#include "probe/drm_linux.h"
#include "probe/drm_types.h"

#define SAME_SIZE(ours, theirs) assert_int_equal(sizeof(ours), sizeof(theirs))
#define SAME_PLACE(ours, our_member, theirs, their_member) \
    assert_int_equal(offsetof(ours, our_member), offsetof(theirs, their_member))

static void the_structures_are_those_of_the_kernels_headers(void **state)
{
    (void)state;
    bool is_compared = false;
#ifdef LLMFIT_AMDGPU_HEADER
    is_compared = true;
    SAME_SIZE(struct lf_amdgpu_query, struct drm_amdgpu_info);
    SAME_PLACE(struct lf_amdgpu_device, memory_khz, struct drm_amdgpu_info_device,
               max_memory_clock);
    SAME_PLACE(struct lf_amdgpu_device, flags, struct drm_amdgpu_info_device, ids_flags);
    SAME_PLACE(struct lf_amdgpu_device, memory_type, struct drm_amdgpu_info_device, vram_type);
    SAME_PLACE(struct lf_amdgpu_device, bus_bits, struct drm_amdgpu_info_device, vram_bit_width);
    SAME_SIZE(struct lf_amdgpu_memory, struct drm_amdgpu_memory_info);
    SAME_PLACE(struct lf_amdgpu_memory, gtt, struct drm_amdgpu_memory_info, gtt);
    SAME_PLACE(struct lf_amdgpu_heap, used_bytes, struct drm_amdgpu_heap_info, heap_usage);
    assert_true(LF_AMDGPU_QUERY == DRM_IOCTL_AMDGPU_INFO);
    assert_int_equal(LF_AMDGPU_DEVICE, AMDGPU_INFO_DEV_INFO);
    assert_int_equal(LF_AMDGPU_MEMORY, AMDGPU_INFO_MEMORY);
    assert_int_equal(LF_AMDGPU_FUSION, AMDGPU_IDS_FLAGS_FUSION);
    assert_int_equal(LF_AMDGPU_GDDR5, AMDGPU_VRAM_TYPE_GDDR5);
    assert_int_equal(LF_AMDGPU_HBM, AMDGPU_VRAM_TYPE_HBM);
    assert_int_equal(LF_AMDGPU_GDDR6, AMDGPU_VRAM_TYPE_GDDR6);
#endif
#ifdef LLMFIT_I915_HEADER
    is_compared = true;
    SAME_SIZE(struct lf_i915_item, struct drm_i915_query_item);
    SAME_PLACE(struct lf_i915_item, data, struct drm_i915_query_item, data_ptr);
    SAME_SIZE(struct lf_i915_query, struct drm_i915_query);
    SAME_SIZE(struct lf_i915_region, struct drm_i915_memory_region_info);
    SAME_PLACE(struct lf_i915_region, total_bytes, struct drm_i915_memory_region_info, probed_size);
    SAME_PLACE(struct lf_i915_regions, regions, struct drm_i915_query_memory_regions, regions);
    assert_true(LF_I915_QUERY == DRM_IOCTL_I915_QUERY);
    assert_int_equal(LF_I915_REGIONS, DRM_I915_QUERY_MEMORY_REGIONS);
    assert_int_equal(LF_DRM_CLASS_DEVICE, I915_MEMORY_CLASS_DEVICE);
#endif
#ifdef LLMFIT_XE_HEADER
    is_compared = true;
    SAME_SIZE(struct lf_xe_query, struct drm_xe_device_query);
    SAME_PLACE(struct lf_xe_query, data, struct drm_xe_device_query, data);
    SAME_SIZE(struct lf_xe_region, struct drm_xe_mem_region);
    SAME_PLACE(struct lf_xe_region, used_bytes, struct drm_xe_mem_region, used);
    SAME_PLACE(struct lf_xe_regions, regions, struct drm_xe_query_mem_regions, mem_regions);
    assert_true(LF_XE_QUERY == DRM_IOCTL_XE_DEVICE_QUERY);
    assert_int_equal(LF_XE_REGIONS, DRM_XE_DEVICE_QUERY_MEM_REGIONS);
    assert_int_equal(LF_DRM_CLASS_DEVICE, DRM_XE_MEM_REGION_CLASS_VRAM);
#endif
    if (!is_compared) {
        skip();
    }
}

/* --- the recorded kernel: the handle is the last digit of the node, by which it answers. */
enum {
    AMD_CARD = 0,
    AMD_CARVED = 1, /* a processor's GPU for which the firmware set 96 GiB aside */
    AMD_HBM3 = 2,
    INTEL_CARD = 3,
    INTEL_OWN = 4,
    XE_TILES = 5,
    OLD_KERNEL = 6,
    NO_PERMISSION = 7,
    STUCK = 8,
    ABSURD = 9,
};

static int open_recorded(const char *path)
{
    static const char start[] = "/dev/dri/renderD12";
    assert_true(strncmp(path, start, strlen(start)) == 0);
    int handle = path[strlen(start)] - '0';
    if (handle == NO_PERMISSION) {
        errno = EACCES;
        return -1;
    }
    return handle;
}

static void close_recorded(int handle)
{
    (void)handle;
}

static void answer_amdgpu(int handle, const struct lf_amdgpu_query *query)
{
    void *answer = (void *)(uintptr_t)query->answer;
    struct lf_amdgpu_device device = {
        .memory_khz = handle == AMD_HBM3 ? 1300000 : 1250000,
        .memory_type = handle == AMD_HBM3 ? LF_AMDGPU_HBM : LF_AMDGPU_GDDR6,
        .bus_bits = handle == AMD_HBM3 ? 8192 : 384,
        .flags = handle == AMD_CARVED ? LF_AMDGPU_FUSION : 2,
    };
    struct lf_amdgpu_memory memory = {
        .vram = {.total_bytes = 24 * LF_GIB, .used_bytes = LF_GIB},
        .gtt = {.total_bytes = 16 * LF_GIB, .used_bytes = LF_MIB},
    };
    if (handle == AMD_CARVED) {
        memory.vram.total_bytes = 96 * LF_GIB;
    }
    if (handle == ABSURD) {
        memset(&memory, 0xff, sizeof memory);
    }
    if (query->query == LF_AMDGPU_DEVICE) {
        memcpy(answer, &device, sizeof device);
    } else if (query->query == LF_AMDGPU_MEMORY) {
        assert_int_equal(query->answer_bytes, sizeof memory);
        memcpy(answer, &memory, sizeof memory);
    }
}

static int answer_i915(int handle, const struct lf_i915_query *query)
{
    static const struct lf_i915_regions answer = {
        .count = 2,
        .regions = {{.total_bytes = 64 * LF_GIB, .unallocated_bytes = 64 * LF_GIB},
                    {.memory_class = 1,
                     .total_bytes = 16 * LF_GIB,
                     .unallocated_bytes = 15 * LF_GIB}},
    };
    struct lf_i915_item *item = (struct lf_i915_item *)(uintptr_t)query->items;
    if (handle == OLD_KERNEL) {
        item->length = -EINVAL;
        return 0;
    }
    int32_t length = 16 + (handle == INTEL_OWN ? 1 : 2) * (int32_t)sizeof answer.regions[0];
    if (item->data != 0) {
        assert_int_equal(item->length, length);
        memcpy((void *)(uintptr_t)item->data, &answer, (size_t)length);
        *(uint32_t *)(uintptr_t)item->data = handle == INTEL_OWN ? 1 : 2;
    }
    item->length = handle == ABSURD ? INT32_MAX : length;
    return 0;
}

static int answer_xe(struct lf_xe_query *query)
{
    static const struct lf_xe_regions answer = {
        .count = 3,
        .regions = {{.total_bytes = 64 * LF_GIB},
                    {.memory_class = 1, .total_bytes = 12 * LF_GIB},
                    {.memory_class = 1, .total_bytes = 12 * LF_GIB}},
    };
    uint32_t size = 8 + 3 * sizeof answer.regions[0];
    if (query->data == 0) {
        query->size = size;
        return 0;
    }
    if (query->size != size) {
        errno = EINVAL;
        return -1;
    }
    memcpy((void *)(uintptr_t)query->data, &answer, size);
    return 0;
}

static int ioctl_recorded(int handle, unsigned long request, void *argument)
{
    static int calls;
    if (handle == STUCK) {
        for (;;) {
            pause();
        }
    }
    /* Every other call is interrupted by a signal. */
    if (calls++ % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    switch (request) {
    case LF_AMDGPU_QUERY:
        answer_amdgpu(handle, argument);
        return 0;
    case LF_I915_QUERY:
        return answer_i915(handle, argument);
    case LF_XE_QUERY:
        return answer_xe(argument);
    default:
        errno = ENOTTY;
        return -1;
    }
}

static const struct lf_drm_calls recorded = {open_recorded, ioctl_recorded, close_recorded};

/* A machine of 32 GiB of RAM with a GPU under that driver, of which sysfs tells nothing but the
 * node; probed by the bus and by the recorded kernel. */
static struct lf_accelerator *probe_gpu(struct box *box, const char *driver, int node,
                                        enum lf_step_status *status)
{
    static const char address[] = "0000:03:00.0";
    char path[BOX_PATH_BYTES];
    lf_machine_clear(&box->machine);
    box->machine.memory.total_bytes = lf_amount(32 * LF_GIB, LF_MEASURED, NULL);
    box->machine.memory.available_bytes = lf_amount(30 * LF_GIB, LF_MEASURED, NULL);
    struct lf_accelerator *gpu = lf_machine_add_accelerator(&box->machine);
    gpu->id = address;
    gpu->driver = driver;
    snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/drm/renderD12%d/dev", address, node);
    box_file(box, path, "226:128\n");
    box->probe.is_recording = false;
    box->probe.deadline_ms = lf_clock_now_ms() + 300;
    *status = lf_drm_probe(&box->probe, &recorded);
    snprintf(path, sizeof path, "%s/sys/bus/pci/devices/%s/drm/renderD12%d/dev", box->root, address,
             node);
    assert_int_equal(unlink(path), 0);
    *strrchr(path, '/') = '\0';
    assert_int_equal(rmdir(path), 0);
    return gpu;
}

static void each_driver_tells_the_memory_of_a_card(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *driver;
        int node;
        uint64_t total_bytes;
        uint64_t free_bytes; /* 0: unknown */
        uint64_t bandwidth_bps;
    } rows[] = {
        {"amdgpu", AMD_CARD, 24 * LF_GIB, 23 * LF_GIB, UINT64_C(960000000000)},
        {"amdgpu", AMD_HBM3, 24 * LF_GIB, 23 * LF_GIB, UINT64_C(5324800000000)},
        {"i915", INTEL_CARD, 16 * LF_GIB, 15 * LF_GIB, 0},
        {"xe", XE_TILES, 24 * LF_GIB, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum lf_step_status status;
        const struct lf_accelerator *gpu = probe_gpu(box, rows[i].driver, rows[i].node, &status);
        assert_int_equal(status, LF_STEP_OK);
        assert_int_equal(box->machine.diagnostic_count, 0);
        assert_int_equal(gpu->memory_kind, LF_MEMORY_DEDICATED);
        assert_measured(gpu->total_bytes, rows[i].total_bytes);
        assert_int_equal(lf_known_or(gpu->free_bytes, 0), rows[i].free_bytes);
        assert_int_equal(lf_known_or(gpu->bandwidth_bps, 0), rows[i].bandwidth_bps);
    }
}

static void the_driver_knows_a_processors_gpu(void **state)
{
    struct box *box = *state;
    enum lf_step_status status;
    const struct lf_accelerator *gpu = probe_gpu(box, "amdgpu", AMD_CARVED, &status);
    assert_int_equal(gpu->memory_kind, LF_MEMORY_UNIFIED);
    assert_int_equal(gpu->total_bytes.value, (96 + 32) * LF_GIB);
    assert_measured(gpu->usable_bytes, (96 + 16) * LF_GIB);
    assert_false(lf_known(gpu->bandwidth_bps));
    gpu = probe_gpu(box, "i915", INTEL_OWN, &status);
    assert_int_equal(gpu->memory_kind, LF_MEMORY_UNIFIED);
    assert_int_equal(gpu->total_bytes.value, 32 * LF_GIB);
}

static void what_does_not_answer_is_told_and_stays_unknown(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *driver;
        int node;
        enum lf_step_status status;
        const char *code; /* NULL: no diagnostic */
        bool has_gap;
    } rows[] = {
        {"i915", OLD_KERNEL, LF_STEP_OK, "gpu-not-answering", false},
        {"i915", ABSURD, LF_STEP_OK, "gpu-not-answering", false},
        {"amdgpu", ABSURD, LF_STEP_OK, "gpu-absurd", true},
        {"xe", NO_PERMISSION, LF_STEP_OK, NULL, false},
        {"xe", STUCK, LF_STEP_TIMEOUT, "gpu-not-answering", true},
        {"nouveau", AMD_CARD, LF_STEP_NOTHING, NULL, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum lf_step_status status;
        double start_ms = lf_clock_now_ms();
        const struct lf_accelerator *gpu = probe_gpu(box, rows[i].driver, rows[i].node, &status);
        const struct lf_machine *machine = &box->machine;
        const char *first = machine->diagnostic_count == 0 ? "none" : machine->diagnostics[0].code;
        if (status != rows[i].status || lf_known(gpu->total_bytes) ||
            strcmp(first, rows[i].code == NULL ? "none" : rows[i].code) != 0 ||
            lf_machine_has_gap(machine, LF_GAP_ACCELERATORS) != rows[i].has_gap ||
            lf_clock_now_ms() - start_ms > 500) {
            fail_msg("%s %d: %s, %s", rows[i].driver, rows[i].node, lf_step_status_name(status),
                     first);
        }
    }
}

static int refuse_to_open(const char *path)
{
    fail_msg("%s is not to be opened", path);
    return -1;
}

static void what_sysfs_tells_is_not_asked(void **state)
{
    static const struct lf_drm_calls none = {refuse_to_open, ioctl_recorded, close_recorded};
    struct box *box = *state;
    static const char folder[] = "/sys/bus/pci/devices/0000:03:00.0";
    char path[BOX_PATH_BYTES];
    snprintf(path, sizeof path, "%s/drm/renderD120/dev", folder);
    box_file(box, path, "226:128\n");
    snprintf(path, sizeof path, "%s/mem_info_vram_vendor", folder);
    box_file(box, path, "hynix\n");
    struct lf_accelerator *gpu = lf_machine_add_accelerator(&box->machine);
    gpu->id = "0000:03:00.0";
    gpu->driver = "amdgpu";
    gpu->total_bytes = lf_amount(LF_GIB, LF_MEASURED, NULL);
    gpu->bandwidth_bps = lf_amount(LF_GIB, LF_MEASURED, NULL);
    assert_int_equal(lf_drm_probe(&box->probe, &none), LF_STEP_NOTHING);
    /* Only the bandwidth is lacking, and the card sleeps. */
    gpu->bandwidth_bps = (struct lf_amount){0};
    snprintf(path, sizeof path, "%s/power/runtime_status", folder);
    box_file(box, path, "suspended\n");
    assert_int_equal(lf_drm_probe(&box->probe, &none), LF_STEP_NOTHING);
    /* Nor is this computer, for a recording. */
    gpu->total_bytes = (struct lf_amount){0};
    assert_true(box->probe.is_recording);
    assert_int_equal(lf_backend_drm.run(&box->probe), LF_STEP_NOTHING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_structures_are_those_of_the_kernels_headers),
        BOX_TEST(each_driver_tells_the_memory_of_a_card),
        BOX_TEST(the_driver_knows_a_processors_gpu),
        BOX_TEST(what_does_not_answer_is_told_and_stays_unknown),
        BOX_TEST(what_sysfs_tells_is_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
