#include "advise/cost.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "advise/cost_words.h"
#include "advise/figure.h"
#include "advise/offer.h"

static const struct lf_range unknown = {NAN, NAN, NAN};

static const char *const verdict_names[] = {
    [LF_COST_UNKNOWN] = "unknown",
    [LF_COST_LOCAL] = "local",
    [LF_COST_HOSTED] = "hosted",
    [LF_COST_OPEN] = "open",
};

const char *lf_cost_verdict_name(enum lf_cost_verdict verdict)
{
    return verdict_names[verdict];
}

const char *lf_usd_range_format(char buffer[LF_USD_RANGE_BYTES], const struct lf_range *range)
{
    char low[LF_SIZE_TEXT_BYTES];
    char high[LF_SIZE_TEXT_BYTES];
    lf_usd_format(low, range->low);
    lf_usd_format(high, range->high);
    snprintf(buffer, LF_USD_RANGE_BYTES, strcmp(low, high) == 0 ? "%s" : "%s to %s", low, high);
    return buffer;
}

/* What was said, or else the default. */
static double said(double value, double otherwise)
{
    return value < 0 ? otherwise : value;
}

/* The device that does the work, when it is one kind; *count of them. NULL: RAM and CPU alone, or
 * cards that differ. */
static const char *working_device(const struct lf_placement *placement, uint64_t *count)
{
    const char *device = NULL;
    *count = 0;
    for (size_t i = 0; i < placement->share_count; i++) {
        const struct lf_accelerator *gpu = placement->shares[i].pool->accelerator;
        if (gpu == NULL) {
            continue;
        }
        if (gpu->name == NULL || (device != NULL && strcmp(device, gpu->name) != 0)) {
            return NULL;
        }
        device = gpu->name;
        (*count)++;
    }
    return device;
}

static struct lf_cost_basis make_basis(const struct lf_advice_context *context,
                                       const struct lf_choice *choice)
{
    const struct lf_cost_request *request = &context->request->cost;
    const struct lf_prices *prices = &context->catalog->prices;
    const struct lf_cost_defaults *defaults = &prices->defaults;
    uint64_t count;
    const char *device = working_device(&choice->placement, &count);
    const struct lf_power *power = device == NULL ? NULL : lf_power_find(prices, device, count);
    double use_case_ratio = lf_input_ratio_find(prices, lf_use_case_id(context->request->use_case));
    struct lf_cost_basis basis = {
        .input_ratio = said(request->input_ratio, use_case_ratio),
        .hours_per_day = said(request->hours_per_day, defaults->hours_per_day),
        .only_electricity = request->price_usd < 0 && request->idle_watts < 0,
        .has_idle = request->idle_watts >= 0 || (power != NULL && power->idle_watts > 0),
        .has_given_watts = request->generating_watts >= 0,
        .power = request->generating_watts >= 0 ? NULL : power,
    };
    basis.terms = (struct lf_cost_terms){
        .usd_per_kwh = said(request->usd_per_kwh, defaults->electricity_usd_per_kwh),
        .generating_watts =
            said(request->generating_watts, power == NULL ? NAN : power->generating_watts),
        .price_usd = said(request->price_usd, 0),
        .resale_frac = said(request->resale_frac, defaults->resale_frac),
        .years = said(request->years, defaults->years),
        .utilisation = basis.hours_per_day / 24,
    };
    if (!basis.only_electricity) {
        basis.terms.idle_watts = said(request->idle_watts, power == NULL ? 0 : power->idle_watts);
    }
    return basis;
}

/* Hours for a Mtok over the interval of both speeds. A prompt whose speed is not known takes no
 * time at best, and at worst is read as slowly as an answer is written: between them nothing is
 * likelier, so there is no mid. */
static struct lf_range make_hours(const struct lf_choice *choice, double input_ratio)
{
    const struct lf_estimate *decode = &choice->decode;
    const struct lf_estimate *prefill = &choice->prefill;
    if (!choice->placement.fits || decode->mid <= 0) {
        return unknown;
    }
    if (prefill->mid <= 0) {
        return (struct lf_range){
            .low = lf_hours_per_mtok(decode->high, INFINITY, input_ratio),
            .mid = NAN,
            .high = lf_hours_per_mtok(decode->low, decode->low, input_ratio),
        };
    }
    return (struct lf_range){
        .low = lf_hours_per_mtok(decode->high, prefill->high, input_ratio),
        .mid = lf_hours_per_mtok(decode->mid, prefill->mid, input_ratio),
        .high = lf_hours_per_mtok(decode->low, prefill->low, input_ratio),
    };
}

/* A sum of the terms at the three hours of a range. */
static struct lf_range at_hours(const struct lf_range *hours, const struct lf_cost_terms *terms,
                                double (*sum)(double hours, const struct lf_cost_terms *terms))
{
    return (struct lf_range){.low = sum(hours->low, terms),
                             .mid = sum(hours->mid, terms),
                             .high = sum(hours->high, terms)};
}

static double kwh(double hours, const struct lf_cost_terms *terms)
{
    return lf_energy_kwh(hours, terms->generating_watts);
}

static struct lf_local_cost make_local(const struct lf_choice *choice,
                                       const struct lf_cost_basis *basis)
{
    struct lf_range hours = make_hours(choice, basis->input_ratio);
    const struct lf_cost_terms *terms = &basis->terms;
    return (struct lf_local_cost){
        .hours = hours,
        .kwh = at_hours(&hours, terms, kwh),
        .electricity_usd = at_hours(&hours, terms, lf_electricity_usd),
        .all_in_usd = basis->only_electricity ? unknown : at_hours(&hours, terms, lf_all_in_usd),
        .mtok_per_day = {.low = basis->hours_per_day / hours.high,
                         .mid = basis->hours_per_day / hours.mid,
                         .high = basis->hours_per_day / hours.low},
    };
}

