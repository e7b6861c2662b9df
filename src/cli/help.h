/* Help, printed from the tables of commands, options and statuses. */
#ifndef LLMFIT_CLI_HELP_H
#define LLMFIT_CLI_HELP_H

#include "base/text.h"
#include "catalog/listed.h"
#include "cli/command.h"

/* Help on a command; NULL: on the program. */
void lf_help_add(const struct lf_command_row *command, struct lf_text *out);

/* The computers --machine knows by name. */
void lf_help_add_machines(const struct lf_listed_machines *machines, struct lf_text *out);

void lf_help_add_version(struct lf_text *out);

#endif
