/* Text that a system or a driver tells, made fit to be kept. */
#ifndef LLMFIT_PROBE_SYSTEXT_H
#define LLMFIT_PROBE_SYSTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

/* text[length] without blanks around it, other than printable ASCII replaced by '?'; NULL when
 * nothing is left. */
const char *lf_sys_clean(struct lf_arena *arena, const char *text, size_t length);

/* The number at the start of text (blanks skipped), in base 10 or 16; *end (NULL allowed) is where
 * it stops. Returns false when there is none or it does not fit. */
bool lf_sys_parse(const char *text, int base, uint64_t *number, const char **end);

/* What follows key at the start of a line of text ("MemTotal:"), blanks skipped; NULL when no line
 * starts so. Runs to the end of the text, not of the line. */
const char *lf_sys_find(const char *text, const char *key);

#endif
