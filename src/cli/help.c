#include "cli/help.h"

#include <stdio.h>

#include "catalog/catalog.h"
#include "cli/options.h"
#include "report/layout.h"
#include "rules/weights.h"

enum { LABEL_COLUMNS = 28, LABEL_BYTES = 64 };

static const struct lf_style style = {.columns = LF_STYLE_COLUMNS};

/* "  -n, --limit N|all      rows to show". */
static void add_option(const struct lf_option *row, struct lf_text *out)
{
    char letter[] = "-?, ";
    char label[LABEL_BYTES];
    letter[1] = row->letter;
    snprintf(label, sizeof label, "  %s--%s%s%s", row->letter == '\0' ? "    " : letter, row->name,
             row->value == NULL ? "" : " ", row->value == NULL ? "" : row->value);
    const struct lf_paragraph paragraph = {.label = label, .label_columns = LABEL_COLUMNS};
    lf_layout_paragraph(out, &style, &paragraph, row->help);
}

/* The options of a group that one of the commands uses. */
static void add_options(enum lf_option_group group, unsigned commands, struct lf_text *out)
{
    bool has_title = false;
    for (size_t i = 0; i < lf_option_count; i++) {
        const struct lf_option *row = &lf_option_rows[i];
        if (row->group != group || (row->commands & commands) == 0) {
            continue;
        }
        if (!has_title) {
            lf_text_format(out, "\n%s:\n", lf_option_group_title(group));
            has_title = true;
        }
        add_option(row, out);
    }
}

static void add_examples(const struct lf_command_row *command, struct lf_text *out)
{
    lf_text_add_string(out, "\nExamples:\n");
    for (size_t i = 0; i < LF_EXAMPLES_MOST && command->examples[i] != NULL; i++) {
        lf_text_format(out, "  %s\n", command->examples[i]);
    }
}

static void add_command_help(const struct lf_command_row *command, struct lf_text *out)
{
    const struct lf_paragraph plain = {0};
    lf_text_format(out, "Usage: llmfit %s%s%s\n\n", command->name,
                   command->usage[0] == '\0' ? "" : " ", command->usage);
    lf_layout_paragraph(out, &style, &plain, command->about);
    add_examples(command, out);
    for (unsigned group = 0; group < LF_GROUP_COUNT; group++) {
        add_options((enum lf_option_group)group, command->bit, out);
    }
    lf_text_add_string(out, "\nSizes: 16G is GiB, 16GB is 10^9 bytes. Tokens: 8k is 8 x 1024.\n");
}

static void add_program_help(struct lf_text *out)
{
    lf_text_add_string(out, "llmfit: which language models can this computer run, and what should\n"
                            "you honestly expect of them?\n\n"
                            "Usage: llmfit [COMMAND] [OPTION...]\n\nCommands:\n");
    const struct lf_command_row *row = NULL;
    for (size_t i = 0; (row = lf_command_at(i)) != NULL; i++) {
        char label[LABEL_BYTES];
        snprintf(label, sizeof label, "  %s%s%s", row->name, row->alias == NULL ? "" : ", ",
                 row->alias == NULL ? "" : row->alias);
        const struct lf_paragraph paragraph = {.label = label, .label_columns = 18};
        lf_layout_paragraph(out, &style, &paragraph, row->summary);
    }
    add_examples(&lf_command_help, out);
    add_options(LF_GROUP_OUTPUT, ~0U, out);
    lf_text_add_string(out, "\nExit codes:\n");
    for (int status = 0; status < LF_STATUS_COUNT; status++) {
        lf_text_format(out, "  %3d  %s\n", lf_status_exit_code((enum lf_status)status),
                       lf_status_words((enum lf_status)status));
    }
    lf_text_add_string(out, "\nllmfit help COMMAND shows a command's own options.\n");
}

void lf_help_add(const struct lf_command_row *command, struct lf_text *out)
{
    if (command == NULL || command == &lf_command_help) {
        add_program_help(out);
    } else {
        add_command_help(command, out);
    }
}

void lf_help_add_machines(const struct lf_listed_machines *machines, struct lf_text *out)
{
    lf_text_add_string(out, "Computers that --machine knows by name:\n\n");
    for (size_t i = 0; i < machines->count; i++) {
        char label[LABEL_BYTES];
        snprintf(label, sizeof label, "  %s", machines->items[i].id);
        const struct lf_paragraph paragraph = {.label = label, .label_columns = LABEL_COLUMNS};
        lf_layout_paragraph(out, &style, &paragraph, machines->items[i].name);
    }
    lf_text_add_string(out, "\nllmfit system --machine NAME shows what one has.\n");
}

void lf_help_add_version(struct lf_text *out)
{
    lf_text_format(out, "llmfit %s (sizes hold for %s)\n", lf_catalog_version,
                   LF_ENGINE_NAME " " LF_ENGINE_VERSION);
}
