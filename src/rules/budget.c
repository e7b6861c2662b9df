#include "rules/budget.h"

#include <string.h>

#include "base/units.h"

uint64_t lf_ram_reserve_bytes(uint64_t total_bytes, bool is_limited)
{
    uint64_t reserve = total_bytes / 8;
    if (is_limited) {
        return LF_LIMIT_RESERVE_BYTES;
    }
    if (reserve < LF_RAM_RESERVE_LEAST_BYTES) {
        return LF_RAM_RESERVE_LEAST_BYTES;
    }
    return reserve > LF_RAM_RESERVE_MOST_BYTES ? LF_RAM_RESERVE_MOST_BYTES : reserve;
}

static bool is_sized(const struct lf_accelerator *accelerator)
{
    return lf_known(accelerator->usable_bytes) && accelerator->usable_bytes.value > 0;
}

/* Memory of all sized dedicated cards of that vendor. */
static uint64_t vendor_bytes(const struct lf_machine *machine, const char *vendor)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        const struct lf_accelerator *accelerator = &machine->accelerators[i];
        if (accelerator->memory_kind == LF_MEMORY_DEDICATED && is_sized(accelerator) &&
            strcmp(accelerator->vendor, vendor) == 0) {
            bytes += accelerator->usable_bytes.value;
        }
    }
    return bytes;
}

static const char *strongest_vendor(const struct lf_machine *machine)
{
    const char *best = NULL;
    uint64_t most = 0;
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        uint64_t bytes = vendor_bytes(machine, machine->accelerators[i].vendor);
        if (bytes > most) {
            most = bytes;
            best = machine->accelerators[i].vendor;
        }
    }
    return best;
}

/* The largest sized accelerator of that kind, or NULL. */
static const struct lf_accelerator *largest(const struct lf_machine *machine,
                                            enum lf_memory_kind kind)
{
    const struct lf_accelerator *best = NULL;
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        const struct lf_accelerator *accelerator = &machine->accelerators[i];
        if (accelerator->memory_kind == kind && is_sized(accelerator) &&
            (best == NULL || accelerator->usable_bytes.value > best->usable_bytes.value)) {
            best = accelerator;
        }
    }
    return best;
}

/* Adds a pool for each GPU that the driver makes of the card: a part of its memory and of its
 * bandwidth. */
static void add_gpu(const struct lf_accelerator *accelerator, bool use_free, uint64_t reserve,
                    struct lf_budget *budget)
{
    uint64_t parts = lf_known_or(accelerator->partition_count, 1);
    uint64_t usable = accelerator->usable_bytes.value / parts;
    uint64_t room = lf_sub(usable, reserve);
    if (use_free && lf_known(accelerator->free_bytes) &&
        accelerator->free_bytes.value / parts < room) {
        room = accelerator->free_bytes.value / parts;
    }
    for (uint64_t i = 0; i < parts && budget->gpu_count < LF_ACCELERATORS_MOST; i++) {
        budget->gpus[budget->gpu_count++] = (struct lf_pool){
            .id = accelerator->id,
            .accelerator = accelerator,
            .budget_bytes = room,
            .reserve_bytes = usable - room,
            .bandwidth_bps = lf_known_or(accelerator->bandwidth_bps, 0) / parts,
        };
    }
}

/* By the instructions it is known to have; one of which none is known is taken for a fast one. */
static bool is_slow(const struct lf_cpu *cpu)
{
    bool is_fast = cpu->isa.count == 0;
    for (size_t i = 0; i < cpu->isa.count; i++) {
        is_fast = is_fast || strcmp(cpu->isa.items[i], "avx2") == 0 ||
                  strcmp(cpu->isa.items[i], "asimddp") == 0;
    }
    return !is_fast;
}

