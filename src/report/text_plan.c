#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "report/text.h"

static const struct lf_column row_columns[] = {
    {.title = "machine", .flexible_least = 18},
    {.title = "GiB", .is_right = true},
    {.title = "quant"},
    {.title = "context", .brief = "ctx", .is_right = true},
    {.title = "where"},
    {.title = "tok/s", .is_right = true},
    {.title = "left", .is_right = true, .from_columns = 100},
    {.title = "quality", .brief = "qual", .is_right = true},
    {.title = "good for"},
    {.title = "USD", .is_right = true},
    {.title = "or", .flexible_least = 12, .from_columns = 110},
};

static const struct lf_column cluster_columns[] = {
    {.title = "machines", .flexible_least = 18},
    {.title = "GiB each", .brief = "each", .is_right = true},
    {.title = "quant"},
    {.title = "context", .brief = "ctx", .is_right = true},
    {.title = "tok/s", .is_right = true},
    {.title = "network ms", .brief = "net ms", .is_right = true},
    {.title = "through"},
    {.title = "over", .flexible_least = 8, .from_columns = 100},
};

#define COLUMNS_OF(rows) .columns = (rows), .column_count = sizeof(rows) / sizeof((rows)[0])

/* "2 × RTX 3090 24 GB", "Mac mini M4". */
static void add_machine(struct lf_table *table, uint64_t count, const char *name)
{
    if (count > 1) {
        lf_table_format(table, LF_PAINT_PLAIN, "%llu \u00D7 %s", (unsigned long long)count, name);
    } else {
        lf_table_add(table, LF_PAINT_PLAIN, name);
    }
}

static void add_others(struct lf_table *table, const struct lf_strings *others)
{
    struct lf_text names = {0};
    for (size_t i = 0; i < others->count; i++) {
        lf_text_format(&names, "%s%s", i == 0 ? "" : ", ", others->items[i]);
    }
    lf_table_add(table, LF_PAINT_FAINT, lf_text_string(&names));
    lf_text_clear(&names);
}

static void add_rows(const struct lf_plan_report *report, const struct lf_style *style,
                     struct lf_text *out)
{
    struct lf_table table = {COLUMNS_OF(row_columns), .indent = 2};
    char buffer[LF_CELL_BYTES];
    char size[LF_SIZE_TEXT_BYTES];
    for (size_t i = 0; i < report->count; i++) {
        const struct lf_plan_row *row = &report->rows[i];
        const struct lf_prospect *prospect = &row->prospect;
        add_machine(&table, row->copies, row->class->name);
        lf_table_format(&table, LF_PAINT_PLAIN, "%s %llu",
                        row->host == NULL ? "" : row->host->short_name,
                        (unsigned long long)(row->memory_bytes / LF_GIB));
        lf_table_add(&table, LF_PAINT_PLAIN, lf_mix_name(prospect->mix));
        lf_table_add(&table, LF_PAINT_PLAIN, lf_tokens_format(size, prospect->context_tokens));
        lf_table_add(&table, LF_PAINT_PLAIN,
                     lf_mode_format(buffer, prospect->mode, prospect->gpus, prospect->from_disk));
        lf_table_add(&table, LF_PAINT_PLAIN, lf_tps_format(buffer, &prospect->decode));
        lf_table_add(&table, LF_PAINT_PLAIN, lf_gib_format(size, prospect->left_bytes));
        lf_table_add(&table, LF_PAINT_PLAIN, lf_quality_format(buffer, &prospect->expectation));
        lf_table_add(&table, lf_tier_paint(prospect->expectation.tier),
                     report->catalog->tiers.rows[prospect->expectation.tier].label);
        if (row->price == NULL) {
            lf_table_add(&table, LF_PAINT_FAINT, "");
        } else {
            lf_table_format(&table, LF_PAINT_PLAIN, "%.0f", row->price->price_usd);
        }
        add_others(&table, &row->class->others);
    }
    lf_text_title(out, style, "One machine",
                  "by memory; GiB: RAM, or unified; speeds are estimates");
    lf_table_render(&table, style, out);
    lf_table_clear(&table);
}

/* What the prices are of, each machine once: "USD: Framework Desktop (2026-09-03)". */
static void add_prices(const struct lf_plan_report *report, const struct lf_style *style,
                       struct lf_text *out)
{
    const struct lf_paragraph note = {.label = "  *", .label_columns = 4};
    struct lf_text line = {0};
    for (size_t i = 0; i < report->count; i++) {
        const struct lf_machine_price *price = report->rows[i].price;
        bool is_told = price == NULL;
        for (size_t k = 0; k < i && !is_told; k++) {
            is_told = report->rows[k].price != NULL &&
                      strcmp(report->rows[k].price->name, price->name) == 0;
        }
        if (!is_told) {
            lf_text_format(&line, "%s%s (%s)", line.length == 0 ? "USD: " : ", ", price->name,
                           price->date);
        }
    }
    lf_text_add_string(&line, line.length == 0 ? "prices are not known, so memory stands for cost"
                                               : "; other prices are not known, so memory stands "
                                                 "for cost");
    lf_layout_paragraph(out, style, &note, lf_text_string(&line));
    lf_text_clear(&line);
}

