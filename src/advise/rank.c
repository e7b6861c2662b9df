#include "advise/rank.h"

#include <stdlib.h>
#include <string.h>

#include "advise/worth.h"
#include "base/memory.h"

static int descending(double a, double b)
{
    return a > b ? -1 : a < b;
}

static int by_id(const struct lf_choice *a, const struct lf_choice *b)
{
    return strcmp(a->subject->model->id, b->subject->model->id);
}

static int by_quality(const struct lf_choice *a, const struct lf_choice *b)
{
    return descending(a->expectation.q_eff, b->expectation.q_eff);
}

static int by_speed(const struct lf_choice *a, const struct lf_choice *b)
{
    return descending(a->decode.mid, b->decode.mid);
}

static int by_memory(const struct lf_choice *a, const struct lf_choice *b)
{
    return -descending((double)a->total_bytes, (double)b->total_bytes);
}

static int by_params(const struct lf_choice *a, const struct lf_choice *b)
{
    return descending((double)a->subject->form.params_total, (double)b->subject->form.params_total);
}

static int by_context(const struct lf_choice *a, const struct lf_choice *b)
{
    return descending((double)a->settings.context_tokens, (double)b->settings.context_tokens);
}

static int by_date(const struct lf_choice *a, const struct lf_choice *b)
{
    const char *left = a->subject->model->released;
    const char *right = b->subject->model->released;
    return strcmp(right == NULL ? "" : right, left == NULL ? "" : left);
}

static int by_worth(const struct lf_choice *a, const struct lf_choice *b)
{
    int order = descending(a->worth, b->worth);
    return order != 0 ? order : by_date(a, b);
}

/* qsort hands over no context, so each order is a function of its own. */
#define QSORT_ORDER(name, compare)                                           \
    static int name(const void *a, const void *b)                            \
    {                                                                        \
        const struct lf_choice *left = *(const struct lf_choice *const *)a;  \
        const struct lf_choice *right = *(const struct lf_choice *const *)b; \
        int order = compare(left, right);                                    \
        return order != 0 ? order : by_id(left, right);                      \
    }
QSORT_ORDER(sort_rank, by_worth)
QSORT_ORDER(sort_quality, by_quality)
QSORT_ORDER(sort_speed, by_speed)
QSORT_ORDER(sort_memory, by_memory)
QSORT_ORDER(sort_params, by_params)
QSORT_ORDER(sort_context, by_context)
QSORT_ORDER(sort_date, by_date)
QSORT_ORDER(sort_name, by_id)
#undef QSORT_ORDER

static int (*const orders[LF_SORT_COUNT])(const void *, const void *) = {
    [LF_SORT_RANK] = sort_rank,     [LF_SORT_QUALITY] = sort_quality,
    [LF_SORT_SPEED] = sort_speed,   [LF_SORT_MEMORY] = sort_memory,
    [LF_SORT_PARAMS] = sort_params, [LF_SORT_CONTEXT] = sort_context,
    [LF_SORT_DATE] = sort_date,     [LF_SORT_NAME] = sort_name,
};

/* Two models that one would not list side by side: the same weights trained further, or the same
 * vendor's of the same kind and size. */
static bool are_siblings(const struct lf_choice *a, const struct lf_choice *b)
{
    static const double same_size = 0.75;
    const struct lf_model *one = a->subject->model;
    const struct lf_model *other = b->subject->model;
    double params = (double)a->subject->form.params_total;
    double others = (double)b->subject->form.params_total;
    bool is_same_size = params >= same_size * others && others >= same_size * params;
    bool is_same_kind = (a->subject->form.experts > 0) == (b->subject->form.experts > 0);
    return one->shape == other->shape ||
           (is_same_size && is_same_kind && one->vendor != NULL && other->vendor != NULL &&
            strcmp(one->vendor, other->vendor) == 0);
}

/* Lowers the worth of each choice, sorted, by its siblings before it, so that one family does not
 * fill the list. */
static void spread_families(struct lf_choice **choices, size_t count)
{
    static const double kept_by_a_sibling = 0.8;
    double *kept = lf_alloc(count, sizeof *kept);
    for (size_t i = 0; i < count; i++) {
        kept[i] = 1;
        for (size_t j = 0; j < i; j++) {
            kept[i] *= are_siblings(choices[i], choices[j]) ? kept_by_a_sibling : 1;
        }
    }
    for (size_t i = 0; i < count; i++) {
        choices[i]->worth *= kept[i];
    }
    free(kept);
}

void lf_rank(struct lf_choice **choices, size_t count, enum lf_sort sort)
{
    if (count == 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        choices[i]->worth = lf_worth(choices[i]);
    }
    qsort(choices, count, sizeof *choices, orders[sort]);
    if (sort == LF_SORT_RANK) {
        spread_families(choices, count);
        qsort(choices, count, sizeof *choices, orders[sort]);
    }
}
