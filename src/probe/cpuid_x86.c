/* Compiled with -mxsave, which declares _xgetbv. */
#include <cpuid.h>
#include <immintrin.h>

#include "probe/cpuid.h"

enum { OSXSAVE = 1 << 27 };

bool lf_cpuid_ask(const void *context, uint32_t leaf, uint32_t subleaf, uint32_t registers[4])
{
    (void)context;
    return __get_cpuid_count(leaf, subleaf, &registers[0], &registers[1], &registers[2],
                             &registers[3]) != 0;
}

uint64_t lf_cpuid_enabled(const void *context)
{
    uint32_t registers[4] = {0};
    bool is_used = lf_cpuid_ask(context, 1, 0, registers) && (registers[2] & OSXSAVE) != 0;
    return is_used ? (uint64_t)_xgetbv(0) : 0;
}
