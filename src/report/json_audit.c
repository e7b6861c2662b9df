#include "report/json.h"

static void write_counts(struct lf_json_writer *writer, const struct lf_audit_report *report)
{
    const struct lf_catalog *catalog = report->catalog;
    const struct {
        const char *key;
        size_t count;
    } counts[] = {
        {"models", report->models},
        {"shapes", report->shapes},
        {"confidence_high", report->by_confidence[LF_CONFIDENCE_HIGH]},
        {"confidence_medium", report->by_confidence[LF_CONFIDENCE_MEDIUM]},
        {"confidence_low", report->by_confidence[LF_CONFIDENCE_LOW]},
        {"measured_arch", report->by_exactness[LF_EXACTNESS_MEASURED_ARCH]},
        {"rule", report->by_exactness[LF_EXACTNESS_RULE]},
        {"estimated", report->by_exactness[LF_EXACTNESS_ESTIMATED]},
        {"params_stated", report->stated},
        {"architectures", catalog->architectures.count},
        {"quants", report->mixes},
        {"quality", catalog->quality.count},
        {"devices", catalog->devices.count},
        {"cpus", catalog->cpus.count},
        {"runtimes", catalog->runtimes.count},
    };
    lf_json_open_object(writer, "counts");
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        lf_json_integer(writer, counts[i].key, counts[i].count);
    }
    lf_json_close_object(writer);
}

void lf_json_audit(const struct lf_audit_report *report, const struct lf_style *style,
                   struct lf_text *out)
{
    (void)style;
    const struct lf_findings *findings = &report->findings;
    struct lf_json_writer writer = {.out = out};
    lf_json_begin(&writer, "catalog-check", NULL, report->catalog, NULL, 0);
    lf_json_string(&writer, "directory", report->catalog->directory);
    lf_json_bool(&writer, "valid", lf_audit_status(report) == LF_OK);
    lf_json_integer(&writer, "errors", findings->seen[LF_SEVERITY_ERROR]);
    lf_json_integer(&writer, "notes", findings->seen[LF_SEVERITY_NOTE]);
    lf_json_open_array(&writer, "findings");
    for (size_t i = 0; i < findings->count; i++) {
        const struct lf_error *error = &findings->items[i].error;
        lf_json_open_object(&writer, NULL);
        lf_json_string(&writer, "severity", lf_severity_name(findings->items[i].severity));
        lf_json_string(&writer, "file", error->file);
        lf_json_positive(&writer, "line", error->line);
        lf_json_positive(&writer, "column", error->column);
        lf_json_string(&writer, "text", error->text);
        lf_json_close_object(&writer);
    }
    lf_json_close_array(&writer);
    write_counts(&writer, report);
    lf_json_close_object(&writer);
}
