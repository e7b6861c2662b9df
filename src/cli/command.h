/* The commands: one row and one file each. */
#ifndef LLMFIT_CLI_COMMAND_H
#define LLMFIT_CLI_COMMAND_H

#include <stddef.h>

#include "base/status.h"
#include "cli/session.h"

enum { LF_EXAMPLES_MOST = 6 };

struct lf_command_row {
    const char *name;
    const char *alias;   /* another name; NULL: none */
    const char *summary; /* a few words for the list of commands */
    const char *usage;   /* what follows the name on the command line */
    const char *about;   /* a paragraph for the command's own help */
    const char *examples[LF_EXAMPLES_MOST];
    unsigned bit; /* LF_FOR_... in the table of options */
    /* Writes the answer into session->out. LF_OK, LF_NO and LF_NO_PROBE come with an answer, the
     * rest without one. */
    enum lf_status (*run)(struct lf_session *session, struct lf_error *err);
};

extern const struct lf_command_row lf_command_fit;
extern const struct lf_command_row lf_command_system;
extern const struct lf_command_row lf_command_list;
extern const struct lf_command_row lf_command_info;
extern const struct lf_command_row lf_command_check;
extern const struct lf_command_row lf_command_catalog;
extern const struct lf_command_row lf_command_doctor;
extern const struct lf_command_row lf_command_plan;
extern const struct lf_command_row lf_command_cost;
extern const struct lf_command_row lf_command_bench;
extern const struct lf_command_row lf_command_help;

/* The command of that row, or NULL behind the last one; row 0 is the default. */
const struct lf_command_row *lf_command_at(size_t row);

/* The command of that name or alias; NULL, and LF_USAGE naming the nearest, when there is none. */
const struct lf_command_row *lf_command_find(const char *name, struct lf_error *err);

#endif
