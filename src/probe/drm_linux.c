#include "probe/drm_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/units.h"
#include "probe/backends.h"
#include "probe/child.h"
#include "probe/drm_types.h"
#include "probe/gpu_linux.h"
#include "probe/sysfile.h"

static const char devices[] = "/sys/bus/pci/devices";

enum { MOST_BUS_BITS = 16384, HBM3_BUS_BITS = 8192, MOST_KHZ = 20000000 };

/* What is asked of which GPUs. */
struct questions {
    const struct lf_drm_calls *calls;
    size_t count;
    struct question {
        uint32_t index; /* of the accelerator */
        const char *driver;
        const char *path;
    } items[LF_ACCELERATORS_MOST];
};

static bool is_amd(const struct lf_accelerator *gpu)
{
    return strcmp(gpu->driver, "amdgpu") == 0;
}

/* A sleeping card takes a second to wake: not worth it for what the list of devices has, too. */
static bool is_asleep(const struct lf_probe *probe, const struct lf_accelerator *gpu)
{
    const char *status = lf_sys_word(probe, "%s/%s/power/runtime_status", devices, gpu->id);
    return status != NULL && strcmp(status, "suspended") == 0;
}

static bool lacks_something(const struct lf_probe *probe, const struct lf_accelerator *gpu)
{
    if (!lf_drm_can_ask(gpu->driver)) {
        return false;
    }
    bool is_amd_card = is_amd(gpu) && gpu->memory_kind == LF_MEMORY_DEDICATED;
    return !lf_known(gpu->total_bytes) ||
           (is_amd_card && !lf_gpu_names_its_chips(probe, gpu->id)) ||
           (is_amd_card && !lf_known(gpu->bandwidth_bps) && !is_asleep(probe, gpu));
}

static void collect(const struct lf_probe *probe, struct questions *questions)
{
    const struct lf_machine *machine = probe->machine;
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        const struct lf_accelerator *gpu = &machine->accelerators[i];
        const char *path = lacks_something(probe, gpu) ? lf_gpu_render_node(probe, gpu->id) : NULL;
        if (path != NULL) {
            questions->items[questions->count++] =
                (struct question){.index = (uint32_t)i, .driver = gpu->driver, .path = path};
        }
    }
}

/* In the child. */
static void ask_all(const struct lf_child_outlet *outlet, const void *context)
{
    const struct questions *questions = context;
    for (size_t i = 0; i < questions->count; i++) {
        const struct question *question = &questions->items[i];
        struct lf_drm_record record = {.index = question->index};
        lf_drm_ask(questions->calls, question->driver, question->path, &record);
        lf_child_send(outlet, &record);
    }
}

/* Bits a pin moves in a cycle of the clock that the driver tells; only HBM3 has buses so wide.
 * source  Linux commit ccda42a4629a; MI300X reads 8192 bits x 1300 MHz for the maker's 5.3 TB/s
 * returns 0 when it is not known */
static unsigned transfers_per_cycle(const struct lf_drm_record *record)
{
    switch (record->memory_type) {
    case LF_AMDGPU_GDDR5:
        return 4;
    case LF_AMDGPU_HBM:
        return record->bus_bits >= HBM3_BUS_BITS ? 4 : 2;
    case LF_AMDGPU_GDDR6:
        return 16;
    default:
        return 0;
    }
}

static void set_bandwidth(struct lf_accelerator *gpu, const struct lf_drm_record *record)
{
    unsigned transfers = transfers_per_cycle(record);
    if (!lf_known(gpu->bandwidth_bps) && transfers > 0 && record->bus_bits > 0 &&
        record->bus_bits <= MOST_BUS_BITS && record->memory_khz > 0 &&
        record->memory_khz <= MOST_KHZ) {
        gpu->bandwidth_bps = lf_amount(record->memory_khz * 1000 * transfers * record->bus_bits / 8,
                                       LF_MEASURED, "amdgpu maximum memory clock x bus width");
    }
}

static void apply_amd(const struct lf_probe *probe, struct lf_accelerator *gpu,
                      const struct lf_drm_record *record)
{
    struct lf_amd_pools pools = {
        .vram_bytes = record->local_bytes,
        .vram_used_bytes = record->local_used_bytes,
        .gtt_bytes = record->mapped_bytes,
        .gtt_used_bytes = record->mapped_used_bytes,
        .source = "DRM_IOCTL_AMDGPU_INFO",
    };
    lf_gpu_set_amd_pools(probe, gpu, &pools, record->is_integrated != 0);
    if (record->is_integrated == 0) {
        set_bandwidth(gpu, record);
    } else {
        /* What was taken for memory of its own is the system's. */
        gpu->bandwidth_bps = (struct lf_amount){0};
    }
}

