#include "report/text.h"

/* "file:line:column: sentence", on one line however long it is, as compilers do: editors read it.
 */
static void add_finding(const struct lf_finding *finding, const struct lf_style *style,
                        struct lf_text *out)
{
    static const enum lf_paint paints[LF_SEVERITY_COUNT] = {
        [LF_SEVERITY_ERROR] = LF_PAINT_RED,
        [LF_SEVERITY_NOTE] = LF_PAINT_YELLOW,
    };
    lf_layout_paint(out, style, paints[finding->severity], lf_severity_name(finding->severity));
    lf_text_format(out, ": %s\n", finding->error.text);
}

static void add_line(const char *label, const char *text, const struct lf_style *style,
                     struct lf_text *out)
{
    const struct lf_paragraph line = {.label = label, .label_columns = 9};
    lf_layout_paragraph(out, style, &line, text);
}

/* What the catalog holds. */
static void add_counts(const struct lf_audit_report *report, const struct lf_style *style,
                       struct lf_text *out)
{
    const struct lf_catalog *catalog = report->catalog;
    struct lf_arena arena = {0};
    add_line("models",
             lf_arena_format(&arena,
                             "%zu, %zu with a shape of their own, %zu compared with a stated total",
                             report->models, report->shapes, report->stated),
             style, out);
    add_line("sure",
             lf_arena_format(&arena, "confidence high %zu, medium %zu, low %zu",
                             report->by_confidence[LF_CONFIDENCE_HIGH],
                             report->by_confidence[LF_CONFIDENCE_MEDIUM],
                             report->by_confidence[LF_CONFIDENCE_LOW]),
             style, out);
    add_line("sizes",
             lf_arena_format(&arena, "measured-arch %zu, rule %zu, estimated %zu",
                             report->by_exactness[LF_EXACTNESS_MEASURED_ARCH],
                             report->by_exactness[LF_EXACTNESS_RULE],
                             report->by_exactness[LF_EXACTNESS_ESTIMATED]),
             style, out);
    add_line(
        "tables",
        lf_arena_format(&arena,
                        "%zu architectures, %zu quants, %zu quality rows, %zu devices, %zu CPU "
                        "platforms, %zu runtime%s",
                        catalog->architectures.count, report->mixes, catalog->quality.count,
                        catalog->devices.count, catalog->cpus.count, catalog->runtimes.count,
                        catalog->runtimes.count == 1 ? "" : "s"),
        style, out);
    add_line("checked", catalog->checked == NULL ? "never" : catalog->checked, style, out);
    lf_arena_clear(&arena);
}

void lf_text_audit(const struct lf_audit_report *report, const struct lf_style *style,
                   struct lf_text *out)
{
    const struct lf_findings *findings = &report->findings;
    size_t start = out->length;
    size_t errors = findings->seen[LF_SEVERITY_ERROR];
    size_t notes = findings->seen[LF_SEVERITY_NOTE];
    for (size_t i = 0; i < findings->count; i++) {
        add_finding(&findings->items[i], style, out);
    }
    if (findings->count < errors + notes) {
        lf_text_format(out, "... and %zu more\n", errors + notes - findings->count);
    }
    lf_text_add_string(out, findings->count == 0 ? "" : "\n");
    add_counts(report, style, out);
    lf_text_add_string(out, "\n");
    lf_layout_paint(out, style, errors == 0 ? LF_PAINT_GREEN : LF_PAINT_RED,
                    errors == 0 ? "valid" : "INVALID");
    lf_text_format(out, ": %zu error%s, %zu note%s\n", errors, errors == 1 ? "" : "s", notes,
                   notes == 1 ? "" : "s");
    lf_layout_finish(out, style, start);
}
