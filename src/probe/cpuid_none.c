/* Processors that are not of the x86 family have no CPUID. */
#include "probe/cpuid.h"

bool lf_cpuid_ask(const void *context, uint32_t leaf, uint32_t subleaf, uint32_t registers[4])
{
    (void)context;
    (void)leaf;
    (void)subleaf;
    (void)registers;
    return false;
}

uint64_t lf_cpuid_enabled(const void *context)
{
    (void)context;
    return 0;
}
