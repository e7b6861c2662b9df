#include "report/json.h"

enum { SHARE_DECIMALS = 4, TIME_DECIMALS = 1 };

static void write_known(struct lf_json_writer *writer, const struct lf_bench_memory_report *report)
{
    struct lf_amount known = report->machine->memory.bandwidth_bps;
    if (!lf_known(known)) {
        lf_json_null(writer, "known");
        return;
    }
    lf_json_open_object(writer, "known");
    lf_json_integer(writer, "bandwidth_bps", known.value);
    lf_json_string(writer, "from", lf_origin_name(known.origin));
    lf_json_string(writer, "source", known.source);
    lf_json_number(writer, "share", report->share_of_known, SHARE_DECIMALS);
    lf_json_close_object(writer);
}

void lf_json_bench_memory(const struct lf_bench_memory_report *report, const struct lf_style *style,
                          struct lf_text *out)
{
    (void)style;
    const struct lf_memory_measured *measured = &report->measured;
    struct lf_json_writer writer = {.out = out};
    lf_json_begin(&writer, "bench-memory", NULL, report->catalog, report->warnings,
                  report->warning_count);
    lf_json_string(&writer, "date", report->today);
    lf_json_open_object(&writer, "machine");
    lf_json_string(&writer, "cpu", report->machine->cpu.name);
    lf_json_amount(&writer, "cores", report->machine->cpu.cores);
    lf_json_amount(&writer, "ram_bytes", report->machine->memory.total_bytes);
    lf_json_close_object(&writer);
    lf_json_integer(&writer, "read_bps", measured->read_bps);
    lf_json_integer(&writer, "one_thread_read_bps", measured->one_read_bps);
    lf_json_string(&writer, "convention", "read-only, each byte counts once");
    lf_json_integer(&writer, "threads", measured->threads);
    lf_json_integer(&writer, "passes", measured->passes);
    lf_json_integer(&writer, "buffer_bytes", measured->buffer_bytes);
    lf_json_positive(&writer, "cache_bytes", report->cache_bytes);
    lf_json_number(&writer, "elapsed_ms", measured->elapsed_ms, TIME_DECIMALS);
    lf_json_integer(&writer, "peak_bps", report->peak_bps);
    lf_json_number(&writer, "read_share_of_peak", LF_READ_SHARE_OF_PEAK, SHARE_DECIMALS);
    write_known(&writer, report);
    lf_json_string(&writer, "saved_to", report->saved_to);
    lf_json_close_object(&writer);
}
