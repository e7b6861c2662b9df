#include "advise/fit.h"
#include "advise/info.h"
#include "cli/command.h"
#include "cli/nearest.h"

/* The model that the words name, or the base of a finetune that they name. */
static enum lf_status find_model(struct lf_session *session, const struct lf_model **model,
                                 struct lf_error *err)
{
    const struct lf_strings *words = &session->options.words;
    if (words->count == 0) {
        return lf_fail(err, LF_USAGE, "info needs the name of a model (llmfit list shows them)");
    }
    struct lf_text name = {0};
    struct lf_text names = {0};
    for (size_t i = 0; i < words->count; i++) {
        lf_text_format(&name, "%s%s", i == 0 ? "" : " ", words->items[i]);
    }
    enum lf_status status = LF_OK;
    *model = lf_catalog_find_model(&session->catalog, lf_text_string(&name));
    if (*model == NULL) {
        *model = lf_catalog_find_base(&session->catalog, lf_text_string(&name));
        session->request.finetune =
            lf_arena_copy(&session->options.arena, lf_text_string(&name), name.length);
    }
    if (*model == NULL) {
        const struct lf_model *near[LF_NEAREST_MOST];
        struct lf_nearest nearest = {
            .count = lf_catalog_nearest_models(&session->catalog, lf_text_string(&name), near)};
        for (size_t i = 0; i < nearest.count; i++) {
            nearest.names[i] = near[i]->id;
        }
        lf_nearest_format(&nearest, "", &names);
        status = lf_fail(err, LF_USAGE,
                         "\"%.128s\" names no single model of the catalog; the nearest are %s",
                         lf_text_string(&name), lf_text_string(&names));
    }
    lf_text_clear(&names);
    lf_text_clear(&name);
    return status;
}

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

static enum lf_status run(struct lf_session *session, struct lf_error *err)
{
    const struct lf_model *model = NULL;
    struct lf_info_report report = {0};
    enum lf_status status = lf_catalog_load(&session->catalog, LF_FIT_PARTS, err);
    if (status == LF_OK) {
        status = find_model(session, &model, err);
    }
    if (status == LF_OK) {
        status = lf_session_open_machine(session, err);
    }
    if (status == LF_OK) {
        status =
            lf_info(&session->machine, &session->catalog, &session->request, model, &report, err);
    }
    if (status == LF_OK && lf_info_lacks(&report)) {
        status = lf_catalog_load(&session->catalog, LF_CATALOG_CLASSES, err);
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

const struct lf_command_row lf_command_info = {
    .name = "info",
    .summary = "show everything about one model: sizes, placements, command",
    .usage = "MODEL [OPTION...]",
    .about = "Shows what a model takes in every quant, to the byte where that can be computed, "
             "where it would go on this machine, how fast it would be, and how to run it. MODEL is "
             "an id, a name, a Hugging Face repository, a file or an Ollama tag.",
    .examples = {"llmfit info qwen3-8b", "llmfit info gpt-oss 20b --context 64k",
                 "llmfit info gemma-4-12b --quant all", "llmfit info glm-5 --explain",
                 "llmfit info qwen3-8b --check --gpu \"rtx 3060\""},
    .bit = LF_FOR_INFO,
    .run = run,
};
