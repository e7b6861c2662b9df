#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "report/text.h"

enum {
    ROWS_LEAST = 5, /* shown however little room there is */
    ROWS_UNBOUND = 20,
    UNFIT_SHOWN = 5,
    WIDE_COLUMNS = 100,
};

static const struct lf_column narrow_columns[] = {
    {.title = "#", .is_right = true},
    {.title = "model", .flexible_least = 12},
    {.title = "size", .is_right = true, .from_columns = WIDE_COLUMNS},
    {.title = "quant"},
    {.title = "where"},
    {.title = "GiB", .is_right = true},
    {.title = "context", .is_right = true},
    {.title = "tok/s", .is_right = true},
    {.title = "quality", .is_right = true},
    {.title = "good for"},
    {.title = "because", .flexible_least = 10, .from_columns = WIDE_COLUMNS},
};

enum { COLUMN_COUNT = sizeof narrow_columns / sizeof narrow_columns[0] };

static void add_row(struct lf_table *table, const struct lf_choice *choice, size_t rank,
                    const struct lf_catalog *catalog)
{
    char buffer[LF_CELL_BYTES];
    char size[LF_SIZE_TEXT_BYTES];
    const struct lf_expectation *expectation = &choice->expectation;
    enum lf_paint paint = lf_tier_paint(expectation->tier);
    lf_table_format(table, LF_PAINT_FAINT, "%zu", rank);
    lf_table_add(table, LF_PAINT_STRONG, choice->subject->model->name);
    lf_table_add(table, LF_PAINT_PLAIN, lf_size_class_format(buffer, &choice->subject->form));
    lf_table_add(table, LF_PAINT_PLAIN, lf_mix_name(choice->mix));
    lf_table_add(table, LF_PAINT_PLAIN, lf_where_format(buffer, &choice->placement));
    lf_table_add(table, LF_PAINT_PLAIN, lf_gib_format(size, choice->total_bytes));
    lf_table_add(table, LF_PAINT_PLAIN, lf_tokens_format(size, choice->settings.context_tokens));
    lf_table_add(table, LF_PAINT_PLAIN, lf_tps_format(buffer, &choice->decode));
    lf_table_add(table, LF_PAINT_PLAIN, lf_quality_format(buffer, expectation));
    lf_table_add(table, paint, catalog->tiers.rows[expectation->tier].label);
    lf_table_add(table, LF_PAINT_FAINT, choice->reason_count > 0 ? choice->reasons[0].text : "");
}

static void add_table(const struct lf_fit_report *report, size_t count,
                      const struct lf_style *style, struct lf_text *out)
{
    struct lf_table table = {.columns = narrow_columns, .column_count = COLUMN_COUNT};
    for (size_t i = 0; i < count; i++) {
        add_row(&table, report->models[i], i + 1, report->catalog);
    }
    lf_table_render(&table, style, out);
    lf_table_clear(&table);
}

/* Everything above the table. */
static void add_top(const struct lf_fit_report *report, const struct lf_style *style,
                    struct lf_text *out)
{
    const struct lf_paragraph headline = {.paint = LF_PAINT_STRONG};
    lf_text_machine(report->machine, &report->budget, style, out);
    lf_text_add(out, "\n", 1);
    lf_layout_paragraph(out, style, &headline, report->headline.text);
    lf_text_add(out, "\n", 1);
}

static void add_legend(const struct lf_fit_report *report, size_t shown,
                       const struct lf_style *style, struct lf_text *out)
{
    const struct lf_paragraph faint = {.paint = LF_PAINT_FAINT};
    bool has_estimates = false;
    for (size_t i = 0; i < shown; i++) {
        has_estimates = has_estimates || report->models[i]->expectation.is_estimated;
    }
    struct lf_text legend = {0};
    lf_text_format(&legend, "tok/s: an estimate. quality: share of %s%s",
                   report->catalog->quality.best_paid,
                   has_estimates ? "; ~ without published scores" : "");
    lf_layout_paragraph(out, style, &faint, lf_text_string(&legend));
    lf_text_clear(&legend);
}

/* How to run the first, and where to read on. */
static void add_hints(const struct lf_fit_report *report, size_t shown,
                      const struct lf_style *style, struct lf_text *out)
{
    struct lf_paragraph hint = {.label_columns = 9, .label_paint = LF_PAINT_FAINT};
    struct lf_text line = {0};
    struct lf_arena arena = {0};
    struct lf_command command = {0};
    lf_command_make(report->models[0], &arena, &command);
    if (command.count > 0) {
        lf_text_command(&command, &line);
        hint.label = "Run 1:";
        hint.joint = " \\";
        lf_layout_paragraph(out, style, &hint, lf_text_string(&line));
        hint.joint = NULL;
        lf_text_clear(&line);
    }
    hint.label = "Details:";
    lf_text_format(&line, "llmfit info %s", report->models[0]->subject->model->id);
    lf_layout_paragraph(out, style, &hint, lf_text_string(&line));
    lf_text_clear(&line);
    if (shown < report->count) {
        hint.label = "More:";
        lf_text_format(&line, "llmfit -n all  (%zu models fit, %zu do not)", report->count,
                       report->unfit_count);
        lf_layout_paragraph(out, style, &hint, lf_text_string(&line));
    }
    lf_text_clear(&line);
    lf_arena_clear(&arena);
}

/* Everything below the table. */
static void add_bottom(const struct lf_fit_report *report, size_t shown,
                       const struct lf_style *style, struct lf_text *out)
{
    add_legend(report, shown, style, out);
    lf_text_warnings(report->warnings, report->warning_count, style, out);
    lf_text_add(out, "\n", 1);
    add_hints(report, shown, style, out);
}

/* Nothing fits: what came nearest, and what would help. */
static void add_unfit(const struct lf_fit_report *report, const struct lf_style *style,
                      struct lf_text *out)
{
    const struct lf_paragraph faint = {.label = "", .label_columns = 2, .paint = LF_PAINT_FAINT};
    size_t count = report->unfit_count < UNFIT_SHOWN ? report->unfit_count : UNFIT_SHOWN;
    for (size_t i = 0; i < count; i++) {
        const struct lf_choice *choice = report->unfit[i];
        lf_layout_paint(out, style, LF_PAINT_STRONG, choice->subject->model->name);
        lf_text_add(out, "\n", 1);
        for (size_t r = 0; r < choice->reason_count; r++) {
            lf_layout_paragraph(out, style, &faint, choice->reasons[r].text);
        }
    }
    lf_text_warnings(report->warnings, report->warning_count, style, out);
}

void lf_text_fit(const struct lf_fit_report *report, const struct lf_style *style,
                 struct lf_text *out)
{
    size_t start = out->length;
    size_t limit = report->request->limit;
    struct lf_text bottom = {0};
    struct lf_text top = {0};
    add_top(report, style, &top);
    lf_text_add_string(out, lf_text_string(&top));
    if (report->count == 0) {
        add_unfit(report, style, out);
    } else {
        add_bottom(report, 0, style, &bottom);
        size_t used = lf_layout_lines(&top) + lf_layout_lines(&bottom) + 1;
        if (limit == 0 && style->lines > 0) {
            limit = style->lines > used + ROWS_LEAST ? style->lines - used : ROWS_LEAST;
        }
        size_t shown = limit == 0 || limit > report->count ? report->count : limit;
        add_table(report, shown, style, out);
        lf_text_clear(&bottom);
        add_bottom(report, shown, style, &bottom);
        lf_text_add_string(out, lf_text_string(&bottom));
    }
    lf_text_clear(&bottom);
    lf_text_clear(&top);
    lf_layout_finish(out, style, start);
}
