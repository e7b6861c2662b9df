#include "cli/command.h"

static enum lf_status run(struct lf_session *session, struct lf_error *err)
{
    if (session->options.words.count > 0) {
        return lf_fail(err, LF_USAGE, "system takes no words, but \"%.64s\" was given",
                       session->options.words.items[0]);
    }
    /* Loaded even where the machine lacks nothing: the document names the catalog, also when it is
     * read back. The devices are left out, as they take longer than all the rest. */
    enum lf_status status = lf_catalog_load(&session->catalog, LF_CATALOG_CPUS, err);
    if (status == LF_OK) {
        status = lf_session_open_machine(session, err);
    }
    if (status == LF_OK) {
        session->renderer->system(&session->machine, &session->catalog, &session->style,
                                  &session->out);
    }
    return status;
}

const struct lf_command_row lf_command_system = {
    .name = "system",
    .summary = "show what this machine has, and where each figure comes from",
    .usage = "[OPTION...]",
    .about = "Shows CPU, memory, GPUs and disks with the origin of each figure. Its JSON is a "
             "machine file: with --machine FILE, llmfit answers elsewhere as it would here.",
    .examples = {"llmfit system", "llmfit system --json > box.json", "llmfit --machine box.json",
                 "llmfit system --machine mac-studio-m3-ultra-512"},
    .bit = LF_FOR_SYSTEM,
    .run = run,
};