/* What stands behind a card: it is said aloud, for nobody asked for it. */
static void add_hosts(const struct lf_plan_report *report, const struct lf_style *style,
                      struct lf_text *out)
{
    const struct lf_classes *classes = &report->catalog->classes;
    const struct lf_paragraph note = {.label = "  *", .label_columns = 4};
    for (size_t h = 0; h < classes->host_count; h++) {
        const struct lf_host *host = &classes->hosts[h];
        bool is_used = false;
        for (size_t i = 0; i < report->count; i++) {
            is_used = is_used || report->rows[i].host == host;
        }
        if (is_used) {
            struct lf_text line = {0};
            lf_text_format(&line, "%s: %s with %s, %.0f GB/s, and room for %llu cards",
                           host->short_name, host->name, host->ram->name,
                           (double)host->ram->bandwidth_bps / 1e9,
                           (unsigned long long)host->gpus_most);
            lf_layout_paragraph(out, style, &note, lf_text_string(&line));
            lf_text_clear(&line);
        }
    }
    add_prices(report, style, out);
}

static void add_steps(const struct lf_plan_cluster *plan, const struct lf_style *style,
                      struct lf_text *out)
{
    const struct lf_paragraph heading = {.label_columns = 2, .paint = LF_PAINT_FAINT};
    const struct lf_paragraph command = {.label_columns = 4, .joint = " \\"};
    struct lf_text line = {0};
    lf_text_format(&line, "%llu \u00D7 %s: %s", (unsigned long long)plan->nodes,
                   plan->cluster->class->name, plan->cluster->note);
    if (plan->step_count == 0) {
        lf_text_add_string(&line, " No repository that it loads is known.");
    }
    lf_layout_paragraph(out, style, &heading, lf_text_string(&line));
    lf_text_clear(&line);
    for (size_t s = 0; s < plan->step_count; s++) {
        const struct lf_cluster_step *step = &plan->steps[s];
        struct lf_command shell = {.runtime = plan->cluster->runtime};
        for (size_t i = 0; i < step->argv.count && i < LF_ARGUMENTS_MOST; i++) {
            shell.arguments[shell.count++] = step->argv.items[i];
        }
        lf_text_format(&line, "# on %s", step->on);
        lf_layout_paragraph(out, style, &command, lf_text_string(&line));
        lf_text_clear(&line);
        lf_text_command(&shell, &line);
        lf_layout_paragraph(out, style, &command, lf_text_string(&line));
        lf_text_clear(&line);
    }
}

static void add_clusters(const struct lf_plan_report *report, const struct lf_style *style,
                         struct lf_text *out)
{
    struct lf_table table = {COLUMNS_OF(cluster_columns), .indent = 2};
    char buffer[LF_CELL_BYTES];
    char size[LF_SIZE_TEXT_BYTES];
    for (size_t i = 0; i < report->cluster_count; i++) {
        const struct lf_plan_cluster *plan = &report->clusters[i];
        const struct lf_prospect *prospect = &plan->prospect;
        bool is_unified = plan->cluster->class->device->is_unified;
        add_machine(&table, plan->nodes, plan->cluster->class->name);
        lf_table_format(
            &table, LF_PAINT_PLAIN, "%llu",
            is_unified ? (unsigned long long)plan->cluster->memory_gib
                       : (unsigned long long)(plan->cluster->copies *
                                              plan->cluster->class->device->memory_bytes / LF_GIB));
        lf_table_add(&table, LF_PAINT_PLAIN, lf_mix_name(prospect->mix));
        lf_table_add(&table, LF_PAINT_PLAIN, lf_tokens_format(size, prospect->context_tokens));
        lf_table_add(&table, LF_PAINT_PLAIN, lf_tps_format(buffer, &prospect->decode));
        lf_table_format(&table, LF_PAINT_PLAIN, "%.2f", plan->network_ms);
        lf_table_add(&table, LF_PAINT_PLAIN, plan->cluster->runtime);
        lf_table_add(&table, LF_PAINT_PLAIN, plan->cluster->link->name);
    }
    lf_text_title(out, style, "Several machines", "each: GiB on its GPUs; net: added to a token");
    lf_table_render(&table, style, out);
    lf_table_clear(&table);
    for (size_t i = 0; i < report->cluster_count; i++) {
        /* The next of a runtime differs in a number at most. */
        bool is_first = i == 0 || strcmp(report->clusters[i].cluster->runtime,
                                         report->clusters[i - 1].cluster->runtime) != 0;
        if (is_first) {
            add_steps(&report->clusters[i], style, out);
        }
    }
}

void lf_text_plan(const struct lf_plan_report *report, const struct lf_style *style,
                  struct lf_text *out)
{
    size_t start = out->length;
    const struct lf_paragraph headline = {.paint = LF_PAINT_STRONG};
    lf_layout_paragraph(out, style, &headline, report->headline);
    if (report->count > 0) {
        add_rows(report, style, out);
        add_hosts(report, style, out);
    }
    if (report->cluster_count > 0) {
        add_clusters(report, style, out);
    }
    lf_layout_finish(out, style, start);
}
