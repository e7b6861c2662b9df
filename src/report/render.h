/* Renderers: each turns a finished report into text for one kind of reader. They read no file,
 * clock, environment or locale: same report and style, same bytes. */
#ifndef LLMFIT_REPORT_RENDER_H
#define LLMFIT_REPORT_RENDER_H

#include <stdbool.h>

#include "advise/audit.h"
#include "advise/bench.h"
#include "advise/bench_memory.h"
#include "advise/check.h"
#include "advise/doctor.h"
#include "advise/cost.h"
#include "advise/fit.h"
#include "advise/info.h"
#include "advise/label.h"
#include "advise/list.h"
#include "advise/plan.h"
#include "base/text.h"

/* How an answer for people should look. */
struct lf_style {
    unsigned columns; /* width to keep within, at least LF_STYLE_COLUMNS_LEAST */
    unsigned lines;   /* height that tables without a given limit keep within; 0: no bound */
    bool color;       /* ANSI colours are understood */
    bool ascii;       /* UTF-8 is not */
    bool markdown;    /* marked up to be pasted, not drawn */
};

enum {
    LF_STYLE_COLUMNS = 80,
    LF_STYLE_COLUMNS_LEAST = 60,
    LF_STYLE_COLUMNS_MOST = 160,
    LF_STYLE_LINES = 23, /* of a terminal's 24: the next prompt takes one */
};

/* One format. Every function appends to *out; what it reads must be finished. */
struct lf_renderer {
    const char *name;
    bool is_markdown; /* the style it wants */
    void (*system)(const struct lf_machine *machine, const struct lf_catalog *catalog,
                   const struct lf_style *style, struct lf_text *out);
    void (*fit)(const struct lf_fit_report *report, const struct lf_style *style,
                struct lf_text *out);
    void (*info)(const struct lf_info_report *report, const struct lf_style *style,
                 struct lf_text *out);
    void (*label)(const struct lf_label_report *report, const struct lf_style *style,
                  struct lf_text *out);
    void (*list)(const struct lf_list_report *report, const struct lf_request *request,
                 const struct lf_style *style, struct lf_text *out);
    void (*check)(const struct lf_check_report *report, const struct lf_style *style,
                  struct lf_text *out);
    void (*audit)(const struct lf_audit_report *report, const struct lf_style *style,
                  struct lf_text *out);
    void (*doctor)(const struct lf_doctor_report *report, const struct lf_style *style,
                   struct lf_text *out);
    void (*plan)(const struct lf_plan_report *report, const struct lf_style *style,
                 struct lf_text *out);
    void (*cost)(const struct lf_cost_report *report, const struct lf_style *style,
                 struct lf_text *out);
    void (*bench)(const struct lf_bench_report *report, const struct lf_style *style,
                  struct lf_text *out);
    void (*bench_memory)(const struct lf_bench_memory_report *report, const struct lf_style *style,
                         struct lf_text *out);
    /* An error's document; NULL where the sentence on stderr is all there is to say. */
    void (*error)(const struct lf_error *err, struct lf_text *out);
};

/* The format of that row, or NULL behind the last one; row 0 is the default. */
const struct lf_renderer *lf_renderer_at(size_t row);

/* The format of that name, or NULL. */
const struct lf_renderer *lf_renderer_find(const char *name);

#endif
