#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/layout_markdown.h"

enum { GAP_COLUMNS = 2, CELL_BYTES = 512 };

void lf_table_add(struct lf_table *table, enum lf_paint paint, const char *text)
{
    if (table->cell_count == table->capacity) {
        table->capacity = table->capacity == 0 ? 64 : table->capacity * 2;
        table->cells = lf_resize(table->cells, table->capacity, sizeof table->cells[0]);
    }
    table->cells[table->cell_count++] = (struct lf_cell){
        .text = lf_arena_copy(&table->arena, text, strlen(text)),
        .paint = paint,
    };
}

void lf_table_format(struct lf_table *table, enum lf_paint paint, const char *format, ...)
{
    char text[CELL_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    lf_table_add(table, paint, text);
}

void lf_table_clear(struct lf_table *table)
{
    free(table->cells);
    lf_arena_clear(&table->arena);
    table->cells = NULL;
    table->cell_count = 0;
    table->capacity = 0;
}

/* The width each column is given; 0: hidden. */
struct widths {
    size_t of[LF_COLUMNS_MOST];
};

/* Whether cell c is the last with text in its row, with columns behind it. */
static bool is_last_text(const struct lf_table *table, const struct lf_cell row[], size_t c)
{
    size_t behind = c + 1;
    while (behind < table->column_count && row[behind].text[0] == '\0') {
        behind++;
    }
    return row[c].text[0] != '\0' && c + 1 < table->column_count && behind == table->column_count;
}

static const char *title_of(const struct lf_column *column, bool is_brief)
{
    const char *title = is_brief && column->brief != NULL ? column->brief : column->title;
    return title == NULL ? "" : title;
}

/* Returns the columns the whole table takes. */
static size_t measure(const struct lf_table *table, const struct lf_style *style, bool is_brief,
                      struct widths *widths)
{
    size_t total = table->indent;
    for (size_t c = 0; c < table->column_count; c++) {
        const struct lf_column *column = &table->columns[c];
        size_t widest = 0;
        for (size_t i = c; i < table->cell_count; i += table->column_count) {
            size_t columns = lf_text_columns(table->cells[i].text);
            if (table->runs_on && is_last_text(table, &table->cells[i - c], c)) {
                columns = columns < column->flexible_least ? columns : column->flexible_least;
            }
            widest = columns > widest ? columns : widest;
        }
        size_t title = lf_text_columns(title_of(column, is_brief));
        bool is_hidden = widest == 0 || style->columns < column->from_columns;
        widths->of[c] = is_hidden ? 0 : widest > title ? widest : title;
        total += is_hidden ? 0 : widths->of[c] + GAP_COLUMNS;
    }
    return total - (total > table->indent ? GAP_COLUMNS : 0);
}

/* Takes columns from the flexible ones, the last first, until the table fits. */
static void shrink(const struct lf_table *table, const struct lf_style *style, size_t total,
                   struct widths *widths)
{
    for (size_t c = table->column_count; c-- > 0 && total > style->columns;) {
        size_t least = table->columns[c].flexible_least;
        if (least == 0 || widths->of[c] <= least) {
            continue;
        }
        size_t spare = widths->of[c] - least;
        size_t excess = total - style->columns;
        size_t taken = spare < excess ? spare : excess;
        widths->of[c] -= taken;
        total -= taken;
    }
}

/* Writes text into so many columns, cut with an ellipsis when it is longer. */
static void add_cut(struct lf_text *out, const char *text, size_t columns)
{
    if (lf_text_columns(text) <= columns) {
        lf_text_add_string(out, text);
        return;
    }
    size_t length = 0;
    for (size_t used = 0; text[length] != '\0'; length++) {
        if (((unsigned char)text[length] & 0xC0U) != 0x80U && used++ == columns - 1) {
            break;
        }
    }
    while (length > 0 && text[length - 1] == ' ') {
        length--;
    }
    lf_text_add(out, text, length);
    lf_text_add_string(out, "\u2026");
}

/* Writes one cell. Blanks are owed until text follows, so that no line ends in them. */
static void add_cell(struct lf_text *out, const struct lf_style *style, const struct lf_cell *cell,
                     size_t columns, bool is_right, size_t *owed)
{
    struct lf_text cut = {0};
    add_cut(&cut, cell->text, columns);
    size_t used = lf_text_columns(lf_text_string(&cut));
    if (used == 0) {
        *owed += columns + GAP_COLUMNS;
    } else {
        size_t before = *owed + (is_right ? columns - used : 0);
        for (size_t i = 0; i < before; i++) {
            lf_text_add(out, " ", 1);
        }
        lf_layout_paint(out, style, cell->paint, lf_text_string(&cut));
        *owed = (is_right ? 0 : columns - used) + GAP_COLUMNS;
    }
    lf_text_clear(&cut);
}

static void add_row(struct lf_text *out, const struct lf_style *style, const struct lf_table *table,
                    const struct lf_cell cells[], const struct widths *widths)
{
    size_t owed = table->indent;
    size_t left = table->indent; /* columns before the next cell */
    for (size_t c = 0; c < table->column_count; c++) {
        size_t columns = widths->of[c];
        if (columns == 0) {
            continue;
        }
        if (table->runs_on && is_last_text(table, cells, c)) {
            columns = style->columns > left ? style->columns - left : 1;
        }
        add_cell(out, style, &cells[c], columns, table->columns[c].is_right, &owed);
        left += columns + GAP_COLUMNS;
    }
    lf_text_add(out, "\n", 1);
}

/* What the columns that only wide styles show can give away; titles need not get brief for them. */
static size_t extra_spare(const struct lf_table *table, const struct widths *widths)
{
    size_t spare = 0;
    for (size_t c = 0; c < table->column_count; c++) {
        size_t least = table->columns[c].flexible_least;
        if (table->columns[c].from_columns > 0 && least > 0 && widths->of[c] > least) {
            spare += widths->of[c] - least;
        }
    }
    return spare;
}

void lf_table_render(const struct lf_table *table, const struct lf_style *style,
                     struct lf_text *out)
{
    if (style->markdown) {
        lf_markdown_table(out, table, style->columns);
        return;
    }
    struct widths widths = {0};
    struct lf_cell titles[LF_COLUMNS_MOST] = {{0}};
    bool has_titles = false;
    size_t total = measure(table, style, false, &widths);
    bool is_brief = total - extra_spare(table, &widths) > style->columns;
    if (is_brief) {
        total = measure(table, style, true, &widths);
    }
    shrink(table, style, total, &widths);
    for (size_t c = 0; c < table->column_count; c++) {
        titles[c] = (struct lf_cell){title_of(&table->columns[c], is_brief), LF_PAINT_FAINT};
        has_titles = has_titles || titles[c].text[0] != '\0';
    }
    if (has_titles) {
        add_row(out, style, table, titles, &widths);
    }
    for (size_t i = 0; i + table->column_count <= table->cell_count; i += table->column_count) {
        add_row(out, style, table, &table->cells[i], &widths);
    }
}
