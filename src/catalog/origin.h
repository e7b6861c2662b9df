/* Where the rows of a file come from, and when that was looked up. Inner header of the catalog. */
#ifndef LLMFIT_CATALOG_ORIGIN_H
#define LLMFIT_CATALOG_ORIGIN_H

#include "base/json.h"

/* Checks every "source" and "checked" below the root: a source says something, and a date is a day
 * of the calendar, not after today.
 *
 * today   "2026-11-22"; NULL: not known
 * newest  the newest date so far (NULL: none), raised to that of the document; borrowed from it */
enum lf_status lf_origins_check(const struct lf_json *json, const char *today, const char **newest,
                                struct lf_error *err);

#endif
