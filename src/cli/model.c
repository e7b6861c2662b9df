/* Which model of the catalog a command is about. */
#include "cli/command.h"
#include "cli/nearest.h"

enum lf_status lf_session_find_model(struct lf_session *session, const struct lf_model **model,
                                     struct lf_error *err)
{
    const struct lf_strings *words = &session->options.words;
    if (words->count == 0) {
        return lf_fail(err, LF_USAGE, "%s needs the name of a model (llmfit list shows them)",
                       session->options.command->name);
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
