#include "advise/prospect.h"

#include <stdlib.h>

#include "advise/runtime.h"
#include "advise/worth.h"

static uint64_t left_of_fullest(const struct lf_placement *placement)
{
    uint64_t left = UINT64_MAX;
    for (size_t i = 0; i < placement->share_count; i++) {
        uint64_t one = placement->shares[i].left_bytes;
        left = one < left ? one : left;
    }
    return left == UINT64_MAX ? 0 : left;
}

static bool is_fast_enough(const struct lf_request *request, const struct lf_choice *choice)
{
    return choice->placement.fits &&
           (request->min_tps <= 0 || choice->decode.mid >= request->min_tps);
}

struct lf_prospect lf_prospect_of(const struct lf_request *request, const struct lf_choice *choice)
{
    const struct lf_placement *placement = &choice->placement;
    enum lf_mode mode = placement->mode;
    struct lf_prospect prospect = {
        .fits = placement->fits,
        .is_fast_enough = is_fast_enough(request, choice),
        .is_whole = lf_is_whole(choice),
        .mix = choice->mix,
        .mode = mode,
        .from_disk = placement->stream.streamed_bytes > 0,
        .context_tokens = choice->settings.context_tokens,
        .type_k = choice->settings.type_k,
        .type_v = choice->settings.type_v,
        .total_bytes = choice->total_bytes,
        .left_bytes = left_of_fullest(placement),
        .decode = choice->decode,
        .depth_tokens = choice->depth_tokens,
        .expectation = choice->expectation,
    };
    for (size_t i = 0; i < placement->share_count; i++) {
        prospect.gpus += placement->shares[i].pool->accelerator != NULL;
    }
    return prospect;
}

/* Of two that are fast enough. */
static bool serves_better(const struct lf_choice *a, const struct lf_choice *b)
{
    if (a->expectation.tier != b->expectation.tier) {
        return a->expectation.tier > b->expectation.tier;
    }
    return a->expectation.q_eff > b->expectation.q_eff;
}

bool lf_choose_wished(const struct lf_advice_context *context, const struct lf_subject *subject,
                      struct lf_choice *choice)
{
    const struct lf_request *request = context->request;
    bool fits = lf_choose(context, subject, choice);
    bool is_slow = fits && !is_fast_enough(request, choice) && !request->has_mix;
    enum lf_mix mixes[LF_MIX_COUNT];
    size_t count = is_slow ? lf_candidate_mixes(context, subject, mixes) : 0;
    struct lf_choice *tried = count == 0 ? NULL : lf_alloc(1, sizeof *tried);
    for (size_t i = 0; i < count; i++) {
        if (lf_choose_mix(context, subject, mixes[i], tried) && is_fast_enough(request, tried) &&
            (!is_fast_enough(request, choice) || serves_better(tried, choice))) {
            *choice = *tried;
        }
    }
    free(tried);
    return fits;
}

struct lf_prospect lf_prospect_seek(const struct lf_advice_context *context,
                                    const struct lf_subject *subject)
{
    struct lf_choice *choice = lf_alloc(1, sizeof *choice);
    lf_choose_wished(context, subject, choice);
    struct lf_prospect prospect = lf_prospect_of(context->request, choice);
    free(choice);
    return prospect;
}
