/* The processor, from /proc/cpuinfo and /sys/devices/system/cpu. Inner header of the probe. */
#ifndef LLMFIT_PROBE_CPU_LINUX_H
#define LLMFIT_PROBE_CPU_LINUX_H

#include <stdbool.h>
#include <stdint.h>

#include "probe/probe.h"

/* Counts, from /sys, the threads and cores that the topology step could not, and the cores of each
 * kind where there are two.
 *
 * has_modules  two cores share one vector unit and the kernel calls them threads of one core (AMD's
 *              Bulldozer); so do engines, which is why hwloc's count is put right */
void lf_cpu_count(struct lf_probe *probe, bool has_modules);

/* The name of an Arm core by the numbers of its MIDR register, "Cortex-A53"; NULL: not known. */
const char *lf_arm_core_name(uint64_t implementer, uint64_t part);

/* Who designed it, "Arm"; NULL where the core's name says so or nobody knows. */
const char *lf_arm_vendor_name(uint64_t implementer);

#endif
