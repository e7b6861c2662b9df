#include "report/json.h"

void lf_json_check(const struct lf_check_report *report, const struct lf_style *style,
                   struct lf_text *out)
{
    (void)style;
    struct lf_json_writer writer = {.out = out};
    lf_json_begin(&writer, "check", report->runtime, report->catalog, NULL, 0);
    lf_json_string(&writer, "outcome", lf_outcome_name(report->outcome));
    lf_json_open_array(&writer, "rows");
    for (size_t i = 0; i < report->count; i++) {
        const struct lf_check_row *row = &report->rows[i];
        lf_json_open_object(&writer, NULL);
        lf_json_string(&writer, "requirement", row->requirement);
        lf_json_string(&writer, "outcome", lf_outcome_name(row->outcome));
        lf_json_string(&writer, "wanted", row->wanted);
        lf_json_string(&writer, "actual", row->actual);
        lf_json_string(&writer, "text", row->text);
        lf_json_close_object(&writer);
    }
    lf_json_close_array(&writer);
    lf_json_machine(&writer, report->machine);
    lf_json_close_object(&writer);
}
