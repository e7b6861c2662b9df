#include "advise/cost_words.h"

#include <math.h>
#include <string.h>

#include "base/date.h"

static void warn(struct lf_cost_report *report, const char *code, const char *text)
{
    if (report->warning_count < LF_COST_WARNINGS_MOST) {
        report->warnings[report->warning_count++] = (struct lf_reason){.code = code, .text = text};
    }
}

static const struct lf_offer *find_offer(const struct lf_cost_report *report, const char *code)
{
    for (size_t i = 0; i < report->offer_count; i++) {
        if (strcmp(report->offers[i].code, code) == 0) {
            return &report->offers[i];
        }
    }
    return NULL;
}

/* "GPT-5.6 Luna, as good, costs $2.00 at openai; the same model costs $1.13 at novita". */
static const char *offers_text(struct lf_cost_report *report, const struct lf_offer *own,
                               const struct lf_offer *peer)
{
    char own_usd[LF_SIZE_TEXT_BYTES];
    char peer_usd[LF_SIZE_TEXT_BYTES];
    struct lf_arena *arena = &report->arena;
    const char *same = own == NULL ? NULL
                                   : lf_arena_format(arena, "the same model costs %s at %s",
                                                     lf_usd_format(own_usd, own->usd), own->host);
    if (peer == NULL || (own != NULL && peer->price == own->price)) {
        return same;
    }
    return lf_arena_format(arena, "%s, as good, costs %s at %s%s%s", peer->model,
                           lf_usd_format(peer_usd, peer->usd), peer->host, same == NULL ? "" : "; ",
                           same == NULL ? "" : same);
}

/* What decides is the cheapest model that is as good, else the model's own price. */
static void add_headline(struct lf_cost_report *report)
{
    static const char *const openings[] = {
        [LF_COST_UNKNOWN] = "What it costs here is not known",
        [LF_COST_LOCAL] = "It is cheaper here",
        [LF_COST_HOSTED] = "It is dearer here",
        [LF_COST_OPEN] = "It depends on the speed it really reaches here",
    };
    const struct lf_offer *own = find_offer(report, "same-cheapest");
    const struct lf_offer *peer = find_offer(report, "tier-cheapest");
    const struct lf_offer *deciding = peer != NULL ? peer : own;
    const struct lf_cost_basis *basis = &report->basis;
    struct lf_reason *headline = &report->headline;
    char usd[LF_USD_RANGE_BYTES];
    if (!report->choice->placement.fits || deciding == NULL) {
        bool fits = report->choice->placement.fits;
        headline->code = fits ? "unknown" : "does-not-fit";
        headline->text = lf_arena_format(
            &report->arena, "%s; for a million tokens %s.",
            fits ? "It runs on this machine" : "It does not run on this machine",
            deciding == NULL ? "no host's price is known" : offers_text(report, own, peer));
        return;
    }
    headline->code = lf_cost_verdict_name(deciding->verdict);
    if (deciding->verdict == LF_COST_UNKNOWN) {
        headline->text =
            lf_arena_format(&report->arena, "%s; for a million tokens %s.",
                            openings[deciding->verdict], offers_text(report, own, peer));
        return;
    }
    lf_usd_range_format(usd, basis->only_electricity ? &report->local.electricity_usd
                                                     : &report->local.all_in_usd);
    headline->text = lf_arena_format(
        &report->arena, "%s: a million tokens take %s %s; %s.", openings[deciding->verdict], usd,
        basis->only_electricity ? "of electricity" : "all in", offers_text(report, own, peer));
}

static void warn_of_speed(struct lf_cost_report *report)
{
    if (isnan(report->local.hours.low)) {
        warn(report, "speed-unknown", "its speed here is not known, so no sum can be made");
        return;
    }
    warn(report, "speed-estimated", "the speed is an estimate, and the sums span its interval");
    if (isnan(report->local.hours.mid)) {
        warn(report, "prompt-speed-unknown",
             "how fast prompts are read here is not known: at best reading takes no time, at worst "
             "as long as writing");
    }
}

