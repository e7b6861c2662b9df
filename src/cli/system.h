/* What the system this program runs on calls itself. */
#ifndef LLMFIT_CLI_SYSTEM_H
#define LLMFIT_CLI_SYSTEM_H

#include "advise/doctor.h"
#include "base/memory.h"

/* Its name, release and kind of processor, in the arena; NULL what it does not tell. The name of
 * this computer in a network is nobody's business. */
struct lf_doctor_system lf_system_describe(struct lf_arena *arena);

#endif
