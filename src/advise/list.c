#include "advise/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static bool contains(const char *text, const char *word)
{
    return text != NULL && lf_text_contains_nocase(text, word);
}

static bool answers(const struct lf_model *model, const char *word)
{
    return contains(model->id, word) || contains(model->name, word) ||
           contains(model->vendor, word) || contains(model->licence, word) ||
           contains(model->hf, word);
}

static bool answers_all(const struct lf_model *model, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!answers(model, words[i])) {
            return false;
        }
    }
    return true;
}

static int by_id(const void *a, const void *b)
{
    const struct lf_subject *left = a;
    const struct lf_subject *right = b;
    return strcmp(left->model->id, right->model->id);
}

static int by_params(const void *a, const void *b)
{
    uint64_t left = ((const struct lf_subject *)a)->form.params_total;
    uint64_t right = ((const struct lf_subject *)b)->form.params_total;
    return left != right ? (left > right ? -1 : 1) : by_id(a, b);
}

static int by_context(const void *a, const void *b)
{
    uint64_t left = ((const struct lf_subject *)a)->model->native_context_tokens;
    uint64_t right = ((const struct lf_subject *)b)->model->native_context_tokens;
    return left != right ? (left > right ? -1 : 1) : by_id(a, b);
}

static int by_date(const void *a, const void *b)
{
    const char *left = ((const struct lf_subject *)a)->model->released;
    const char *right = ((const struct lf_subject *)b)->model->released;
    int order = strcmp(right == NULL ? "" : right, left == NULL ? "" : left);
    return order != 0 ? order : by_id(a, b);
}

enum lf_status lf_list(const struct lf_catalog *catalog, const struct lf_request *request,
                       const char *const *words, size_t word_count, struct lf_list_report *report,
                       struct lf_error *err)
{
    *report = (struct lf_list_report){.catalog = catalog};
    report->models = lf_arena_alloc(&report->arena, catalog->models.count, sizeof *report->models);
    for (size_t i = 0; i < catalog->models.count; i++) {
        const struct lf_model *model = &catalog->models.items[i];
        if (!answers_all(model, words, word_count) ||
            (request->licence != NULL && !contains(model->licence, request->licence))) {
            continue;
        }
        struct lf_subject *subject = &report->models[report->count++];
        enum lf_status status = lf_subject_make(model, &report->arena, subject, err);
        if (status != LF_OK) {
            return status;
        }
    }
    int (*order)(const void *, const void *) = by_date;
    if (request->sort == LF_SORT_NAME) {
        order = by_id;
    } else if (request->sort == LF_SORT_PARAMS || request->sort == LF_SORT_MEMORY) {
        order = by_params;
    } else if (request->sort == LF_SORT_CONTEXT) {
        order = by_context;
    }
    if (report->count > 1) {
        qsort(report->models, report->count, sizeof *report->models, order);
    }
    return LF_OK;
}

void lf_list_clear(struct lf_list_report *report)
{
    lf_arena_clear(&report->arena);
}
