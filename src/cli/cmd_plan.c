#include "advise/fit.h"
#include "advise/plan.h"
#include "cli/command.h"

enum { ROWS_SHOWN = 12 };

static enum lf_status run(struct lf_session *session, struct lf_error *err)
{
    const struct lf_model *model = NULL;
    struct lf_plan_report report = {0};
    if (session->options.quant.all) {
        return lf_fail(err, LF_USAGE, "plan takes one --quant, or none to choose the best");
    }
    if (session->options.limit == LF_LIMIT_UNSET) {
        session->request.limit = ROWS_SHOWN;
    }
    enum lf_status status = lf_catalog_load(&session->catalog, LF_CATALOG_MODELS, err);
    if (status == LF_OK) {
        status = lf_session_find_model(session, &model, err);
    }
    if (status == LF_OK) {
        status = lf_catalog_load(&session->catalog,
                                 LF_FIT_PARTS | LF_CATALOG_CLASSES | LF_CATALOG_PRICES, err);
    }
    if (status == LF_OK) {
        status = lf_plan(&session->catalog, &session->request, model, &report, err);
    }
    if (status == LF_OK) {
        session->renderer->plan(&report, &session->style, &session->out);
    }
    lf_plan_clear(&report);
    return status;
}

const struct lf_command_row lf_command_plan = {
    .name = "plan",
    .summary = "list the smallest machines that run a model",
    .usage = "MODEL [OPTION...]",
    .about = "Lists what it takes to run a model: for each kind of machine (one GPU, several, GPU "
             "and RAM, Apple, other unified memory, CPU) the smallest that does, as it would run "
             "there, and where one machine is not enough, how many of them and through which "
             "engine. It does not look at this computer.",
    .examples = {"llmfit plan qwen3-32b", "llmfit plan gpt-oss-120b --min-tps 20",
                 "llmfit plan glm-4.6 --context 64k --quant Q4_K_M",
                 "llmfit plan kimi-k2-instruct --json"},
    .bit = LF_FOR_PLAN,
    .run = run,
};
