#include "probe/freebsd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "probe/gpu.h"
#include "probe/systext.h"

enum { CLASS_DISPLAY = 0x03, VENDOR_INTEL = 0x8086, UNITS_MOST = 16 };

/* More than any machine has. */
#define MOST_BYTES (UINT64_C(64) << 40)

static uint64_t number_or_0(const struct lf_freebsd_calls *calls, const char *name)
{
    uint64_t number = 0;
    lf_sysctl_number(calls->sysctl, calls->context, name, &number);
    return number;
}

static struct lf_amount count(const struct lf_freebsd_calls *calls, const char *name)
{
    uint64_t number = number_or_0(calls, name);
    return number > 0 && number <= LF_THREADS_MOST ? lf_amount(number, LF_MEASURED, name)
                                                   : (struct lf_amount){0};
}

enum lf_step_status lf_freebsd_read_cpu(struct lf_probe *probe,
                                        const struct lf_freebsd_calls *calls)
{
    struct lf_cpu *cpu = &probe->machine->cpu;
    struct lf_arena *arena = &probe->machine->arena;
    cpu->name = lf_sysctl_text(calls->sysctl, calls->context, "hw.model", arena);
    cpu->cores = count(calls, "kern.smp.cores");
    cpu->threads = count(calls, "hw.ncpu");
    cpu->isa =
        lf_cpuid_isa(calls->cpuid, calls->context, calls->get_enabled(calls->context), arena);
    return lf_known(cpu->threads) ? LF_STEP_OK : LF_STEP_FAILED;
}

enum lf_step_status lf_freebsd_read_memory(struct lf_probe *probe,
                                           const struct lf_freebsd_calls *calls)
{
    /* Pages that can be given at once, or after having been written out. */
    static const char *const free_names[] = {
        "vm.stats.vm.v_free_count",
        "vm.stats.vm.v_inactive_count",
        "vm.stats.vm.v_laundry_count",
    };
    struct lf_memory *memory = &probe->machine->memory;
    uint64_t total = number_or_0(calls, "hw.physmem");
    if (total == 0 || total > MOST_BYTES) {
        lf_machine_diagnose(probe->machine, LF_GAP_MEMORY, "memory-unknown",
                            "sysctl hw.physmem does not tell the machine's memory");
        return LF_STEP_FAILED;
    }
    memory->total_bytes = lf_amount(total, LF_MEASURED, "hw.physmem");
    uint64_t pages = 0;
    for (size_t i = 0; i < sizeof free_names / sizeof free_names[0]; i++) {
        pages = lf_add(pages, number_or_0(calls, free_names[i]));
    }
    uint64_t available = lf_mul(pages, number_or_0(calls, "hw.pagesize"));
    if (available > 0) {
        memory->available_bytes =
            lf_amount(available < total ? available : total, LF_MEASURED, "vm.stats.vm");
    }
    uint64_t swap = 0;
    if (lf_sysctl_number(calls->sysctl, calls->context, "vm.swap_total", &swap) &&
        swap <= MOST_BYTES) {
        memory->swap_bytes = lf_amount(swap, LF_MEASURED, "vm.swap_total");
    }
    return LF_STEP_OK;
}

/* The driver that computes sits on the bus's own one: its parent is "vgapci0". NULL when none
 * does. */
static const char *find_driver(struct lf_machine *machine, const struct lf_freebsd_calls *calls,
                               const struct lf_freebsd_device *device)
{
    static const char *const drivers[] = {"nvidia", "drmn"};
    char wanted[48];
    snprintf(wanted, sizeof wanted, "%.31s%u", device->driver, device->unit);
    for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++) {
        for (unsigned unit = 0; unit < UNITS_MOST; unit++) {
            char name[64];
            snprintf(name, sizeof name, "dev.%s.%u.%%parent", drivers[i], unit);
            const char *parent =
                lf_sysctl_text(calls->sysctl, calls->context, name, &machine->arena);
            if (parent != NULL && strcmp(parent, wanted) == 0) {
                return drivers[i];
            }
        }
    }
    return NULL;
}

static void add_gpu(struct lf_probe *probe, const struct lf_freebsd_calls *calls,
                    const struct lf_freebsd_device *device)
{
    struct lf_machine *machine = probe->machine;
    struct lf_accelerator *accelerator = lf_machine_add_accelerator(machine);
    if (accelerator == NULL) {
        return;
    }
    accelerator->id = lf_arena_format(&machine->arena, "%04x:%02x:%02x.%x", device->domain,
                                      device->bus, device->slot, device->function);
    accelerator->vendor = lf_gpu_vendor_name(device->vendor);
    accelerator->pci_id =
        lf_arena_format(&machine->arena, "%04x:%04x", device->vendor, device->device);
    accelerator->pci_revision = lf_arena_format(&machine->arena, "%02x", device->revision & 0xff);
    accelerator->driver = find_driver(machine, calls, device);
    bool is_intels_own = device->vendor == VENDOR_INTEL && device->bus == 0 && device->slot == 2;
    if (is_intels_own || lf_gpu_is_amd_apu(device->vendor, device->device)) {
        lf_gpu_share_memory(probe, accelerator, 0);
    }
    if (accelerator->driver == NULL) {
        accelerator->usable_bytes = lf_amount(0, LF_MEASURED, "no driver");
        lf_machine_diagnose(machine, accelerator->is_integrated ? LF_GAP_NONE : LF_GAP_ACCELERATORS,
                            "gpu-no-driver",
                            "%s (%s %s) has no kernel driver, so nothing can run on it",
                            accelerator->id, accelerator->vendor, accelerator->pci_id);
    }
}

enum lf_step_status lf_freebsd_read_gpus(struct lf_probe *probe,
                                         const struct lf_freebsd_calls *calls)
{
    struct lf_freebsd_device *devices = lf_alloc(LF_FREEBSD_DEVICES_MOST, sizeof *devices);
    size_t device_count = calls->get_devices(calls->context, devices, LF_FREEBSD_DEVICES_MOST);
    for (size_t i = 0; i < device_count; i++) {
        if (devices[i].class_id == CLASS_DISPLAY &&
            !lf_gpu_is_none(devices[i].vendor, devices[i].device)) {
            add_gpu(probe, calls, &devices[i]);
        }
    }
    free(devices);
    if (device_count == 0) {
        lf_machine_diagnose(probe->machine, LF_GAP_NONE, "pci-not-permitted",
                            "/dev/pci cannot be asked, so that GPUs are not seen");
        return LF_STEP_FAILED;
    }
    return probe->machine->accelerator_count == 0 ? LF_STEP_NOTHING : LF_STEP_OK;
}
