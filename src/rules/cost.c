#include "rules/cost.h"

#include <math.h>

#define HOURS_PER_DAY 24.0

double lf_hours_per_mtok(double decode_tps, double prefill_tps, double input_ratio)
{
    return (1e6 / decode_tps + input_ratio * 1e6 / prefill_tps) / 3600;
}

double lf_energy_kwh(double hours, double watts)
{
    return hours * watts / 1000;
}

double lf_electricity_usd(double hours, const struct lf_cost_terms *terms)
{
    return lf_energy_kwh(hours, terms->generating_watts) * terms->usd_per_kwh;
}

static double lost_value_usd(const struct lf_cost_terms *terms)
{
    return terms->price_usd * (1 - terms->resale_frac);
}

double lf_fixed_usd(double hours, const struct lf_cost_terms *terms)
{
    return lost_value_usd(terms) * hours / (terms->years * LF_HOURS_PER_YEAR * terms->utilisation);
}

double lf_idle_usd(double hours, const struct lf_cost_terms *terms)
{
    double idle_hours = hours * (1 - terms->utilisation) / terms->utilisation;
    return lf_energy_kwh(idle_hours, terms->idle_watts) * terms->usd_per_kwh;
}

double lf_all_in_usd(double hours, const struct lf_cost_terms *terms)
{
    return lf_electricity_usd(hours, terms) + lf_fixed_usd(hours, terms) +
           lf_idle_usd(hours, terms);
}

double lf_hosted_usd(double input_usd, double output_usd, double input_ratio)
{
    return input_ratio * input_usd + output_usd;
}

double lf_capacity_mtok(double hours, double years)
{
    return years * LF_HOURS_PER_YEAR / hours;
}

double lf_break_even_mtok(double hours, double hosted_usd, const struct lf_cost_terms *terms)
{
    double idle_usd_per_hour = lf_energy_kwh(1, terms->idle_watts) * terms->usd_per_kwh;
    double gain = hosted_usd - lf_electricity_usd(hours, terms) + idle_usd_per_hour * hours;
    if (gain <= 0) {
        return INFINITY;
    }
    double mtok =
        (lost_value_usd(terms) + idle_usd_per_hour * terms->years * LF_HOURS_PER_YEAR) / gain;
    return mtok <= lf_capacity_mtok(hours, terms->years) ? mtok : INFINITY;
}

double lf_mtok_per_day(double mtok, double years)
{
    return mtok * HOURS_PER_DAY / (years * LF_HOURS_PER_YEAR);
}
