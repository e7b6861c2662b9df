/* What was measured of a running engine, beside what is predicted for it. */
#ifndef LLMFIT_ADVISE_BENCH_H
#define LLMFIT_ADVISE_BENCH_H

#include "advise/choice.h"
#include "measure/bench.h"
#include "measure/own.h"

/* What was measured, and of what. All borrowed. */
struct lf_bench_run {
    const struct lf_server *server;
    const struct lf_served_model *served;
    const struct lf_bench_result *result;
    const struct lf_model *model; /* of the catalog; NULL: it has none of that name */
};

/* How a measured figure lies to the predicted interval. */
enum lf_bench_verdict { LF_BENCH_UNKNOWN, LF_BENCH_BELOW, LF_BENCH_WITHIN, LF_BENCH_ABOVE };

/* A finished report; renderers only read it. */
struct lf_bench_report {
    struct lf_arena arena;
    const struct lf_machine *machine;
    const struct lf_catalog *catalog;
    struct lf_request request; /* as the engine runs, where nothing else was asked for */
    const struct lf_bench_run *run;
    const struct lf_runtime *runtime; /* whose figures are predicted; NULL: none are */
    struct lf_budget budget;
    struct lf_subject subject;
    bool has_mix;
    enum lf_mix mix;
    struct lf_choice *choice; /* as predicted; NULL: nothing is */
    bool is_saved;            /* remembered for later runs */
    enum lf_bench_verdict prefill;
    enum lf_bench_verdict decode;
    struct lf_reason *warnings;
    size_t warning_count;
};

/* Predicts what was measured by the code that info uses: the model of the run in its quant, with
 * the context, slots and place that the engine tells, at the depth of the measurement. What the
 * request asks for goes before what the engine tells. What cannot be predicted is told by a
 * warning; fails only on a catalog error. */
enum lf_status lf_bench_predict(const struct lf_machine *machine, const struct lf_catalog *catalog,
                                const struct lf_request *request, const struct lf_bench_run *run,
                                struct lf_bench_report *report, struct lf_error *err);

/* What is remembered of the report; returns false when there is not enough to remember: no model,
 * no quant, or no place. Text is the report's. */
bool lf_bench_row(struct lf_bench_report *report, struct lf_own_row *row);

/* Adds a warning; text is copied. */
void lf_bench_warn(struct lf_bench_report *report, const char *code, const char *text);

void lf_bench_clear(struct lf_bench_report *report);

/* "unknown", "below", "within", "above". */
const char *lf_bench_verdict_name(enum lf_bench_verdict verdict);

/* The mix that an engine's label of it, or a file's name, tells: "Q4_K_M", "MXFP4",
 * "Qwen3-8B-Q4_K_M.gguf". Returns false when there is none, or the file follows no plain mix
 * ("UD-Q4_K_XL"). */
bool lf_bench_find_mix(const char *name, enum lf_mix *mix);

#endif
