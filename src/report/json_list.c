#include "report/json.h"

void lf_json_list(const struct lf_list_report *report, const struct lf_request *request,
                  const struct lf_style *style, struct lf_text *out)
{
    (void)style;
    size_t limit = request->limit;
    size_t count = limit == 0 || limit > report->count ? report->count : limit;
    struct lf_json_writer writer = {.out = out};
    lf_json_begin(&writer, "list", NULL, report->catalog, NULL, 0);
    lf_json_open_array(&writer, "models");
    for (size_t i = 0; i < count; i++) {
        lf_json_open_object(&writer, NULL);
        lf_json_model(&writer, &report->models[i]);
        lf_json_close_object(&writer);
    }
    lf_json_close_array(&writer);
    lf_json_close_object(&writer);
}
