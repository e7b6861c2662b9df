#include "base/units.h"
#include "report/text.h"

enum { WIDE_COLUMNS = 100 };

static const struct lf_column columns[] = {
    {.title = "model", .flexible_least = 20},
    {.title = "params", .is_right = true},
    {.title = "active", .is_right = true},
    {.title = "kind", .from_columns = WIDE_COLUMNS},
    {.title = "context", .brief = "ctx", .is_right = true},
    {.title = "released"},
    {.title = "licence", .flexible_least = 10},
    {.title = "can", .flexible_least = 4, .from_columns = WIDE_COLUMNS},
};

enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

/* "vision, thinking, tools": what is known to be there. */
static void add_abilities(struct lf_table *table, const struct lf_model *model)
{
    struct lf_text line = {0};
    for (size_t i = 0; i < model->modalities.count; i++) {
        bool is_text = lf_text_equal_nocase(model->modalities.items[i], "text");
        lf_text_format(&line, "%s%s",
                       is_text            ? ""
                       : line.length == 0 ? ""
                                          : ", ",
                       is_text ? "" : model->modalities.items[i]);
    }
    if (model->thinks == LF_ANSWER_YES) {
        lf_text_format(&line, "%sthinking", line.length == 0 ? "" : ", ");
    }
    if (model->calls_tools == LF_ANSWER_YES) {
        lf_text_format(&line, "%stools", line.length == 0 ? "" : ", ");
    }
    lf_table_add(table, LF_PAINT_FAINT, lf_text_string(&line));
    lf_text_clear(&line);
}

static void add_row(struct lf_table *table, const struct lf_subject *subject)
{
    char params[LF_SIZE_TEXT_BYTES];
    char tokens[LF_SIZE_TEXT_BYTES];
    const struct lf_model *model = subject->model;
    const struct lf_form *form = &subject->form;
    lf_table_add(table, LF_PAINT_STRONG, model->id);
    lf_table_add(table, LF_PAINT_PLAIN, lf_params_format(params, form->params_total));
    lf_table_add(table, LF_PAINT_PLAIN,
                 form->experts == 0 ? "" : lf_params_format(params, form->params_active));
    lf_table_add(table, LF_PAINT_PLAIN, lf_form_kind(form));
    lf_table_add(table, LF_PAINT_PLAIN,
                 model->native_context_tokens == 0
                     ? "unknown"
                     : lf_tokens_format(tokens, model->native_context_tokens));
    lf_table_add(table, LF_PAINT_PLAIN, model->released == NULL ? "unknown" : model->released);
    lf_table_add(table, LF_PAINT_PLAIN, model->licence == NULL ? "unknown" : model->licence);
    add_abilities(table, model);
}

void lf_text_list(const struct lf_list_report *report, const struct lf_request *request,
                  const struct lf_style *style, struct lf_text *out)
{
    size_t start = out->length;
    size_t limit = request->limit;
    size_t count = limit == 0 || limit > report->count ? report->count : limit;
    const struct lf_paragraph faint = {.paint = LF_PAINT_FAINT};
    struct lf_table table = {.columns = columns, .column_count = COLUMN_COUNT};
    struct lf_text line = {0};
    for (size_t i = 0; i < count; i++) {
        add_row(&table, &report->models[i]);
    }
    if (count > 0) {
        lf_table_render(&table, style, out);
        lf_text_add(out, "\n", 1);
    }
    if (report->count == 0) {
        lf_text_add_string(&line, "no model of the catalog answers to that; llmfit list shows all");
    } else if (count < report->count) {
        lf_text_format(&line, "%zu of %zu models; llmfit info NAME tells more", count,
                       report->count);
    } else {
        lf_text_format(&line, "%zu model%s; llmfit info NAME tells more", count,
                       count == 1 ? "" : "s");
    }
    lf_layout_paragraph(out, style, &faint, lf_text_string(&line));
    lf_text_clear(&line);
    lf_table_clear(&table);
    lf_layout_finish(out, style, start);
}
