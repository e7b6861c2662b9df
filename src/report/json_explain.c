#include "report/json.h"
#include "rules/terms.h"

enum { TIME_DECIMALS = 9, AMOUNT_DECIMALS = 1, FACTOR_DECIMALS = 4 };

static void write_weights(struct lf_json_writer *writer, const struct lf_info_report *report)
{
    const struct lf_explanation *explanation = report->explanation;
    const struct lf_form *form = &report->subject.form;
    lf_json_open_array(writer, "weights");
    for (size_t i = 0; i < explanation->weights.count; i++) {
        const struct lf_weight_term *term = &explanation->weights.items[i];
        bool is_mtp = explanation->skips_mtp && term->kind + 1 == form->kind_count;
        lf_json_open_object(writer, NULL);
        lf_json_string(writer, "tensor", term->tensor->name);
        if (term->kind == form->kind_count) {
            lf_json_null(writer, "layer_kind");
        } else {
            lf_json_integer(writer, "layer_kind", term->kind);
        }
        lf_json_integer(writer, "count", term->layers);
        lf_json_open_array(writer, "shape");
        for (size_t d = 0; d < 4; d++) {
            lf_json_integer(writer, NULL, term->tensor->ne[d]);
        }
        lf_json_close_array(writer);
        lf_json_string(writer, "type", lf_type_choice_name(&term->choice));
        lf_json_string(writer, "reason", lf_type_reason_id(term->choice.reason));
        lf_json_string(writer, "when", lf_type_when_words(term->choice.when));
        lf_json_bool(writer, "loaded", !is_mtp);
        lf_json_integer(writer, "bytes", term->bytes);
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
}

/* null: none is loaded; its bytes are null where they are not known. */
static void write_projector(struct lf_json_writer *writer, const struct lf_projector *projector)
{
    const struct lf_published_file *file = projector->file;
    if (!projector->is_loaded) {
        lf_json_null(writer, "projector");
        return;
    }
    lf_json_open_object(writer, "projector");
    lf_json_string(writer, "repo", file == NULL ? NULL : file->repo);
    lf_json_string(writer, "label", file == NULL ? NULL : file->label);
    lf_json_positive(writer, "bytes", file == NULL ? 0 : file->bytes);
    lf_json_close_object(writer);
}

static void write_cache(struct lf_json_writer *writer, const struct lf_explanation *explanation)
{
    lf_json_open_array(writer, "cache");
    for (size_t i = 0; i < explanation->cache_count; i++) {
        const struct lf_cache_term *term = &explanation->cache[i];
        lf_json_open_object(writer, NULL);
        lf_json_integer(writer, "count", term->layers);
        lf_json_integer(writer, "cells", term->cells);
        lf_json_integer(writer, "k_width", term->layer->k_width);
        lf_json_integer(writer, "v_width", term->v_width);
        lf_json_integer(writer, "index_width", term->layer->index_width);
        lf_json_integer(writer, "index_v_width", term->layer->index_v_width);
        lf_json_positive(writer, "window_tokens", term->layer->window_tokens);
        lf_json_integer(writer, "far_cells", term->far_cells);
        lf_json_integer(writer, "far_width", term->layer->far_width);
        lf_json_integer(writer, "kv_bytes", term->bytes.kv_bytes);
        lf_json_integer(writer, "kv_padding_bytes", term->bytes.padding_bytes);
        lf_json_integer(writer, "state_bytes", term->bytes.state_bytes);
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
}

static void write_compute(struct lf_json_writer *writer, const struct lf_compute_terms *terms)
{
    lf_json_open_object(writer, "compute");
    lf_json_integer(writer, "mixer_bytes", terms->mixer_bytes);
    lf_json_integer(writer, "feed_bytes", terms->feed_bytes);
    lf_json_integer(writer, "scan_bytes", terms->scan_bytes);
    lf_json_integer(writer, "mask_bytes", terms->mask_bytes);
    lf_json_integer(writer, "kept_bytes", terms->kept_bytes);
    lf_json_integer(writer, "logits_bytes", terms->logits_bytes);
    lf_json_integer(writer, "row_bytes", terms->row_bytes);
    lf_json_integer(writer, "under_bytes", terms->under_bytes);
    lf_json_integer(writer, "graphs_bytes", terms->graphs_bytes);
    lf_json_bool(writer, "adds_output", terms->adds_output);
    lf_json_close_object(writer);
}

static void write_speed(struct lf_json_writer *writer, const struct lf_speed_terms *terms)
{
    lf_json_open_array(writer, "decode");
    for (size_t i = 0; i < terms->count; i++) {
        const struct lf_speed_term *term = &terms->items[i];
        lf_json_open_object(writer, NULL);
        lf_json_string(writer, "id", term->pool);
        lf_json_string(writer, "what", term->what);
        lf_json_number(writer, "amount", term->amount, AMOUNT_DECIMALS);
        lf_json_number(writer, "rate", term->rate, AMOUNT_DECIMALS);
        lf_json_number(writer, "seconds", term->seconds, TIME_DECIMALS);
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
}

static void write_quality(struct lf_json_writer *writer, const struct lf_choice *choice)
{
    const struct lf_expectation *expectation = &choice->expectation;
    if (!choice->placement.fits) {
        lf_json_null(writer, "quality");
        return;
    }
    lf_json_open_object(writer, "quality");
    lf_json_number(writer, "q", expectation->q, FACTOR_DECIMALS);
    lf_json_number(writer, "quant_factor", expectation->quant_factor, FACTOR_DECIMALS);
    lf_json_number(writer, "context_factor", expectation->context_factor, FACTOR_DECIMALS);
    lf_json_number(writer, "cache_factor", expectation->cache_factor, FACTOR_DECIMALS);
    lf_json_number(writer, "q_eff", expectation->q_eff, FACTOR_DECIMALS);
    lf_json_close_object(writer);
}

void lf_json_explanation(struct lf_json_writer *writer, const struct lf_info_report *report)
{
    const struct lf_explanation *explanation = report->explanation;
    lf_json_open_object(writer, "explain");
    lf_json_string(writer, "quant", lf_mix_name(explanation->size->mix));
    lf_json_integer(writer, "context_tokens", explanation->settings->context_tokens);
    write_weights(writer, report);
    write_projector(writer, &explanation->projector);
    write_cache(writer, explanation);
    write_compute(writer, &explanation->compute);
    write_speed(writer, &explanation->speed);
    write_quality(writer, explanation->choice);
    lf_json_close_object(writer);
}
