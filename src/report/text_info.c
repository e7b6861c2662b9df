#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "report/text.h"
#include "report/words.h"
#include "rules/weights.h"

static const struct lf_column placement_columns[] = {
    {.title = "quant"},
    {.title = "where"},
    {.title = "GiB", .is_right = true},
    {.title = "context", .brief = "ctx", .is_right = true},
    {.title = "max context", .brief = "max", .is_right = true},
    {.title = "tok/s", .is_right = true},
    {.title = "prompt/s", .is_right = true},
    {.title = "quality", .brief = "qual", .is_right = true},
    {.title = "good for"},
};

static const struct lf_column size_columns[] = {
    {.title = "quant"},
    {.title = "file", .is_right = true},
    {.title = "weights", .is_right = true},
    {.title = "projector", .is_right = true},
    {.title = "cache", .is_right = true},
    {.title = "state", .is_right = true},
    {.title = "compute", .is_right = true},
    {.title = "total GiB", .is_right = true},
};

static const struct lf_column file_columns[] = {
    {.title = "label"},
    {.title = "GiB", .is_right = true},
    {.title = "repository", .flexible_least = 16},
    {.title = "", .flexible_least = 8},
};

static const struct lf_column share_columns[] = {
    {.title = "device", .flexible_least = 8}, {.title = "weights", .is_right = true},
    {.title = "projector", .is_right = true}, {.title = "twice", .is_right = true},
    {.title = "cache", .is_right = true},     {.title = "state", .is_right = true},
    {.title = "compute", .is_right = true},   {.title = "left", .is_right = true},
    {.title = "kept free", .is_right = true},
};

#define COLUMNS_OF(rows) .columns = (rows), .column_count = sizeof(rows) / sizeof((rows)[0])

/* GiB, or "-" for nothing. */
static void add_gib(struct lf_table *table, uint64_t bytes)
{
    char size[LF_SIZE_TEXT_BYTES];
    double gib = (double)bytes / (double)LF_GIB;
    if (bytes == 0) {
        lf_table_add(table, LF_PAINT_FAINT, "");
    } else if (gib < 0.995) {
        lf_table_format(table, LF_PAINT_PLAIN, "%.2f", gib);
    } else {
        lf_table_add(table, LF_PAINT_PLAIN, lf_gib_format(size, bytes));
    }
}

static void add_facts(const struct lf_info_report *report, const struct lf_style *style,
                      struct lf_text *out)
{
    enum { MODALITIES_SHOWN = 8, PARTS_MOST = 7 + MODALITIES_SHOWN };
    const struct lf_model *model = report->subject.model;
    const struct lf_form *form = &report->subject.form;
    const char *parts[PARTS_MOST];
    char params[LF_CELL_BYTES];
    char context[LF_CELL_BYTES];
    char tokens[LF_SIZE_TEXT_BYTES];
    size_t count = 0;
    lf_tokens_format(tokens, model->native_context_tokens);
    snprintf(context, sizeof context, "%s context",
             model->native_context_tokens == 0 ? "unknown" : tokens);
    parts[count++] = lf_size_class_format(params, form);
    parts[count++] = lf_form_kind(form);
    parts[count++] = context;
    parts[count++] = model->released == NULL ? "release unknown" : model->released;
    parts[count++] = model->licence == NULL ? "licence unknown" : model->licence;
    for (size_t i = 0; i < model->modalities.count && i < MODALITIES_SHOWN; i++) {
        if (!lf_text_equal_nocase(model->modalities.items[i], "text")) {
            parts[count++] = model->modalities.items[i];
        }
    }
    if (model->thinks != LF_ANSWER_NO) {
        parts[count++] = model->thinks == LF_ANSWER_YES ? "thinks" : "thinking unknown";
    }
    if (model->calls_tools != LF_ANSWER_NO) {
        parts[count++] = model->calls_tools == LF_ANSWER_YES ? "calls tools" : "tools unknown";
    }
    lf_layout_paint(out, style, LF_PAINT_STRONG, model->name);
    lf_text_format(out, "  %s\n", model->hf == NULL ? model->id : model->hf);
    lf_layout_parts(out, style, parts, count);
}

