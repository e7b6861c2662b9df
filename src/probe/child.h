/* Strangers' code set apart: drivers' libraries may hang, crash or print, and hwloc reads
 * environment variables. One fork, no exec; records of fixed size come back, each within the
 * deadline or not at all. Where fork is not to be had it is a thread: one that hangs is left
 * behind, and context must outlive it. */
#ifndef LLMFIT_PROBE_CHILD_H
#define LLMFIT_PROBE_CHILD_H

#include <stddef.h>

enum lf_child_end {
    LF_CHILD_DONE,    /* it said all it had to say */
    LF_CHILD_TIMEOUT, /* the deadline came first; it was killed */
    LF_CHILD_CRASHED, /* it ended without having finished */
    LF_CHILD_NONE,    /* it could not be started */
};

/* Where the child writes to; only for lf_child_send. */
struct lf_child_outlet;

/* What runs in the child; its return ends the child. In a process the standard streams are on
 * /dev/null and context is the parent's memory as it was. */
typedef void lf_child_work(const struct lf_child_outlet *outlet, const void *context);

/* Sends one record of record_bytes to the parent. */
void lf_child_send(const struct lf_child_outlet *outlet, const void *record);

/* Runs work and collects up to `most` records into records[most]; *count is how many came, also
 * when the child did not end well. A record may take LF_CHILD_RECORD_BYTES. The deadline is on the
 * clock of lf_clock_now_ms; a child that cannot even be killed is left behind a moment later. */
enum lf_child_end lf_child_run(lf_child_work *work, const void *context, void *records,
                               size_t record_bytes, size_t most, size_t *count, double deadline_ms);

enum { LF_CHILD_RECORD_BYTES = 500 };

#endif
