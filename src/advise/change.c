#include "advise/change.h"

#include <stdlib.h>

#include "advise/change_search.h"
#include "base/units.h"

enum { CHANGES_MOST = 8 * LF_GOAL_COUNT };

static const struct {
    unsigned goal;
    const char *id;
    const char *words;
} goals[LF_GOAL_COUNT] = {
#define LF_GOAL_ROW(name, bit, id, words) {LF_GOAL_##name, id, words},
    LF_GOALS(LF_GOAL_ROW)
#undef LF_GOAL_ROW
};

const char *lf_goal_id(unsigned goal)
{
    for (size_t i = 0; i < LF_GOAL_COUNT; i++) {
        if (goals[i].goal == goal) {
            return goals[i].id;
        }
    }
    return NULL;
}

const char *lf_goal_words(unsigned goal)
{
    for (size_t i = 0; i < LF_GOAL_COUNT; i++) {
        if (goals[i].goal == goal) {
            return goals[i].words;
        }
    }
    return NULL;
}

unsigned lf_goals_missing(const struct lf_advice_context *context,
                          const struct lf_prospect *prospect)
{
    unsigned missing = prospect->fits ? 0 : LF_GOAL_FIT;
    if (context->request->min_tps > 0 && !prospect->is_fast_enough) {
        missing |= LF_GOAL_SPEED;
    }
    if (context->budget->gpu_count > 0 && !prospect->is_whole) {
        missing |= LF_GOAL_WHOLE;
    }
    return missing;
}

struct lf_variant lf_variant_of(const struct lf_change_search *search)
{
    return (struct lf_variant){.machine = search->context->machine,
                               .request = search->context->request};
}

struct lf_prospect lf_change_plan(const struct lf_change_search *search,
                                  const struct lf_variant *variant)
{
    struct lf_advice_context context;
    struct lf_budget *budget = lf_alloc(1, sizeof *budget);
    struct lf_prospect prospect = {.fits = false};
    if (lf_advice_prepare(search->context->catalog, variant->machine, variant->request, budget,
                          &context, NULL) == LF_OK) {
        budget->ram.budget_bytes = lf_add(budget->ram.budget_bytes, variant->more_ram_bytes);
        for (size_t g = 0; g < budget->gpu_count; g++) {
            struct lf_pool *pool = &budget->gpus[g];
            pool->budget_bytes = lf_add(pool->budget_bytes, variant->more_gpu_bytes);
        }
        prospect = lf_prospect_seek(&context, search->subject);
    }
    free(budget);
    return prospect;
}

unsigned lf_change_reached(const struct lf_change_search *search,
                           const struct lf_prospect *prospect)
{
    unsigned reached = prospect->fits ? LF_GOAL_FIT : 0;
    reached |= prospect->fits && prospect->is_fast_enough ? LF_GOAL_SPEED : 0;
    reached |= prospect->is_whole ? LF_GOAL_WHOLE : 0;
    return reached & search->missing;
}

void lf_change_begin(struct lf_change_search *search)
{
    search->reached = 0;
}

bool lf_change_is_done(const struct lf_change_search *search)
{
    return search->reached == search->missing;
}

bool lf_change_try(const struct lf_change_search *search, const struct lf_variant *variant,
                   struct lf_prospect *prospect)
{
    *prospect = lf_change_plan(search, variant);
    return (lf_change_reached(search, prospect) & ~search->reached) != 0;
}

void lf_change_tell(struct lf_change_search *search, const struct lf_prospect *prospect,
                    const char *code, const char *text)
{
    unsigned reached = lf_change_reached(search, prospect);
    if (search->count < CHANGES_MOST) {
        search->items[search->count++] = (struct lf_change){
            .code = code,
            .text = text,
            .reaches = reached & ~search->reached,
            .prospect = *prospect,
        };
    }
    search->reached |= reached;
}

void lf_changes_find(const struct lf_advice_context *context, const struct lf_subject *subject,
                     const struct lf_prospect *now, struct lf_arena *arena,
                     struct lf_changes *changes)
{
    struct lf_change_search search = {
        .context = context,
        .subject = subject,
        .now = now,
        .arena = arena,
        .missing = lf_goals_missing(context, now),
        .items = lf_arena_alloc(arena, CHANGES_MOST, sizeof *search.items),
    };
    if (search.missing != 0) {
        lf_change_free_memory(&search);
        lf_change_cache(&search);
        lf_change_context(&search);
        lf_change_quant(&search);
        lf_change_disk(&search);
        lf_change_ram(&search);
        lf_change_second_card(&search);
        lf_change_larger_card(&search);
    }
    *changes = (struct lf_changes){search.missing, search.items, search.count};
}