/* "runs on llama.cpp since b5092 (2025-04-09) · mlx-lm · most use Q4_K_M". */
static void add_engines(const struct lf_info_report *report, const struct lf_style *style,
                        struct lf_text *out)
{
    enum { ENGINES_SHOWN = 4 };
    const struct lf_model *model = report->subject.model;
    const struct lf_supports *runs_on = &model->shape->architecture->runs_on;
    const char *const quant = model->recommended.quant;
    struct lf_text texts[ENGINES_SHOWN + 1] = {{0}};
    const char *parts[ENGINES_SHOWN + 1];
    size_t count = 0;
    for (size_t i = 0; i < runs_on->count && i < ENGINES_SHOWN; i++) {
        const struct lf_support *support = &runs_on->items[i];
        lf_text_format(&texts[count], "%s%s", i == 0 ? "runs on " : "", support->runtime);
        if (support->since != NULL && support->date != NULL) {
            lf_text_format(&texts[count], " since %s (%s)", support->since, support->date);
        }
        count++;
    }
    if (quant != NULL) {
        bool is_vendors = strcmp(model->recommended.by, "readme") == 0;
        lf_text_format(&texts[count++], "%s %s", is_vendors ? "its vendor recommends" : "most use",
                       quant);
    }
    for (size_t i = 0; i < count; i++) {
        parts[i] = lf_text_string(&texts[i]);
    }
    if (count > 0) {
        lf_layout_parts(out, style, parts, count);
    }
    for (size_t i = 0; i < count; i++) {
        lf_text_clear(&texts[i]);
    }
}

/* What to expect of the first placement, or why there is none. */
static void add_verdict(const struct lf_info_report *report, const struct lf_style *style,
                        struct lf_text *out)
{
    const struct lf_choice *choice = report->placements[0];
    const struct lf_expectation *expectation = &choice->expectation;
    const struct lf_tier_row *row = &report->catalog->tiers.rows[expectation->tier];
    const struct lf_paid_model *paid = expectation->compared_with;
    struct lf_paragraph verdict = {.paint = lf_tier_paint(expectation->tier)};
    struct lf_text line = {0};
    lf_text_add(out, "\n", 1);
    if (!choice->placement.fits) {
        verdict.paint = LF_PAINT_RED;
        lf_text_add_string(&line, "It does not fit on this machine");
        for (size_t i = 0; i < choice->reason_count; i++) {
            const struct lf_strings *helps = &choice->reasons[i].helps;
            lf_text_format(&line, "%s %s", i == 0 ? ":" : ";", choice->reasons[i].text);
            for (size_t h = 0; h < helps->count && report->changes.count == 0; h++) {
                lf_text_format(&line, "%s %s", h == 0 ? ". What would help:" : ", or",
                               helps->items[h]);
            }
        }
        lf_text_add_string(&line, ".");
    } else {
        lf_text_format(&line, "Here it is %s: %s%.0f %% of %s", row->label,
                       expectation->is_estimated ? "an estimated " : "about ",
                       100 * expectation->q_eff, report->catalog->quality.best_paid);
        if (paid != NULL) {
            lf_text_format(&line, ", much like %s%s%s%s", paid->name,
                           paid->date == NULL ? "" : " (", paid->date == NULL ? "" : paid->date,
                           paid->date == NULL ? "" : ")");
        }
        lf_text_format(&line, ". %s", row->expect);
    }
    lf_layout_paragraph(out, style, &verdict, lf_text_string(&line));
    lf_text_clear(&line);
}

/* How long one waits with the first placement. */
static void add_wait(const struct lf_info_report *report, const struct lf_style *style,
                     struct lf_text *out)
{
    const struct lf_paragraph paragraph = {.label = "  *", .label_columns = 4};
    struct lf_text line = {0};
    lf_text_format(&line, "%s: ", lf_mix_name(report->placements[0]->mix));
    if (lf_text_wait(&report->waits[0], &line)) {
        lf_layout_paragraph(out, style, &paragraph, lf_text_string(&line));
    }
    lf_text_clear(&line);
}

