/* Everything about one model: exact sizes by quant, and where it would go on this machine. */
#ifndef LLMFIT_ADVISE_INFO_H
#define LLMFIT_ADVISE_INFO_H

#include "advise/change.h"
#include "advise/command.h"
#include "advise/explain.h"
#include "advise/wait.h"

struct lf_info_report {
    struct lf_arena arena;
    const struct lf_machine *machine;
    const struct lf_request *request;
    const struct lf_catalog *catalog;
    const struct lf_runtime *runtime; /* the engine the figures are for */
    struct lf_budget budget;
    struct lf_subject subject;
    struct lf_settings settings; /* of the sizes */
    enum lf_exactness exactness;
    struct lf_size_row *sizes; /* [size_count], best quant first */
    size_t size_count;
    struct lf_choice **placements; /* [placement_count], best first; the first is the advice */
    size_t placement_count;
    struct lf_wait *waits;              /* [placement_count] */
    struct lf_commands *commands;       /* [placement_count] */
    struct lf_explanation *explanation; /* of the advice; NULL: not asked for */
    struct lf_changes changes;          /* what would serve better; see lf_info_find_changes */
    struct lf_reason *warnings;
    size_t warning_count;
};

enum lf_status lf_info(const struct lf_machine *machine, const struct lf_catalog *catalog,
                       const struct lf_request *request, const struct lf_model *model,
                       struct lf_info_report *report, struct lf_error *err);

/* Whether the advice leaves something to be wished: it does not fit, not wholly, or is slower than
 * asked for. */
bool lf_info_lacks(const struct lf_info_report *report);

/* Finds the changes that would mend that, and tells those that make it fit among what helps. The
 * report is that of lf_info; the catalog may have more parts by now: its classes name cards. */
enum lf_status lf_info_find_changes(struct lf_info_report *report, struct lf_error *err);

void lf_info_clear(struct lf_info_report *report);

#endif
