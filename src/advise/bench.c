#include "advise/bench.h"

#include <string.h>

#include "advise/runtime.h"
#include "catalog/letter.h"

enum { WARNINGS_MOST = 8 };

void lf_bench_warn(struct lf_bench_report *report, const char *code, const char *text)
{
    if (report->warnings == NULL) {
        report->warnings = lf_arena_alloc(&report->arena, WARNINGS_MOST, sizeof *report->warnings);
    }
    if (report->warning_count < WARNINGS_MOST) {
        report->warnings[report->warning_count++] = (struct lf_reason){
            .code = code, .text = lf_arena_copy(&report->arena, text, strlen(text))};
    }
}

static bool is_word_end(char c)
{
    char folded = lf_fold(c);
    return !lf_is_digit(c) && c != '_' && (folded < 'a' || folded > 'z');
}

/* Whether name has word in it, case ignored, not as a part of a longer one. */
static bool has_word(const char *name, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = name; *at != '\0'; at++) {
        size_t i = 0;
        while (i < length && lf_fold(at[i]) == lf_fold(word[i])) {
            i++;
        }
        if (i == length && is_word_end(at[length]) && (at == name || is_word_end(at[-1]))) {
            return true;
        }
    }
    return false;
}

bool lf_bench_find_mix(const char *name, enum lf_mix *mix)
{
    const char *slash = strrchr(name, '/');
    const char *file = slash == NULL ? name : slash + 1;
    for (int m = 0; m < LF_MIX_COUNT; m++) {
        if (has_word(file, lf_mix_name((enum lf_mix)m))) {
            *mix = (enum lf_mix)m;
            return true;
        }
    }
    return false;
}

/* The quant asked for, the engine's label or the file's name; llama.cpp's files of gpt-oss are all
 * called by the type of their experts. */
static bool find_mix(const struct lf_bench_report *report, enum lf_mix *mix)
{
    const struct lf_served_model *served = report->run->served;
    if (report->request.has_mix) {
        *mix = report->request.mix;
        return true;
    }
    bool is_found = (served->quant != NULL && lf_bench_find_mix(served->quant, mix)) ||
                    lf_bench_find_mix(served->name, mix);
    if (is_found && *mix == LF_MIX_MXFP4 && lf_runtime_load_of(report->runtime, *mix) == NULL) {
        *mix = LF_MIX_MXFP4_MOE;
    }
    return is_found && lf_runtime_load_of(report->runtime, *mix) != NULL;
}

/* What the engine tells of how it runs, where the request does not. */
static void settle_request(struct lf_bench_report *report)
{
    struct lf_request *request = &report->request;
    const struct lf_served_model *served = report->run->served;
    const struct lf_bench_result *result = report->run->result;
    request->runtime = report->run->server->api->runtime;
    request->depth_tokens = result->prompt_tokens + result->generated_tokens / 2;
    if (request->context_tokens == 0) {
        request->context_tokens = served->context_tokens;
    }
    if (request->slots <= 1 && served->slots > 1) {
        request->slots = served->slots;
        lf_bench_warn(report, "slots-share-cache",
                      "the engine has several slots; they are taken to share one cache of its "
                      "context (--kv-split: each has its own)");
    }
    if (request->runtime == NULL) {
        lf_bench_warn(report, "engine-unknown",
                      "the engine does not say what it is; the prediction is llama.cpp's");
    }
    if (request->context_tokens == 0) {
        lf_bench_warn(report, "context-unknown",
                      "the engine does not tell its context; --context states it");
    }
}

/* Whether the engine's own account lets a model lie there. */
static bool may_be(const struct lf_served_model *served, enum lf_mode mode)
{
    if (!lf_known(served->total_bytes) || !lf_known(served->gpu_bytes)) {
        return true;
    }
    switch (mode) {
    case LF_MODE_CPU:
        return served->gpu_bytes.value == 0;
    case LF_MODE_EXPERTS_IN_RAM:
    case LF_MODE_LAYERS_SPLIT:
        return served->gpu_bytes.value > 0 && served->gpu_bytes.value < served->total_bytes.value;
    default:
        return served->gpu_bytes.value >= served->total_bytes.value;
    }
}

/* The first mode, the fastest first, that the model fits in and that the engine's account allows.
 */
