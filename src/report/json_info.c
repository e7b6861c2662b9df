#include "report/json.h"
#include "report/words.h"

static void write_settings(struct lf_json_writer *writer, const struct lf_settings *settings)
{
    lf_json_open_object(writer, "settings");
    lf_json_integer(writer, "context_tokens", settings->context_tokens);
    lf_json_cache_type(writer, "type_k", settings->type_k);
    lf_json_cache_type(writer, "type_v", settings->type_v);
    lf_json_integer(writer, "slots", settings->slots);
    lf_json_integer(writer, "ubatch", settings->ubatch);
    lf_json_bool(writer, "flash_attn", settings->flash_attn);
    lf_json_integer(writer, "outputs", settings->outputs);
    lf_json_bool(writer, "swa_full", settings->swa_full);
    lf_json_bool(writer, "mtp", settings->loads_mtp);
    lf_json_open_object(writer, "preview");
    lf_json_bool(writer, "kv_split", !settings->is_unified);
    lf_json_close_object(writer);
    lf_json_close_object(writer);
}

static void write_size(struct lf_json_writer *writer, const struct lf_size_row *row,
                       enum lf_exactness exactness)
{
    char types[LF_CACHE_TYPES_BYTES];
    lf_json_open_object(writer, NULL);
    lf_json_string(writer, "quant", lf_mix_name(row->mix));
    lf_json_integer(writer, "context_tokens", row->context_tokens);
    lf_json_string(writer, "kv_type", lf_cache_types_format(types, row->type_k, row->type_v));
    lf_json_integer(writer, "file_bytes", row->file_bytes);
    lf_json_integer(writer, "weights_bytes", row->weights_bytes);
    lf_json_integer(writer, "kv_bytes", row->kv_bytes);
    lf_json_integer(writer, "state_bytes", row->state_bytes);
    lf_json_integer(writer, "compute_bytes", row->compute_bytes);
    lf_json_integer(writer, "host_compute_bytes", row->host_compute_bytes);
    lf_json_integer(writer, "total_bytes", row->total_bytes);
    lf_json_string(writer, "exactness", lf_exactness_name(exactness));
    lf_json_open_object(writer, "preview");
    lf_json_integer(writer, "kv_padding_bytes", row->kv_padding_bytes);
    lf_json_integer(writer, "projector_bytes", row->projector_bytes);
    lf_json_close_object(writer);
    lf_json_close_object(writer);
}

static void write_share(struct lf_json_writer *writer, const struct lf_share *share)
{
    lf_json_open_object(writer, NULL);
    lf_json_string(writer, "id", share->pool->id);
    lf_json_integer(writer, "budget_bytes", share->pool->budget_bytes);
    lf_json_integer(writer, "weights_bytes", share->weights_bytes);
    lf_json_integer(writer, "duplicate_bytes", share->duplicate_bytes);
    lf_json_integer(writer, "kv_bytes", share->kv_bytes);
    lf_json_integer(writer, "state_bytes", share->state_bytes);
    lf_json_integer(writer, "compute_bytes", share->compute_bytes);
    lf_json_integer(writer, "reserve_bytes", share->pool->reserve_bytes);
    lf_json_integer(writer, "left_bytes", share->left_bytes);
    lf_json_open_object(writer, "preview");
    lf_json_integer(writer, "padding_bytes", share->padding_bytes);
    lf_json_integer(writer, "projector_bytes", share->projector_bytes);
    lf_json_integer(writer, "layers", share->layers);
    lf_json_close_object(writer);
    lf_json_close_object(writer);
}

