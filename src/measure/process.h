/* The memory of the process that answers at an address. Inner header of measure. */
#ifndef LLMFIT_MEASURE_PROCESS_H
#define LLMFIT_MEASURE_PROCESS_H

#include "base/amount.h"

/* What the process that listens there keeps in RAM now (resident, the pages of the model's file
 * included), bytes; what it has on GPUs is not in it. Known on Linux alone, of an address of this
 * computer, and of processes that this user may look into. */
struct lf_amount lf_process_resident_bytes(const char *url);

#endif
