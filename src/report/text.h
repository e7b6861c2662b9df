/* Answers for people, and what these share. Inner header of the report. */
#ifndef LLMFIT_REPORT_TEXT_H
#define LLMFIT_REPORT_TEXT_H

#include "report/layout.h"
#include "report/render.h"

extern const struct lf_renderer lf_renderer_text;
extern const struct lf_renderer lf_renderer_markdown;

enum { LF_CELL_BYTES = 64 };

/* "32–48" tokens a second, "3.2–4.8" below ten; "unknown". Returns buffer. */
const char *lf_tps_format(char buffer[LF_CELL_BYTES], const struct lf_estimate *estimate);

/* "85%", "~41%" where no scores are published. Returns buffer. */
const char *lf_quality_format(char buffer[LF_CELL_BYTES], const struct lf_expectation *expectation);

/* Where a placement lies, in few columns: "GPU", "2 GPUs", "GPU+RAM", "CPU". Returns buffer. */
const char *lf_where_format(char buffer[LF_CELL_BYTES], const struct lf_placement *placement);

/* The same from a mode and the GPUs in use. Returns buffer. */
const char *lf_mode_format(char buffer[LF_CELL_BYTES], enum lf_mode mode, size_t gpus,
                           bool from_disk);

/* "8.2B parameters", "34.7B parameters, 3.0B active". Returns buffer. */
const char *lf_size_class_format(char buffer[LF_CELL_BYTES], const struct lf_form *form);

enum lf_paint lf_tier_paint(enum lf_tier tier);

/* The machine in two lines or so: CPU and RAM, then GPUs. The budget says what models may take. */
void lf_text_machine(const struct lf_machine *machine, const struct lf_budget *budget,
                     const struct lf_style *style, struct lf_text *out);

/* A CPU's name without what says nothing: "(R)", "16-Core Processor", "@ 2.80GHz". */
void lf_text_cpu_name(const char *name, struct lf_text *out);

/* A heading behind a blank line, and a remark beside it. */
void lf_text_title(struct lf_text *out, const struct lf_style *style, const char *title,
                   const char *remark);

/* The arithmetic behind the figures of report->explanation. */
void lf_text_explanation(const struct lf_info_report *report, const struct lf_style *style,
                         struct lf_text *out);

/* Adds "first word after 0.4-0.9 s (2k prompt), 28k tokens of answer in 11-20 min"; returns false,
 * and adds nothing, where it is not known. */
bool lf_text_wait(const struct lf_wait *wait, struct lf_text *out);

/* The published speeds of the placements, a line each. */
void lf_text_measured(const struct lf_info_report *report, const struct lf_style *style,
                      struct lf_text *out);

/* What would help, as a table; nothing when nothing would. */
void lf_text_changes(const struct lf_changes *changes, const struct lf_catalog *catalog,
                     const struct lf_style *style, struct lf_text *out);

/* "note: ..." for each. */
void lf_text_warnings(const struct lf_reason warnings[], size_t count, const struct lf_style *style,
                      struct lf_text *out);

/* What came nearest to fitting, and why nothing does. */
void lf_text_unfit(const struct lf_fit_report *report, const struct lf_style *style,
                   struct lf_text *out);

/* The arguments of a command as a shell takes them. */
void lf_text_command(const struct lf_command *command, struct lf_text *out);

void lf_text_system(const struct lf_machine *machine, const struct lf_catalog *catalog,
                    const struct lf_style *style, struct lf_text *out);
void lf_text_fit(const struct lf_fit_report *report, const struct lf_style *style,
                 struct lf_text *out);
void lf_text_info(const struct lf_info_report *report, const struct lf_style *style,
                  struct lf_text *out);
void lf_text_label(const struct lf_label_report *report, const struct lf_style *style,
                   struct lf_text *out);
void lf_text_list(const struct lf_list_report *report, const struct lf_request *request,
                  const struct lf_style *style, struct lf_text *out);
void lf_text_check(const struct lf_check_report *report, const struct lf_style *style,
                   struct lf_text *out);
void lf_text_doctor(const struct lf_doctor_report *report, const struct lf_style *style,
                    struct lf_text *out);
void lf_text_audit(const struct lf_audit_report *report, const struct lf_style *style,
                   struct lf_text *out);
void lf_text_plan(const struct lf_plan_report *report, const struct lf_style *style,
                  struct lf_text *out);
void lf_text_bench(const struct lf_bench_report *report, const struct lf_style *style,
                   struct lf_text *out);
void lf_text_cost(const struct lf_cost_report *report, const struct lf_style *style,
                  struct lf_text *out);
void lf_text_bench_memory(const struct lf_bench_memory_report *report, const struct lf_style *style,
                          struct lf_text *out);

#endif
