/* The catalog's models, listed. */
#ifndef LLMFIT_ADVISE_LIST_H
#define LLMFIT_ADVISE_LIST_H

#include "advise/choice.h"

struct lf_list_report {
    struct lf_arena arena;
    const struct lf_catalog *catalog;
    struct lf_subject *models; /* [count], sorted as the request says, newest first by default */
    size_t count;
};

/* Lists the models that contain every word of words[word_count] in id, name, vendor or licence. */
enum lf_status lf_list(const struct lf_catalog *catalog, const struct lf_request *request,
                       const char *const *words, size_t word_count, struct lf_list_report *report,
                       struct lf_error *err);

void lf_list_clear(struct lf_list_report *report);

#endif
