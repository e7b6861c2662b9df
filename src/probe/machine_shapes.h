/* What a machine document holds: its members, and where each of them goes. Inner header of the
 * probe. */
#ifndef LLMFIT_PROBE_MACHINE_SHAPES_H
#define LLMFIT_PROBE_MACHINE_SHAPES_H

#include "probe/machine.h"

/* The members of a machine. */
struct lf_machine_parts {
    const cJSON *cpu;
    const cJSON *memory;
    const cJSON *accelerators;
    const cJSON *disks;
    const cJSON *diagnostics;
    const cJSON *steps;
    const cJSON *origins; /* of the amounts, by path */
    const cJSON *preview;
};

/* What is stored as it is read, and the words that stand for an enum. */
struct lf_accelerator_record {
    struct lf_accelerator it;
    const char *memory_kind;
};

struct lf_diagnostic_record {
    struct lf_diagnostic it;
    const char *gap;
};

struct lf_step_record {
    struct lf_step it;
    const char *status;
};

struct lf_origin_record {
    const char *from;
    const char *source;
};

/* Every integer field lands in an amount, by its first member. */
extern const struct lf_json_shape lf_machine_shape;
extern const struct lf_json_shape lf_machine_preview_shape;
extern const struct lf_json_shape lf_cpu_shape;
extern const struct lf_json_shape lf_cpu_preview_shape;
extern const struct lf_json_shape lf_memory_shape;
extern const struct lf_json_shape lf_memory_preview_shape;
extern const struct lf_json_shape lf_accelerator_shape;
extern const struct lf_json_shape lf_accelerator_preview_shape;
extern const struct lf_json_shape lf_disk_shape;
extern const struct lf_json_shape lf_diagnostic_shape;
extern const struct lf_json_shape lf_step_shape;
extern const struct lf_json_shape lf_origin_shape;

#endif
