#include "report/json.h"

/* What was asked; null where the adviser chose. */
static void write_request(struct lf_json_writer *writer, const struct lf_request *request)
{
    lf_json_open_object(writer, "request");
    lf_json_string(writer, "use_case", lf_use_case_id(request->use_case));
    lf_json_positive(writer, "context_tokens", request->context_tokens);
    if (request->has_kv) {
        lf_json_cache_type(writer, "type_k", request->type_k);
        lf_json_cache_type(writer, "type_v", request->type_v);
    } else {
        lf_json_null(writer, "type_k");
        lf_json_null(writer, "type_v");
    }
    lf_json_string(writer, "quant",
                   request->has_mix     ? lf_mix_name(request->mix)
                   : request->all_mixes ? "all"
                                        : NULL);
    if (request->min_tps > 0) {
        lf_json_number(writer, "min_tps", request->min_tps, 3);
    } else {
        lf_json_null(writer, "min_tps");
    }
    lf_json_positive(writer, "limit", request->limit);
    lf_json_open_object(writer, "preview");
    lf_json_positive(writer, "max_context_tokens", request->max_context_tokens);
    lf_json_integer(writer, "slots", request->slots);
    lf_json_positive(writer, "ubatch", request->ubatch);
    lf_json_positive(writer, "outputs", request->outputs);
    lf_json_bool(writer, "flash_attn", !request->no_flash_attn);
    lf_json_bool(writer, "swa_full", request->swa_full);
    lf_json_bool(writer, "kv_split", request->splits_cache);
    lf_json_bool(writer, "imatrix", !request->no_imatrix);
    lf_json_bool(writer, "mtp", request->loads_mtp);
    lf_json_bool(writer, "mmproj", request->loads_projector);
    lf_json_bool(writer, "mmproj_offload", !request->projector_in_ram);
    lf_json_bool(writer, "use_free", request->uses_free);
    lf_json_bool(writer, "from_disk", request->from_disk);
    lf_json_positive(writer, "disk_bandwidth_bps", request->disk_bandwidth_bps);
    lf_json_string(writer, "licence", request->licence);
    lf_json_bool(writer, "vision", request->needs_vision);
    lf_json_bool(writer, "tools", request->needs_tools);
    lf_json_bool(writer, "thinking", request->needs_thinking);
    lf_json_string(writer, "sort", lf_sort_id(request->sort));
    lf_json_close_object(writer);
    lf_json_close_object(writer);
}

static void write_headline(struct lf_json_writer *writer, const struct lf_headline *headline)
{
    lf_json_open_object(writer, "headline");
    lf_json_string(writer, "code", headline->code);
    lf_json_string(writer, "text", headline->text);
    lf_json_string(writer, "tier", headline->has_tier ? lf_tier_id(headline->tier) : NULL);
    lf_json_close_object(writer);
}

static void write_choice(struct lf_json_writer *writer, const struct lf_choice *choice, size_t rank,
                         const struct lf_catalog *catalog)
{
    const struct lf_model *model = choice->subject->model;
    const struct lf_form *form = &choice->subject->form;
    lf_json_open_object(writer, NULL);
    lf_json_integer(writer, "rank", rank);
    lf_json_string(writer, "id", model->id);
    lf_json_string(writer, "name", model->name);
    lf_json_string(writer, "kind", lf_form_kind(form));
    lf_json_positive(writer, "params_total", form->params_total);
    lf_json_positive(writer, "params_active", form->params_active);
    lf_json_string(writer, "quant", lf_mix_name(choice->mix));
    lf_json_string(writer, "mode", lf_mode_id(choice->placement.mode));
    lf_json_integer(writer, "total_bytes", choice->total_bytes);
    lf_json_integer(writer, "context_tokens", choice->settings.context_tokens);
    lf_json_decode(writer, &choice->decode, choice->depth_tokens);
    lf_json_tier(writer, &choice->expectation, catalog);
    lf_json_number(writer, "quality", choice->expectation.q_eff, 4);
    lf_json_reasons(writer, choice->reasons, choice->reason_count, false);
    lf_json_open_object(writer, "preview");
    lf_json_integer(writer, "file_bytes", choice->file_bytes);
    lf_json_cache_type(writer, "type_k", choice->settings.type_k);
    lf_json_cache_type(writer, "type_v", choice->settings.type_v);
    lf_json_prefill(writer, &choice->prefill);
    lf_json_string(writer, "exactness",
                   lf_exactness_name(lf_model_exactness(model, choice->settings.engine)));
    lf_json_measured(writer, &choice->same_device);
    lf_json_close_object(writer);
    lf_json_close_object(writer);
}

static void write_unfit(struct lf_json_writer *writer, const struct lf_choice *choice)
{
    lf_json_open_object(writer, NULL);
    lf_json_string(writer, "id", choice->subject->model->id);
    lf_json_reasons(writer, choice->reasons, choice->reason_count, true);
    lf_json_close_object(writer);
}

void lf_json_fit(const struct lf_fit_report *report, const struct lf_style *style,
                 struct lf_text *out)
{
    (void)style;
    size_t limit = report->request->limit;
    size_t count = limit == 0 || limit > report->count ? report->count : limit;
    struct lf_json_writer writer = {.out = out};
    lf_json_begin(&writer, "fit", report->runtime, report->catalog, report->warnings,
                  report->warning_count);
    lf_json_machine(&writer, report->machine);
    write_request(&writer, report->request);
    write_headline(&writer, &report->headline);
    lf_json_open_array(&writer, "models");
    for (size_t i = 0; i < count; i++) {
        write_choice(&writer, report->models[i], i + 1, report->catalog);
    }
    lf_json_close_array(&writer);
    lf_json_open_array(&writer, "unfit");
    for (size_t i = 0; i < report->unfit_count; i++) {
        write_unfit(&writer, report->unfit[i]);
    }
    lf_json_close_array(&writer);
    lf_json_open_object(&writer, "preview");
    lf_json_open_array(&writer, "outlook");
    for (size_t i = 0; i < report->outlook_count; i++) {
        lf_json_open_object(&writer, NULL);
        lf_json_string(&writer, "code", report->outlook[i].code);
        lf_json_string(&writer, "text", report->outlook[i].text);
        lf_json_close_object(&writer);
    }
    lf_json_close_array(&writer);
    lf_json_wait(&writer, &report->wait);
    lf_json_close_object(&writer);
    lf_json_close_object(&writer);
}
