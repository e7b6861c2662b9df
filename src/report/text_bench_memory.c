#include "base/units.h"
#include "report/text.h"

static const struct lf_column columns[] = {
    {.flexible_least = 4},
    {.flexible_least = 8},
    {.flexible_least = 10},
};

enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

static void add_rate(struct lf_table *table, const char *label, enum lf_paint paint, uint64_t bps)
{
    char rate[LF_SIZE_TEXT_BYTES];
    lf_table_add(table, LF_PAINT_FAINT, label);
    lf_table_add(table, paint, lf_rate_format(rate, bps));
}

static void add_measured(const struct lf_bench_memory_report *report, struct lf_table *table)
{
    const struct lf_memory_measured *measured = &report->measured;
    add_rate(table, "RAM is read at", LF_PAINT_STRONG, measured->read_bps);
    lf_table_format(table, LF_PAINT_FAINT, "by %u thread%s; each byte counts once",
                    measured->threads, measured->threads == 1 ? "" : "s");
    if (measured->threads > 1) {
        add_rate(table, "by one thread", LF_PAINT_PLAIN, measured->one_read_bps);
        lf_table_add(table, LF_PAINT_FAINT, "");
    }
}

static void add_known(const struct lf_bench_memory_report *report, struct lf_table *table)
{
    struct lf_amount known = report->machine->memory.bandwidth_bps;
    if (!lf_known(known)) {
        lf_table_add(table, LF_PAINT_FAINT, "known peak");
        lf_table_add(table, LF_PAINT_YELLOW, "unknown");
        lf_table_add(table, LF_PAINT_FAINT, "neither the firmware nor a list tells");
        return;
    }
    add_rate(table, "known peak", LF_PAINT_PLAIN, known.value);
    lf_table_format(table, LF_PAINT_FAINT, "%s: %s; measured is %.0f %% of it",
                    lf_origin_name(known.origin), known.source == NULL ? "" : known.source,
                    report->share_of_known * 100);
}

static void add_how(const struct lf_bench_memory_report *report, struct lf_table *table)
{
    const struct lf_memory_measured *measured = &report->measured;
    char buffer[LF_SIZE_TEXT_BYTES];
    char caches[LF_SIZE_TEXT_BYTES];
    lf_table_add(table, LF_PAINT_FAINT, "buffer");
    lf_table_add(table, LF_PAINT_PLAIN, lf_size_format(buffer, measured->buffer_bytes));
    if (report->cache_bytes == 0) {
        lf_table_format(table, LF_PAINT_FAINT, "best of %u, in %.1f s", measured->passes,
                        measured->elapsed_ms / 1e3);
    } else {
        lf_table_format(table, LF_PAINT_FAINT, "caches: %s; best of %u, in %.1f s",
                        lf_size_format(caches, report->cache_bytes), measured->passes,
                        measured->elapsed_ms / 1e3);
    }
}

void lf_text_bench_memory(const struct lf_bench_memory_report *report, const struct lf_style *style,
                          struct lf_text *out)
{
    size_t start = out->length;
    const struct lf_paragraph plain = {0};
    struct lf_text line = {0};
    char rate[LF_SIZE_TEXT_BYTES];
    struct lf_table table = {.columns = columns, .column_count = COLUMN_COUNT, .runs_on = true};
    add_measured(report, &table);
    add_known(report, &table);
    add_how(report, &table);
    lf_table_render(&table, style, out);
    lf_table_clear(&table);
    lf_text_add(out, "\n", 1);
    if (lf_known(report->machine->memory.bandwidth_bps)) {
        lf_text_add_string(&line, "Estimates of speed keep to the known peak.");
    } else {
        lf_text_format(&line,
                       "Estimates of speed start from peaks, of which programs read %.0f %% at "
                       "best: they take this for a peak of %s%s.",
                       LF_READ_SHARE_OF_PEAK * 100, lf_rate_format(rate, report->peak_bps),
                       report->saved_to == NULL ? ", were it remembered" : "");
    }
    if (report->saved_to != NULL) {
        lf_text_format(&line, " Remembered in %s.", report->saved_to);
    }
    lf_layout_paragraph(out, style, &plain, lf_text_string(&line));
    lf_text_clear(&line);
    lf_text_warnings(report->warnings, report->warning_count, style, out);
    lf_layout_finish(out, style, start);
}
