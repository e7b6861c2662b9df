#include "advise/cost.h"
#include "cli/command.h"

static enum lf_status run(struct lf_session *session, struct lf_error *err)
{
    const struct lf_model *model = NULL;
    struct lf_cost_report report = {0};
    enum lf_status status = lf_catalog_load(&session->catalog, LF_COST_PARTS, err);
    if (status == LF_OK) {
        status = lf_session_find_model(session, &model, err);
    }
    if (status == LF_OK) {
        status = lf_session_open_machine(session, err);
    }
    if (status == LF_OK) {
        status =
            lf_cost(&session->machine, &session->catalog, &session->request, model, &report, err);
    }
    if (status == LF_OK) {
        session->renderer->cost(&report, &session->style, &session->out);
        status = lf_session_check_probe(session, err);
    }
    lf_cost_clear(&report);
    return status;
}

const struct lf_command_row lf_command_cost = {
    .name = "cost",
    .summary = "is a model cheaper here than hosted?",
    .usage = "MODEL [OPTION...]",
    .about = "Sums up what a million tokens cost when this machine writes them and when a host "
             "does: the same model hosted, and the cheapest hosted model that is as good. The "
             "machine counts as owned, so that only electricity costs, unless --hardware-price "
             "says otherwise. Prices are dated; look up those that decide.",
    .examples = {"llmfit cost qwen3-32b", "llmfit cost gpt-oss-20b --kwh 0.30 --watts 350",
                 "llmfit cost qwen3.8-27b --hardware-price 4300 --hours 4",
                 "llmfit cost qwen3.8-27b --against \"claude sonnet 5.5\""},
    .bit = LF_FOR_COST,
    .run = run,
};
