/* Hosted prices to compare with. Inner header of the adviser. */
#ifndef LLMFIT_ADVISE_OFFER_H
#define LLMFIT_ADVISE_OFFER_H

#include "advise/cost.h"

/* What offers are made from. */
struct lf_offer_context {
    const struct lf_catalog *catalog;
    const struct lf_tier_tables *tables;
    const struct lf_cost_basis *basis;
    const struct lf_local_cost *local;
};

/* Offers a price at one of its rates; host NULL: the median. */
struct lf_offer lf_offer_make(const struct lf_offer_context *context, const char *code,
                              const struct lf_price *price, const struct lf_rate *rate,
                              const char *host);

/* What a model must be to be as good as another: of its tier, and no worse by more than counts. */
struct lf_bar {
    enum lf_tier tier;
    double q;
};

/* The cheapest hosted model, paid or open, that is as good: a tier alone is too wide, for the
 * lowest holds everything. Models without published scores are left out. Returns false when there
 * is none. */
bool lf_offer_as_good(const struct lf_offer_context *context, const struct lf_bar *bar,
                      struct lf_offer *offer);

#endif
