#include "report/json.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "report/words.h"
#include "rules/engine.h"

enum { SHARE_DECIMALS = 4, SPEED_DECIMALS = 2 };

static void error(const struct lf_error *err, struct lf_text *out)
{
    struct lf_json_writer writer = {.out = out};
    lf_json_open_object(&writer, NULL);
    lf_json_string(&writer, "schema", "llmfit.error");
    lf_json_integer(&writer, "schema_version", 1);
    lf_json_string(&writer, "code", lf_status_code(err->status));
    lf_json_integer(&writer, "exit", (uint64_t)lf_status_exit_code(err->status));
    lf_json_string(&writer, "file", err->file[0] == '\0' ? NULL : err->file);
    lf_json_positive(&writer, "line", err->line);
    lf_json_positive(&writer, "column", err->column);
    lf_json_string(&writer, "text", err->text);
    lf_json_close_object(&writer);
}

const struct lf_renderer lf_renderer_json = {
    .name = "json",
    .system = lf_json_system,
    .fit = lf_json_fit,
    .info = lf_json_info,
    .label = lf_json_label,
    .list = lf_json_list,
    .check = lf_json_check,
    .audit = lf_json_audit,
    .doctor = lf_json_doctor,
    .plan = lf_json_plan,
    .cost = lf_json_cost,
    .bench = lf_json_bench,
    .bench_memory = lf_json_bench_memory,
    .error = error,
};

static void write_engine(struct lf_json_writer *writer, const struct lf_runtime *runtime)
{
    lf_json_open_object(writer, "engine");
    lf_json_string(writer, "name", runtime == NULL ? LF_ENGINE_NAME : runtime->name);
    lf_json_string(writer, "version", runtime == NULL ? LF_ENGINE_VERSION : runtime->version);
    lf_json_close_object(writer);
}

