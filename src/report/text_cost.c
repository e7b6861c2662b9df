#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "report/text.h"

static const struct lf_column here_columns[] = {
    {.title = NULL}, {.is_right = true}, {.title = NULL}};

static const struct lf_column offer_columns[] = {
    {.title = "model", .flexible_least = 8},
    {.title = "host"},
    {.title = "quality", .is_right = true, .from_columns = 96},
    {.title = "in", .is_right = true},
    {.title = "out", .is_right = true},
    {.title = "as of"},
    {.title = "sum", .is_right = true},
    {.title = "here"},
    {.title = "even at Mtok/day", .brief = "Mtok/day", .is_right = true},
};

#define COLUMNS_OF(rows) .columns = (rows), .column_count = sizeof(rows) / sizeof((rows)[0])

static const struct {
    const char *word;
    enum lf_paint paint;
} verdicts[] = {
    [LF_COST_UNKNOWN] = {"", LF_PAINT_PLAIN},
    [LF_COST_LOCAL] = {"cheaper", LF_PAINT_GREEN},
    [LF_COST_HOSTED] = {"dearer", LF_PAINT_RED},
    [LF_COST_OPEN] = {"open", LF_PAINT_YELLOW},
};

/* A figure in two digits or so; "never" for INFINITY. Returns buffer. */
static const char *format_figure(char buffer[LF_CELL_BYTES], double figure)
{
    if (isinf(figure)) {
        snprintf(buffer, LF_CELL_BYTES, "never");
    } else {
        int decimals = figure < 0.095 ? 3 : figure < 0.95 ? 2 : figure < 9.95 ? 1 : 0;
        snprintf(buffer, LF_CELL_BYTES, "%.*f", decimals, figure);
    }
    return buffer;
}

/* "6.3–11", one figure where both ends read the same, "" when not known. Returns buffer. */
static const char *format_range(char buffer[LF_CELL_BYTES], const struct lf_range *range)
{
    char low[LF_CELL_BYTES];
    char high[LF_CELL_BYTES];
    if (isnan(range->low) || isnan(range->high)) {
        buffer[0] = '\0';
        return buffer;
    }
    format_figure(low, range->low);
    format_figure(high, range->high);
    snprintf(buffer, LF_CELL_BYTES, strcmp(low, high) == 0 ? "%.24s" : "%.24s\u2013%.24s", low,
             high);
    return buffer;
}

/* "$0.52–$0.93". Returns buffer. */
static const char *format_usd(char buffer[LF_CELL_BYTES], const struct lf_range *range)
{
    char low[LF_SIZE_TEXT_BYTES];
    char high[LF_SIZE_TEXT_BYTES];
    lf_usd_format(low, range->low);
    lf_usd_format(high, range->high);
    snprintf(buffer, LF_CELL_BYTES, strcmp(low, high) == 0 ? "%s" : "%s\u2013%s", low, high);
    return buffer;
}

/* How it runs here, or why it does not. */
static void add_placement(const struct lf_cost_report *report, const struct lf_style *style,
                          struct lf_text *out)
{
    const struct lf_choice *choice = report->choice;
    char where[LF_CELL_BYTES];
    char tokens[LF_SIZE_TEXT_BYTES];
    char context[LF_CELL_BYTES];
    char speed[LF_CELL_BYTES];
    char written[LF_CELL_BYTES + 16];
    char read[LF_CELL_BYTES + 16];
    lf_layout_paint(out, style, LF_PAINT_STRONG, report->subject.model->name);
    lf_text_format(out, "  %s\n",
                   report->subject.model->hf == NULL ? report->subject.model->id
                                                     : report->subject.model->hf);
    if (!choice->placement.fits) {
        const struct lf_paragraph reason = {.paint = LF_PAINT_FAINT};
        for (size_t i = 0; i < choice->reason_count; i++) {
            lf_layout_paragraph(out, style, &reason, choice->reasons[i].text);
        }
        return;
    }
    snprintf(context, sizeof context, "%s context",
             lf_tokens_format(tokens, choice->settings.context_tokens));
    snprintf(written, sizeof written, "writes %s tok/s", lf_tps_format(speed, &choice->decode));
    if (choice->prefill.mid > 0) {
        snprintf(read, sizeof read, "reads %s tok/s", lf_tps_format(speed, &choice->prefill));
    } else {
        snprintf(read, sizeof read, "reads at unknown speed");
    }
    const char *const parts[] = {lf_mix_name(choice->mix),
                                 lf_where_format(where, &choice->placement), context, written,
                                 read};
    lf_layout_parts(out, style, parts, sizeof parts / sizeof parts[0]);
}

