#include <stdio.h>
#include <string.h>

#include "report/text.h"

static const struct {
    const char *word;
    enum lf_paint paint;
} outcomes[] = {
    [LF_OUTCOME_PASS] = {"pass", LF_PAINT_GREEN},
    [LF_OUTCOME_FAIL] = {"FAIL", LF_PAINT_RED},
    [LF_OUTCOME_UNKNOWN] = {"unknown", LF_PAINT_YELLOW},
};

/* Each requirement, and below it what is there. */
static void add_row(const struct lf_check_row *row, const struct lf_style *style,
                    struct lf_text *out)
{
    enum { LABEL_COLUMNS = 9 };
    const struct lf_paragraph requirement = {
        .label = outcomes[row->outcome].word,
        .label_columns = LABEL_COLUMNS,
        .label_paint = outcomes[row->outcome].paint,
        .paint = LF_PAINT_STRONG,
    };
    const struct lf_paragraph text = {.label_columns = LABEL_COLUMNS};
    lf_layout_paragraph(out, style, &requirement, row->requirement);
    lf_layout_paragraph(out, style, &text, row->text);
    if (row->actual != NULL && row->outcome != LF_OUTCOME_PASS &&
        strstr(row->text, row->actual) == NULL) {
        const struct lf_paragraph actual = {.label_columns = LABEL_COLUMNS,
                                            .paint = LF_PAINT_FAINT};
        struct lf_text line = {0};
        lf_text_format(&line, "the nearest: %s", row->actual);
        lf_layout_paragraph(out, style, &actual, lf_text_string(&line));
        lf_text_clear(&line);
    }
}

void lf_text_check(const struct lf_check_report *report, const struct lf_style *style,
                   struct lf_text *out)
{
    size_t start = out->length;
    size_t counts[sizeof outcomes / sizeof outcomes[0]] = {0};
    for (size_t i = 0; i < report->count; i++) {
        add_row(&report->rows[i], style, out);
        counts[report->rows[i].outcome]++;
    }
    char line[LF_CELL_BYTES * 2];
    snprintf(line, sizeof line, "%zu passed, %zu failed, %zu unknown", counts[LF_OUTCOME_PASS],
             counts[LF_OUTCOME_FAIL], counts[LF_OUTCOME_UNKNOWN]);
    lf_text_add(out, "\n", 1);
    lf_layout_paint(out, style, outcomes[report->outcome].paint, outcomes[report->outcome].word);
    lf_text_format(out, ": %s\n", line);
    lf_layout_finish(out, style, start);
}
