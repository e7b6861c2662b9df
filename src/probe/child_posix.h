/* The two ways a stranger's code is set apart on POSIX systems, behind one pipe. */
#ifndef LLMFIT_PROBE_CHILD_POSIX_H
#define LLMFIT_PROBE_CHILD_POSIX_H

#include "probe/child.h"

struct lf_child_outlet {
    int handle;
    size_t record_bytes;
};

/* Starts work with that outlet and takes the pipe's end in it; reader is the other end, which what
 * is started must not hold open. Returns what lf_child_stop wants, or -1 when it cannot. */
long lf_child_start(lf_child_work *work, const void *context, const struct lf_child_outlet *outlet,
                    int reader);

/* Ends what still runs, as far as that can be done. */
void lf_child_stop(long child);

/* Tells the parent that all is said. */
void lf_child_finish(const struct lf_child_outlet *outlet);

#endif
