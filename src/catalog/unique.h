/* Finding what must not occur twice. Inner header of the catalog. */
#ifndef LLMFIT_CATALOG_UNIQUE_H
#define LLMFIT_CATALOG_UNIQUE_H

#include "base/json.h"

/* Fails when a row of the array has the same text under key as an earlier one. */
enum lf_status lf_check_unique(const struct lf_json *json, const cJSON *array, const char *key,
                               struct lf_error *err);

#endif
