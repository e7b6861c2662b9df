/* The catalog's documents, for those that look across them. Inner header of the catalog. */
#ifndef LLMFIT_CATALOG_FILES_H
#define LLMFIT_CATALOG_FILES_H

#include "catalog/catalog.h"

/* The document read for the file of that name below data/; NULL when there is none. */
const struct lf_json *lf_catalog_file(const struct lf_catalog *catalog, const char *file);

#endif
