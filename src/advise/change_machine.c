/* Changes of the machine: more RAM, another card, a larger one. */
#include <stdlib.h>
#include <string.h>

#include "advise/change_search.h"
#include "advise/complete.h"
#include "base/units.h"

/* A copy of the machine that can be changed and is cleared like any other; what it does not change
 * stays borrowed. */
static struct lf_machine *machine_copy(const struct lf_change_search *search)
{
    struct lf_machine *copy = lf_alloc(1, sizeof *copy);
    *copy = *search->context->machine;
    copy->arena = (struct lf_arena){0};
    return copy;
}

static void machine_free(struct lf_machine *machine)
{
    lf_machine_clear(machine);
    free(machine);
}

/* Whether a machine with this chip is sold with so much memory, which is soldered beside it. Where
 * no class has the chip that is not known, and not held against it. */
static bool is_sold(const struct lf_change_search *search, uint64_t gib)
{
    const struct lf_classes *classes = &search->context->catalog->classes;
    const struct lf_budget *budget = search->context->budget;
    const char *chip = budget->is_unified ? budget->gpus[0].accelerator->name : NULL;
    bool has_class = false;
    for (size_t i = 0; chip != NULL && i < classes->count; i++) {
        const struct lf_class *class = &classes->items[i];
        const struct lf_device *device = class->device;
        if (device == NULL || !device->is_unified ||
            (strcmp(chip, device->name) != 0 &&
             (device->driver_name == NULL || strcmp(chip, device->driver_name) != 0))) {
            continue;
        }
        has_class = true;
        for (size_t m = 0; m < class->memory_gib.count; m++) {
            if (class->memory_gib.items[m] == gib) {
                return true;
            }
        }
    }
    return !has_class;
}

void lf_change_ram(struct lf_change_search *search)
{
    static const uint64_t sizes_gib[] = {8,   16,  24,  32,  48,  64,   96,   128,
                                         192, 256, 384, 512, 768, 1024, 1536, 2048};
    enum { FOLD_MOST = 4, ALWAYS_GIB = 128 };
    struct lf_amount total = search->context->machine->memory.total_bytes;
    uint64_t now_bytes = lf_known_or(total, 0);
    uint64_t most = lf_mul(now_bytes, FOLD_MOST);
    lf_change_begin(search);
    for (size_t i = 0; i < sizeof sizes_gib / sizeof sizes_gib[0] && !lf_change_is_done(search);
         i++) {
        uint64_t bytes = sizes_gib[i] * LF_GIB;
        bool is_common = sizes_gib[i] <= ALWAYS_GIB || bytes <= most;
        if (!lf_known(total) || bytes <= now_bytes + now_bytes / 8 || !is_common ||
            !is_sold(search, sizes_gib[i])) {
            continue;
        }
        struct lf_machine *machine = machine_copy(search);
        const struct lf_simulation simulation = {.ram_bytes = bytes};
        struct lf_variant variant = lf_variant_of(search);
        struct lf_prospect prospect;
        variant.machine = machine;
        if (lf_machine_simulate(machine, search->context->catalog, &simulation, NULL) == LF_OK &&
            lf_change_try(search, &variant, &prospect)) {
            lf_change_tell(
                search, &prospect, "more-ram",
                lf_arena_format(search->arena, "%llu GiB of %s", (unsigned long long)sizes_gib[i],
                                search->context->budget->is_unified ? "unified memory" : "RAM"));
        }
        machine_free(machine);
    }
}

void lf_change_second_card(struct lf_change_search *search)
{
    const struct lf_budget *budget = search->context->budget;
    lf_change_begin(search);
    if (budget->gpu_count == 0 || budget->is_unified ||
        budget->gpus[0].accelerator->memory_kind != LF_MEMORY_DEDICATED) {
        return;
    }
    struct lf_machine *machine = machine_copy(search);
    struct lf_accelerator *card = lf_machine_add_accelerator(machine);
    struct lf_variant variant = lf_variant_of(search);
    struct lf_prospect prospect;
    variant.machine = machine;
    if (card != NULL) {
        const struct lf_accelerator *same = budget->gpus[0].accelerator;
        const char *id = card->id;
        *card = *same;
        card->id = id;
        card->free_bytes = (struct lf_amount){0};
        if (lf_change_try(search, &variant, &prospect)) {
            lf_change_tell(search, &prospect, "another-card",
                           lf_arena_format(search->arena, "%s %s",
                                           budget->gpu_count == 1 ? "a second" : "one more",
                                           same->name == NULL ? "card like it" : same->name));
        }
    }
    machine_free(machine);
}

/* Cards that may stand in a PC: with memory of their own, sold to people. */
static bool is_card(const struct lf_class *class)
{
    return class->device != NULL && !class->device->is_unified &&
           strcmp(class->device->kind, "datacenter") != 0;
}

void lf_change_larger_card(struct lf_change_search *search)
{
    const struct lf_classes *classes = &search->context->catalog->classes;
    const struct lf_budget *budget = search->context->budget;
    uint64_t largest = 0;
    for (size_t g = 0; g < budget->gpu_count; g++) {
        uint64_t bytes = lf_known_or(budget->gpus[g].accelerator->total_bytes, 0);
        largest = bytes > largest ? bytes : largest;
    }
    lf_change_begin(search);
    for (size_t i = 0; i < classes->count && !budget->is_unified && !lf_change_is_done(search);
         i++) {
        const struct lf_class *class = &classes->items[i];
        if (!is_card(class) || class->device->memory_bytes <= largest + LF_GIB) {
            continue;
        }
        struct lf_machine *machine = machine_copy(search);
        struct lf_variant variant = lf_variant_of(search);
        struct lf_prospect prospect;
        variant.machine = machine;
        machine->accelerator_count = 0;
        lf_machine_add_listed(machine, class->device);
        lf_machine_complete(machine, search->context->catalog);
        if (lf_change_try(search, &variant, &prospect)) {
            lf_change_tell(search, &prospect, "larger-card",
                           lf_arena_format(search->arena, "a card: %s", class->name));
        }
        machine_free(machine);
    }
}