void lf_json_begin(struct lf_json_writer *writer, const char *name,
                   const struct lf_runtime *runtime, const struct lf_catalog *catalog,
                   const struct lf_reason warnings[], size_t warning_count)
{
    char schema[32];
    snprintf(schema, sizeof schema, "llmfit.%s", name);
    lf_json_open_object(writer, NULL);
    lf_json_string(writer, "schema", schema);
    lf_json_integer(writer, "schema_version", 1);
    write_engine(writer, runtime);
    lf_json_open_object(writer, "catalog");
    lf_json_string(writer, "version", lf_catalog_version);
    lf_json_string(writer, "checked", catalog->checked);
    lf_json_close_object(writer);
    lf_json_open_array(writer, "warnings");
    for (size_t i = 0; i < warning_count; i++) {
        lf_json_open_object(writer, NULL);
        lf_json_string(writer, "code", warnings[i].code);
        lf_json_string(writer, "text", warnings[i].text);
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
}

void lf_json_positive(struct lf_json_writer *writer, const char *key, uint64_t value)
{
    if (value == 0 || value > LF_JSON_INTEGER_MOST) {
        lf_json_null(writer, key);
    } else {
        lf_json_integer(writer, key, value);
    }
}

void lf_json_strings(struct lf_json_writer *writer, const char *key,
                     const struct lf_strings *strings)
{
    lf_json_open_array(writer, key);
    for (size_t i = 0; i < strings->count; i++) {
        lf_json_string(writer, NULL, strings->items[i]);
    }
    lf_json_close_array(writer);
}

void lf_json_cache_type(struct lf_json_writer *writer, const char *key, enum lf_type type)
{
    char name[LF_CACHE_TYPE_BYTES];
    lf_cache_type_format(name, type);
    lf_json_string(writer, key, name);
}

void lf_json_model(struct lf_json_writer *writer, const struct lf_subject *subject)
{
    static const char *const confidences[] = {
        [LF_CONFIDENCE_HIGH] = "high",
        [LF_CONFIDENCE_MEDIUM] = "medium",
        [LF_CONFIDENCE_LOW] = "low",
    };
    const struct lf_model *model = subject->model;
    const struct lf_form *form = &subject->form;
    lf_json_string(writer, "id", model->id);
    lf_json_string(writer, "hf", model->hf);
    lf_json_string(writer, "name", model->name);
    lf_json_string(writer, "vendor", model->vendor);
    lf_json_string(writer, "kind", lf_form_kind(form));
    lf_json_string(writer, "arch", form->arch);
    lf_json_positive(writer, "params_total", form->params_total);
    lf_json_positive(writer, "params_active", form->params_active);
    lf_json_positive(writer, "native_context_tokens", model->native_context_tokens);
    lf_json_string(writer, "licence", model->licence);
    lf_json_string(writer, "released", model->released);
    lf_json_strings(writer, "modalities", &model->modalities);
    lf_json_answer(writer, "thinking", model->thinks);
    lf_json_answer(writer, "tools", model->calls_tools);
    lf_json_strings(writer, "aliases", &model->aliases);
    lf_json_string(writer, "gguf", model->gguf);
    lf_json_string(writer, "mlx", model->mlx);
    lf_json_string(writer, "ollama", model->ollama);
    lf_json_string(writer, "confidence", confidences[model->confidence]);
    lf_json_string(writer, "exactness",
                   lf_exactness_name(lf_model_exactness(model, &lf_engine_gguf)));
    lf_json_string(writer, "source", model->source);
    lf_json_string(writer, "checked", model->checked);
}

void lf_json_tier(struct lf_json_writer *writer, const struct lf_expectation *expectation,
                  const struct lf_catalog *catalog)
{
    const struct lf_paid_model *paid = expectation->compared_with;
    lf_json_open_object(writer, "tier");
    lf_json_string(writer, "id", lf_tier_id(expectation->tier));
    lf_json_string(writer, "label", catalog->tiers.rows[expectation->tier].label);
    lf_json_number(writer, "q", expectation->q, SHARE_DECIMALS);
    lf_json_number(writer, "q_eff", expectation->q_eff, SHARE_DECIMALS);
    lf_json_integer(writer, "sources", expectation->sources);
    lf_json_bool(writer, "estimated", expectation->is_estimated);
    lf_json_string(writer, "compared_with", paid == NULL ? NULL : paid->name);
    lf_json_string(writer, "snapshot", catalog->quality.snapshot_id);
    lf_json_open_object(writer, "preview");
    lf_json_string(writer, "capped_by", expectation->cap_code);
    lf_json_close_object(writer);
    lf_json_close_object(writer);
}

/* A token may take minutes: two decimals would leave nothing of its speed. */
static int decimals_of(double tps)
{
    return tps < 0.1 ? SPEED_DECIMALS + 2 : SPEED_DECIMALS;
}

static void write_interval(struct lf_json_writer *writer, const struct lf_estimate *estimate)
{
    lf_json_number(writer, "low", estimate->low, decimals_of(estimate->low));
    lf_json_number(writer, "mid", estimate->mid, decimals_of(estimate->mid));
    lf_json_number(writer, "high", estimate->high, decimals_of(estimate->high));
}

void lf_json_decode(struct lf_json_writer *writer, const struct lf_estimate *estimate,
                    uint64_t depth_tokens)
{
    if (estimate->mid <= 0) {
        lf_json_null(writer, "decode_tps");
        return;
    }
    lf_json_open_object(writer, "decode_tps");
    write_interval(writer, estimate);
    lf_json_number(writer, "coverage", estimate->coverage, SHARE_DECIMALS);
    lf_json_string(writer, "basis", estimate->basis);
    lf_json_integer(writer, "depth_tokens", depth_tokens);
    lf_json_close_object(writer);
}

void lf_json_prefill(struct lf_json_writer *writer, const struct lf_estimate *estimate)
{
    if (estimate->mid <= 0) {
        lf_json_null(writer, "prefill_tps");
        return;
    }
    lf_json_open_object(writer, "prefill_tps");
    write_interval(writer, estimate);
    lf_json_close_object(writer);
}

void lf_json_reasons(struct lf_json_writer *writer, const struct lf_reason reasons[], size_t count,
                     bool is_unfit)
{
    lf_json_open_array(writer, "reasons");
    for (size_t i = 0; i < count; i++) {
        lf_json_open_object(writer, NULL);
        lf_json_string(writer, "code", reasons[i].code);
        lf_json_string(writer, "text", reasons[i].text);
        if (is_unfit) {
            lf_json_positive(writer, "short_by_bytes", reasons[i].short_by_bytes);
            lf_json_strings(writer, "helps", &reasons[i].helps);
        }
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
}