static void add_ram(const struct lf_machine *machine, bool use_free, struct lf_budget *budget)
{
    const struct lf_memory *memory = &machine->memory;
    if (!lf_known(memory->usable_bytes)) {
        return;
    }
    uint64_t usable = memory->usable_bytes.value;
    bool is_limited =
        lf_known(memory->limit_bytes) &&
        (!lf_known(memory->total_bytes) || memory->limit_bytes.value < memory->total_bytes.value);
    uint64_t room = lf_sub(usable, lf_ram_reserve_bytes(usable, is_limited));
    if (use_free && lf_known(memory->available_bytes) && memory->available_bytes.value < room) {
        room = memory->available_bytes.value;
    }
    budget->ram_is_known = true;
    budget->ram = (struct lf_pool){
        .id = "ram",
        .budget_bytes = room,
        .reserve_bytes = usable - room,
        .bandwidth_bps = lf_known_or(memory->bandwidth_bps, 0),
        .has_slow_cpu = is_slow(&machine->cpu),
    };
}

void lf_budget_make(const struct lf_machine *machine, bool use_free, struct lf_budget *budget)
{
    *budget = (struct lf_budget){.ram = {.id = "ram"}};
    add_ram(machine, use_free, budget);
    const char *vendor = strongest_vendor(machine);
    const struct lf_accelerator *partition = largest(machine, LF_MEMORY_PARTITION);
    const struct lf_accelerator *unified = largest(machine, LF_MEMORY_UNIFIED);
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        const struct lf_accelerator *accelerator = &machine->accelerators[i];
        if (!is_sized(accelerator)) {
            budget->has_unsized_gpu =
                budget->has_unsized_gpu ||
                (!accelerator->is_integrated && !lf_known(accelerator->usable_bytes));
        } else if (vendor != NULL && accelerator->memory_kind == LF_MEMORY_DEDICATED &&
                   strcmp(accelerator->vendor, vendor) == 0) {
            add_gpu(accelerator, use_free, LF_GPU_RESERVE_BYTES, budget);
        }
    }
    if (budget->gpu_count == 0 && partition != NULL) {
        add_gpu(partition, use_free, LF_GPU_RESERVE_BYTES, budget);
    }
    if (budget->gpu_count == 0 && unified != NULL) {
        add_gpu(unified, use_free, LF_UNIFIED_RESERVE_BYTES, budget);
        budget->is_unified = true;
        budget->ram_is_pool = budget->gpus[0].budget_bytes >= budget->ram.budget_bytes ||
                              strcmp(unified->vendor, "Apple") == 0;
        if (budget->gpus[0].bandwidth_bps == 0) {
            budget->gpus[0].bandwidth_bps = budget->ram.bandwidth_bps;
        }
    }
}

uint64_t lf_budget_gpu_room(const struct lf_budget *budget)
{
    uint64_t room = 0;
    for (size_t g = 0; g < budget->gpu_count; g++) {
        room = lf_add(room, budget->gpus[g].budget_bytes);
    }
    return room;
}

uint64_t lf_budget_room(const struct lf_budget *budget)
{
    return lf_add(budget->is_unified ? 0 : budget->ram.budget_bytes, lf_budget_gpu_room(budget));
}

void lf_budget_cap(struct lf_budget *budget, double share)
{
    for (size_t g = 0; g < budget->gpu_count; g++) {
        struct lf_pool *pool = &budget->gpus[g];
        uint64_t usable = pool->budget_bytes + pool->reserve_bytes;
        uint64_t most = (uint64_t)((double)usable * share);
        pool->budget_bytes = pool->budget_bytes < most ? pool->budget_bytes : most;
        pool->reserve_bytes = usable - pool->budget_bytes;
    }
}

uint64_t lf_budget_vram_bytes(const struct lf_budget *budget)
{
    uint64_t bytes = 0;
    for (size_t g = 0; g < budget->gpu_count; g++) {
        bytes = lf_add(bytes, lf_add(budget->gpus[g].budget_bytes, budget->gpus[g].reserve_bytes));
    }
    return bytes;
}
