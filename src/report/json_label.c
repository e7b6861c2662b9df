#include "report/json.h"

enum { BYTES_DECIMALS = 0, SPEED_DECIMALS = 2 };

/* {low, high, low_model, high_model}; null where no model sets it. */
static void write_range(struct lf_json_writer *writer, const char *key,
                        const struct lf_label_range *range, int decimals)
{
    if (range->low.model == NULL) {
        lf_json_null(writer, key);
        return;
    }
    lf_json_open_object(writer, key);
    lf_json_number(writer, "low", range->low.value, decimals);
    lf_json_number(writer, "high", range->high.value, decimals);
    lf_json_string(writer, "low_model", range->low.model->id);
    lf_json_string(writer, "high_model", range->high.model->id);
    lf_json_close_object(writer);
}

void lf_json_label(const struct lf_label_report *report, const struct lf_style *style,
                   struct lf_text *out)
{
    (void)style;
    struct lf_json_writer writer = {.out = out};
    lf_json_begin(&writer, "label", NULL, report->catalog, NULL, 0);
    lf_json_integer(&writer, "params_total", report->label.params_total);
    lf_json_integer(&writer, "params_active", report->label.params_active);
    lf_json_string(&writer, "kind", report->label.is_moe ? "moe" : "dense");
    lf_json_string(&writer, "exactness", lf_exactness_name(LF_EXACTNESS_ESTIMATED));
    lf_json_integer(&writer, "context_tokens", report->request.context_tokens);
    lf_json_open_array(&writer, "models");
    for (size_t i = 0; i < report->model_count; i++) {
        lf_json_string(&writer, NULL, report->models[i]->id);
    }
    lf_json_close_array(&writer);
    lf_json_open_array(&writer, "sizes");
    for (size_t i = 0; i < report->row_count; i++) {
        const struct lf_label_row *row = &report->rows[i];
        lf_json_open_object(&writer, NULL);
        lf_json_string(&writer, "quant", lf_mix_name(row->mix));
        write_range(&writer, "weights_bytes", &row->weights, BYTES_DECIMALS);
        write_range(&writer, "cache_bytes", &report->cache, BYTES_DECIMALS);
        write_range(&writer, "compute_bytes", &report->compute, BYTES_DECIMALS);
        lf_json_open_object(&writer, "total_bytes");
        lf_json_number(&writer, "low", row->total.low.value, BYTES_DECIMALS);
        lf_json_number(&writer, "high", row->total.high.value, BYTES_DECIMALS);
        lf_json_close_object(&writer);
        lf_json_integer(&writer, "fitting", row->fitting);
        write_range(&writer, "decode_tps", &row->decode, SPEED_DECIMALS);
        lf_json_close_object(&writer);
    }
    lf_json_close_array(&writer);
    lf_json_close_object(&writer);
}
