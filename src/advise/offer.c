#include "advise/offer.h"

#include <math.h>

/* Shares closer than this count as equal: benchmarks do not tell models apart more finely. */
#define AS_GOOD_TOLERANCE 0.03

static enum lf_cost_verdict compare(const struct lf_range *here, double hosted_usd)
{
    if (isnan(here->low) || isnan(here->high)) {
        return LF_COST_UNKNOWN;
    }
    return here->high < hosted_usd  ? LF_COST_LOCAL
           : here->low > hosted_usd ? LF_COST_HOSTED
                                    : LF_COST_OPEN;
}

static double break_even_a_day(double hours, double usd, const struct lf_cost_terms *terms)
{
    return isnan(hours) ? NAN
                        : lf_mtok_per_day(lf_break_even_mtok(hours, usd, terms), terms->years);
}

/* Names the hosted model and finds its share; negative when no scores are published. */
static void describe(const struct lf_offer_context *context, struct lf_offer *offer)
{
    const struct lf_catalog *catalog = context->catalog;
    const struct lf_price *price = offer->price;
    double guard = -1;
    offer->q = -1;
    if (price->id == NULL) {
        offer->model = price->name;
        const struct lf_paid_model *paid = lf_paid_model_find(&catalog->quality, price->name);
        offer->q = paid == NULL ? -1 : paid->q;
    } else {
        const struct lf_model *model = lf_models_find_id(&catalog->models, price->id);
        const struct lf_quality_row *row = lf_quality_find(&catalog->quality, price->id);
        offer->model = model == NULL ? price->id : model->name;
        if (row != NULL) {
            offer->q = lf_quality_share(row, context->tables->skill);
            guard = row->guard;
        }
    }
    if (offer->q >= 0) {
        offer->tier = lf_hosted_tier(offer->q, guard, context->tables->tiers);
    }
}

struct lf_offer lf_offer_make(const struct lf_offer_context *context, const char *code,
                              const struct lf_price *price, const struct lf_rate *rate,
                              const char *host)
{
    const struct lf_cost_basis *basis = context->basis;
    const struct lf_local_cost *local = context->local;
    const struct lf_range *hours = &local->hours;
    struct lf_offer offer = {
        .code = code,
        .price = price,
        .rate = rate,
        .host = host,
        .usd = lf_hosted_usd(rate->input_usd, rate->output_usd, basis->input_ratio),
        .break_even = {NAN, NAN, NAN},
    };
    describe(context, &offer);
    if (basis->only_electricity) {
        offer.verdict = compare(&local->electricity_usd, offer.usd);
        return offer;
    }
    offer.verdict = compare(&local->all_in_usd, offer.usd);
    if (!isnan(local->all_in_usd.low)) {
        offer.break_even = (struct lf_range){
            .low = break_even_a_day(hours->low, offer.usd, &basis->terms),
            .mid = break_even_a_day(hours->mid, offer.usd, &basis->terms),
            .high = break_even_a_day(hours->high, offer.usd, &basis->terms),
        };
    }
    return offer;
}

/* Keeps the cheaper of two offers, of equal ones the better model. */
static void keep_cheaper(struct lf_offer *best, const struct lf_offer *offer)
{
    if (best->price == NULL || offer->usd < best->usd ||
        (offer->usd <= best->usd && offer->q > best->q)) {
        *best = *offer;
    }
}

bool lf_offer_as_good(const struct lf_offer_context *context, const struct lf_bar *bar,
                      struct lf_offer *offer)
{
    const struct lf_prices *prices = &context->catalog->prices;
    const struct {
        const struct lf_price *items;
        size_t count;
    } lists[] = {{prices->models, prices->model_count}, {prices->paid, prices->paid_count}};
    *offer = (struct lf_offer){0};
    for (size_t l = 0; l < sizeof lists / sizeof lists[0]; l++) {
        for (size_t i = 0; i < lists[l].count; i++) {
            const struct lf_price *price = &lists[l].items[i];
            struct lf_offer tried =
                lf_offer_make(context, "tier-cheapest", price, &price->cheapest, price->host);
            if (tried.q >= 0 && tried.q >= bar->q - AS_GOOD_TOLERANCE && tried.tier >= bar->tier) {
                keep_cheaper(offer, &tried);
            }
        }
    }
    return offer->price != NULL;
}
