#include "advise/rank.h"

#include <stdlib.h>
#include <string.h>

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

static int by_tier_and_quality(const struct lf_choice *a, const struct lf_choice *b)
{
    if (a->expectation.tier != b->expectation.tier) {
        return a->expectation.tier > b->expectation.tier ? -1 : 1;
    }
    return by_quality(a, b);
}

static int by_speed_and_memory(const struct lf_choice *a, const struct lf_choice *b)
{
    int order = by_speed(a, b);
    return order != 0 ? order : by_memory(a, b);
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
QSORT_ORDER(sort_rank, by_tier_and_quality)
QSORT_ORDER(sort_run, by_speed_and_memory)
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

void lf_rank(struct lf_choice **choices, size_t count, enum lf_sort sort)
{
    if (count < 2) {
        return;
    }
    qsort(choices, count, sizeof *choices, orders[sort]);
    for (size_t start = 0; sort == LF_SORT_RANK && start < count;) {
        const struct lf_expectation *best = &choices[start]->expectation;
        size_t end = start + 1;
        while (end < count && choices[end]->expectation.tier == best->tier &&
               best->q_eff - choices[end]->expectation.q_eff <= LF_QUALITY_TOLERANCE) {
            end++;
        }
        qsort(choices + start, end - start, sizeof *choices, sort_run);
        start = end;
    }
}
