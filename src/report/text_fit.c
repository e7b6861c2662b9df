#include <string.h>

#include "advise/command.h"
#include "base/units.h"
#include "report/text.h"

enum {
    ROWS_LEAST = 4, /* shown however little room there is */
    WIDE_COLUMNS = 100,
};

static const struct lf_column columns[] = {
    {.title = "#", .is_right = true},
    {.title = "model", .flexible_least = 12},
    {.title = "params", .is_right = true, .from_columns = WIDE_COLUMNS},
    {.title = "active", .is_right = true, .from_columns = WIDE_COLUMNS},
    {.title = "quant"},
    {.title = "where"},
    {.title = "GiB", .is_right = true},
    {.title = "context", .brief = "ctx", .is_right = true},
    {.title = "tok/s", .is_right = true},
    {.title = "quality", .brief = "qual", .is_right = true},
    {.title = "good for"},
    {.title = "note", .flexible_least = 10, .from_columns = WIDE_COLUMNS},
};

enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

/* What the other columns do not say already. */
static void add_note(struct lf_table *table, const struct lf_choice *choice)
{
    enum lf_mode mode = choice->placement.mode;
    bool is_split = mode == LF_MODE_EXPERTS_IN_RAM || mode == LF_MODE_LAYERS_SPLIT;
    struct lf_text note = {0};
    for (size_t i = 0; i < choice->reason_count; i++) {
        const struct lf_reason *reason = &choice->reasons[i];
        if (is_split || strcmp(reason->code, lf_mode_id(mode)) != 0) {
            lf_text_format(&note, "%s%s", note.length == 0 ? "" : "; ", reason->text);
        }
    }
    lf_table_add(table, LF_PAINT_FAINT, lf_text_string(&note));
    lf_text_clear(&note);
}

/* Whether a published row of the same device, model and quant stands beside the estimate. */
static bool is_measured(const struct lf_choice *choice)
{
    return choice->same_device.is_comparable;
}

static void add_row(struct lf_table *table, const struct lf_choice *choice, size_t rank,
                    const struct lf_catalog *catalog)
{
    char buffer[LF_CELL_BYTES];
    char size[LF_SIZE_TEXT_BYTES];
    const struct lf_form *form = &choice->subject->form;
    const struct lf_expectation *expectation = &choice->expectation;
    enum lf_paint paint = lf_tier_paint(expectation->tier);
    lf_table_format(table, LF_PAINT_FAINT, "%zu", rank);
    lf_table_add(table, LF_PAINT_STRONG, choice->subject->model->name);
    lf_table_add(table, LF_PAINT_PLAIN, lf_params_format(size, form->params_total));
    lf_table_add(table, LF_PAINT_PLAIN,
                 form->experts == 0 ? "" : lf_params_format(size, form->params_active));
    lf_table_add(table, LF_PAINT_PLAIN, lf_mix_name(choice->mix));
    lf_table_add(table, LF_PAINT_PLAIN, lf_where_format(buffer, &choice->placement));
    lf_table_add(table, LF_PAINT_PLAIN, lf_gib_format(size, choice->total_bytes));
    lf_table_add(table, LF_PAINT_PLAIN, lf_tokens_format(size, choice->settings.context_tokens));
    lf_table_format(table, LF_PAINT_PLAIN, "%s%s", lf_tps_format(buffer, &choice->decode),
                    is_measured(choice) ? "*" : "");
    lf_table_add(table, LF_PAINT_PLAIN, lf_quality_format(buffer, expectation));
    lf_table_add(table, paint, catalog->tiers.rows[expectation->tier].label);
    add_note(table, choice);
}

static void add_table(const struct lf_fit_report *report, size_t count,
                      const struct lf_style *style, struct lf_text *out)
{
    struct lf_table table = {.columns = columns, .column_count = COLUMN_COUNT};
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
    bool has_experts = false;
    bool has_measured = false;
    for (size_t i = 0; i < shown; i++) {
        has_estimates = has_estimates || report->models[i]->expectation.is_estimated;
        has_experts = has_experts || report->models[i]->subject->form.experts > 0;
        has_measured = has_measured || is_measured(report->models[i]);
    }
    struct lf_text legend = {0};
    lf_text_format(&legend, "tok/s estimated%s. quality: share of %s%s%s",
                   has_measured ? " (* measured)" : "", report->catalog->quality.best_paid,
                   has_estimates ? " (~ no scores)" : "", has_experts ? ". GiB: all experts" : "");
    lf_layout_paragraph(out, style, &faint, lf_text_string(&legend));
    lf_text_clear(&legend);
}

