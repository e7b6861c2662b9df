/* The parts of the layout as Markdown; layout.c calls them where the style asks for it. */
#ifndef LLMFIT_REPORT_LAYOUT_MARKDOWN_H
#define LLMFIT_REPORT_LAYOUT_MARKDOWN_H

#include "report/layout.h"

/* Text, strong or plain: Markdown has no colours. */
void lf_markdown_paint(struct lf_text *out, enum lf_paint paint, const char *text);

/* A paragraph, or an item of a list where it has a label; a command as code. */
void lf_markdown_paragraph(struct lf_text *out, const struct lf_paragraph *paragraph,
                           const char *text);

void lf_markdown_parts(struct lf_text *out, const char *const parts[], size_t count);

/* A table with all columns that have text and are shown at such a width. */
void lf_markdown_table(struct lf_text *out, const struct lf_table *table, unsigned columns);

/* Leaves one empty line between paragraphs and none before the first, in what was added since
 * start. */
void lf_markdown_finish(struct lf_text *out, size_t start);

#endif
