#include "base/units.h"
#include "report/json.h"

enum { MILLISECOND_DECIMALS = 4, PRICE_DECIMALS = 2 };

static void write_request(struct lf_json_writer *writer, const struct lf_request *request)
{
    lf_json_open_object(writer, "request");
    lf_json_string(writer, "use_case", lf_use_case_id(request->use_case));
    lf_json_positive(writer, "context_tokens", request->context_tokens);
    lf_json_string(writer, "quant", request->has_mix ? lf_mix_name(request->mix) : NULL);
    if (request->has_kv) {
        lf_json_cache_type(writer, "type_k", request->type_k);
        lf_json_cache_type(writer, "type_v", request->type_v);
    } else {
        lf_json_null(writer, "type_k");
        lf_json_null(writer, "type_v");
    }
    if (request->min_tps > 0) {
        lf_json_number(writer, "min_tps", request->min_tps, 3);
    } else {
        lf_json_null(writer, "min_tps");
    }
    lf_json_positive(writer, "limit", request->limit);
    lf_json_close_object(writer);
}

static void write_host(struct lf_json_writer *writer, const struct lf_host *host)
{
    if (host == NULL) {
        lf_json_null(writer, "host");
        return;
    }
    lf_json_open_object(writer, "host");
    lf_json_string(writer, "id", host->id);
    lf_json_string(writer, "name", host->name);
    lf_json_string(writer, "ram", host->ram->name);
    lf_json_positive(writer, "ram_bandwidth_bps", host->ram->bandwidth_bps);
    lf_json_close_object(writer);
}

static void write_row(struct lf_json_writer *writer, const struct lf_plan_row *row,
                      const struct lf_catalog *catalog)
{
    const struct lf_class *class = row->class;
    lf_json_open_object(writer, NULL);
    lf_json_string(writer, "kind", lf_plan_kind_id(row->kind));
    lf_json_string(writer, "class", class->name);
    lf_json_string(writer, "device", class->device == NULL ? NULL : class->device->name);
    lf_json_strings(writer, "others", &class->others);
    lf_json_integer(writer, "copies", row->copies);
    write_host(writer, row->host);
    lf_json_integer(writer, "memory_bytes", row->memory_bytes);
    lf_json_integer(writer, "gpu_bytes", row->gpu_bytes);
    lf_json_positive(writer, "bandwidth_bps", row->bandwidth_bps);
    if (row->price == NULL) {
        lf_json_null(writer, "price_usd");
        lf_json_null(writer, "price");
    } else {
        lf_json_number(writer, "price_usd", row->price->price_usd, PRICE_DECIMALS);
        lf_json_open_object(writer, "price");
        lf_json_string(writer, "machine", row->price->name);
        lf_json_string(writer, "date", row->price->date);
        lf_json_string(writer, "source", row->price->source);
        lf_json_close_object(writer);
    }
    lf_json_prospect(writer, &row->prospect, catalog);
    lf_json_close_object(writer);
}

static void write_link(struct lf_json_writer *writer, const struct lf_link *link)
{
    lf_json_open_object(writer, "link");
    lf_json_string(writer, "id", link->id);
    lf_json_string(writer, "name", link->name);
    lf_json_integer(writer, "bandwidth_bps", link->bandwidth_bps);
    lf_json_number(writer, "latency_us", link->latency_us, 1);
    lf_json_string(writer, "confidence", link->confidence);
    lf_json_close_object(writer);
}

static void write_cluster(struct lf_json_writer *writer, const struct lf_plan_cluster *plan,
                          const struct lf_catalog *catalog)
{
    const struct lf_cluster *cluster = plan->cluster;
    lf_json_open_object(writer, NULL);
    lf_json_string(writer, "class", cluster->class->name);
    lf_json_string(writer, "device", cluster->class->device->name);
    lf_json_integer(writer, "nodes", plan->nodes);
    lf_json_integer(writer, "copies", cluster->copies);
    lf_json_integer(writer, "memory_bytes", cluster->memory_gib * LF_GIB);
    lf_json_string(writer, "runtime", cluster->runtime);
    write_link(writer, cluster->link);
    lf_json_integer(writer, "token_bytes", plan->token_bytes);
    lf_json_number(writer, "network_ms", plan->network_ms, MILLISECOND_DECIMALS);
    lf_json_string(writer, "note", cluster->note);
    lf_json_open_array(writer, "commands");
    for (size_t i = 0; i < plan->step_count; i++) {
        lf_json_open_object(writer, NULL);
        lf_json_string(writer, "runtime", cluster->runtime);
        lf_json_string(writer, "on", plan->steps[i].on);
        lf_json_strings(writer, "argv", &plan->steps[i].argv);
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
    lf_json_string(writer, "source", cluster->source);
    lf_json_prospect(writer, &plan->prospect, catalog);
    lf_json_close_object(writer);
}

void lf_json_plan(const struct lf_plan_report *report, const struct lf_style *style,
                  struct lf_text *out)
{
    (void)style;
    struct lf_json_writer writer = {.out = out};
    lf_json_begin(&writer, "plan", NULL, report->catalog, NULL, 0);
    lf_json_open_object(&writer, "model");
    lf_json_model(&writer, &report->subject);
    lf_json_close_object(&writer);
    write_request(&writer, report->request);
    lf_json_string(&writer, "headline", report->headline);
    lf_json_integer(&writer, "considered", report->considered);
    lf_json_open_array(&writer, "machines");
    for (size_t i = 0; i < report->count; i++) {
        write_row(&writer, &report->rows[i], report->catalog);
    }
    lf_json_close_array(&writer);
    lf_json_open_array(&writer, "clusters");
    for (size_t i = 0; i < report->cluster_count; i++) {
        write_cluster(&writer, &report->clusters[i], report->catalog);
    }
    lf_json_close_array(&writer);
    lf_json_close_object(&writer);
}
