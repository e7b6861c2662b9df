/* The layout in Markdown: lines are left to the reader's window, labels become list items, commands
 * code. GitHub's and Reddit's flavours read it alike. */
#include "report/layout_markdown.h"

#include <string.h>

/* Adds text with what Markdown would take for its own made harmless. */
static void add_escaped(struct lf_text *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("\\`*|<~[", *text) != NULL) {
            lf_text_add(out, "\\", 1);
        }
        lf_text_add(out, text, 1);
    }
}

void lf_markdown_paint(struct lf_text *out, enum lf_paint paint, const char *text)
{
    const char *mark = paint == LF_PAINT_STRONG && text[0] != '\0' ? "**" : "";
    lf_text_add_string(out, mark);
    add_escaped(out, text);
    lf_text_add_string(out, mark);
}

void lf_markdown_paragraph(struct lf_text *out, const struct lf_paragraph *paragraph,
                           const char *text)
{
    bool is_item = paragraph->label != NULL;
    bool is_command = paragraph->joint != NULL;
    const char *label = is_item ? paragraph->label + strspn(paragraph->label, " *") : "";
    lf_text_add_string(out, is_item ? "- " : "");
    if (label[0] != '\0') {
        lf_markdown_paint(out, LF_PAINT_STRONG, label);
        lf_text_add(out, " ", 1);
    }
    if (is_command) {
        lf_text_format(out, "`%s`", text);
    } else {
        lf_markdown_paint(out, paragraph->paint, text);
    }
    lf_text_add_string(out, is_item ? "\n" : "\n\n");
}

void lf_markdown_parts(struct lf_text *out, const char *const parts[], size_t count)
{
    lf_text_add_string(out, "- ");
    for (size_t i = 0; i < count; i++) {
        lf_text_add_string(out, i > 0 ? " \u00B7 " : "");
        add_escaped(out, parts[i]);
    }
    lf_text_add(out, "\n", 1);
}

static void add_row(struct lf_text *out, const struct lf_cell cells[], const bool shown[],
                    size_t count)
{
    for (size_t c = 0; c < count; c++) {
        if (shown[c]) {
            lf_text_add_string(out, "| ");
            lf_markdown_paint(out, cells[c].paint, cells[c].text);
            lf_text_add(out, " ", 1);
        }
    }
    lf_text_add_string(out, "|\n");
}

void lf_markdown_table(struct lf_text *out, const struct lf_table *table, unsigned columns)
{
    bool shown[LF_COLUMNS_MOST] = {false};
    struct lf_cell titles[LF_COLUMNS_MOST] = {{0}};
    for (size_t c = 0; c < table->column_count; c++) {
        const struct lf_column *column = &table->columns[c];
        titles[c].text = column->title == NULL ? "" : column->title;
        for (size_t i = c; i < table->cell_count; i += table->column_count) {
            shown[c] =
                shown[c] || (table->cells[i].text[0] != '\0' && columns >= column->from_columns);
        }
    }
    lf_text_add(out, "\n", 1);
    add_row(out, titles, shown, table->column_count);
    for (size_t c = 0; c < table->column_count; c++) {
        lf_text_add_string(out, !shown[c] ? "" : table->columns[c].is_right ? "|--:" : "|---");
    }
    lf_text_add_string(out, "|\n");
    for (size_t i = 0; i + table->column_count <= table->cell_count; i += table->column_count) {
        add_row(out, &table->cells[i], shown, table->column_count);
    }
    lf_text_add(out, "\n", 1);
}

void lf_markdown_finish(struct lf_text *out, size_t start)
{
    size_t to = start;
    for (size_t from = start; from < out->length; from++) {
        bool ends_paragraph = to >= 2 && out->bytes[to - 1] == '\n' && out->bytes[to - 2] == '\n';
        if (out->bytes[from] != '\n' || !(ends_paragraph || to == start)) {
            out->bytes[to++] = out->bytes[from];
        }
    }
    if (to < out->length) {
        out->length = to;
        out->bytes[to] = '\0';
    }
}
