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

struct lf_prospect lf_prospect_of(const struct lf_request *request, const struct lf_choice *choice)
{
    const struct lf_placement *placement = &choice->placement;
    enum lf_mode mode = placement->mode;
    struct lf_prospect prospect = {
        .fits = placement->fits,
        .is_fast_enough =
            placement->fits && (request->min_tps <= 0 || choice->decode.mid >= request->min_tps),
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
static bool serves_better(const struct lf_prospect *a, const struct lf_prospect *b)
{
    if (a->expectation.tier != b->expectation.tier) {
        return a->expectation.tier > b->expectation.tier;
    }
    return a->expectation.q_eff > b->expectation.q_eff;
}

struct lf_prospect lf_prospect_seek(const struct lf_advice_context *context,
                                    const struct lf_subject *subject)
{
    const struct lf_request *request = context->request;
    struct lf_choice *choice = lf_alloc(1, sizeof *choice);
    enum lf_mix mixes[LF_MIX_COUNT];
    lf_choose(context, subject, choice);
    struct lf_prospect best = lf_prospect_of(request, choice);
    bool is_slow = best.fits && !best.is_fast_enough && !request->has_mix;
    size_t count = is_slow ? lf_candidate_mixes(context, subject, mixes) : 0;
    for (size_t i = 0; i < count; i++) {
        if (!lf_choose_mix(context, subject, mixes[i], choice)) {
            continue;
        }
        struct lf_prospect one = lf_prospect_of(request, choice);
        if (one.is_fast_enough && (!best.is_fast_enough || serves_better(&one, &best))) {
            best = one;
        }
    }
    free(choice);
    return best;
}
