/* Days of the calendar, as data and requests write them: "2026-11-22". */
#ifndef LLMFIT_BASE_DATE_H
#define LLMFIT_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* Reads "YYYY-MM-DD" into the number of days since 1970-01-01. Returns false, and leaves *day
 * alone, for NULL and for anything that is no day of the Gregorian calendar from 1970 on. */
bool lf_date_parse(const char *text, int64_t *day);

#endif
