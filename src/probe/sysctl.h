/* Figures and words from sysctl, which macOS and FreeBSD share. */
#ifndef LLMFIT_PROBE_SYSCTL_H
#define LLMFIT_PROBE_SYSCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

/* As sysctlbyname, for reading: writes at most *bytes to value and sets *bytes to what was written.
 * Returns false when nothing has that name. context is what a recording needs. */
typedef bool lf_sysctl(const void *context, const char *name, void *value, size_t *bytes);

/* A whole number, of four or eight bytes there. Returns false when it has no such name, no such
 * size, or is negative. */
bool lf_sysctl_number(lf_sysctl *sysctl, const void *context, const char *name, uint64_t *number);

/* A text, clean and in the arena; NULL when there is none. */
const char *lf_sysctl_text(lf_sysctl *sysctl, const void *context, const char *name,
                           struct lf_arena *arena);

#endif
