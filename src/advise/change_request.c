/* Changes that cost nothing: memory freed, and what is asked of the model. */
#include <stdlib.h>

#include "advise/change_search.h"
#include "advise/runtime.h"
#include "base/units.h"
#include "rules/engine.h"

enum { LEAST_CONTEXT_TOKENS = 4096, STEP_TOKENS = 1024 };

/* How much of a pool could be had by closing programs: on free memory what they hold; else what is
 * kept for them of RAM beyond the least. */
static uint64_t closable_bytes(const struct lf_change_search *search, const struct lf_budget *plain,
                               bool gpu)
{
    const struct lf_budget *budget = search->context->budget;
    if (gpu) {
        return budget->gpu_count == 0
                   ? 0
                   : lf_sub(plain->gpus[0].budget_bytes, budget->gpus[0].budget_bytes);
    }
    return search->context->request->uses_free
               ? lf_sub(plain->ram.budget_bytes, budget->ram.budget_bytes)
               : lf_sub(budget->ram.reserve_bytes, LF_RAM_RESERVE_LEAST_BYTES);
}

static void try_closing(struct lf_change_search *search, const struct lf_budget *plain, bool gpu)
{
    static const uint64_t amounts_gib[] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128};
    uint64_t most = closable_bytes(search, plain, gpu);
    lf_change_begin(search);
    for (size_t i = 0; i < sizeof amounts_gib / sizeof amounts_gib[0] && !lf_change_is_done(search);
         i++) {
        uint64_t bytes = amounts_gib[i] * LF_GIB;
        struct lf_variant variant = lf_variant_of(search);
        struct lf_prospect prospect;
        if (bytes > most) {
            return;
        }
        *(gpu ? &variant.more_gpu_bytes : &variant.more_ram_bytes) = bytes;
        if (lf_change_try(search, &variant, &prospect)) {
            lf_change_tell(search, &prospect, "free-memory",
                           lf_arena_format(search->arena,
                                           search->context->request->uses_free
                                               ? "%llu GiB of %s freed by closing programs"
                                               : "%llu GiB less of %s kept for other programs",
                                           (unsigned long long)amounts_gib[i],
                                           gpu                                   ? "GPU memory"
                                           : search->context->budget->is_unified ? "memory"
                                                                                 : "RAM"));
        }
    }
}

void lf_change_free_memory(struct lf_change_search *search)
{
    struct lf_budget *plain = lf_alloc(1, sizeof *plain);
    lf_budget_make(search->context->machine, false, plain);
    try_closing(search, plain, true);
    if (!search->context->budget->is_unified) {
        try_closing(search, plain, false);
    }
    free(plain);
}

void lf_change_cache(struct lf_change_search *search)
{
    struct lf_request request = *search->context->request;
    struct lf_variant variant = lf_variant_of(search);
    struct lf_prospect prospect;
    enum lf_type packed =
        lf_runtime_engine(search->context->runtime, search->now->mix)->packed_cache;
    lf_change_begin(search);
    if (!request.has_kv || lf_type_is_packed(request.type_k) || request.no_flash_attn ||
        !lf_type_is_packed(packed)) {
        return; /* already packed, or packed where it helps, or never */
    }
    request.type_k = packed;
    request.type_v = packed;
    variant.request = &request;
    if (lf_change_try(search, &variant, &prospect)) {
        bool is_fp8 = packed == LF_FP8;
        lf_change_tell(search, &prospect, is_fp8 ? "cache-fp8" : "cache-q8_0",
                       is_fp8 ? "a cache in fp8" : "a cache in q8_0");
    }
}

/* The longest context, in steps, that reaches the goal; 0: none. */
static uint64_t longest_context(struct lf_change_search *search, unsigned goal,
                                struct lf_prospect *prospect)
{
    struct lf_request request = *search->context->request;
    struct lf_variant variant = lf_variant_of(search);
    uint64_t least = 0;
    uint64_t most = (request.context_tokens - 1) / STEP_TOKENS;
    variant.request = &request;
    while (least < most) {
        uint64_t middle = least + (most - least + 1) / 2;
        request.context_tokens = middle * STEP_TOKENS;
        struct lf_prospect one = lf_change_plan(search, &variant);
        if ((lf_change_reached(search, &one) & goal) != 0) {
            least = middle;
            *prospect = one;
        } else {
            most = middle - 1;
        }
    }
    return least * STEP_TOKENS;
}

void lf_change_context(struct lf_change_search *search)
{
    static const unsigned goals[LF_GOAL_COUNT] = {LF_GOAL_FIT, LF_GOAL_SPEED, LF_GOAL_WHOLE};
    lf_change_begin(search);
    /* Where none is asked for, a smaller one was tried already. */
    for (size_t i = 0;
         i < LF_GOAL_COUNT && search->context->request->context_tokens > LEAST_CONTEXT_TOKENS;
         i++) {
        struct lf_prospect prospect;
        char tokens[LF_SIZE_TEXT_BYTES];
        if ((goals[i] & search->missing & ~search->reached) == 0) {
            continue;
        }
        uint64_t longest = longest_context(search, goals[i], &prospect);
        if (longest >= LEAST_CONTEXT_TOKENS) {
            lf_tokens_format(tokens, longest);
            lf_change_tell(search, &prospect, "smaller-context",
                           lf_arena_format(search->arena, "a context of %s", tokens));
        }
    }
}

/* The listed quant of the most bits below so many that runs here, or false. */
static bool next_smaller(const struct lf_advice_context *context, double below_bpw,
                         enum lf_mix *mix)
{
    const struct lf_quants *quants = &context->catalog->quants;
    double best = 0;
    for (int m = 0; m < LF_MIX_COUNT; m++) {
        double bpw = quants->rows[m].nominal_bpw;
        if (quants->rows[m].rank > 0 && bpw < below_bpw && bpw > best &&
            lf_runtime_runs(context, (enum lf_mix)m)) {
            best = bpw;
            *mix = (enum lf_mix)m;
        }
    }
    return best > 0;
}

void lf_change_quant(struct lf_change_search *search)
{
    const struct lf_quants *quants = &search->context->catalog->quants;
    struct lf_request request = *search->context->request;
    struct lf_variant variant = lf_variant_of(search);
    enum lf_mix mix = search->now->mix;
    lf_change_begin(search);
    variant.request = &request;
    request.has_mix = true;
    while (!lf_change_is_done(search) &&
           next_smaller(search->context, quants->rows[mix].nominal_bpw, &mix)) {
        struct lf_prospect prospect;
        request.mix = mix;
        if (lf_change_try(search, &variant, &prospect)) {
            lf_change_tell(search, &prospect, "smaller-quant",
                           lf_arena_format(search->arena, "the smaller quant %s (--quant %s)",
                                           lf_mix_name(mix), lf_mix_name(mix)));
        }
    }
}

void lf_change_disk(struct lf_change_search *search)
{
    const struct lf_advice_context *context = search->context;
    struct lf_request request = *context->request;
    struct lf_variant variant = lf_variant_of(search);
    struct lf_prospect prospect;
    bool has_rates = (context->catalog->loaded & LF_CATALOG_DISKS) != 0;
    lf_change_begin(search);
    if (request.from_disk || !context->runtime->reads_from_disk || !has_rates) {
        return;
    }
    request.from_disk = true;
    variant.request = &request;
    if (lf_change_try(search, &variant, &prospect) && prospect.from_disk &&
        lf_disk_holds(context->machine, prospect.total_bytes)) {
        lf_change_tell(search, &prospect, "from-disk", "--from-disk: the rest on disk");
    }
}
