/* Measured speeds, and how long one waits, in words. */
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "report/text.h"

/* The units of a wait, the largest first, and what a figure in them is at least. */
static const struct {
    const char *name;
    double seconds;
} time_units[] = {{"h", 3600}, {"min", 60}, {"s", 1}};

/* Two digits are all an interval is good for. */
static void add_figure(struct lf_text *out, double figure)
{
    lf_text_format(out, figure < 9.95 ? "%.1f" : "%.0f", figure);
}

/* "0.4\u20130.9 s", "11\u201320 min". */
static void add_seconds(struct lf_text *out, const struct lf_estimate *seconds)
{
    static const double least_figure = 1.5;
    size_t unit = 0;
    while (unit + 1 < sizeof time_units / sizeof time_units[0] &&
           seconds->mid < least_figure * time_units[unit].seconds) {
        unit++;
    }
    add_figure(out, seconds->low / time_units[unit].seconds);
    lf_text_add_string(out, "\u2013");
    add_figure(out, seconds->high / time_units[unit].seconds);
    lf_text_format(out, " %s", time_units[unit].name);
}

bool lf_text_wait(const struct lf_wait *wait, struct lf_text *out)
{
    char tokens[LF_SIZE_TEXT_BYTES];
    if (wait->answer_s.mid <= 0) {
        return false;
    }
    if (wait->first_token_s.mid > 0) {
        lf_text_format(out, "first word after ");
        add_seconds(out, &wait->first_token_s);
        lf_text_format(out, " (%s prompt), ", lf_tokens_format(tokens, wait->prompt_tokens));
    }
    lf_text_format(out, "%s tokens of answer in ", lf_tokens_format(tokens, wait->answer_tokens));
    add_seconds(out, &wait->answer_s);
    if (wait->is_cut) {
        lf_text_add_string(out, ", where the context ends");
    }
    return true;
}

/* "137 tok/s with 512 tokens in the cache (median of 3 runs; github kyuz0/amd-r9700-ai-toolboxes)".
 */
static void add_row(struct lf_text *out, const struct lf_benchmark *row)
{
    char tokens[LF_SIZE_TEXT_BYTES];
    lf_text_format(out, "%s: ", row->label == NULL ? lf_mix_name(row->mix) : row->label);
    add_figure(out, row->decode_tps);
    lf_text_add_string(out, " tok/s");
    if (row->depth_tokens > 0) {
        lf_text_format(out, " behind %s tokens", lf_tokens_format(tokens, row->depth_tokens));
    }
    if (row->prefill_tps > 0) {
        lf_text_format(out, ", %s-token prompts at %.0f",
                       lf_tokens_format(tokens, row->prompt_tokens), row->prefill_tps);
    }
    if (row->decode_rows > 1) {
        lf_text_format(out, ", median of %llu runs", (unsigned long long)row->decode_rows);
    }
    lf_text_format(out, " (%s%s%s)", strcmp(row->backend, "metal") == 0 ? "" : row->backend,
                   strcmp(row->backend, "metal") == 0 ? "" : ", ", row->source);
}

/* What the row says of the estimate. */
static const char *verdict(const struct lf_choice *choice)
{
    const struct lf_same_device *same = &choice->same_device;
    const char *basis = choice->decode.basis;
    if (same->row->is_old) {
        return "; an engine of 2024 or before";
    }
    if (!same->is_comparable) {
        return "";
    }
    if (basis != NULL && strcmp(basis, "same-device") == 0) {
        return same->is_inside ? "; the speed rests on it, the formula agrees"
                               : "; the speed rests on it, the formula says otherwise";
    }
    return same->is_inside ? "; within the estimate" : "; outside the estimate";
}

void lf_text_measured(const struct lf_info_report *report, const struct lf_style *style,
                      struct lf_text *out)
{
    const struct lf_benchmark *last = NULL;
    const struct lf_paragraph paragraph = {.label = "  *", .label_columns = 4};
    for (size_t i = 0; i < report->placement_count; i++) {
        const struct lf_choice *choice = report->placements[i];
        const struct lf_benchmark *row = choice->same_device.row;
        if (row == NULL || row == last || (i > 0 && row->mix != choice->mix)) {
            continue;
        }
        struct lf_text line = {0};
        lf_text_format(&line, "measured on %s%s, ", row->device,
                       row->gpus > 1 ? " and more of them" : "");
        add_row(&line, row);
        lf_text_add_string(&line, verdict(choice));
        lf_layout_paragraph(out, style, &paragraph, lf_text_string(&line));
        lf_text_clear(&line);
        last = row;
    }
}
