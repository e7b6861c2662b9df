/* Vulkan on Linux: the last to be asked, as it takes long to start, and only for GPUs on the bus
 * whose memory nothing else has told. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "probe/backends.h"
#include "probe/gpu.h"
#include "probe/systext.h"
#include "probe/vulkan.h"
#include "probe/vulkan_types.h"

enum { MOST_RECORDS = 64 };

static const char source[] = "libvulkan.so.1";

/* Whether the GPU can be used, as far as is known, and how much memory it has is not told. */
static bool is_unanswered(const struct lf_accelerator *accelerator)
{
    return accelerator->pci_id != NULL && !lf_known(accelerator->total_bytes) &&
           lf_known_or(accelerator->usable_bytes, 1) > 0;
}

static bool has_question(const struct lf_machine *machine)
{
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        if (is_unanswered(&machine->accelerators[i])) {
            return true;
        }
    }
    return false;
}

/* The GPU a device is: by its address, and only where that is not told by its id. NULL when there
 * is none, or it has its answer, also from another driver of Vulkan. */
static struct lf_accelerator *find_accelerator(struct lf_machine *machine,
                                               const struct lf_vulkan_record *record)
{
    struct lf_arena *arena = &machine->arena;
    const char *id = record->has_address == 0
                         ? NULL
                         : lf_arena_format(arena, "%04x:%02x:%02x.%x", record->domain, record->bus,
                                           record->slot, record->function);
    const char *pci_id = lf_arena_format(arena, "%04x:%04x", record->vendor, record->device);
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        struct lf_accelerator *accelerator = &machine->accelerators[i];
        if (is_unanswered(accelerator) && (id != NULL ? strcmp(accelerator->id, id) == 0
                                                      : strcmp(accelerator->pci_id, pci_id) == 0)) {
            return accelerator;
        }
    }
    return NULL;
}

/* A GPU inside the processor: its heaps are shares of the RAM, which the sum would count twice. */
static void set_shared(struct lf_probe *probe, struct lf_accelerator *accelerator,
                       const struct lf_vulkan_record *record)
{
    uint64_t ram = lf_known_or(probe->machine->memory.total_bytes, 0);
    lf_gpu_share_memory(probe, accelerator, 0);
    uint64_t usable = record->largest_bytes < ram ? record->largest_bytes : ram;
    if (usable > 0) {
        accelerator->usable_bytes = lf_amount(usable, LF_MEASURED, "vulkan largest heap");
    }
}

static void set_own(struct lf_accelerator *accelerator, const struct lf_vulkan_record *record)
{
    accelerator->total_bytes =
        lf_amount(record->local_bytes, LF_MEASURED, "vulkan device-local heaps");
    if (record->has_budget != 0) {
        uint64_t free_bytes =
            record->budget_bytes < record->local_bytes ? record->budget_bytes : record->local_bytes;
        accelerator->free_bytes = lf_amount(free_bytes, LF_MEASURED, "VK_EXT_memory_budget");
    }
}

static void apply_device(struct lf_probe *probe, const struct lf_vulkan_record *record)
{
    struct lf_machine *machine = probe->machine;
    const char *name = lf_sys_clean(&machine->arena, record->name, strlen(record->name));
    if (record->device_kind == LF_VK_CPU) {
        lf_machine_diagnose(machine, LF_GAP_NONE, "vulkan-software",
                            "Vulkan offers a program that runs on the processor (%s), which is no "
                            "GPU; ignored",
                            name == NULL ? "without a name" : name);
        return;
    }
    struct lf_accelerator *accelerator = find_accelerator(machine, record);
    if (accelerator == NULL) {
        return;
    }
    if (record->largest_bytes > LF_GPU_BYTES_MOST || record->local_bytes > LF_GPU_BYTES_MOST) {
        lf_machine_diagnose(machine, LF_GAP_ACCELERATORS, "vulkan-absurd",
                            "%s: Vulkan tells %llu bytes of memory", accelerator->id,
                            (unsigned long long)record->largest_bytes);
        return;
    }
    if (record->device_kind == LF_VK_INTEGRATED) {
        set_shared(probe, accelerator, record);
    } else if (record->local_bytes > 0) {
        set_own(accelerator, record);
    }
    if (accelerator->name == NULL) {
        accelerator->name = name;
    }
}

static void apply(struct lf_probe *probe, struct lf_vulkan_record *record)
{
    record->name[sizeof record->name - 1] = '\0';
    if (record->kind == LF_VULKAN_DEVICE) {
        apply_device(probe, record);
    } else if (record->kind == LF_VULKAN_MISSING) {
        lf_machine_diagnose(probe->machine, LF_GAP_NONE, "vulkan-missing",
                            "a GPU's driver does not tell its memory, and there is no Vulkan to "
                            "ask: no %s",
                            record->name);
    } else {
        lf_machine_diagnose(probe->machine, LF_GAP_NONE, "vulkan-failed",
                            "Vulkan's %s failed (error %d)", record->name, record->result);
    }
}

static enum lf_step_status run(struct lf_probe *probe)
{
    struct lf_machine *machine = probe->machine;
    if (probe->is_recording || !has_question(machine)) {
        return LF_STEP_NOTHING;
    }
    if (lf_clock_now_ms() >= probe->deadline_ms) {
        return LF_STEP_TIMEOUT;
    }
    struct lf_vulkan_record *records = lf_alloc(MOST_RECORDS, sizeof *records);
    size_t count = 0;
    enum lf_child_end end = lf_child_run(lf_vulkan_ask, NULL, records, sizeof *records,
                                         MOST_RECORDS, &count, probe->deadline_ms);
    for (size_t i = 0; i < count; i++) {
        apply(probe, &records[i]);
    }
    free(records);
    enum lf_gap gap = has_question(machine) ? LF_GAP_ACCELERATORS : LF_GAP_NONE;
    switch (end) {
    case LF_CHILD_DONE:
        return has_question(machine) ? LF_STEP_NOTHING : LF_STEP_OK;
    case LF_CHILD_TIMEOUT:
        lf_machine_diagnose(machine, gap, "vulkan-hang",
                            "a driver of Vulkan did not answer in time");
        return LF_STEP_TIMEOUT;
    case LF_CHILD_CRASHED:
        lf_machine_diagnose(machine, gap, "vulkan-crash", "a driver of Vulkan crashed");
        return LF_STEP_FAILED;
    case LF_CHILD_NONE:
        lf_machine_diagnose(machine, gap, "vulkan-not-asked",
                            "no process could be started to ask Vulkan");
        return LF_STEP_FAILED;
    }
    return LF_STEP_FAILED;
}

const struct lf_backend lf_backend_vulkan = {.name = "vulkan", .source = source, .run = run};
