/* Machines made up on the command line. */
#include "advise/complete.h"

#include <string.h>

#include "base/text.h"
#include "base/units.h"

enum { GPU_COPIES_MOST = 16 };

const char *lf_gpu_copies_split(const char *text, struct lf_arena *arena, uint64_t *copies)
{
    size_t length = strlen(text);
    size_t digits = 0;
    while (digits < length && text[length - 1 - digits] >= '0' &&
           text[length - 1 - digits] <= '9') {
        digits++;
    }
    *copies = 1;
    if (digits == 0 || digits + 2 > length) {
        return text;
    }
    size_t x = length - digits - 1;
    char before = text[x - 1];
    uint64_t number = 0;
    bool is_copies = (text[x] == 'x' || text[x] == 'X') &&
                     !((before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z')) &&
                     lf_count_parse(text + x + 1, &number) && number >= 1 &&
                     number <= GPU_COPIES_MOST;
    if (!is_copies) {
        return text;
    }
    *copies = number;
    while (x > 0 && text[x - 1] == ' ') {
        x--;
    }
    return lf_arena_copy(arena, text, x);
}

/* Says that no device has the name which the command line or the row of a listed machine gives. */
static enum lf_status fail_unknown(const struct lf_devices *devices, const char *name,
                                   const char *row, struct lf_error *err)
{
    const struct lf_device *nearest[LF_NEAREST_DEVICES_MOST];
    size_t count = lf_device_nearest(devices, name, nearest);
    struct lf_text names = {.limit = 256};
    for (size_t i = 0; i < count; i++) {
        lf_text_format(&names, "%s%s", i == 0 ? "; nearest: " : ", ", nearest[i]->name);
    }
    enum lf_status status =
        lf_fail(err, row == NULL ? LF_USAGE : LF_BAD_INPUT, "%s%s: no device is called \"%s\"%s",
                row == NULL ? "--gpu" : "machines.json: ", row == NULL ? "" : row, name,
                lf_text_string(&names));
    lf_text_clear(&names);
    return status;
}

void lf_machine_add_listed(struct lf_machine *machine, const struct lf_device *device)
{
    size_t number = machine->accelerator_count;
    struct lf_accelerator *accelerator = lf_machine_add_accelerator(machine);
    if (accelerator == NULL) {
        return;
    }
    accelerator->id = lf_arena_format(&machine->arena, "gpu%zu", number);
    accelerator->vendor = device->vendor;
    accelerator->name = device->name;
    accelerator->pci_id = device->pci.count == 1 ? device->pci.items[0] : NULL;
    accelerator->compute = device->compute;
    accelerator->fp16_tflops = device->fp16_tflops;
    accelerator->fp32_tflops = device->fp32_tflops;
    accelerator->memory_kind = device->is_unified ? LF_MEMORY_UNIFIED : LF_MEMORY_DEDICATED;
    if (device->is_unified) {
        accelerator->total_bytes = machine->memory.total_bytes;
    } else if (device->memory_bytes != 0) {
        accelerator->total_bytes = lf_amount(device->memory_bytes, LF_LISTED, "devices.json");
    }
    if (device->bandwidth_bps != 0) {
        accelerator->bandwidth_bps = lf_amount(device->bandwidth_bps, LF_LISTED, "devices.json");
    }
}

/* RAM of another size, and with it the pool of the GPUs that share it. */
static void set_ram(struct lf_machine *machine, struct lf_amount total_bytes)
{
    machine->memory.total_bytes = total_bytes;
    machine->memory.available_bytes = (struct lf_amount){0};
    machine->memory.limit_bytes = (struct lf_amount){0};
    machine->memory.usable_bytes = (struct lf_amount){0};
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        struct lf_accelerator *accelerator = &machine->accelerators[i];
        if (accelerator->memory_kind == LF_MEMORY_UNIFIED) {
            accelerator->total_bytes = machine->memory.total_bytes;
            accelerator->usable_bytes = (struct lf_amount){0};
            accelerator->free_bytes = (struct lf_amount){0};
        }
    }
}

/* The pool of a unified part, of the size that --memory or the part's name tells. */
static void set_pool(struct lf_machine *machine, const struct lf_device *device, const char *name,
                     uint64_t vram_bytes)
{
    uint64_t pool_bytes = lf_device_pool_bytes(device, name);
    if (vram_bytes != 0) {
        set_ram(machine, lf_amount(vram_bytes, LF_GIVEN, "--memory"));
    } else if (pool_bytes != 0) {
        set_ram(machine, lf_amount(pool_bytes, LF_GIVEN, "--gpu"));
    }
}

/* row is the listed machine whose GPUs they are; NULL: the command line names them. */
static enum lf_status replace_gpus(struct lf_machine *machine, const struct lf_devices *devices,
                                   const struct lf_simulation *simulation, const char *row,
                                   struct lf_error *err)
{
    machine->accelerator_count = 0;
    for (size_t i = 0; i < simulation->gpu_count; i++) {
        uint64_t copies = 1;
        const char *name = lf_gpu_copies_split(simulation->gpus[i], &machine->arena, &copies);
        struct lf_device_query query = {.name = name, .memory_bytes = simulation->vram_bytes};
        const struct lf_device *device = lf_device_find(devices, &query);
        if (device == NULL) {
            return fail_unknown(devices, name, row, err);
        }
        for (uint64_t c = 0; c < copies; c++) {
            lf_machine_add_listed(machine, device);
        }
        if (device->is_unified && device->bandwidth_bps != 0) {
            machine->memory.bandwidth_bps =
                lf_amount(device->bandwidth_bps, LF_LISTED, "devices.json");
        }
        if (device->is_unified && simulation->ram_bytes == 0) {
            set_pool(machine, device, name, simulation->vram_bytes);
        }
    }
    return LF_OK;
}

/* The memory asked for, on the GPUs that have their own; one is added where there is none, unless
 * the GPUs were named. */
static void set_vram(struct lf_machine *machine, uint64_t vram_bytes, bool are_named)
{
    bool has_own = are_named;
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        struct lf_accelerator *accelerator = &machine->accelerators[i];
        if (accelerator->memory_kind == LF_MEMORY_DEDICATED) {
            has_own = true;
            accelerator->total_bytes = lf_amount(vram_bytes, LF_GIVEN, "--memory");
            accelerator->usable_bytes = (struct lf_amount){0};
            accelerator->free_bytes = (struct lf_amount){0};
        }
    }
    struct lf_accelerator *made = has_own ? NULL : lf_machine_add_accelerator(machine);
    if (made != NULL) {
        made->id = "gpu0";
        made->vendor = "NVIDIA";
        made->name = "a GPU of that memory";
        made->total_bytes = lf_amount(vram_bytes, LF_GIVEN, "--memory");
    }
}

