/* Text for people: colours, wrapped paragraphs, tables. Inner header of the report.
 *
 * Renderers write UTF-8 and end with lf_layout_finish, which replaces it where the reader has only
 * ASCII, one column by one, so that tables stay aligned. */
#ifndef LLMFIT_REPORT_LAYOUT_H
#define LLMFIT_REPORT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"
#include "base/text.h"
#include "report/render.h"

enum lf_paint {
    LF_PAINT_PLAIN,
    LF_PAINT_STRONG,
    LF_PAINT_FAINT,
    LF_PAINT_RED,
    LF_PAINT_YELLOW,
    LF_PAINT_GREEN,
    LF_PAINT_CYAN,
    LF_PAINT_MAGENTA,
};

/* Adds text in that colour, when the style has colours. */
void lf_layout_paint(struct lf_text *out, const struct lf_style *style, enum lf_paint paint,
                     const char *text);

/* How a paragraph stands: the first line behind a label, the others indented as far. */
struct lf_paragraph {
    const char *label;    /* NULL: none */
    size_t label_columns; /* the label is filled up with blanks to so many */
    const char *joint;    /* a command: ends every line but the last (" \\"); NULL: words */
    enum lf_paint label_paint;
    enum lf_paint paint;
};

/* Adds text, its words wrapped to the style's columns. */
void lf_layout_paragraph(struct lf_text *out, const struct lf_style *style,
                         const struct lf_paragraph *paragraph, const char *text);

/* Adds parts[count] with dots between them, as many on a line as fit. */
void lf_layout_parts(struct lf_text *out, const struct lf_style *style, const char *const parts[],
                     size_t count);

/* The lines of text. */
size_t lf_layout_lines(const struct lf_text *text);

/* Turns what was added since `start` into ASCII when the style asks for it. */
void lf_layout_finish(struct lf_text *out, const struct lf_style *style, size_t start);

/* One column. It is as wide as its widest cell; a flexible one gives way, down to least, when the
 * table is too wide, and its text is cut with an ellipsis. */
struct lf_column {
    const char *title;     /* NULL in all columns: no line of titles */
    const char *brief;     /* title in a table that is too wide; NULL: the same */
    bool is_right;         /* aligned to the right, as figures are */
    size_t flexible_least; /* 0: not flexible */
    unsigned from_columns; /* shown in styles at least so wide */
};

struct lf_cell {
    const char *text;
    enum lf_paint paint;
};

enum { LF_COLUMNS_MOST = 16 };

/* Rows are filled cell by cell; all-zero but for columns is ready. */
struct lf_table {
    const struct lf_column *columns; /* [column_count] */
    size_t column_count;
    size_t indent;
    bool runs_on;          /* the last text of a row may run on into empty columns behind it */
    struct lf_cell *cells; /* [cell_count], row by row */
    size_t cell_count;
    size_t capacity;
    struct lf_arena arena;
};

/* Adds the next cell, for hidden columns too; text is copied. */
void lf_table_add(struct lf_table *table, enum lf_paint paint, const char *text);
void lf_table_format(struct lf_table *table, enum lf_paint paint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Writes the titles and all rows. Columns without any text are left out. */
void lf_table_render(const struct lf_table *table, const struct lf_style *style,
                     struct lf_text *out);

void lf_table_clear(struct lf_table *table);

#endif
