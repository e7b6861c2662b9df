#define _DARWIN_C_SOURCE /* sysctlbyname */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <sys/sysctl.h>

#include "measure/memory.h"

enum { KINDS = 2, NAME_BYTES = 64 };

static uint64_t read_number(const char *name, const char *member, unsigned kind)
{
    char path[NAME_BYTES];
    uint64_t value = 0;
    size_t bytes = sizeof value;
    snprintf(path, sizeof path, name, kind, member);
    return sysctlbyname(path, &value, &bytes, NULL, 0) == 0 ? value : 0;
}

/* Apple's processors have second-level caches, one for each cluster of a kind of cores; Intel's a
 * third-level one. What lies between them and the memory is not told. */
uint64_t lf_memory_cache_bytes(void)
{
    uint64_t total = 0;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        uint64_t cores = read_number("hw.perflevel%u.%s", "physicalcpu", kind);
        uint64_t sharing = read_number("hw.perflevel%u.%s", "cpusperl2", kind);
        uint64_t bytes = read_number("hw.perflevel%u.%s", "l2cachesize", kind);
        total += sharing == 0 ? 0 : (cores + sharing - 1) / sharing * bytes;
    }
    return total;
}
