/* Finding what must not occur twice. Inner header of the catalog. */
#ifndef LLMFIT_CATALOG_UNIQUE_H
#define LLMFIT_CATALOG_UNIQUE_H

#include <stddef.h>

/* The place of a text in ids[count] that stands earlier in it too; count when all differ. */
size_t lf_find_repeated(const char *const ids[], size_t count);

#endif
