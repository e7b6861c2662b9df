#include "report/json.h"

enum { SPEED_DECIMALS = 2 };

static void write_server(struct lf_json_writer *writer, const struct lf_bench_run *run)
{
    const struct lf_served_model *served = run->served;
    lf_json_open_object(writer, "server");
    lf_json_string(writer, "id", run->server->api->id);
    lf_json_string(writer, "version", run->server->version);
    lf_json_string(writer, "url", run->server->url);
    lf_json_string(writer, "model", served->name);
    lf_json_string(writer, "quant", served->quant);
    lf_json_positive(writer, "context_tokens", served->context_tokens);
    lf_json_positive(writer, "slots", served->slots);
    lf_json_string(writer, "timed_by", run->server->api->is_by_clock ? "clock" : "engine");
    lf_json_close_object(writer);
}

static void write_rate(struct lf_json_writer *writer, const struct lf_measured_rate *rate)
{
    lf_json_open_object(writer, "measured_tps");
    lf_json_number(writer, "median", rate->median, SPEED_DECIMALS);
    lf_json_number(writer, "low", rate->least, SPEED_DECIMALS);
    lf_json_number(writer, "high", rate->most, SPEED_DECIMALS);
    lf_json_close_object(writer);
}

static void write_placement(struct lf_json_writer *writer, const struct lf_bench_report *report)
{
    const struct lf_choice *choice = report->choice;
    if (choice == NULL) {
        lf_json_null(writer, "predicted_placement");
        return;
    }
    lf_json_open_object(writer, "predicted_placement");
    lf_json_string(writer, "mode", lf_mode_id(choice->placement.mode));
    lf_json_integer(writer, "context_tokens", choice->settings.context_tokens);
    lf_json_cache_type(writer, "type_k", choice->settings.type_k);
    lf_json_cache_type(writer, "type_v", choice->settings.type_v);
    lf_json_integer(writer, "slots", choice->settings.slots);
    lf_json_close_object(writer);
}

static void write_memory(struct lf_json_writer *writer, const struct lf_bench_report *report)
{
    const struct lf_served_model *served = report->run->served;
    lf_json_open_object(writer, "memory");
    lf_json_amount(writer, "measured_bytes", served->total_bytes);
    lf_json_amount(writer, "measured_gpu_bytes", served->gpu_bytes);
    lf_json_amount(writer, "resident_bytes", served->resident_bytes);
    lf_json_string(writer, "measured_by", served->total_bytes.source);
    lf_json_positive(writer, "predicted_bytes",
                     report->choice == NULL ? 0 : report->choice->total_bytes);
    lf_json_close_object(writer);
}

void lf_json_bench(const struct lf_bench_report *report, const struct lf_style *style,
                   struct lf_text *out)
{
    (void)style;
    const struct lf_bench_run *run = report->run;
    const struct lf_estimate unknown = {0};
    const struct lf_choice *choice = report->choice;
    struct lf_json_writer writer = {.out = out};
    lf_json_begin(&writer, "bench", report->runtime, report->catalog, report->warnings,
                  report->warning_count);
    write_server(&writer, run);
    lf_json_string(&writer, "model_id", run->model == NULL ? NULL : run->model->id);
    lf_json_string(&writer, "quant", report->has_mix ? lf_mix_name(report->mix) : NULL);
    lf_json_integer(&writer, "repeats", run->result->repeats);
    lf_json_integer(&writer, "prompt_tokens", run->result->prompt_tokens);
    lf_json_integer(&writer, "generated_tokens", run->result->generated_tokens);
    write_placement(&writer, report);
    lf_json_open_object(&writer, "decode");
    write_rate(&writer, &run->result->decode);
    lf_json_decode(&writer, choice == NULL ? &unknown : &choice->decode,
                   choice == NULL ? 0 : choice->depth_tokens);
    lf_json_string(&writer, "verdict", lf_bench_verdict_name(report->decode));
    lf_json_close_object(&writer);
    lf_json_open_object(&writer, "prefill");
    write_rate(&writer, &run->result->prefill);
    lf_json_prefill(&writer, choice == NULL ? &unknown : &choice->prefill);
    lf_json_string(&writer, "verdict", lf_bench_verdict_name(report->prefill));
    lf_json_close_object(&writer);
    write_memory(&writer, report);
    lf_json_bool(&writer, "saved", report->is_saved);
    lf_json_close_object(&writer);
}
