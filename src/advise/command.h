/* The command lines that run a choice. */
#ifndef LLMFIT_ADVISE_COMMAND_H
#define LLMFIT_ADVISE_COMMAND_H

#include "advise/choice.h"

enum { LF_ARGUMENTS_MOST = 32, LF_COMMANDS_MOST = 8 };

struct lf_command {
    const char *runtime; /* id */
    const char *arguments[LF_ARGUMENTS_MOST];
    size_t count;
    const char *file; /* what stands in the file it reads (Ollama's Modelfile); NULL: none */
};

struct lf_commands {
    struct lf_command items[LF_COMMANDS_MOST];
    size_t count;
};

/* Writes what realises the choice: the runtime's commands in the order to give them, then those of
 * others that run the same file the same way. None where the choice does not fit, or where no
 * published file is known. Context, slots, batch and cache types are always spelled out. */
void lf_commands_make(const struct lf_runtime *runtime, const struct lf_choice *choice,
                      struct lf_arena *arena, struct lf_commands *commands);

/* How many of the commands, from the first, are for the runtime that was asked for. */
size_t lf_commands_own(const struct lf_commands *commands);

#endif
