/* What a million tokens cost when they are written here, and when a host writes them.
 *
 * "Mtok" is a million tokens written, together with the tokens read for them: `input_ratio` times
 * as many. All sums are for one conversation at a time: a server that works on many at once writes
 * more tokens from the same energy. Nothing here knows of prompt caches, which make what is read
 * over again cheaper on both sides. Money is in USD. */
#ifndef LLMFIT_RULES_COST_H
#define LLMFIT_RULES_COST_H

/* Hours in a year, leap years counted in. */
#define LF_HOURS_PER_YEAR 8766.0

/* What running a machine costs its owner. */
struct lf_cost_terms {
    double usd_per_kwh;
    double generating_watts; /* the whole machine, at the wall */
    double idle_watts;       /* the same between the answers; 0: it would be on anyway, or off */
    double price_usd;        /* of the machine; 0: it is there anyway */
    double resale_frac;      /* 0..1: share of the price that is got back in the end */
    double years;            /* it is used for, > 0 */
    double utilisation;      /* (0..1]: share of the clock it spends working */
};

/* Hours to read and write a Mtok.
 *
 *     hours = (10^6 / decode_tps + input_ratio * 10^6 / prefill_tps) / 3600
 *
 * decode_tps, prefill_tps  tokens/s, > 0; INFINITY for a step that takes no time */
double lf_hours_per_mtok(double decode_tps, double prefill_tps, double input_ratio);

/* Energy in kWh: hours * watts / 1000. */
double lf_energy_kwh(double hours, double watts);

/* USD of electricity for so many hours of work: energy * usd_per_kwh. */
double lf_electricity_usd(double hours, const struct lf_cost_terms *terms);

/* The machine's loss in value, spread over the hours it works:
 *
 *     fixed = price (1 - resale) hours / (years * 8766 * utilisation) */
double lf_fixed_usd(double hours, const struct lf_cost_terms *terms);

/* USD of electricity for the idle hours that come with so many hours of work:
 *
 *     idle = hours (1 - utilisation) / utilisation * idle_watts / 1000 * usd_per_kwh */
double lf_idle_usd(double hours, const struct lf_cost_terms *terms);

/* Electricity, loss in value and idle hours together. */
double lf_all_in_usd(double hours, const struct lf_cost_terms *terms);

/* USD a host takes for a Mtok: input_ratio * input_usd + output_usd, both prices per million
 * tokens. */
double lf_hosted_usd(double input_usd, double output_usd, double input_ratio);

/* The Mtok a machine can write in its years, working without a break: years * 8766 / hours. */
double lf_capacity_mtok(double hours, double years);

/* How many Mtok must be written in the machine's years to make it cheaper than a host.
 *
 *     fixed + idle over all years      price (1 - resale) + i * years * 8766
 *     ---------------------------- =  -------------------------------------,  i = idle USD an hour
 *     gain on each Mtok                hosted - electricity + i * hours
 *
 * At exactly so many, lf_all_in_usd of the utilisation that follows equals hosted_usd.
 *
 * hours     for a Mtok, of lf_hours_per_mtok
 * returns   Mtok, 0 for a machine that costs nothing and gains; INFINITY, which is never, when
 *           there is no gain or the machine cannot write as many */
double lf_break_even_mtok(double hours, double hosted_usd, const struct lf_cost_terms *terms);

/* Mtok over the years as Mtok a day. */
double lf_mtok_per_day(double mtok, double years);

#endif
