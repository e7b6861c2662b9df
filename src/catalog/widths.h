/* How wide the intermediate results of a described shape are. */
#ifndef LLMFIT_CATALOG_WIDTHS_H
#define LLMFIT_CATALOG_WIDTHS_H

#include "base/form.h"
#include "catalog/shape.h"

/* Fills the widths of a shape's parts, the widest of each type. */
void lf_widths_measure(const struct lf_shape *shape, struct lf_widths *widths);

#endif
