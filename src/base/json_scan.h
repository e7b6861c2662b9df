/* The validating scan behind base/json.h, and positions of values. */
#ifndef LLMFIT_BASE_JSON_SCAN_H
#define LLMFIT_BASE_JSON_SCAN_H

#include <stddef.h>

/* Where the value with that number starts (0 is the root; values count in the order they start,
 * keys do not count). The text has passed lf_json_scan. Lines and columns are 1-based; columns
 * count bytes. */
void lf_json_locate(const char *text, size_t length, size_t number, unsigned *line,
                    unsigned *column);

#endif
