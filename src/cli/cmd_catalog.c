#include <string.h>

#include "advise/audit.h"
#include "cli/command.h"

/* The words are "check", and the folder to check where --catalog does not name it. */
static enum lf_status read_words(struct lf_session *session, struct lf_error *err)
{
    const struct lf_options *options = &session->options;
    const struct lf_strings *words = &options->words;
    if (words->count == 0) {
        return lf_fail(err, LF_USAGE, "catalog needs a word: llmfit catalog check [DIR]");
    }
    if (strcmp(words->items[0], "check") != 0) {
        return lf_fail(err, LF_USAGE, "catalog knows no \"%.64s\"; llmfit catalog check [DIR]",
                       words->items[0]);
    }
    if (words->count > (options->catalog == NULL ? 2 : 1)) {
        return lf_fail(err, LF_USAGE, "catalog check takes one folder, \"%.64s\" is one too many",
                       words->items[words->count - 1]);
    }
    if (words->count == 2) {
        lf_catalog_init(&session->catalog, words->items[1]);
    }
    return LF_OK;
}

static enum lf_status run(struct lf_session *session, struct lf_error *err)
{
    struct lf_audit_report report = {0};
    enum lf_status status = read_words(session, err);
    if (status == LF_OK) {
        status = lf_audit(&session->catalog, &session->request, &report, err);
    }
    if (status == LF_OK) {
        session->renderer->audit(&report, &session->style, &session->out);
        status = lf_audit_status(&report);
        *err = (struct lf_error){0};
    }
    lf_audit_clear(&report);
    return status;
}

const struct lf_command_row lf_command_catalog = {
    .name = "catalog",
    .summary = "check the catalog, or a folder of data files over it",
    .usage = "check [DIR] [OPTION...]",
    .about =
        "Checks every row of the built-in catalog, or of the catalog with DIR over it: fields, "
        "sources and dates, references, and each model's parameters against the total its "
        "vendor states. Tells everything that is wrong with file, line and column, and exits "
        "with 3 when there are errors; notes are worth a look.",
    .examples = {"llmfit catalog check", "llmfit catalog check my-models",
                 "llmfit catalog check data --json"},
    .bit = LF_FOR_CATALOG,
    .run = run,
};
