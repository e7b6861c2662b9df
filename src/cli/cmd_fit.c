#include "advise/fit.h"
#include "cli/command.h"

static enum lf_status run(struct lf_session *session, struct lf_error *err)
{
    if (session->options.words.count > 0) {
        return lf_fail(err, LF_USAGE, "fit takes no words, but \"%.64s\" was given",
                       session->options.words.items[0]);
    }
    struct lf_fit_report report = {0};
    enum lf_status status = lf_session_open_machine(session, err);
    if (status == LF_OK) {
        status = lf_catalog_load(&session->catalog, LF_FIT_PARTS | LF_CATALOG_PRICES, err);
    }
    if (status == LF_OK) {
        lf_session_open_own(session);
        status = lf_fit(&session->machine, &session->catalog, &session->request, &report, err);
    }
    if (status == LF_OK) {
        session->renderer->fit(&report, &session->style, &session->out);
        status = lf_session_check_probe(session, err);
    }
    lf_fit_clear(&report);
    return status;
}

const struct lf_command_row lf_command_fit = {
    .name = "fit",
    .alias = "recommend",
    .summary = "rank the models this machine can run (the default)",
    .usage = "[OPTION...]",
    .about = "Reads this machine, sizes every model of the catalog on it, and ranks what fits by "
             "quality as far as it is fast enough, each with the quant, context and placement that "
             "serve it best. A model stands lower for every near relative before it.",
    .examples = {"llmfit", "llmfit --use-case coding --min-tps 20", "llmfit --gpu \"rtx 3090x2\"",
                 "llmfit fit --json -n 5"},
    .bit = LF_FOR_FIT,
    .run = run,
};
