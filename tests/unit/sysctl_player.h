/* A recorded answer of sysctl, for the systems that have it. */
#ifndef LLMFIT_TESTS_SYSCTL_PLAYER_H
#define LLMFIT_TESTS_SYSCTL_PLAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SYSCTLS_MOST = 16 };

struct played_sysctl {
    const char *name; /* NULL behind the last */
    const char *text; /* NULL: a number */
    uint64_t number;
    size_t bytes; /* of the number */
};

/* Answers as sysctlbyname does: copies at most *bytes of the value and tells how many; false for a
 * name that is not recorded. */
bool play_sysctl_of(const struct played_sysctl sysctls[SYSCTLS_MOST], const char *name, void *value,
                    size_t *bytes);

#endif
