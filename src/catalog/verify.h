/* What no row shows alone: checks across the whole catalog. */
#ifndef LLMFIT_CATALOG_VERIFY_H
#define LLMFIT_CATALOG_VERIFY_H

#include "catalog/catalog.h"

/* Checks a catalog whose parts are all loaded, and adds what is wrong to catalog->findings:
 *
 *     models     shapes expand, parameters agree with the totals and active counts stated, no layer
 *                has a tensor twice, no name means two models, dates, repositories and quants are
 *                such
 *     quality    rows of models that are not there (a note), the best paid model is one of the list
 *     prices     rows of models that are not there (a note)
 *     quants     every mix has a row
 *     devices    release dates are dates
 *     benchmarks see lf_benchmarks_verify */
void lf_catalog_verify(const struct lf_catalog *catalog);

/* The part of it that looks at the published speeds: their devices, models, engines and back ends
 * are of the catalog, and bandwidths those that it lists. */
void lf_benchmarks_verify(const struct lf_catalog *catalog);

#endif
