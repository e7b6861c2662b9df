#include <cpuid.h>

#include "probe/cpuid.h"

bool lf_cpuid_ask(const void *context, uint32_t leaf, uint32_t subleaf, uint32_t registers[4])
{
    (void)context;
    return __get_cpuid_count(leaf, subleaf, &registers[0], &registers[1], &registers[2],
                             &registers[3]) != 0;
}
