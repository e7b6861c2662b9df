#include "cli/command.h"
#include "cli/help.h"

static enum lf_status run(struct lf_session *session, struct lf_error *err)
{
    const struct lf_strings *words = &session->options.words;
    const struct lf_command_row *command = NULL;
    if (words->count > 0) {
        command = lf_command_find(words->items[0], err);
        if (command == NULL) {
            return LF_USAGE;
        }
    }
    lf_help_add(command, &session->out);
    return LF_OK;
}

const struct lf_command_row lf_command_help = {
    .name = "help",
    .summary = "show what a command does and takes",
    .usage = "[COMMAND]",
    .about = "Shows what a command does and which options it takes.",
    .examples = {"llmfit                         what can I run here?",
                 "llmfit info qwen3-8b           everything about one model",
                 "llmfit --gpu \"rtx 4090\"        and with another GPU?",
                 "llmfit --json                  the same for a script"},
    .bit = LF_FOR_HELP,
    .run = run,
};