static void add_here(const struct lf_cost_report *report, const struct lf_style *style,
                     struct lf_text *out)
{
    const struct lf_cost_basis *basis = &report->basis;
    const struct lf_cost_terms *terms = &basis->terms;
    const struct lf_local_cost *local = &report->local;
    struct lf_table table = {COLUMNS_OF(here_columns), .indent = 2, .runs_on = true};
    char cell[LF_CELL_BYTES];
    char usd[LF_SIZE_TEXT_BYTES];
    char remark[2 * LF_CELL_BYTES];
    if (isnan(local->electricity_usd.low)) {
        return;
    }
    snprintf(remark, sizeof remark, "a million tokens written, %g million read for them",
             basis->input_ratio);
    lf_text_title(out, style, "Here", remark);
    lf_table_add(&table, LF_PAINT_PLAIN, "electricity");
    lf_table_add(&table, LF_PAINT_STRONG, format_usd(cell, &local->electricity_usd));
    lf_table_format(&table, LF_PAINT_FAINT, "%.0f W at the wall, %s a kWh, %s h",
                    terms->generating_watts, lf_usd_format(usd, terms->usd_per_kwh),
                    format_range(cell, &local->hours));
    if (!basis->only_electricity) {
        lf_table_add(&table, LF_PAINT_PLAIN, "all in");
        lf_table_add(&table, LF_PAINT_STRONG, format_usd(cell, &local->all_in_usd));
        lf_table_format(&table, LF_PAINT_FAINT, "%s less %g %% in %g years, %g h a day, %g W idle",
                        lf_usd_format(usd, terms->price_usd), 100 * terms->resale_frac,
                        terms->years, basis->hours_per_day, terms->idle_watts);
    }
    lf_table_render(&table, style, out);
    lf_table_clear(&table);
    lf_text_format(out, "  in %g h a day it writes %s million tokens\n", basis->hours_per_day,
                   format_range(cell, &local->mtok_per_day));
}

static void add_offer(struct lf_table *table, const struct lf_offer *offer, bool is_named)
{
    char cell[LF_CELL_BYTES];
    char usd[LF_SIZE_TEXT_BYTES];
    lf_table_add(table, LF_PAINT_PLAIN, is_named ? offer->model : "");
    if (offer->host == NULL) {
        lf_table_format(table, LF_PAINT_PLAIN, "median (%llu)",
                        (unsigned long long)offer->price->hosts);
    } else {
        lf_table_add(table, LF_PAINT_PLAIN, offer->host);
    }
    if (offer->q < 0) {
        lf_table_add(table, LF_PAINT_PLAIN, "");
    } else {
        lf_table_format(table, lf_tier_paint(offer->tier), "%.0f%%", 100 * offer->q);
    }
    /* Without the sign, which the remark above the table tells. */
    lf_table_add(table, LF_PAINT_PLAIN, lf_usd_format(usd, offer->rate->input_usd) + 1);
    lf_table_add(table, LF_PAINT_PLAIN, lf_usd_format(usd, offer->rate->output_usd) + 1);
    lf_table_add(table, LF_PAINT_FAINT, offer->rate->date);
    lf_table_add(table, LF_PAINT_STRONG, lf_usd_format(usd, offer->usd) + 1);
    lf_table_add(table, verdicts[offer->verdict].paint, verdicts[offer->verdict].word);
    lf_table_add(table, LF_PAINT_PLAIN, format_range(cell, &offer->break_even));
}

static void add_hosted(const struct lf_cost_report *report, const struct lf_style *style,
                       struct lf_text *out)
{
    struct lf_table table = {COLUMNS_OF(offer_columns), .indent = 2};
    if (report->offer_count == 0) {
        return;
    }
    for (size_t i = 0; i < report->offer_count; i++) {
        const struct lf_offer *offer = &report->offers[i];
        if (i == 0 || offer->price != offer[-1].price) {
            add_offer(&table, offer, true);
        } else if (offer->rate != offer[-1].rate) {
            add_offer(&table, offer, false);
        }
    }
    char remark[2 * LF_CELL_BYTES];
    snprintf(remark, sizeof remark, "USD per million tokens, and the sum for 1 written and %g read",
             report->basis.input_ratio);
    lf_text_title(out, style, "Hosted", remark);
    lf_table_render(&table, style, out);
    lf_table_clear(&table);
}

/* What such a machine is sold for, where only electricity was counted. */
static void add_machine_price(const struct lf_cost_report *report, const struct lf_style *style,
                              struct lf_text *out)
{
    const struct lf_machine_price *price = report->machine_price;
    const struct lf_paragraph paragraph = {.paint = LF_PAINT_PLAIN};
    struct lf_text line = {0};
    if (price == NULL || !report->basis.only_electricity) {
        return;
    }
    lf_text_format(&line,
                   "Such a machine (%s, %llu GiB) cost $%.0f on %s: --hardware-price %.0f counts "
                   "it.",
                   price->name, (unsigned long long)price->memory_gib, price->price_usd,
                   price->date, price->price_usd);
    lf_text_add(out, "\n", 1);
    lf_layout_paragraph(out, style, &paragraph, lf_text_string(&line));
    lf_text_clear(&line);
}

void lf_text_cost(const struct lf_cost_report *report, const struct lf_style *style,
                  struct lf_text *out)
{
    size_t start = out->length;
    const struct lf_paragraph headline = {.paint = LF_PAINT_STRONG};
    add_placement(report, style, out);
    lf_text_add(out, "\n", 1);
    lf_layout_paragraph(out, style, &headline, report->headline.text);
    add_here(report, style, out);
    add_hosted(report, style, out);
    add_machine_price(report, style, out);
    lf_text_add(out, "\n", 1);
    lf_text_warnings(report->warnings, report->warning_count, style, out);
    lf_layout_finish(out, style, start);
}
