#include "advise/fit.h"
#include "advise/info.h"
#include "advise/label.h"
#include "cli/command.h"

/* Yes and no for --check; an incomplete probe may have hidden what a "no" rests on. */
static enum lf_status judge(const struct lf_session *session, const struct lf_info_report *report,
                            struct lf_error *err)
{
    bool fits = report->placement_count > 0 && report->placements[0]->placement.fits;
    if (session->options.check && fits) {
        return LF_OK;
    }
    enum lf_status status = lf_session_check_probe(session, err);
    return status == LF_OK && session->options.check ? LF_NO : status;
}

/* Whether every model of about that size fits, in a quant that was looked at. */
static bool all_fit(const struct lf_label_report *report)
{
    for (size_t i = 0; i < report->row_count; i++) {
        if (report->rows[i].fitting == report->model_count) {
            return true;
        }
    }
    return false;
}

static enum lf_status run_label(struct lf_session *session, const struct lf_label *label,
                                struct lf_error *err)
{
    struct lf_label_report report = {0};
    if (session->request.runtime != NULL) {
        return lf_fail(err, LF_USAGE, "--runtime: a mere size is told for llama.cpp alone");
    }
    enum lf_status status = lf_session_open_machine(session, err);
    if (status == LF_OK) {
        status =
            lf_label(&session->machine, &session->catalog, &session->request, label, &report, err);
    }
    if (status == LF_OK) {
        session->renderer->label(&report, &session->style, &session->out);
        status = lf_session_check_probe(session, err);
    }
    if (status == LF_OK && session->options.check && !all_fit(&report)) {
        status = LF_NO;
    }
    lf_label_clear(&report);
    return status;
}

static enum lf_status run_model(struct lf_session *session, struct lf_error *err)
{
    const struct lf_model *model = NULL;
    struct lf_info_report report = {0};
    enum lf_status status = lf_session_find_model(session, &model, err);
    if (status == LF_OK) {
        status = lf_session_open_machine(session, err);
    }
    if (status == LF_OK) {
        lf_session_open_own(session);
        status =
            lf_info(&session->machine, &session->catalog, &session->request, model, &report, err);
    }
    if (status == LF_OK && lf_info_lacks(&report)) {
        status = lf_catalog_load(&session->catalog, LF_CATALOG_CLASSES | LF_CATALOG_DISKS, err);
        if (status == LF_OK) {
            status = lf_info_find_changes(&report, err);
        }
    }
    if (status == LF_OK) {
        session->renderer->info(&report, &session->style, &session->out);
        status = judge(session, &report, err);
    }
    lf_info_clear(&report);
    return status;
}

/* Whether the only word is a size, and no model is called so. */
static bool is_label(const struct lf_session *session, struct lf_label *label)
{
    const struct lf_strings *words = &session->options.words;
    return words->count == 1 && lf_label_parse(words->items[0], label) &&
           lf_catalog_find_model(&session->catalog, words->items[0]) == NULL;
}

static enum lf_status run(struct lf_session *session, struct lf_error *err)
{
    struct lf_label label;
    enum lf_status status = lf_catalog_load(&session->catalog, LF_FIT_PARTS, err);
    if (status != LF_OK) {
        return status;
    }
    return is_label(session, &label) ? run_label(session, &label, err) : run_model(session, err);
}

const struct lf_command_row lf_command_info = {
    .name = "info",
    .summary = "show everything about one model: sizes, placements, command",
    .usage = "MODEL [OPTION...]",
    .about =
        "Shows what a model takes in every quant, to the byte where that can be computed, "
        "where it would go on this machine, how fast it would be, and how to run it. MODEL is "
        "an id, a name, a Hugging Face repository, a file or an Ollama tag. Of a mere size (70B, "
        "256B-A32B, 8B@Q4) it tells intervals between the models of nearest size.",
    .examples = {"llmfit info qwen3-8b", "llmfit info gpt-oss 20b --context 64k",
                 "llmfit info gemma-4-12b --quant all", "llmfit info glm-5 --explain",
                 "llmfit info 70B", "llmfit info qwen3-8b --check --gpu \"rtx 3060\""},
    .bit = LF_FOR_INFO,
    .run = run,
};
