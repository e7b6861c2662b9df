#include "advise/figure.h"

#include <string.h>

#include "base/units.h"

uint64_t lf_nominal_bytes(uint64_t seen_bytes)
{
    static const unsigned sold_gib[] = {
        1,  2,  3,  4,   6,   8,   10,  11,  12,  16,  18,  20,  24,   32,   36,   40,   48,
        64, 80, 96, 128, 141, 160, 192, 256, 288, 384, 512, 768, 1024, 1536, 2048, 3072, 4096};
    for (size_t i = 0; i < sizeof sold_gib / sizeof sold_gib[0]; i++) {
        uint64_t sold = sold_gib[i] * LF_GIB;
        if (sold >= seen_bytes) {
            return sold - seen_bytes <= sold / 8 ? sold : seen_bytes;
        }
    }
    return seen_bytes;
}

static struct lf_amount nominal(struct lf_amount seen)
{
    if (lf_known(seen)) {
        seen.value = lf_nominal_bytes(seen.value);
    }
    return seen;
}

static struct lf_amount ram_total(const struct lf_machine *machine)
{
    return machine->memory.total_bytes;
}

static struct lf_amount ram_installed(const struct lf_machine *machine)
{
    return nominal(machine->memory.total_bytes);
}

static struct lf_amount ram_usable(const struct lf_machine *machine)
{
    return machine->memory.usable_bytes;
}

static struct lf_amount ram_available(const struct lf_machine *machine)
{
    return machine->memory.available_bytes;
}

static struct lf_amount swap(const struct lf_machine *machine)
{
    return machine->memory.swap_bytes;
}

static bool has_own_memory(const struct lf_accelerator *accelerator)
{
    return accelerator->memory_kind != LF_MEMORY_UNIFIED;
}

/* Adds up a figure of the GPUs that have memory of their own; none is 0, one unknown is unknown. */
static struct lf_amount sum(const struct lf_machine *machine,
                            struct lf_amount (*of)(const struct lf_accelerator *accelerator))
{
    struct lf_amount total = lf_amount(0, LF_COMPUTED, "sum over GPUs");
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        const struct lf_accelerator *accelerator = &machine->accelerators[i];
        if (has_own_memory(accelerator)) {
            struct lf_amount amount = of(accelerator);
            if (!lf_known(amount)) {
                return (struct lf_amount){0};
            }
            total.value = lf_add(total.value, amount.value);
        }
    }
    return total;
}

static struct lf_amount card_total(const struct lf_accelerator *accelerator)
{
    return accelerator->total_bytes;
}

static struct lf_amount card_nominal(const struct lf_accelerator *accelerator)
{
    return nominal(accelerator->total_bytes);
}

static struct lf_amount card_free(const struct lf_accelerator *accelerator)
{
    return accelerator->free_bytes;
}

static struct lf_amount vram_total(const struct lf_machine *machine)
{
    return sum(machine, card_total);
}

static struct lf_amount vram_nominal(const struct lf_machine *machine)
{
    return sum(machine, card_nominal);
}

static struct lf_amount vram_free(const struct lf_machine *machine)
{
    return sum(machine, card_free);
}

static struct lf_amount vram_largest(const struct lf_machine *machine)
{
    struct lf_amount most = lf_amount(0, LF_COMPUTED, "largest GPU");
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        const struct lf_accelerator *accelerator = &machine->accelerators[i];
        if (!has_own_memory(accelerator)) {
            continue;
        }
        if (!lf_known(accelerator->total_bytes)) {
            return (struct lf_amount){0};
        }
        if (accelerator->total_bytes.value > most.value) {
            most = accelerator->total_bytes;
        }
    }
    return most;
}

static struct lf_amount gpus(const struct lf_machine *machine)
{
    uint64_t count = 0;
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        const struct lf_accelerator *accelerator = &machine->accelerators[i];
        count += !accelerator->is_integrated || lf_known(accelerator->usable_bytes);
    }
    return lf_amount(count, LF_COMPUTED, "GPUs seen");
}

static struct lf_amount cores(const struct lf_machine *machine)
{
    return machine->cpu.cores;
}

static struct lf_amount threads(const struct lf_machine *machine)
{
    return machine->cpu.threads;
}

static struct lf_amount disk_free(const struct lf_machine *machine)
{
    return machine->disk_count == 0 ? (struct lf_amount){0} : machine->disks[0].free_bytes;
}

static const struct lf_figure figures[] = {
    {"ram_installed", true, LF_GAP_MEMORY, ram_installed},
    {"ram_total", true, LF_GAP_MEMORY, ram_total},
    {"ram_usable", true, LF_GAP_MEMORY, ram_usable},
    {"ram_available", true, LF_GAP_MEMORY, ram_available},
    {"swap", true, LF_GAP_MEMORY, swap},
    {"vram_nominal", true, LF_GAP_ACCELERATORS, vram_nominal},
    {"vram_total", true, LF_GAP_ACCELERATORS, vram_total},
    {"vram_free", true, LF_GAP_ACCELERATORS, vram_free},
    {"vram_largest", true, LF_GAP_ACCELERATORS, vram_largest},
    {"gpus", false, LF_GAP_ACCELERATORS, gpus},
    {"cores", false, LF_GAP_NONE, cores},
    {"threads", false, LF_GAP_NONE, threads},
    {"disk_free", true, LF_GAP_NONE, disk_free},
};

const struct lf_figure *lf_figure_find(const char *key)
{
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        if (strcmp(key, figures[i].key) == 0) {
            return &figures[i];
        }
    }
    return NULL;
}

const char *lf_figure_key(size_t number)
{
    return number < sizeof figures / sizeof figures[0] ? figures[number].key : NULL;
}