static void add_placements(const struct lf_info_report *report, const struct lf_style *style,
                           struct lf_text *out)
{
    struct lf_table table = {COLUMNS_OF(placement_columns), .indent = 2};
    char buffer[LF_CELL_BYTES];
    char size[LF_SIZE_TEXT_BYTES];
    size_t unfit = 0;
    for (size_t i = 0; i < report->placement_count; i++) {
        const struct lf_choice *choice = report->placements[i];
        const struct lf_expectation *expectation = &choice->expectation;
        if (!choice->placement.fits) {
            unfit++;
            continue;
        }
        enum lf_paint paint = i == 0 ? LF_PAINT_STRONG : LF_PAINT_PLAIN;
        lf_table_add(&table, paint, lf_mix_name(choice->mix));
        lf_table_add(&table, paint, lf_where_format(buffer, &choice->placement));
        lf_table_add(&table, paint, lf_gib_format(size, choice->total_bytes));
        lf_table_add(&table, paint, lf_tokens_format(size, choice->settings.context_tokens));
        lf_table_add(&table, paint,
                     choice->max_context_tokens == 0
                         ? ""
                         : lf_tokens_format(size, choice->max_context_tokens));
        lf_table_add(&table, paint, lf_tps_format(buffer, &choice->decode));
        lf_table_add(&table, paint, lf_tps_format(buffer, &choice->prefill));
        lf_table_add(&table, paint, lf_quality_format(buffer, expectation));
        lf_table_add(&table, lf_tier_paint(expectation->tier),
                     report->catalog->tiers.rows[expectation->tier].label);
    }
    if (table.cell_count > 0) {
        lf_text_title(out, style, "On this machine",
                      "speeds are estimates; the first is the advice");
        lf_table_render(&table, style, out);
    }
    if (unfit > 0 && unfit < report->placement_count) {
        lf_text_format(out, "  %zu larger quant%s not fit\n", unfit, unfit == 1 ? " does" : "s do");
    }
    lf_text_measured(report, style, out);
    add_wait(report, style, out);
    lf_table_clear(&table);
}

/* How to run the first placement with the runtime asked for. */
static void add_commands(const struct lf_info_report *report, const struct lf_style *style,
                         struct lf_text *out)
{
    const struct lf_commands *commands = &report->commands[0];
    const struct lf_paragraph command = {.label_columns = 2, .joint = " \\"};
    if (commands->count == 0) {
        return;
    }
    lf_text_title(out, style, "Run it", report->runtime->name);
    for (size_t i = 0; i < lf_commands_own(commands); i++) {
        struct lf_text line = {0};
        lf_text_command(&commands->items[i], &line);
        lf_layout_paragraph(out, style, &command, lf_text_string(&line));
        lf_text_clear(&line);
        for (const char *text = commands->items[i].file; text != NULL && *text != '\0';) {
            size_t length = strcspn(text, "\n");
            lf_text_format(out, "    %.*s\n", (int)length, text);
            text += length + (text[length] == '\n');
        }
    }
}

/* Where the bytes of the first placement go, and why it is the advice. */
static void add_first(const struct lf_info_report *report, const struct lf_style *style,
                      struct lf_text *out)
{
    const struct lf_choice *choice = report->placements[0];
    const struct lf_placement *placement = &choice->placement;
    struct lf_table table = {COLUMNS_OF(share_columns), .indent = 2};
    char types[LF_CACHE_TYPES_BYTES];
    char remark[LF_CELL_BYTES * 2];
    if (!placement->fits) {
        return;
    }
    for (size_t i = 0; i < placement->share_count; i++) {
        const struct lf_share *share = &placement->shares[i];
        const struct lf_accelerator *gpu = share->pool->accelerator;
        lf_table_add(&table, LF_PAINT_PLAIN,
                     gpu == NULL         ? "RAM"
                     : gpu->name == NULL ? share->pool->id
                                         : gpu->name);
        add_gib(&table, share->weights_bytes - share->projector_bytes);
        add_gib(&table, share->projector_bytes);
        add_gib(&table, share->duplicate_bytes);
        add_gib(&table, share->kv_bytes);
        add_gib(&table, share->state_bytes);
        add_gib(&table, share->compute_bytes);
        add_gib(&table, share->left_bytes);
        add_gib(&table, share->pool->reserve_bytes);
    }
    if (placement->stream.streamed_bytes > 0) {
        lf_table_add(&table, LF_PAINT_PLAIN, "disk");
        add_gib(&table, placement->stream.streamed_bytes);
    }
    snprintf(remark, sizeof remark, "GiB of %s, cache in %s", lf_mix_name(choice->mix),
             lf_cache_types_format(types, choice->settings.type_k, choice->settings.type_v));
    lf_text_title(out, style, "Where it goes", remark);
    lf_table_render(&table, style, out);
    lf_table_clear(&table);
    const struct lf_paragraph reason = {.label = "  *", .label_columns = 4};
    for (size_t i = 0; i < choice->reason_count; i++) {
        lf_layout_paragraph(out, style, &reason, choice->reasons[i].text);
    }
    add_commands(report, style, out);
}

