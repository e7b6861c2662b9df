#include "report/json.h"

enum { SECOND_DECIMALS = 2, SPEED_DECIMALS = 2 };

static void write_seconds(struct lf_json_writer *writer, const char *key,
                          const struct lf_estimate *seconds)
{
    if (seconds->mid <= 0) {
        lf_json_null(writer, key);
        return;
    }
    lf_json_open_object(writer, key);
    lf_json_number(writer, "low", seconds->low, SECOND_DECIMALS);
    lf_json_number(writer, "mid", seconds->mid, SECOND_DECIMALS);
    lf_json_number(writer, "high", seconds->high, SECOND_DECIMALS);
    lf_json_close_object(writer);
}

void lf_json_wait(struct lf_json_writer *writer, const struct lf_wait *wait)
{
    if (wait->prompt_tokens == 0) {
        lf_json_null(writer, "wait");
        return;
    }
    lf_json_open_object(writer, "wait");
    lf_json_integer(writer, "prompt_tokens", wait->prompt_tokens);
    write_seconds(writer, "first_token_s", &wait->first_token_s);
    lf_json_integer(writer, "answer_tokens", wait->answer_tokens);
    write_seconds(writer, "answer_s", &wait->answer_s);
    lf_json_bool(writer, "cut_by_context", wait->is_cut);
    lf_json_close_object(writer);
}

static void write_speed(struct lf_json_writer *writer, const char *key, double tps)
{
    if (tps > 0) {
        lf_json_number(writer, key, tps, SPEED_DECIMALS);
    } else {
        lf_json_null(writer, key);
    }
}

void lf_json_measured(struct lf_json_writer *writer, const struct lf_same_device *same)
{
    static const char *const reliabilities[] = {"A", "B", "C"};
    const struct lf_benchmark *row = same->row;
    if (row == NULL) {
        lf_json_null(writer, "measured");
        return;
    }
    lf_json_open_object(writer, "measured");
    write_speed(writer, "decode_tps", row->decode_tps);
    write_speed(writer, "prefill_tps", row->prefill_tps);
    lf_json_string(writer, "device", row->device);
    lf_json_string(writer, "model", row->model);
    lf_json_string(writer, "quant", lf_mix_name(row->mix));
    lf_json_string(writer, "label", row->label);
    lf_json_string(writer, "engine", row->engine);
    lf_json_string(writer, "backend", row->backend);
    lf_json_bool(writer, "old", row->is_old);
    lf_json_integer(writer, "depth_tokens", row->depth_tokens);
    lf_json_positive(writer, "prompt_tokens", row->prompt_tokens);
    lf_json_integer(writer, "rows", row->decode_rows);
    lf_json_string(writer, "reliability", reliabilities[row->reliability]);
    lf_json_string(writer, "source", row->source);
    lf_json_string(writer, "checked", row->checked);
    if (same->is_comparable) {
        lf_json_bool(writer, "inside", same->is_inside);
        lf_json_open_object(writer, "formula_tps");
        lf_json_number(writer, "low", same->formula.low, SPEED_DECIMALS);
        lf_json_number(writer, "mid", same->formula.mid, SPEED_DECIMALS);
        lf_json_number(writer, "high", same->formula.high, SPEED_DECIMALS);
        lf_json_close_object(writer);
    } else {
        lf_json_null(writer, "inside");
        lf_json_null(writer, "formula_tps");
    }
    lf_json_close_object(writer);
}
