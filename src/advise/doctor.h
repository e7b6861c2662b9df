/* What a bug report needs of a machine, and nothing that tells whose it is: `llmfit doctor`. */
#ifndef LLMFIT_ADVISE_DOCTOR_H
#define LLMFIT_ADVISE_DOCTOR_H

#include "catalog/catalog.h"
#include "probe/machine.h"

/* The operating system; NULL where a recording or a file stands in for this computer. */
struct lf_doctor_system {
    const char *name;         /* "Linux" */
    const char *release;      /* "6.8.0-45-generic" */
    const char *architecture; /* "x86_64" */
};

struct lf_doctor_figure {
    const char *name;        /* "memory.total_bytes", as in the document of the machine */
    struct lf_amount amount; /* its source without paths of the user's */
    const char *help;        /* how to state it; NULL when it is known */
};

/* The machine, the catalog and the system are borrowed and must outlive the report. What the
 * machine says of paths is in the copies here; renderers take figures, steps and diagnostics from
 * them alone, and leave disks and labels out. */
struct lf_doctor_report {
    struct lf_arena arena;
    const struct lf_machine *machine;
    const struct lf_catalog *catalog;
    struct lf_doctor_system system;
    const struct lf_doctor_figure *figures; /* [figure_count] */
    size_t figure_count;
    struct lf_step steps[LF_STEPS_MOST];
    size_t step_count;
    struct lf_diagnostic diagnostics[LF_DIAGNOSTICS_MOST];
    size_t diagnostic_count;
};

/* Makes the report of a machine: what is known and from where, what is not and how to state it. */
void lf_doctor(const struct lf_machine *machine, const struct lf_catalog *catalog,
               const struct lf_doctor_system *system, struct lf_doctor_report *report);

void lf_doctor_clear(struct lf_doctor_report *report);

/* A copy of text in which only the system's own paths are left: a control group's keeps its last
 * part, as what is before it names users and jobs, and any other is "(path)". */
const char *lf_doctor_clean(struct lf_arena *arena, const char *text);

#endif
