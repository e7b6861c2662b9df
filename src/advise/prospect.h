/* How a model runs on some machine, without what is borrowed from that machine. */
#ifndef LLMFIT_ADVISE_PROSPECT_H
#define LLMFIT_ADVISE_PROSPECT_H

#include "advise/choice.h"

struct lf_prospect {
    bool fits;
    bool is_fast_enough; /* as the request's min_tps wants it; a speed not known is not */
    bool is_whole;       /* all of it on GPUs, or in unified memory */
    enum lf_mix mix;
    enum lf_mode mode;
    size_t gpus;    /* in use */
    bool from_disk; /* a part stays on the disk */
    uint64_t context_tokens;
    enum lf_type type_k;
    enum lf_type type_v;
    uint64_t total_bytes; /* over all pools */
    uint64_t left_bytes;  /* in the fullest pool of those in use */
    struct lf_estimate decode;
    uint64_t depth_tokens;
    struct lf_expectation expectation;
};

/* What a choice comes to. */
struct lf_prospect lf_prospect_of(const struct lf_request *request, const struct lf_choice *choice);

/* Chooses as lf_choose does; where that is slower than the request's min_tps, the best of those
 * quants that are fast enough, if one is. */
bool lf_choose_wished(const struct lf_advice_context *context, const struct lf_subject *subject,
                      struct lf_choice *choice);

/* What lf_choose_wished chooses. */
struct lf_prospect lf_prospect_seek(const struct lf_advice_context *context,
                                    const struct lf_subject *subject);

#endif