static void write_commands(struct lf_json_writer *writer, const struct lf_commands *commands)
{
    lf_json_open_array(writer, "commands");
    for (size_t i = 0; i < commands->count; i++) {
        const struct lf_command *command = &commands->items[i];
        lf_json_open_object(writer, NULL);
        lf_json_string(writer, "runtime", command->runtime);
        const struct lf_strings arguments = {.items = command->arguments, .count = command->count};
        lf_json_strings(writer, "argv", &arguments);
        if (command->file != NULL) {
            lf_json_open_object(writer, "preview");
            lf_json_string(writer, "file", command->file);
            lf_json_close_object(writer);
        }
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
}

/* {low, mid, high}, rounded to whole ones. */
static void write_bounds(struct lf_json_writer *writer, const char *key, double low, double mid,
                         double high)
{
    lf_json_open_object(writer, key);
    lf_json_number(writer, "low", low, 0);
    lf_json_number(writer, "mid", mid, 0);
    lf_json_number(writer, "high", high, 0);
    lf_json_close_object(writer);
}

/* What stays on the disk; null: nothing. */
static void write_stream(struct lf_json_writer *writer, const struct lf_stream *stream)
{
    const struct lf_disk_reading *disk = stream->disk;
    if (stream->streamed_bytes == 0) {
        lf_json_null(writer, "from_disk");
        return;
    }
    lf_json_open_object(writer, "from_disk");
    lf_json_integer(writer, "resident_bytes", stream->resident_bytes);
    lf_json_integer(writer, "streamed_bytes", stream->streamed_bytes);
    write_bounds(writer, "read_bytes_per_token", stream->least_read_bytes, stream->mid_read_bytes,
                 stream->most_read_bytes);
    write_bounds(writer, "disk_bandwidth_bps", disk->low_bps, disk->mid_bps, disk->high_bps);
    lf_json_close_object(writer);
}

/* What the contract does not name yet. */
static void write_placement_preview(struct lf_json_writer *writer, const struct lf_choice *choice,
                                    const struct lf_wait *wait, const struct lf_catalog *catalog)
{
    const struct lf_placement *placement = &choice->placement;
    bool is_short = !placement->fits && placement->short_by_bytes != UINT64_MAX;
    lf_json_open_object(writer, "preview");
    lf_json_integer(writer, "total_bytes", choice->total_bytes);
    lf_json_positive(writer, "short_by_bytes", is_short ? placement->short_by_bytes : 0);
    lf_json_integer(writer, "context_tokens", choice->settings.context_tokens);
    lf_json_cache_type(writer, "type_k", choice->settings.type_k);
    lf_json_cache_type(writer, "type_v", choice->settings.type_v);
    lf_json_integer(writer, "layers", placement->layer_count);
    lf_json_integer(writer, "gpu_layers", placement->gpu_layers);
    lf_json_integer(writer, "ram_expert_layers", placement->ram_expert_layers);
    write_stream(writer, &placement->stream);
    if (placement->fits) {
        lf_json_tier(writer, &choice->expectation, catalog);
    } else {
        lf_json_null(writer, "tier");
    }
    lf_json_reasons(writer, choice->reasons, choice->reason_count, !placement->fits);
    lf_json_measured(writer, &choice->same_device);
    lf_json_wait(writer, wait);
    lf_json_close_object(writer);
}

static void write_placement(struct lf_json_writer *writer, const struct lf_info_report *report,
                            size_t number)
{
    const struct lf_choice *choice = report->placements[number];
    const struct lf_placement *placement = &choice->placement;
    lf_json_open_object(writer, NULL);
    lf_json_string(writer, "quant", lf_mix_name(choice->mix));
    lf_json_string(writer, "mode", lf_mode_id(placement->mode));
    lf_json_bool(writer, "fits", placement->fits);
    lf_json_open_array(writer, "devices");
    for (size_t i = 0; i < placement->share_count; i++) {
        write_share(writer, &placement->shares[i]);
    }
    lf_json_close_array(writer);
    lf_json_decode(writer, &choice->decode, choice->depth_tokens);
    lf_json_prefill(writer, &choice->prefill);
    lf_json_positive(writer, "max_context_tokens", choice->max_context_tokens);
    write_commands(writer, &report->commands[number]);
    write_placement_preview(writer, choice, &report->waits[number], report->catalog);
    lf_json_close_object(writer);
}

/* What publishers offer, where the contract does not name it yet. */
static void write_model_preview(struct lf_json_writer *writer, const struct lf_model *model)
{
    const struct lf_supports *runs_on = &model->shape->architecture->runs_on;
    lf_json_open_object(writer, "preview");
    lf_json_open_object(writer, "recommended_quant");
    lf_json_string(writer, "quant", model->recommended.quant);
    lf_json_string(writer, "by", model->recommended.by);
    lf_json_string(writer, "source", model->recommended.source);
    lf_json_close_object(writer);
    lf_json_open_array(writer, "runs_on");
    for (size_t i = 0; i < runs_on->count; i++) {
        const struct lf_support *support = &runs_on->items[i];
        lf_json_open_object(writer, NULL);
        lf_json_string(writer, "runtime", support->runtime);
        lf_json_string(writer, "since", support->since);
        lf_json_string(writer, "date", support->date);
        lf_json_string(writer, "source", support->source);
        lf_json_string(writer, "checked", support->checked);
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
    lf_json_open_array(writer, "files");
    for (size_t i = 0; i < model->files.count; i++) {
        const struct lf_published_file *file = &model->files.items[i];
        lf_json_open_object(writer, NULL);
        lf_json_string(writer, "repo", file->repo);
        lf_json_string(writer, "label", file->label);
        lf_json_integer(writer, "bytes", file->bytes);
        lf_json_string(writer, "differs", file->differs);
        lf_json_string(writer, "source", file->source);
        lf_json_string(writer, "checked", file->checked);
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
    lf_json_close_object(writer);
}

/* The reverse questions: how far this machine goes, and what would take it further. */
static void write_reverse(struct lf_json_writer *writer, const struct lf_info_report *report)
{
    const struct lf_choice *longest = NULL;
    const struct lf_choice *best = NULL;
    for (size_t i = 0; i < report->placement_count; i++) {
        const struct lf_choice *choice = report->placements[i];
        if (!choice->placement.fits) {
            continue;
        }
        if (longest == NULL || choice->max_context_tokens > longest->max_context_tokens) {
            longest = choice;
        }
        if (best == NULL || choice->file_bytes > best->file_bytes) {
            best = choice;
        }
    }
    lf_json_positive(writer, "max_context_tokens",
                     longest == NULL ? 0 : longest->max_context_tokens);
    lf_json_string(writer, "best_quant", best == NULL ? NULL : lf_mix_name(best->mix));
    lf_json_changes(writer, &report->changes, report->catalog);
}

void lf_json_info(const struct lf_info_report *report, const struct lf_style *style,
                  struct lf_text *out)
{
    (void)style;
    struct lf_json_writer writer = {.out = out};
    lf_json_begin(&writer, "info", report->runtime, report->catalog, report->warnings,
                  report->warning_count);
    lf_json_open_object(&writer, "model");
    lf_json_model(&writer, &report->subject);
    write_model_preview(&writer, report->subject.model);
    lf_json_close_object(&writer);
    write_settings(&writer, &report->settings);
    lf_json_open_array(&writer, "sizes");
    for (size_t i = 0; i < report->size_count; i++) {
        write_size(&writer, &report->sizes[i], report->exactness);
    }
    lf_json_close_array(&writer);
    lf_json_open_array(&writer, "placements");
    for (size_t i = 0; i < report->placement_count; i++) {
        write_placement(&writer, report, i);
    }
    lf_json_close_array(&writer);
    if (report->placement_count > 0 && report->placements[0]->placement.fits) {
        lf_json_tier(&writer, &report->placements[0]->expectation, report->catalog);
    } else {
        lf_json_null(&writer, "tier");
    }
    lf_json_open_object(&writer, "preview");
    if (report->explanation != NULL) {
        lf_json_explanation(&writer, report);
    }
    write_reverse(&writer, report);
    lf_json_close_object(&writer);
    lf_json_close_object(&writer);
}
