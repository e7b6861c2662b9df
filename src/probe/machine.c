#include "probe/machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

enum { DIAGNOSTIC_BYTES = 1024 };

void lf_machine_clear(struct lf_machine *machine)
{
    lf_arena_clear(&machine->arena);
    *machine = (struct lf_machine){0};
}

static bool has_diagnostic(const struct lf_machine *machine, const char *code)
{
    for (size_t i = 0; i < machine->diagnostic_count; i++) {
        if (strcmp(machine->diagnostics[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

struct lf_accelerator *lf_machine_add_accelerator(struct lf_machine *machine)
{
    static const char too_many[] = "too-many-accelerators";
    if (machine->accelerator_count == LF_ACCELERATORS_MOST) {
        if (!has_diagnostic(machine, too_many)) {
            lf_machine_diagnose(machine, LF_GAP_ACCELERATORS, too_many,
                                "only the first %d accelerators are looked at",
                                LF_ACCELERATORS_MOST);
        }
        return NULL;
    }
    struct lf_accelerator *accelerator = &machine->accelerators[machine->accelerator_count];
    *accelerator = (struct lf_accelerator){
        .id = lf_arena_format(&machine->arena, "gpu%zu", machine->accelerator_count),
        .vendor = "unknown",
    };
    machine->accelerator_count++;
    return accelerator;
}

void lf_machine_diagnose(struct lf_machine *machine, enum lf_gap gap, const char *code,
                         const char *format, ...)
{
    size_t place = machine->diagnostic_count;
    if (place == LF_DIAGNOSTICS_MOST) {
        /* A new gap decides an exit code: the last remark makes room for it. */
        if (gap == LF_GAP_NONE || lf_machine_has_gap(machine, gap)) {
            return;
        }
        place--;
    } else {
        machine->diagnostic_count++;
    }
    char text[DIAGNOSTIC_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    machine->diagnostics[place] = (struct lf_diagnostic){
        .code = lf_arena_copy(&machine->arena, code, strlen(code)),
        .text = lf_arena_copy(&machine->arena, text, strlen(text)),
        .gap = gap,
    };
}

bool lf_machine_has_gap(const struct lf_machine *machine, enum lf_gap gap)
{
    for (size_t i = 0; i < machine->diagnostic_count; i++) {
        if (machine->diagnostics[i].gap == gap) {
            return true;
        }
    }
    return false;
}

void lf_machine_derive(struct lf_machine *machine)
{
    struct lf_memory *memory = &machine->memory;
    if (!lf_known(memory->usable_bytes)) {
        struct lf_amount ordinary = memory->total_bytes;
        ordinary.value = lf_sub(ordinary.value, lf_known_or(memory->hugepages_bytes, 0));
        struct lf_amount least = lf_amount_least(ordinary, memory->limit_bytes);
        if (lf_known(least)) {
            memory->usable_bytes = lf_amount(least.value, LF_COMPUTED, "least of total and limit");
        }
    }
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        struct lf_accelerator *accelerator = &machine->accelerators[i];
        if (accelerator->memory_kind != LF_MEMORY_UNIFIED && !lf_known(accelerator->usable_bytes) &&
            lf_known(accelerator->total_bytes)) {
            accelerator->usable_bytes =
                lf_amount(accelerator->total_bytes.value, LF_COMPUTED, "all of it");
        }
    }
}

const char *lf_memory_kind_name(enum lf_memory_kind kind)
{
    static const char *const names[] = {
        [LF_MEMORY_DEDICATED] = "dedicated",
        [LF_MEMORY_UNIFIED] = "unified",
        [LF_MEMORY_PARTITION] = "partition",
    };
    return names[kind];
}

const char *lf_gap_name(enum lf_gap gap)
{
    static const char *const names[] = {
        [LF_GAP_NONE] = "none",
        [LF_GAP_MEMORY] = "memory",
        [LF_GAP_ACCELERATORS] = "accelerators",
    };
    return names[gap];
}

const char *lf_step_status_name(enum lf_step_status status)
{
    static const char *const names[] = {
        [LF_STEP_OK] = "ok",
        [LF_STEP_NOTHING] = "nothing",
        [LF_STEP_FAILED] = "failed",
        [LF_STEP_TIMEOUT] = "timeout",
    };
    return names[status];
}
