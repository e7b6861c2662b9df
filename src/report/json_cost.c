#include <math.h>

#include "report/json.h"

enum { USD_DECIMALS = 6, FIGURE_DECIMALS = 4 };

/* Figures that are not known, or never, are null. */
static void write_range(struct lf_json_writer *writer, const char *key,
                        const struct lf_range *range, int decimals)
{
    if (isnan(range->low)) {
        lf_json_null(writer, key);
        return;
    }
    lf_json_open_object(writer, key);
    lf_json_number(writer, "low", range->low, decimals);
    lf_json_number(writer, "mid", range->mid, decimals);
    lf_json_number(writer, "high", range->high, decimals);
    lf_json_close_object(writer);
}

static void write_placement(struct lf_json_writer *writer, const struct lf_choice *choice,
                            const struct lf_catalog *catalog)
{
    lf_json_open_object(writer, "placement");
    lf_json_string(writer, "quant", lf_mix_name(choice->mix));
    lf_json_string(writer, "mode", lf_mode_id(choice->placement.mode));
    lf_json_bool(writer, "fits", choice->placement.fits);
    lf_json_integer(writer, "context_tokens", choice->settings.context_tokens);
    lf_json_decode(writer, &choice->decode, choice->depth_tokens);
    lf_json_prefill(writer, &choice->prefill);
    if (choice->placement.fits) {
        lf_json_tier(writer, &choice->expectation, catalog);
    } else {
        lf_json_null(writer, "tier");
    }
    lf_json_reasons(writer, choice->reasons, choice->reason_count, !choice->placement.fits);
    lf_json_close_object(writer);
}

static void write_terms(struct lf_json_writer *writer, const struct lf_cost_report *report)
{
    const struct lf_cost_basis *basis = &report->basis;
    const struct lf_cost_terms *terms = &basis->terms;
    const char *power = basis->has_given_watts ? "given"
                        : basis->power == NULL ? NULL
                                               : lf_power_basis_name(basis->power->basis);
    lf_json_open_object(writer, "terms");
    lf_json_string(writer, "today", report->request->today);
    lf_json_number(writer, "input_ratio", basis->input_ratio, FIGURE_DECIMALS);
    lf_json_number(writer, "usd_per_kwh", terms->usd_per_kwh, USD_DECIMALS);
    lf_json_number(writer, "generating_watts", terms->generating_watts, FIGURE_DECIMALS);
    lf_json_string(writer, "power_basis", power);
    lf_json_string(writer, "power_source", basis->power == NULL ? NULL : basis->power->source);
    lf_json_bool(writer, "only_electricity", basis->only_electricity);
    lf_json_number(writer, "idle_watts",
                   !basis->only_electricity && basis->has_idle ? terms->idle_watts : NAN,
                   FIGURE_DECIMALS);
    lf_json_number(writer, "hardware_price_usd", basis->only_electricity ? NAN : terms->price_usd,
                   USD_DECIMALS);
    lf_json_number(writer, "resale_frac", terms->resale_frac, FIGURE_DECIMALS);
    lf_json_number(writer, "years", terms->years, FIGURE_DECIMALS);
    lf_json_number(writer, "hours_per_day", basis->hours_per_day, FIGURE_DECIMALS);
    lf_json_close_object(writer);
}

static void write_local(struct lf_json_writer *writer, const struct lf_local_cost *local)
{
    lf_json_open_object(writer, "local");
    write_range(writer, "hours", &local->hours, FIGURE_DECIMALS);
    write_range(writer, "kwh", &local->kwh, FIGURE_DECIMALS);
    write_range(writer, "electricity_usd", &local->electricity_usd, USD_DECIMALS);
    write_range(writer, "all_in_usd", &local->all_in_usd, USD_DECIMALS);
    write_range(writer, "mtok_per_day", &local->mtok_per_day, FIGURE_DECIMALS);
    lf_json_close_object(writer);
}

static void write_offer(struct lf_json_writer *writer, const struct lf_offer *offer)
{
    bool has_q = offer->q >= 0;
    lf_json_open_object(writer, NULL);
    lf_json_string(writer, "code", offer->code);
    lf_json_string(writer, "id", offer->price->id);
    lf_json_string(writer, "name", offer->model);
    lf_json_number(writer, "q", has_q ? offer->q : NAN, FIGURE_DECIMALS);
    lf_json_string(writer, "tier", has_q ? lf_tier_id(offer->tier) : NULL);
    lf_json_string(writer, "host", offer->host);
    lf_json_integer(writer, "hosts", offer->price->hosts);
    lf_json_number(writer, "input_usd", offer->rate->input_usd, USD_DECIMALS);
    lf_json_number(writer, "output_usd", offer->rate->output_usd, USD_DECIMALS);
    lf_json_string(writer, "date", offer->rate->date);
    lf_json_string(writer, "source", offer->price->source);
    lf_json_number(writer, "usd", offer->usd, USD_DECIMALS);
    lf_json_string(writer, "verdict", lf_cost_verdict_name(offer->verdict));
    write_range(writer, "break_even_mtok_per_day", &offer->break_even, FIGURE_DECIMALS);
    lf_json_close_object(writer);
}

/* "vendor": {...}; null when the vendor's own price is not known. */
static void write_vendor(struct lf_json_writer *writer, const struct lf_price *price)
{
    if (price == NULL || price->vendor.date == NULL) {
        lf_json_null(writer, "vendor");
        return;
    }
    lf_json_open_object(writer, "vendor");
    lf_json_number(writer, "input_usd", price->vendor.input_usd, USD_DECIMALS);
    lf_json_number(writer, "output_usd", price->vendor.output_usd, USD_DECIMALS);
    lf_json_string(writer, "date", price->vendor.date);
    lf_json_close_object(writer);
}

static void write_machine_price(struct lf_json_writer *writer, const struct lf_machine_price *price)
{
    if (price == NULL) {
        lf_json_null(writer, "machine_price");
        return;
    }
    lf_json_open_object(writer, "machine_price");
    lf_json_string(writer, "name", price->name);
    lf_json_integer(writer, "memory_gib", price->memory_gib);
    lf_json_number(writer, "price_usd", price->price_usd, USD_DECIMALS);
    lf_json_string(writer, "date", price->date);
    lf_json_string(writer, "source", price->source);
    lf_json_close_object(writer);
}

void lf_json_cost(const struct lf_cost_report *report, const struct lf_style *style,
                  struct lf_text *out)
{
    (void)style;
    struct lf_json_writer writer = {.out = out};
    lf_json_begin(&writer, "cost", report->runtime, report->catalog, report->warnings,
                  report->warning_count);
    lf_json_open_object(&writer, "headline");
    lf_json_string(&writer, "code", report->headline.code);
    lf_json_string(&writer, "text", report->headline.text);
    lf_json_close_object(&writer);
    lf_json_open_object(&writer, "model");
    lf_json_model(&writer, &report->subject);
    lf_json_close_object(&writer);
    write_placement(&writer, report->choice, report->catalog);
    write_terms(&writer, report);
    write_local(&writer, &report->local);
    write_vendor(&writer, report->price);
    lf_json_open_array(&writer, "offers");
    for (size_t i = 0; i < report->offer_count; i++) {
        write_offer(&writer, &report->offers[i]);
    }
    lf_json_close_array(&writer);
    write_machine_price(&writer, report->machine_price);
    lf_json_close_object(&writer);
}
