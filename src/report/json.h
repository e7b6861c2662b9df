/* The JSON contract, and what its documents share. Inner header of the report. */
#ifndef LLMFIT_REPORT_JSON_H
#define LLMFIT_REPORT_JSON_H

#include "base/json_write.h"
#include "report/render.h"

extern const struct lf_renderer lf_renderer_json;

/* Opens the document "llmfit.<name>" and writes what every document begins with; runtime is the
 * engine its figures are for, NULL for the one unasked. */
void lf_json_begin(struct lf_json_writer *writer, const char *name,
                   const struct lf_runtime *runtime, const struct lf_catalog *catalog,
                   const struct lf_reason warnings[], size_t warning_count);

/* "machine": {...}, as lf_machine_read reads it. */
void lf_json_machine(struct lf_json_writer *writer, const struct lf_machine *machine);

/* "diagnostics": [...] and "steps": [...] of a probe. */
void lf_json_diagnostics(struct lf_json_writer *writer, const struct lf_diagnostic diagnostics[],
                         size_t count);
void lf_json_steps(struct lf_json_writer *writer, const struct lf_step steps[], size_t count);

/* The members of a model, into the object that is open. */
void lf_json_model(struct lf_json_writer *writer, const struct lf_subject *subject);

/* "explain": {...}: the arithmetic behind the figures of report->explanation. */
void lf_json_explanation(struct lf_json_writer *writer, const struct lf_info_report *report);

/* "tier": {...}. */
void lf_json_tier(struct lf_json_writer *writer, const struct lf_expectation *expectation,
                  const struct lf_catalog *catalog);

/* {low, mid, high, coverage, basis, depth_tokens}; null when not known. */
void lf_json_decode(struct lf_json_writer *writer, const struct lf_estimate *estimate,
                    uint64_t depth_tokens);

/* {low, mid, high}; null when not known. */
void lf_json_prefill(struct lf_json_writer *writer, const struct lf_estimate *estimate);

/* "measured": the published row beside an estimate; null: none. */
void lf_json_measured(struct lf_json_writer *writer, const struct lf_same_device *same);

/* "wait": null where nothing fits. */
void lf_json_wait(struct lf_json_writer *writer, const struct lf_wait *wait);

/* "reasons": [{code, text}], with short_by_bytes and helps where nothing fits. */
void lf_json_reasons(struct lf_json_writer *writer, const struct lf_reason reasons[], size_t count,
                     bool is_unfit);

void lf_json_strings(struct lf_json_writer *writer, const char *key,
                     const struct lf_strings *strings);

/* The members of a prospect, into the object that is open. */
void lf_json_prospect(struct lf_json_writer *writer, const struct lf_prospect *prospect,
                      const struct lf_catalog *catalog);

/* "missing": [...], "changes": [{...}]. */
void lf_json_changes(struct lf_json_writer *writer, const struct lf_changes *changes,
                     const struct lf_catalog *catalog);

/* The name of a cache type as engines take it: "f16", "q8_0". */
void lf_json_cache_type(struct lf_json_writer *writer, const char *key, enum lf_type type);

/* An integer where 0, or more than JSON keeps exactly, means "not known". */
void lf_json_positive(struct lf_json_writer *writer, const char *key, uint64_t value);

void lf_json_system(const struct lf_machine *machine, const struct lf_catalog *catalog,
                    const struct lf_style *style, struct lf_text *out);
void lf_json_fit(const struct lf_fit_report *report, const struct lf_style *style,
                 struct lf_text *out);
void lf_json_info(const struct lf_info_report *report, const struct lf_style *style,
                  struct lf_text *out);
void lf_json_label(const struct lf_label_report *report, const struct lf_style *style,
                   struct lf_text *out);
void lf_json_list(const struct lf_list_report *report, const struct lf_request *request,
                  const struct lf_style *style, struct lf_text *out);
void lf_json_check(const struct lf_check_report *report, const struct lf_style *style,
                   struct lf_text *out);
void lf_json_doctor(const struct lf_doctor_report *report, const struct lf_style *style,
                    struct lf_text *out);
void lf_json_audit(const struct lf_audit_report *report, const struct lf_style *style,
                   struct lf_text *out);
void lf_json_plan(const struct lf_plan_report *report, const struct lf_style *style,
                  struct lf_text *out);
void lf_json_bench(const struct lf_bench_report *report, const struct lf_style *style,
                   struct lf_text *out);
void lf_json_cost(const struct lf_cost_report *report, const struct lf_style *style,
                  struct lf_text *out);
void lf_json_bench_memory(const struct lf_bench_memory_report *report, const struct lf_style *style,
                          struct lf_text *out);

#endif