/* The tiers above, the best of a year ago, what the first costs, other engines. */
static void add_outlook(const struct lf_fit_report *report, const struct lf_style *style,
                        struct lf_text *out)
{
    static const struct {
        const char *code;
        const char *label;
    } labels[] = {{"tier-out-of-reach", "Above:"},
                  {"a-year-ago", "Before:"},
                  {"cost", "Cost:"},
                  {"mlx", "Mac:"},
                  {"ollama-context", "Ollama:"}};
    struct lf_paragraph line = {.label_columns = 9, .label_paint = LF_PAINT_FAINT};
    const char *last_code = "";
    for (size_t i = 0; i < report->outlook_count; i++) {
        const struct lf_reason *reason = &report->outlook[i];
        line.label = "";
        for (size_t k = 0; k < sizeof labels / sizeof labels[0]; k++) {
            if (strcmp(labels[k].code, reason->code) == 0 && strcmp(last_code, reason->code) != 0) {
                line.label = labels[k].label;
            }
        }
        lf_layout_paragraph(out, style, &line, reason->text);
        last_code = reason->code;
    }
}

/* How to run the first, and where to read on. */
static void add_hints(const struct lf_fit_report *report, size_t shown,
                      const struct lf_style *style, struct lf_text *out)
{
    struct lf_paragraph hint = {.label_columns = 9, .label_paint = LF_PAINT_FAINT};
    struct lf_text line = {0};
    struct lf_arena arena = {0};
    struct lf_commands *commands = lf_arena_alloc(&arena, 1, sizeof *commands);
    lf_commands_make(report->runtime, report->models[0], &arena, commands);
    for (size_t i = 0; i < lf_commands_own(commands); i++) {
        lf_text_command(&commands->items[i], &line);
        hint.label = i == 0 ? "Run 1:" : "";
        hint.joint = " \\";
        lf_layout_paragraph(out, style, &hint, lf_text_string(&line));
        hint.joint = NULL;
        lf_text_clear(&line);
    }
    hint.label = "More:";
    const char *runtime = report->request->runtime;
    lf_text_format(&line, "llmfit info %s%s%s (or cost)", report->models[0]->subject->model->id,
                   runtime == NULL ? "" : " --runtime ", runtime == NULL ? "" : runtime);
    if (shown < report->count) {
        lf_text_format(&line, "; llmfit -n all (%zu fit)", report->count);
    }
    lf_layout_paragraph(out, style, &hint, lf_text_string(&line));
    lf_text_clear(&line);
    lf_arena_clear(&arena);
}

/* How long one waits with the first. */
static void add_wait(const struct lf_fit_report *report, const struct lf_style *style,
                     struct lf_text *out)
{
    const struct lf_paragraph paragraph = {
        .label = "Wait 1:", .label_columns = 9, .label_paint = LF_PAINT_FAINT};
    struct lf_text line = {0};
    if (lf_text_wait(&report->wait, &line)) {
        lf_layout_paragraph(out, style, &paragraph, lf_text_string(&line));
    }
    lf_text_clear(&line);
}

/* Everything below the table; the wait where there is room for it. */
static void add_bottom(const struct lf_fit_report *report, size_t shown, bool tells_wait,
                       const struct lf_style *style, struct lf_text *out)
{
    add_legend(report, shown, style, out);
    lf_text_warnings(report->warnings, report->warning_count, style, out);
    add_outlook(report, style, out);
    if (tells_wait) {
        add_wait(report, style, out);
    }
    add_hints(report, shown, style, out);
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
        lf_text_unfit(report, style, out);
    } else {
        add_bottom(report, 0, true, style, &bottom);
        size_t used = lf_layout_lines(&top) + lf_layout_lines(&bottom) + 1;
        size_t rows = limit == 0 ? ROWS_LEAST + 1 : limit;
        bool tells_wait = style->lines == 0 || used + rows <= style->lines;
        if (!tells_wait) {
            lf_text_clear(&bottom);
            add_bottom(report, 0, false, style, &bottom);
            used = lf_layout_lines(&top) + lf_layout_lines(&bottom) + 1;
        }
        if (limit == 0 && style->lines > 0) {
            limit = style->lines > used + ROWS_LEAST ? style->lines - used : ROWS_LEAST;
        }
        size_t shown = limit == 0 || limit > report->count ? report->count : limit;
        add_table(report, shown, style, out);
        lf_text_clear(&bottom);
        add_bottom(report, shown, tells_wait, style, &bottom);
        lf_text_add_string(out, lf_text_string(&bottom));
    }
    lf_text_clear(&bottom);
    lf_text_clear(&top);
    lf_layout_finish(out, style, start);
}
