#include <string.h>

#include "report/text.h"
#include "rules/weights.h"

static const struct lf_column columns[] = {
    {.flexible_least = 4},
    {.flexible_least = 10},
    {.flexible_least = 10},
    {.flexible_least = 10},
};

enum { COLUMN_COUNT = sizeof columns / sizeof columns[0], INDENT = 2 };

static void add_heading(struct lf_text *out, const struct lf_style *style, const char *heading)
{
    lf_text_add(out, "\n", 1);
    lf_layout_paint(out, style, LF_PAINT_STRONG, heading);
    lf_text_add(out, "\n", 1);
}

static void add_program(const struct lf_doctor_report *report, struct lf_text *out)
{
    const struct lf_doctor_system *system = &report->system;
    lf_text_format(out, "llmfit %s, sizes for %s %s", lf_catalog_version, LF_ENGINE_NAME,
                   LF_ENGINE_VERSION);
    if (report->catalog->checked != NULL) {
        lf_text_format(out, ", catalog of %s", report->catalog->checked);
    }
    lf_text_add(out, "\n", 1);
    if (system->name != NULL) {
        lf_text_format(out, "%s %s %s\n", system->name, system->release, system->architecture);
    }
}

static void add_steps(const struct lf_doctor_report *report, const struct lf_style *style,
                      struct lf_text *out)
{
    struct lf_table table = {.columns = columns, .column_count = COLUMN_COUNT, .indent = INDENT};
    for (size_t i = 0; i < report->step_count; i++) {
        const struct lf_step *step = &report->steps[i];
        bool is_fault = step->status == LF_STEP_FAILED || step->status == LF_STEP_TIMEOUT;
        lf_table_add(&table, LF_PAINT_PLAIN, step->name);
        lf_table_add(&table, is_fault ? LF_PAINT_YELLOW : LF_PAINT_PLAIN,
                     lf_step_status_name(step->status));
        lf_table_format(&table, LF_PAINT_PLAIN, "%.1f ms", step->elapsed_ms);
        lf_table_add(&table, LF_PAINT_FAINT, step->source == NULL ? "" : step->source);
    }
    if (report->step_count > 0) {
        add_heading(out, style, "Steps of the probe");
        lf_table_render(&table, style, out);
    }
    lf_table_clear(&table);
}

static void add_parts(const struct lf_machine *machine, const struct lf_style *style,
                      struct lf_text *out)
{
    struct lf_table table = {
        .columns = columns, .column_count = COLUMN_COUNT, .indent = INDENT, .runs_on = true};
    if (machine->board != NULL) {
        lf_table_add(&table, LF_PAINT_PLAIN, "computer");
        lf_table_add(&table, LF_PAINT_PLAIN, machine->board);
        lf_table_add(&table, LF_PAINT_PLAIN, "");
        lf_table_add(&table, LF_PAINT_PLAIN, "");
    }
    lf_table_add(&table, LF_PAINT_PLAIN, "cpu");
    lf_table_add(&table, LF_PAINT_PLAIN, machine->cpu.name == NULL ? "unknown" : machine->cpu.name);
    lf_table_add(&table, LF_PAINT_PLAIN, "");
    lf_table_add(&table, LF_PAINT_PLAIN, "");
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        const struct lf_accelerator *gpu = &machine->accelerators[i];
        lf_table_format(&table, LF_PAINT_PLAIN, "accelerators.%zu", i);
        const char *name = gpu->name == NULL ? "unknown" : gpu->name;
        bool has_vendor = lf_text_contains_nocase(name, gpu->vendor);
        lf_table_format(&table, LF_PAINT_PLAIN, "%s%s%s", has_vendor ? "" : gpu->vendor,
                        has_vendor ? "" : " ", name);
        lf_table_format(&table, LF_PAINT_PLAIN, "%s%s%s", gpu->pci_id == NULL ? "" : gpu->pci_id,
                        gpu->pci_revision == NULL ? "" : " revision ",
                        gpu->pci_revision == NULL ? "" : gpu->pci_revision);
        lf_table_format(&table, LF_PAINT_PLAIN, "%s, driver %s", gpu->id,
                        gpu->driver == NULL ? "none" : gpu->driver);
    }
    add_heading(out, style, "Parts");
    lf_table_render(&table, style, out);
    lf_table_clear(&table);
}

/* Those that are known, or those that are not. */
static void add_figures(const struct lf_doctor_report *report, bool are_known,
                        const struct lf_style *style, struct lf_text *out)
{
    struct lf_table table = {
        .columns = columns, .column_count = COLUMN_COUNT, .indent = INDENT, .runs_on = true};
    for (size_t i = 0; i < report->figure_count; i++) {
        const struct lf_doctor_figure *figure = &report->figures[i];
        const char *source = figure->amount.source;
        if (lf_known(figure->amount) != are_known) {
            continue;
        }
        lf_table_add(&table, LF_PAINT_PLAIN, figure->name);
        if (are_known) {
            lf_table_format(&table, LF_PAINT_PLAIN, "%llu",
                            (unsigned long long)figure->amount.value);
            lf_table_add(&table, LF_PAINT_FAINT, lf_origin_name(figure->amount.origin));
            lf_table_add(&table, LF_PAINT_FAINT, source == NULL ? "" : source);
        } else {
            lf_table_add(&table, LF_PAINT_PLAIN, figure->help);
            lf_table_add(&table, LF_PAINT_PLAIN, "");
            lf_table_add(&table, LF_PAINT_PLAIN, "");
        }
    }
    if (table.cell_count > 0) {
        add_heading(out, style, are_known ? "Figures" : "Unknown, and how to state it");
        lf_table_render(&table, style, out);
    }
    lf_table_clear(&table);
}

/* Wider than the terminal may be: what is pasted must not be cut. */
void lf_text_doctor(const struct lf_doctor_report *report, const struct lf_style *given,
                    struct lf_text *out)
{
    size_t start = out->length;
    struct lf_style wide = *given;
    wide.columns = LF_STYLE_COLUMNS_MOST;
    const struct lf_style *style = &wide;
    add_program(report, out);
    add_steps(report, style, out);
    add_parts(report->machine, style, out);
    add_figures(report, true, style, out);
    add_figures(report, false, style, out);
    if (report->diagnostic_count > 0) {
        add_heading(out, style, "Diagnostics");
    }
    for (size_t i = 0; i < report->diagnostic_count; i++) {
        const struct lf_diagnostic *diagnostic = &report->diagnostics[i];
        const struct lf_paragraph paragraph = {
            .label = diagnostic->code,
            .label_columns = strlen(diagnostic->code) + 1,
            .label_paint = LF_PAINT_YELLOW,
        };
        lf_layout_paragraph(out, style, &paragraph, diagnostic->text);
    }
    lf_layout_finish(out, style, start);
}
