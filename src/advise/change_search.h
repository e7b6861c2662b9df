/* How changes are searched for: each kind tries its steps, smallest first. Inner header. */
#ifndef LLMFIT_ADVISE_CHANGE_SEARCH_H
#define LLMFIT_ADVISE_CHANGE_SEARCH_H

#include "advise/change.h"

/* What is being looked for, and what was found. */
struct lf_change_search {
    const struct lf_advice_context *context;
    const struct lf_subject *subject;
    const struct lf_prospect *now;
    struct lf_arena *arena;
    unsigned missing;
    unsigned reached; /* by the kind of change that is being tried */
    struct lf_change *items;
    size_t count;
};

/* One state of things that differs from what is. */
struct lf_variant {
    const struct lf_machine *machine;
    const struct lf_request *request;
    uint64_t more_ram_bytes; /* on top of the budgets */
    uint64_t more_gpu_bytes; /* of each GPU */
};

/* Things as they are. */
struct lf_variant lf_variant_of(const struct lf_change_search *search);

/* How the model would run there. */
struct lf_prospect lf_change_plan(const struct lf_change_search *search,
                                  const struct lf_variant *variant);

/* The missing goals that a prospect reaches. */
unsigned lf_change_reached(const struct lf_change_search *search,
                           const struct lf_prospect *prospect);

/* Begins a kind of change: none of its steps has reached anything. */
void lf_change_begin(struct lf_change_search *search);

/* Whether steps of this kind have reached all that is missing. */
bool lf_change_is_done(const struct lf_change_search *search);

/* Whether the variant reaches a goal that no smaller step of its kind does; *prospect is its. */
bool lf_change_try(const struct lf_change_search *search, const struct lf_variant *variant,
                   struct lf_prospect *prospect);

/* Notes a step that lf_change_try found good. */
void lf_change_tell(struct lf_change_search *search, const struct lf_prospect *prospect,
                    const char *code, const char *text);

/* The kinds, each the work of one function. */
void lf_change_free_memory(struct lf_change_search *search);
void lf_change_cache(struct lf_change_search *search);
void lf_change_context(struct lf_change_search *search);
void lf_change_quant(struct lf_change_search *search);
void lf_change_disk(struct lf_change_search *search);
void lf_change_ram(struct lf_change_search *search);
void lf_change_second_card(struct lf_change_search *search);
void lf_change_larger_card(struct lf_change_search *search);

#endif