static void apply_intel(const struct lf_probe *probe, struct lf_accelerator *gpu,
                        const struct lf_drm_record *record)
{
    if (record->is_integrated != 0) {
        lf_gpu_share_memory(probe, gpu, 0);
        return;
    }
    gpu->total_bytes = lf_amount(record->local_bytes, LF_MEASURED, "DRM memory regions");
    /* Only those with CAP_PERFMON are told what is in use; others see none. */
    if (record->local_used_bytes > 0) {
        gpu->free_bytes = lf_amount(lf_sub(record->local_bytes, record->local_used_bytes),
                                    LF_MEASURED, "DRM memory regions");
    }
}

static void apply(struct lf_probe *probe, const struct lf_drm_record *record)
{
    struct lf_machine *machine = probe->machine;
    struct lf_accelerator *gpu = &machine->accelerators[record->index];
    if (record->error == EACCES || record->error == EPERM) {
        return; /* the bus's back end has told that */
    }
    if (record->error != 0) {
        lf_machine_diagnose(machine, LF_GAP_NONE, "gpu-not-answering",
                            "%s: its kernel driver %s does not tell its memory: %s", gpu->id,
                            gpu->driver, strerror(record->error));
    } else if (record->local_bytes > LF_GPU_BYTES_MOST) {
        lf_machine_diagnose(machine, LF_GAP_ACCELERATORS, "gpu-absurd",
                            "%s: its kernel driver %s tells %llu bytes of memory", gpu->id,
                            gpu->driver, (unsigned long long)record->local_bytes);
    } else if (is_amd(gpu)) {
        apply_amd(probe, gpu, record);
    } else {
        apply_intel(probe, gpu, record);
    }
}

/* Tells of the GPU at which the child got stuck. A kernel driver that hangs may not even let it be
 * killed. */
static enum lf_step_status apply_end(struct lf_machine *machine, enum lf_child_end end,
                                     const struct question *open)
{
    if (end == LF_CHILD_DONE || open == NULL) {
        return LF_STEP_OK;
    }
    const struct lf_accelerator *gpu = &machine->accelerators[open->index];
    lf_machine_diagnose(machine, lf_known(gpu->total_bytes) ? LF_GAP_NONE : LF_GAP_ACCELERATORS,
                        "gpu-not-answering", "%s: its kernel driver %s %s", gpu->id, gpu->driver,
                        end == LF_CHILD_TIMEOUT ? "did not answer in time" : "could not be asked");
    return end == LF_CHILD_TIMEOUT ? LF_STEP_TIMEOUT : LF_STEP_FAILED;
}

enum lf_step_status lf_drm_probe(struct lf_probe *probe, const struct lf_drm_calls *calls)
{
    struct questions questions = {.calls = calls};
    collect(probe, &questions);
    if (questions.count == 0) {
        return LF_STEP_NOTHING;
    }
    struct lf_drm_record records[LF_ACCELERATORS_MOST];
    size_t count = 0;
    enum lf_child_end end = lf_child_run(ask_all, &questions, records, sizeof *records,
                                         questions.count, &count, probe->deadline_ms);
    for (size_t i = 0; i < count; i++) {
        apply(probe, &records[i]);
    }
    return apply_end(probe->machine, end, count < questions.count ? &questions.items[count] : NULL);
}

static int open_node(const char *path)
{
    return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

static int ask_kernel(int handle, unsigned long request, void *argument)
{
    return ioctl(handle, request, argument);
}

static void close_node(int handle)
{
    close(handle);
}

static enum lf_step_status run(struct lf_probe *probe)
{
    static const struct lf_drm_calls calls = {open_node, ask_kernel, close_node};
    enum lf_step_status status =
        probe->is_recording ? LF_STEP_NOTHING : lf_drm_probe(probe, &calls);
    lf_gpu_check_amd_pool(probe->machine);
    return status;
}

const struct lf_backend lf_backend_drm = {.name = "drm", .source = "/dev/dri", .run = run};
