/* Reading the constants of an engine's speed. Inner header of the catalog. */
#ifndef LLMFIT_CATALOG_RUNTIME_SPEED_H
#define LLMFIT_CATALOG_RUNTIME_SPEED_H

#include "catalog/runtime.h"

/* The members of a runtime's row that make its speed. */
struct lf_runtime_speed_text {
    const cJSON *backends;
    const cJSON *constants;
    const cJSON *families;
    const cJSON *bands;
};

enum lf_status lf_runtime_speed_read(const struct lf_json *json,
                                     const struct lf_runtime_speed_text *text,
                                     struct lf_arena *arena, struct lf_runtime *runtime,
                                     struct lf_error *err);

#endif