static void add_sizes(const struct lf_info_report *report, const struct lf_style *style,
                      struct lf_text *out)
{
    static const char *const sure[] = {
        [LF_EXACTNESS_MEASURED_ARCH] = "exact but for compute",
        [LF_EXACTNESS_RULE] = "by rule, compute estimated",
        [LF_EXACTNESS_ESTIMATED] = "all estimated",
    };
    struct lf_table table = {COLUMNS_OF(size_columns), .indent = 2};
    char tokens[LF_SIZE_TEXT_BYTES];
    char types[LF_CACHE_TYPES_BYTES];
    struct lf_text remark = {0};
    for (size_t i = 0; i < report->size_count; i++) {
        const struct lf_size_row *row = &report->sizes[i];
        lf_table_add(&table, LF_PAINT_PLAIN, lf_mix_name(row->mix));
        add_gib(&table, row->file_bytes);
        add_gib(&table, row->weights_bytes - row->projector_bytes);
        add_gib(&table, row->projector_bytes);
        add_gib(&table, row->kv_bytes);
        add_gib(&table, row->state_bytes);
        add_gib(&table, row->compute_bytes);
        add_gib(&table, row->total_bytes);
    }
    lf_text_format(&remark, "%s context, %s cache; %s",
                   lf_tokens_format(tokens, report->settings.context_tokens),
                   lf_cache_types_format(types, report->settings.type_k, report->settings.type_v),
                   sure[report->exactness]);
    char title[LF_CELL_BYTES];
    snprintf(title, sizeof title, "Sizes with %s %s", report->runtime->name,
             report->runtime->version);
    lf_text_title(out, style, title, lf_text_string(&remark));
    lf_table_render(&table, style, out);
    lf_text_clear(&remark);
    lf_table_clear(&table);
}

/* Files of publishers, whose real size counts more than what a rule says. */
static void add_files(const struct lf_info_report *report, const struct lf_style *style,
                      struct lf_text *out)
{
    const struct lf_published_files *files = &report->subject.model->files;
    struct lf_table table = {COLUMNS_OF(file_columns), .indent = 2};
    for (size_t i = 0; i < files->count; i++) {
        const struct lf_published_file *file = &files->items[i];
        lf_table_add(&table, LF_PAINT_PLAIN, file->label);
        add_gib(&table, file->bytes);
        lf_table_add(&table, LF_PAINT_PLAIN, file->repo);
        lf_table_add(&table, LF_PAINT_FAINT, file->differs == NULL ? "" : file->differs);
    }
    if (files->count > 0) {
        lf_text_title(out, style, "Published files", "as they are on Hugging Face");
        lf_table_render(&table, style, out);
    }
    lf_table_clear(&table);
}

void lf_text_info(const struct lf_info_report *report, const struct lf_style *style,
                  struct lf_text *out)
{
    size_t start = out->length;
    add_facts(report, style, out);
    add_engines(report, style, out);
    if (report->placement_count > 0) {
        add_verdict(report, style, out);
        add_placements(report, style, out);
        add_first(report, style, out);
        lf_text_changes(&report->changes, report->catalog, style, out);
    }
    add_sizes(report, style, out);
    if (lf_runtime_load_of(report->runtime, LF_MIX_F16) != NULL) {
        add_files(report, style, out); /* all of them are GGUF files */
    }
    if (report->explanation != NULL) {
        lf_text_explanation(report, style, out);
    }
    if (report->warning_count > 0) {
        lf_text_add(out, "\n", 1);
        lf_text_warnings(report->warnings, report->warning_count, style, out);
    }
    lf_layout_finish(out, style, start);
}
