/* NVIDIA: memory, names and speed from the driver's library, on every system that has one. */
#ifndef LLMFIT_PROBE_NVIDIA_H
#define LLMFIT_PROBE_NVIDIA_H

#include "probe/probe.h"

/* Whether a card that NVIDIA's own driver runs is among the accelerators found so far. */
bool lf_nvidia_is_there(const struct lf_machine *machine);

/* The accelerator of that id, else a new one of NVIDIA's; a NULL id makes a new one. NULL when
 * there are too many. */
struct lf_accelerator *lf_nvidia_take(struct lf_machine *machine, const char *id);

/* Asks the driver's library, within the probe's deadline, and puts what it says into the
 * accelerators: those found so far that it tells of, and new ones. */
enum lf_step_status lf_nvidia_ask(struct lf_probe *probe);

#endif
