/* Reading the shape of a model row: parts, kinds, order, MTP layers. Inner header of the catalog.
 */
#ifndef LLMFIT_CATALOG_SHAPE_H
#define LLMFIT_CATALOG_SHAPE_H

#include "catalog/model.h"

/* The members of a model row that make its shape; NULL where absent. */
struct lf_shape_text {
    const char *arch;
    const cJSON *parts;
    const cJSON *kinds;
    const cJSON *order;
    const cJSON *mtp;
};

/* Reads the shape of the model row at node; memory comes from the arena. */
enum lf_status lf_shape_read(const struct lf_json *json, const cJSON *node,
                             const struct lf_shape_text *text,
                             const struct lf_architectures *architectures, struct lf_arena *arena,
                             const struct lf_shape **shape, struct lf_error *err);

#endif
