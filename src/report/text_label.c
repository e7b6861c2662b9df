#include <stdio.h>

#include "base/units.h"
#include "report/text.h"
#include "report/words.h"

static const struct lf_column columns[] = {
    {.title = "quant"},
    {.title = "weights", .is_right = true},
    {.title = "cache", .is_right = true},
    {.title = "compute", .is_right = true},
    {.title = "total GiB", .is_right = true},
    {.title = "fit here", .is_right = true},
    {.title = "tok/s", .is_right = true},
};

/* "39.9–42.8" GiB; one figure where the ends look the same. */
static void add_range(struct lf_table *table, const struct lf_label_range *range)
{
    char low[LF_CELL_BYTES];
    char high[LF_CELL_BYTES];
    double gib = (double)LF_GIB;
    int decimals = range->high.value < gib ? 2 : 1;
    snprintf(low, sizeof low, "%.*f", decimals, range->low.value / gib);
    snprintf(high, sizeof high, "%.*f", decimals, range->high.value / gib);
    bool is_one = lf_text_equal_nocase(low, high);
    lf_table_format(table, LF_PAINT_PLAIN, "%s%s%s", low, is_one ? "" : "\u2013",
                    is_one ? "" : high);
}

static void add_rows(const struct lf_label_report *report, const struct lf_style *style,
                     struct lf_text *out)
{
    struct lf_table table = {
        .columns = columns, .column_count = sizeof columns / sizeof columns[0], .indent = 2};
    for (size_t i = 0; i < report->row_count; i++) {
        const struct lf_label_row *row = &report->rows[i];
        /* mid only tells that it is known. */
        const struct lf_estimate speed = {.low = row->decode.low.value,
                                          .mid = row->decode.high.value,
                                          .high = row->decode.high.value};
        char tps[LF_CELL_BYTES];
        lf_table_add(&table, LF_PAINT_PLAIN, lf_mix_name(row->mix));
        add_range(&table, &row->weights);
        add_range(&table, &report->cache);
        add_range(&table, &report->compute);
        add_range(&table, &row->total);
        lf_table_format(&table, LF_PAINT_PLAIN, "%zu of %zu", row->fitting, report->model_count);
        lf_table_add(&table, LF_PAINT_PLAIN, row->fitting == 0 ? "" : lf_tps_format(tps, &speed));
    }
    lf_table_render(&table, style, out);
    lf_table_clear(&table);
}

/* The row whose bounds are told: the quant most people run, else the first. */
static const struct lf_label_row *told_row(const struct lf_label_report *report)
{
    for (size_t i = 0; i < report->row_count; i++) {
        if (report->rows[i].mix == LF_MIX_Q4_K_M) {
            return &report->rows[i];
        }
    }
    return &report->rows[0];
}

/* Which models set the ends. */
static void add_bounds(const struct lf_label_report *report, const struct lf_style *style,
                       struct lf_text *out)
{
    const struct lf_label_row *told = told_row(report);
    const struct {
        const char *label;
        const struct lf_label_range *range;
    } rows[] = {
        {"weights", &told->weights},
        {"cache", &report->cache},
        {"compute", &report->compute},
        {"tok/s", &told->decode},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct lf_paragraph bound = {.label = rows[i].label, .label_columns = 9};
        const struct lf_label_range *range = rows[i].range;
        struct lf_text line = {0};
        if (range->low.model != NULL) {
            lf_text_format(&line, "from %s to %s", range->low.model->id, range->high.model->id);
            lf_layout_paragraph(out, style, &bound, lf_text_string(&line));
        }
        lf_text_clear(&line);
    }
}

void lf_text_label(const struct lf_label_report *report, const struct lf_style *style,
                   struct lf_text *out)
{
    size_t start = out->length;
    const struct lf_paragraph plain = {0};
    const struct lf_label *label = &report->label;
    char total[LF_SIZE_TEXT_BYTES];
    char active[LF_SIZE_TEXT_BYTES];
    char tokens[LF_SIZE_TEXT_BYTES];
    struct lf_text line = {0};
    lf_params_format(total, label->params_total);
    lf_params_format(active, label->params_active);
    lf_text_format(&line,
                   "%s parameters%s%s: a size, not a model of the catalog. Estimated from the %zu "
                   "%s models of nearest size; a model of its own may lie outside.",
                   total, label->is_moe ? ", active " : "", label->is_moe ? active : "",
                   report->model_count, label->is_moe ? "MoE" : "dense");
    lf_layout_paragraph(out, style, &plain, lf_text_string(&line));
    lf_text_clear(&line);
    lf_text_format(&line, "%s context, %s; GiB",
                   lf_tokens_format(tokens, report->request.context_tokens),
                   report->request.has_kv ? "cache as asked for" : "f16 cache");
    lf_text_title(out, style, "Sizes and speeds", lf_text_string(&line));
    add_rows(report, style, out);
    lf_text_clear(&line);
    lf_text_format(&line, "the models that set the ends, at %s",
                   lf_mix_name(told_row(report)->mix));
    lf_text_title(out, style, "Between", lf_text_string(&line));
    add_bounds(report, style, out);
    lf_text_clear(&line);
    lf_layout_finish(out, style, start);
}