static void warn_of_power(struct lf_cost_report *report)
{
    const struct lf_cost_basis *basis = &report->basis;
    const struct lf_power *power = basis->power;
    enum lf_mode mode = report->choice->placement.mode;
    if (isnan(basis->terms.generating_watts)) {
        warn(report, "power-unknown",
             "what this machine draws is not known: --watts N tells (a plug-in meter shows it)");
    } else if (power != NULL && power->basis == LF_POWER_MAXIMUM) {
        warn(report, "power-maximum",
             "the power is the maker's maximum, which generating seldom reaches: --watts N tells "
             "better");
    } else if (power != NULL && power->basis == LF_POWER_GUESS) {
        warn(report, "power-guessed", "the power is a guess: --watts N tells better");
    } else if (power != NULL) {
        warn(report, "power-listed",
             "the power was measured on another machine of the kind: --watts N tells better");
    }
    if (power != NULL && (mode == LF_MODE_EXPERTS_IN_RAM || mode == LF_MODE_LAYERS_SPLIT)) {
        warn(report, "power-other-mode",
             "the power was measured with whole models on the GPU; here a part runs on the CPU");
    }
    if (!basis->only_electricity && !basis->has_idle) {
        warn(report, "idle-unknown",
             "what the machine draws when idle is not known and not counted: --idle-watts N tells");
    }
}

/* A model that was asked for may be better than the one here: cheaper is not all there is. */
static void warn_of_quality(struct lf_cost_report *report)
{
    const struct lf_offer *asked = find_offer(report, "asked-for");
    const struct lf_expectation *here = &report->choice->expectation;
    if (asked == NULL || !report->choice->placement.fits) {
        return;
    }
    if (asked->q < 0) {
        warn(report, "quality-unknown",
             lf_arena_format(&report->arena,
                             "how good %s is beside this model is not known here, only its price",
                             asked->model));
    } else if (asked->tier > here->tier) {
        warn(report, "better-tier",
             lf_arena_format(&report->arena, "%s is better: %s, where this model is %s here",
                             asked->model, report->catalog->tiers.rows[asked->tier].label,
                             report->catalog->tiers.rows[here->tier].label));
    }
}

static void warn_of_age(struct lf_cost_report *report)
{
    int64_t today;
    int64_t day;
    if (!lf_date_parse(report->request->today, &today)) {
        warn(report, "today-unknown",
             "today's date is not known, so the age of the prices is not either");
        return;
    }
    for (size_t i = 0; i < report->offer_count; i++) {
        const struct lf_offer *offer = &report->offers[i];
        if (lf_date_parse(offer->rate->date, &day) && today - day > LF_PRICE_DAYS_MOST) {
            warn(report, "price-old",
                 lf_arena_format(&report->arena,
                                 "the price of %s %s%s is %lld days old (%s): look it up again",
                                 offer->model, offer->host == NULL ? "" : "at ",
                                 offer->host == NULL ? "(median)" : offer->host,
                                 (long long)(today - day), offer->rate->date));
        }
    }
}

static void warn_of_prices(struct lf_cost_report *report)
{
    if (report->request->finetune != NULL) {
        warn(report, "finetune-by-base",
             lf_arena_format(&report->arena,
                             "\"%.128s\" is not in the catalog: speed and prices are those of %s, "
                             "which its name says it is made from",
                             report->request->finetune, report->subject.model->name));
    }
    if (report->price == NULL) {
        warn(report, "price-unknown", "no host's price of this model is known");
    }
    if (find_offer(report, "tier-cheapest") == NULL) {
        warn(report, "no-peer", "no hosted model that is known to be as good has a known price");
    }
}

void lf_cost_explain(struct lf_cost_report *report)
{
    add_headline(report);
    if (report->choice->placement.fits) {
        warn_of_speed(report);
        warn_of_power(report);
    }
    warn_of_prices(report);
    warn_of_quality(report);
    warn_of_age(report);
    if (report->choice->placement.fits) {
        warn(report, "one-conversation",
             "the sums are for one conversation at a time; a server that works on many at once "
             "writes more for the same power");
    }
    warn(report, "no-cache",
         "prompt caches, which make repeated input cheaper on both sides, are not counted");
}
