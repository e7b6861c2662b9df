#include "advise/list.h"
#include "cli/command.h"

static enum lf_status run(struct lf_session *session, struct lf_error *err)
{
    const struct lf_strings *words = &session->options.words;
    struct lf_list_report report = {0};
    enum lf_status status =
        lf_catalog_load(&session->catalog, LF_CATALOG_MODELS | LF_CATALOG_QUALITY, err);
    if (status == LF_OK) {
        status =
            lf_list(&session->catalog, &session->request, words->items, words->count, &report, err);
    }
    if (status == LF_OK) {
        session->renderer->list(&report, &session->request, &session->style, &session->out);
    }
    lf_list_clear(&report);
    return status;
}

const struct lf_command_row lf_command_list = {
    .name = "list",
    .alias = "search",
    .summary = "list the models of the catalog, or those that contain some words",
    .usage = "[WORD...] [OPTION...]",
    .about = "Lists the models of the catalog, newest first; with words, those that have all of "
             "them in their name, vendor or licence.",
    .examples = {"llmfit list", "llmfit search qwen coder", "llmfit list --sort params -n 10"},
    .bit = LF_FOR_LIST,
    .run = run,
};