static bool choose(const struct lf_advice_context *context, const struct lf_bench_report *report,
                   struct lf_choice *choice)
{
    const struct lf_engine *engine = lf_runtime_engine(context->runtime, report->mix);
    uint64_t target = lf_target_context(&report->request, report->run->model);
    struct lf_settings settings = lf_settings_for(&report->request, engine, target);
    for (int mode = 0; mode < LF_MODE_COUNT; mode++) {
        if (may_be(report->run->served, (enum lf_mode)mode) &&
            lf_try(context, &report->subject, report->mix, &settings, (enum lf_mode)mode, choice)) {
            return true;
        }
    }
    return false;
}

static enum lf_bench_verdict judge(double measured, const struct lf_estimate *estimate)
{
    if (estimate->mid <= 0) {
        return LF_BENCH_UNKNOWN;
    }
    if (measured < estimate->low) {
        return LF_BENCH_BELOW;
    }
    return measured > estimate->high ? LF_BENCH_ABOVE : LF_BENCH_WITHIN;
}

static void predict(const struct lf_advice_context *context, struct lf_bench_report *report)
{
    struct lf_choice *choice = lf_arena_alloc(&report->arena, 1, sizeof *choice);
    if (!choose(context, report, choice)) {
        lf_bench_warn(report, "not-predicted",
                      "by llmfit's budget it does not fit here as it runs, so no speed is "
                      "predicted");
        return;
    }
    report->choice = choice;
    report->prefill = judge(report->run->result->prefill.median, &choice->prefill);
    report->decode = judge(report->run->result->decode.median, &choice->decode);
}

enum lf_status lf_bench_predict(const struct lf_machine *machine, const struct lf_catalog *catalog,
                                const struct lf_request *request, const struct lf_bench_run *run,
                                struct lf_bench_report *report, struct lf_error *err)
{
    *report = (struct lf_bench_report){
        .machine = machine, .catalog = catalog, .request = *request, .run = run};
    if (run->model == NULL) {
        lf_bench_warn(report, "model-unknown",
                      "no single model of the catalog has this name; --model says which it is");
        return LF_OK;
    }
    settle_request(report);
    enum lf_status status = lf_subject_make(run->model, &report->arena, &report->subject, err);
    struct lf_advice_context context;
    if (status == LF_OK) {
        status =
            lf_advice_prepare(catalog, machine, &report->request, &report->budget, &context, err);
    }
    if (status != LF_OK) {
        return status;
    }
    report->runtime = context.runtime;
    report->has_mix = find_mix(report, &report->mix);
    if (report->has_mix) {
        predict(&context, report);
    } else {
        lf_bench_warn(report, "quant-unknown",
                      "the engine does not tell a quant that llmfit knows; --quant states it");
    }
    return LF_OK;
}

bool lf_bench_row(struct lf_bench_report *report, struct lf_own_row *row)
{
    const struct lf_bench_run *run = report->run;
    const struct lf_bench_result *result = run->result;
    const struct lf_choice *choice = report->choice;
    if (choice == NULL || run->server->api->runtime == NULL || report->request.today == NULL) {
        return false;
    }
    *row = (struct lf_own_row){
        .date = report->request.today,
        .machine = lf_measured_machine(report->machine, &report->arena),
        .server = run->server->api->id,
        .version = run->server->version,
        .runtime = report->runtime->id,
        .model = run->model->id,
        .quant = lf_mix_name(report->mix),
        .mode = lf_mode_id(choice->placement.mode),
        .context_tokens = choice->settings.context_tokens,
        .depth_tokens = choice->depth_tokens,
        .prompt_tokens = result->prompt_tokens,
        .generated_tokens = result->generated_tokens,
        .repeats = result->repeats,
        .decode_tps = result->decode.median,
        .decode_low_tps = result->decode.least,
        .decode_high_tps = result->decode.most,
        .prefill_tps = result->prefill.median,
        .prefill_low_tps = result->prefill.least,
        .prefill_high_tps = result->prefill.most,
        .estimated_decode_tps = choice->decode.mid,
        .estimated_prefill_tps = choice->prefill.mid,
    };
    return true;
}

const char *lf_bench_verdict_name(enum lf_bench_verdict verdict)
{
    static const char *const names[] = {[LF_BENCH_UNKNOWN] = "unknown",
                                        [LF_BENCH_BELOW] = "below",
                                        [LF_BENCH_WITHIN] = "within",
                                        [LF_BENCH_ABOVE] = "above"};
    return names[verdict];
}

void lf_bench_clear(struct lf_bench_report *report)
{
    lf_arena_clear(&report->arena);
}
