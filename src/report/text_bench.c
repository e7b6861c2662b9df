#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "report/text.h"

static const struct lf_column columns[] = {
    {.title = ""},
    {.title = "measured", .is_right = true},
    {.title = "spread", .is_right = true},
    {.title = "predicted", .is_right = true},
    {.title = ""},
};

static const struct {
    const char *words;
    enum lf_paint paint;
} verdicts[] = {
    [LF_BENCH_UNKNOWN] = {"", LF_PAINT_PLAIN},
    [LF_BENCH_BELOW] = {"slower", LF_PAINT_YELLOW},
    [LF_BENCH_WITHIN] = {"as predicted", LF_PAINT_GREEN},
    [LF_BENCH_ABOVE] = {"faster", LF_PAINT_CYAN},
};

/* What was measured, in parts. */
static void add_subject(const struct lf_bench_report *report, const struct lf_style *style,
                        struct lf_text *out)
{
    const struct lf_bench_run *run = report->run;
    char tokens[LF_SIZE_TEXT_BYTES];
    char engine[LF_CELL_BYTES];
    char context[LF_CELL_BYTES];
    char runs[LF_CELL_BYTES];
    uint64_t context_tokens =
        report->choice == NULL ? run->served->context_tokens : report->request.context_tokens;
    const char *slash = strrchr(run->served->name, '/');
    lf_layout_paint(out, style, LF_PAINT_STRONG,
                    run->model != NULL ? run->model->name
                                       : (slash == NULL ? run->served->name : slash + 1));
    snprintf(engine, sizeof engine, "%.30s %.30s", run->server->api->name,
             run->server->version == NULL ? "" : run->server->version);
    snprintf(context, sizeof context, "%s context", lf_tokens_format(tokens, context_tokens));
    snprintf(runs, sizeof runs, "%zu run%s", run->result->repeats,
             run->result->repeats == 1 ? "" : "s");
    const char *parts[6];
    size_t count = 0;
    lf_text_add_string(out, "\n");
    if (report->has_mix) {
        parts[count++] = lf_mix_name(report->mix);
    }
    if (report->choice != NULL) {
        parts[count++] = lf_mode_words(report->choice->placement.mode);
    }
    if (context_tokens != 0) {
        parts[count++] = context;
    }
    parts[count++] = engine;
    parts[count++] = run->server->url;
    parts[count++] = runs;
    lf_layout_parts(out, style, parts, count);
}

static void add_rate(struct lf_table *table, const char *what, const struct lf_measured_rate *rate,
                     const struct lf_estimate *estimate, enum lf_bench_verdict verdict)
{
    char cell[LF_CELL_BYTES];
    const struct lf_estimate spread = {.low = rate->least, .mid = rate->median, .high = rate->most};
    lf_table_add(table, LF_PAINT_PLAIN, what);
    lf_table_format(table, LF_PAINT_STRONG, "%.*f", rate->median < 9.95 ? 2 : 1, rate->median);
    lf_table_add(table, LF_PAINT_FAINT, lf_tps_format(cell, &spread));
    lf_table_add(table, LF_PAINT_PLAIN, estimate == NULL ? "" : lf_tps_format(cell, estimate));
    lf_table_add(table, verdicts[verdict].paint, verdicts[verdict].words);
}

/* By the engine's own account; else what its process has in RAM, which is all of it only where no
 * GPU is used. */
static void add_memory(struct lf_table *table, const struct lf_bench_report *report)
{
    const struct lf_served_model *served = report->run->served;
    bool is_told = lf_known(served->total_bytes);
    const struct lf_amount measured = is_told ? served->total_bytes : served->resident_bytes;
    char size[LF_SIZE_TEXT_BYTES];
    bool is_part = !is_told && lf_known(measured) &&
                   (report->choice == NULL || report->choice->placement.mode != LF_MODE_CPU);
    lf_table_add(table, LF_PAINT_PLAIN, is_part ? "RAM of its process" : "memory");
    lf_table_add(table, LF_PAINT_STRONG,
                 lf_known(measured) ? lf_size_format(size, measured.value) : "unknown");
    lf_table_add(table, LF_PAINT_PLAIN, "");
    lf_table_add(
        table, LF_PAINT_PLAIN,
        report->choice == NULL || is_part ? "" : lf_size_format(size, report->choice->total_bytes));
    lf_table_add(table, LF_PAINT_PLAIN, "");
}

/* How long the texts were, and who held the clock. */
static void add_method(const struct lf_bench_report *report, const struct lf_style *style,
                       struct lf_text *out)
{
    const struct lf_bench_result *result = report->run->result;
    const struct lf_paragraph paragraph = {.paint = LF_PAINT_FAINT};
    struct lf_text line = {0};
    lf_text_format(&line, "%llu tokens read and %llu written in each run, timed by %s.%s",
                   (unsigned long long)result->prompt_tokens,
                   (unsigned long long)result->generated_tokens,
                   report->run->server->api->is_by_clock ? "the clock here" : "the engine",
                   report->is_saved ? " Remembered: fit and info use it on this computer." : "");
    lf_text_add(out, "\n", 1);
    lf_layout_paragraph(out, style, &paragraph, lf_text_string(&line));
    lf_text_clear(&line);
}

void lf_text_bench(const struct lf_bench_report *report, const struct lf_style *style,
                   struct lf_text *out)
{
    size_t start = out->length;
    const struct lf_choice *choice = report->choice;
    const struct lf_bench_result *result = report->run->result;
    struct lf_table table = {
        .columns = columns, .column_count = sizeof columns / sizeof columns[0], .indent = 2};
    add_subject(report, style, out);
    lf_text_add(out, "\n", 1);
    add_rate(&table, "writes, tokens/s", &result->decode, choice == NULL ? NULL : &choice->decode,
             report->decode);
    add_rate(&table, "reads, tokens/s", &result->prefill, choice == NULL ? NULL : &choice->prefill,
             report->prefill);
    add_memory(&table, report);
    lf_table_render(&table, style, out);
    lf_table_clear(&table);
    add_method(report, style, out);
    lf_text_warnings(report->warnings, report->warning_count, style, out);
    lf_layout_finish(out, style, start);
}
