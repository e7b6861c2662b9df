#include "cli/command.h"

#include <string.h>

#include "cli/nearest.h"

static const struct lf_command_row *const commands[] = {
    &lf_command_fit,    &lf_command_info,  &lf_command_list,   &lf_command_plan,
    &lf_command_cost,   &lf_command_check, &lf_command_system, &lf_command_catalog,
    &lf_command_doctor, &lf_command_bench, &lf_command_help,
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

const struct lf_command_row *lf_command_at(size_t row)
{
    return row < COMMAND_COUNT ? commands[row] : NULL;
}

const struct lf_command_row *lf_command_find(const char *name, struct lf_error *err)
{
    struct lf_nearest nearest = {.name = name};
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const char *alias = commands[i]->alias;
        if (strcmp(name, commands[i]->name) == 0 || (alias != NULL && strcmp(name, alias) == 0)) {
            return commands[i];
        }
        lf_nearest_add(&nearest, commands[i]->name);
        if (alias != NULL) {
            lf_nearest_add(&nearest, alias);
        }
    }
    struct lf_text names = {0};
    lf_nearest_format(&nearest, "", &names);
    lf_fail(err, LF_USAGE,
            "\"%.64s\" is not a command; the nearest are %s (for a model: llmfit info NAME)", name,
            lf_text_string(&names));
    lf_text_clear(&names);
    return NULL;
}