/* What such a machine is sold for; only of machines that are sold as a whole is that known. */
static const struct lf_machine_price *find_machine_price(const struct lf_machine *machine,
                                                         const struct lf_prices *prices)
{
    const struct lf_accelerator *chip = &machine->accelerators[0];
    if (machine->accelerator_count != 1 || chip->memory_kind != LF_MEMORY_UNIFIED ||
        chip->name == NULL) {
        return NULL;
    }
    return lf_machine_price_find(prices, chip->name,
                                 lf_nominal_bytes(machine->memory.total_bytes.value));
}

/* What hosted models must reach: the model as it runs here, else as published. Returns false when
 * neither is known. */
static bool find_bar(const struct lf_cost_report *report, const struct lf_tier_tables *tables,
                     struct lf_bar *bar)
{
    const char *id = report->subject.model->id;
    const struct lf_quality_row *row = lf_quality_find(&report->catalog->quality, id);
    if (report->choice->placement.fits) {
        const struct lf_expectation *expectation = &report->choice->expectation;
        *bar = (struct lf_bar){expectation->tier, expectation->q_eff};
        return true;
    }
    if (row != NULL) {
        bar->q = lf_quality_share(row, tables->skill);
        bar->tier = lf_hosted_tier(bar->q, row->guard, tables->tiers);
    }
    return row != NULL;
}

static void add_offer(struct lf_cost_report *report, const struct lf_offer *offer)
{
    report->offers[report->offer_count++] = *offer;
}

static enum lf_status make_offers(const struct lf_tier_tables *tables,
                                  struct lf_cost_report *report, struct lf_error *err)
{
    const struct lf_prices *prices = &report->catalog->prices;
    const struct lf_offer_context context = {report->catalog, tables, &report->basis,
                                             &report->local};
    const struct lf_price *own = lf_price_find(prices, report->subject.model->id);
    struct lf_offer offer;
    struct lf_bar bar;
    report->price = own;
    if (own != NULL) {
        offer = lf_offer_make(&context, "same-median", own, &own->median, NULL);
        add_offer(report, &offer);
        offer = lf_offer_make(&context, "same-cheapest", own, &own->cheapest, own->host);
        add_offer(report, &offer);
    }
    if (find_bar(report, tables, &bar) && lf_offer_as_good(&context, &bar, &offer)) {
        add_offer(report, &offer);
    }
    const char *against = report->request->cost.against;
    if (against != NULL) {
        const struct lf_price *asked = lf_price_find_named(prices, against);
        if (asked == NULL) {
            return lf_fail(err, LF_USAGE, "--against: no price of \"%.64s\" is known", against);
        }
        offer = lf_offer_make(&context, "asked-for", asked, &asked->cheapest, asked->host);
        add_offer(report, &offer);
    }
    return LF_OK;
}

enum lf_status lf_cost(const struct lf_machine *machine, const struct lf_catalog *catalog,
                       const struct lf_request *request, const struct lf_model *model,
                       struct lf_cost_report *report, struct lf_error *err)
{
    struct lf_advice_context context;
    *report = (struct lf_cost_report){.machine = machine, .request = request, .catalog = catalog};
    report->choice = lf_arena_alloc(&report->arena, 1, sizeof *report->choice);
    enum lf_status status = lf_subject_make(model, &report->arena, &report->subject, err);
    if (status == LF_OK) {
        status = lf_advice_prepare(catalog, machine, request, &report->budget, &context, err);
    }
    if (status != LF_OK) {
        return status;
    }
    report->runtime = context.runtime;
    if (lf_choose(&context, &report->subject, report->choice)) {
        lf_explain_choice(report->choice, &report->arena);
    } else {
        lf_explain_unfit(&context, report->choice, &report->arena);
    }
    report->basis = make_basis(&context, report->choice);
    report->local = make_local(report->choice, &report->basis);
    report->machine_price = find_machine_price(machine, &catalog->prices);
    status = make_offers(&context.tables, report, err);
    if (status == LF_OK) {
        lf_cost_explain(report);
    }
    return status;
}

void lf_cost_clear(struct lf_cost_report *report)
{
    lf_arena_clear(&report->arena);
}

const char *lf_cost_brief(const struct lf_advice_context *context, const struct lf_choice *choice,
                          struct lf_arena *arena)
{
    struct lf_cost_basis basis = make_basis(context, choice);
    struct lf_local_cost local = make_local(choice, &basis);
    const struct lf_offer_context offers = {context->catalog, &context->tables, &basis, &local};
    const struct lf_bar bar = {choice->expectation.tier, choice->expectation.q_eff};
    char here[LF_USD_RANGE_BYTES];
    char hosted[LF_SIZE_TEXT_BYTES];
    struct lf_offer offer;
    if (isnan(local.electricity_usd.low) || !lf_offer_as_good(&offers, &bar, &offer)) {
        return NULL;
    }
    return lf_arena_format(arena,
                           "%s of electricity for a million tokens; hosted, as good: %s (%s)",
                           lf_usd_range_format(here, &local.electricity_usd),
                           lf_usd_format(hosted, offer.usd), offer.model);
}