enum lf_status lf_machine_make(struct lf_machine *machine, const struct lf_catalog *catalog,
                               const struct lf_listed_machine *listed, struct lf_error *err)
{
    static const char source[] = "machines.json";
    machine->label = listed->name;
    machine->cpu.name = listed->cpu;
    machine->cpu.cores = lf_amount(listed->cores, LF_LISTED, source);
    machine->cpu.threads = lf_amount(listed->threads, LF_LISTED, source);
    machine->memory.total_bytes = lf_amount(listed->ram_bytes, LF_LISTED, source);
    if (listed->ram_bandwidth_bps != 0) {
        machine->memory.bandwidth_bps = lf_amount(listed->ram_bandwidth_bps, LF_LISTED, source);
    }
    const struct lf_simulation gpus = {.gpus = listed->gpus.items,
                                       .gpu_count = listed->gpus.count,
                                       .ram_bytes = listed->ram_bytes};
    enum lf_status status = replace_gpus(machine, &catalog->devices, &gpus, listed->id, err);
    if (status == LF_OK) {
        lf_machine_complete(machine, catalog);
    }
    return status;
}

enum lf_status lf_machine_simulate(struct lf_machine *machine, const struct lf_catalog *catalog,
                                   const struct lf_simulation *simulation, struct lf_error *err)
{
    enum lf_status status = LF_OK;
    if (simulation->ram_bytes != 0) {
        set_ram(machine, lf_amount(simulation->ram_bytes, LF_GIVEN, "--ram"));
    }
    if (simulation->cpu_cores != 0) {
        machine->cpu.cores = lf_amount(simulation->cpu_cores, LF_GIVEN, "--cpu-cores");
        machine->cpu.threads = (struct lf_amount){0};
        machine->cpu.quota_millis = (struct lf_amount){0};
    }
    if (simulation->gpu_count > 0) {
        status = replace_gpus(machine, &catalog->devices, simulation, NULL, err);
    }
    if (status == LF_OK && simulation->vram_bytes != 0) {
        set_vram(machine, simulation->vram_bytes, simulation->gpu_count > 0);
    }
    if (status == LF_OK) {
        /* What the probe could not find out of this computer does not bear on a made-up one. */
        for (size_t i = 0; i < machine->diagnostic_count; i++) {
            if (simulation->gpu_count > 0 && machine->diagnostics[i].gap == LF_GAP_ACCELERATORS) {
                machine->diagnostics[i].gap = LF_GAP_NONE;
            }
        }
        machine->label = "a simulated machine";
        lf_machine_complete(machine, catalog);
    }
    return status;
}
