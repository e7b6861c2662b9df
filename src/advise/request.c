#include "advise/request.h"

#include <string.h>

static const struct {
    const char *id;
    uint64_t context_tokens;
    enum lf_skill skill;
} use_cases[LF_USE_CASE_COUNT] = {
#define LF_USE_CASE_ROW(name, id, context_tokens, skill) \
    [LF_USE_CASE_##name] = {id, context_tokens, LF_SKILL_##skill},
    LF_USE_CASES(LF_USE_CASE_ROW)
#undef LF_USE_CASE_ROW
};

static const char *const sorts[LF_SORT_COUNT] = {
#define LF_SORT_ROW(name, id) [LF_SORT_##name] = id,
    LF_SORTS(LF_SORT_ROW)
#undef LF_SORT_ROW
};

void lf_cost_request_init(struct lf_cost_request *cost)
{
    *cost = (struct lf_cost_request){
        .usd_per_kwh = -1,
        .hours_per_day = -1,
        .price_usd = -1,
        .resale_frac = -1,
        .years = -1,
        .generating_watts = -1,
        .idle_watts = -1,
        .input_ratio = -1,
    };
}

void lf_request_init(struct lf_request *request)
{
    *request = (struct lf_request){.slots = 1};
    lf_cost_request_init(&request->cost);
}

static const char *const runtimes[] = {
#define LF_RUNTIME_ROW(id) id,
    LF_RUNTIMES(LF_RUNTIME_ROW)
#undef LF_RUNTIME_ROW
};

const char *lf_runtime_id(size_t place)
{
    return place < sizeof runtimes / sizeof runtimes[0] ? runtimes[place] : NULL;
}

const char *lf_use_case_id(enum lf_use_case use_case)
{
    return use_cases[use_case].id;
}

uint64_t lf_use_case_context(enum lf_use_case use_case)
{
    return use_cases[use_case].context_tokens;
}

enum lf_skill lf_use_case_skill(enum lf_use_case use_case)
{
    return use_cases[use_case].skill;
}

bool lf_use_case_find(const char *id, enum lf_use_case *use_case)
{
    for (int i = 0; i < LF_USE_CASE_COUNT; i++) {
        if (strcmp(id, use_cases[i].id) == 0) {
            *use_case = (enum lf_use_case)i;
            return true;
        }
    }
    return false;
}

const char *lf_sort_id(enum lf_sort sort)
{
    return sorts[sort];
}

bool lf_sort_find(const char *id, enum lf_sort *sort)
{
    for (int i = 0; i < LF_SORT_COUNT; i++) {
        if (strcmp(id, sorts[i]) == 0) {
            *sort = (enum lf_sort)i;
            return true;
        }
    }
    return false;
}
