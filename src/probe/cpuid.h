/* Instruction sets that matter to inference, from the CPUID instruction of x86 processors, where
 * the system does not list them. */
#ifndef LLMFIT_PROBE_CPUID_H
#define LLMFIT_PROBE_CPUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"

/* Asks leaf and subleaf; fills eax, ebx, ecx, edx. Returns false where there is no such leaf, or no
 * CPUID. context is what a recording needs. */
typedef bool lf_cpuid(const void *context, uint32_t leaf, uint32_t subleaf, uint32_t registers[4]);

/* The instruction sets by the names Linux gives them. What needs registers that the system does not
 * save is left out: enabled is the XCR0 register. The list is in the arena. */
struct lf_strings lf_cpuid_isa(lf_cpuid *ask, const void *context, uint64_t enabled,
                               struct lf_arena *arena);

/* This processor's: its answers, and its XCR0 register, which is 0 where there is none or the
 * system does not use it. */
bool lf_cpuid_ask(const void *context, uint32_t leaf, uint32_t subleaf, uint32_t registers[4]);
uint64_t lf_cpuid_enabled(const void *context);

#endif
