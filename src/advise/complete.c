#include "advise/complete.h"

#include <string.h>

#include "base/text.h"
#include "rules/budget.h"

/* The share of RAM a GPU may use of a unified pool, where the system was not asked.
 * source  Metal's recommendedMaxWorkingSetSize as logged on Macs of that size (2023 to 2026, the
 *         lower of several); AMD: the 75 % its drivers grant at most without settings */
static const struct {
    const char *vendor;
    uint64_t least_ram_bytes;
    double share;
} pool_shares[] = {
    {"Apple", UINT64_C(400) << 30, 0.90},
    {"Apple", UINT64_C(120) << 30, 0.84},
    {"Apple", UINT64_C(30) << 30, 0.78},
    {"Apple", 0, 0.667},
    {"AMD", 0, 0.75},
    {"NVIDIA", 0, 0.90},
};

static struct lf_amount pool_ceiling(const struct lf_accelerator *accelerator,
                                     struct lf_amount ram_bytes)
{
    for (size_t i = 0; i < sizeof pool_shares / sizeof pool_shares[0]; i++) {
        if (lf_known(ram_bytes) && accelerator->vendor != NULL &&
            strcmp(accelerator->vendor, pool_shares[i].vendor) == 0 &&
            ram_bytes.value >= pool_shares[i].least_ram_bytes) {
            return lf_amount((uint64_t)((double)ram_bytes.value * pool_shares[i].share),
                             LF_COMPUTED, "share of RAM its driver grants");
        }
    }
    return (struct lf_amount){0};
}

static bool lacks_something(const struct lf_accelerator *accelerator)
{
    return accelerator->name == NULL || !lf_known(accelerator->total_bytes) ||
           !lf_known(accelerator->bandwidth_bps) || accelerator->fp32_tflops <= 0;
}

unsigned lf_machine_missing_parts(const struct lf_machine *machine)
{
    unsigned parts = 0;
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        if (lacks_something(&machine->accelerators[i])) {
            parts |= LF_CATALOG_DEVICES;
        }
    }
    if (!lf_known(machine->memory.bandwidth_bps) &&
        (machine->cpu.name != NULL || machine->board != NULL)) {
        parts |= LF_CATALOG_CPUS;
    }
    return parts;
}

static void complete_accelerator(struct lf_machine *machine, struct lf_accelerator *accelerator,
                                 const struct lf_devices *devices)
{
    struct lf_device_query query = {
        .vendor = accelerator->vendor,
        .name = accelerator->name,
        .pci_id = accelerator->pci_id,
        .pci_revision = accelerator->pci_revision,
        .memory_bytes = lf_known_or(accelerator->total_bytes, 0),
    };
    const struct lf_device *device =
        lacks_something(accelerator) ? lf_device_find(devices, &query) : NULL;
    if (device == NULL) {
        return;
    }
    const char *source = "devices.json";
    if (accelerator->name == NULL) {
        accelerator->name = device->name;
    }
    if (device->is_unified && !lf_known(accelerator->total_bytes)) {
        accelerator->memory_kind = LF_MEMORY_UNIFIED;
        accelerator->total_bytes = machine->memory.total_bytes;
    }
    if (!lf_known(accelerator->total_bytes) && device->memory_bytes != 0) {
        accelerator->total_bytes = lf_amount(device->memory_bytes, LF_LISTED, source);
    }
    if (!lf_known(accelerator->bandwidth_bps) && device->bandwidth_bps != 0) {
        accelerator->bandwidth_bps = lf_amount(device->bandwidth_bps, LF_LISTED, source);
    }
    if (accelerator->fp16_tflops <= 0) {
        accelerator->fp16_tflops = device->fp16_tflops;
    }
    if (accelerator->fp32_tflops <= 0) {
        accelerator->fp32_tflops = device->fp32_tflops;
    }
}

/* By the processor's name; a board of one make has but one memory ("Raspberry Pi 5"). */
static const struct lf_device *find_platform(const struct lf_machine *machine,
                                             const struct lf_devices *cpus)
{
    const struct lf_device *platform =
        machine->cpu.name == NULL ? NULL : lf_device_find_cpu(cpus, machine->cpu.name);
    return platform != NULL || machine->board == NULL ? platform
                                                      : lf_device_find_cpu(cpus, machine->board);
}

void lf_machine_complete(struct lf_machine *machine, const struct lf_catalog *catalog)
{
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        struct lf_accelerator *accelerator = &machine->accelerators[i];
        complete_accelerator(machine, accelerator, &catalog->devices);
        if (accelerator->memory_kind == LF_MEMORY_UNIFIED && !lf_known(accelerator->usable_bytes)) {
            accelerator->usable_bytes = pool_ceiling(accelerator, machine->memory.total_bytes);
        }
        /* The pool is the RAM, so what is known of one's speed holds for the other. */
        if (accelerator->memory_kind == LF_MEMORY_UNIFIED && lf_known(accelerator->bandwidth_bps) &&
            !lf_known(machine->memory.bandwidth_bps)) {
            machine->memory.bandwidth_bps = accelerator->bandwidth_bps;
        }
    }
    if (!lf_known(machine->memory.bandwidth_bps)) {
        const struct lf_device *platform = find_platform(machine, &catalog->cpus);
        if (platform != NULL && platform->bandwidth_bps != 0) {
            machine->memory.bandwidth_bps =
                lf_amount(platform->bandwidth_bps, LF_LISTED, "cpus.json: the platform's most");
        }
    }
    lf_machine_derive(machine);
}
