/* Reading this computer, or the recording of one. */
#ifndef LLMFIT_PROBE_PROBE_H
#define LLMFIT_PROBE_PROBE_H

#include "probe/machine.h"

struct lf_probe_options {
    const char *root;    /* NULL or "": this computer; else a folder with recorded proc/ and sys/ */
    unsigned timeout_ms; /* one deadline for all; 0 means LF_PROBE_TIMEOUT_MS */
};

enum { LF_PROBE_TIMEOUT_MS = 2000 };

/* What a back end is handed. */
struct lf_probe {
    const char *root;   /* "" for this computer; every path starts with it */
    bool is_recording;  /* drivers and system calls describe another machine: leave them */
    double deadline_ms; /* on the clock of lf_clock_now_ms */
    struct lf_machine *machine;
};

/* One back end: fills what it can; finding nothing is success. Tells trouble by
 * lf_machine_diagnose and returns how it went. */
struct lf_backend {
    const char *name;
    const char *source;
    enum lf_step_status (*run)(struct lf_probe *probe);
};

/* Runs the back ends in order and derives the rest. Never fails: what could not be found out is
 * unknown and, where it matters, a diagnostic. */
void lf_machine_probe(struct lf_machine *machine, const struct lf_probe_options *options);

#endif
