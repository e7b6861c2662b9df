/* The arithmetic behind the figures of `llmfit info`. */
#include <stdio.h>

#include "base/units.h"
#include "report/text.h"
#include "report/words.h"
#include "rules/engine.h"
#include "rules/terms.h"

static const struct lf_column weight_columns[] = {
    {.title = "kind", .is_right = true, .from_columns = LF_STYLE_COLUMNS},
    {.title = "layers", .is_right = true},
    {.title = "tensor", .flexible_least = 12},
    {.title = "elements"},
    {.title = "type"},
    {.title = "bytes", .is_right = true},
    {.title = "why", .flexible_least = 4, .from_columns = LF_STYLE_COLUMNS},
};

static const struct lf_column cache_columns[] = {
    {.title = "layers", .is_right = true},
    {.title = "cells", .is_right = true},
    {.title = "a cell", .flexible_least = 12},
    {.title = "bytes", .is_right = true},
    {.title = "state bytes", .brief = "state", .is_right = true},
};

static const struct lf_column term_columns[] = {
    {.title = "bytes", .is_right = true},
    {.title = "of", .flexible_least = 20},
};

static const struct lf_column budget_columns[] = {
    {.title = "pool"},
    {.title = "there", .is_right = true, .from_columns = LF_STYLE_COLUMNS},
    {.title = "kept free", .is_right = true, .from_columns = LF_STYLE_COLUMNS},
    {.title = "weights", .is_right = true},
    {.title = "projector", .is_right = true},
    {.title = "twice", .is_right = true},
    {.title = "cache", .is_right = true},
    {.title = "compute", .is_right = true},
    {.title = "left", .is_right = true},
};

static const struct lf_column speed_columns[] = {
    {.title = "pool"},
    {.title = "reads"},
    {.title = "bytes or flop", .brief = "amount", .is_right = true},
    {.title = "a second", .is_right = true},
    {.title = "ms", .is_right = true},
};

#define TABLE(rows)                                                                      \
    {                                                                                    \
        .columns = (rows), .column_count = sizeof(rows) / sizeof((rows)[0]), .indent = 2 \
    }

/* "12,345,678". Returns buffer. */
static const char *format_bytes(char buffer[LF_CELL_BYTES], uint64_t bytes)
{
    char digits[LF_SIZE_TEXT_BYTES];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)bytes);
    size_t used = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            buffer[used++] = ',';
        }
        buffer[used++] = digits[i];
    }
    buffer[used] = '\0';
    return buffer;
}

static void add_bytes(struct lf_table *table, uint64_t bytes)
{
    char text[LF_CELL_BYTES];
    lf_table_add(table, LF_PAINT_PLAIN, bytes == 0 ? "" : format_bytes(text, bytes));
}

/* A number; 0 stays empty. */
static void add_count(struct lf_table *table, enum lf_paint paint, uint64_t count)
{
    if (count == 0) {
        lf_table_add(table, paint, "");
    } else {
        lf_table_format(table, paint, "%llu", (unsigned long long)count);
    }
}

/* Four digits of a rate or an amount; 0 stays empty. */
static void add_figure(struct lf_table *table, double figure)
{
    if (figure <= 0) {
        lf_table_add(table, LF_PAINT_PLAIN, "");
    } else {
        lf_table_format(table, LF_PAINT_PLAIN, "%.4g", figure);
    }
}

static const char *reason_words(const struct lf_type_choice *choice)
{
    static const char *const words[LF_TYPE_REASON_COUNT] = {
        [LF_TYPE_KEPT] = "as published",        [LF_TYPE_BASE] = "base type",
        [LF_TYPE_RULE] = "rule of its role",    [LF_TYPE_GROUPED] = "shared values",
        [LF_TYPE_FALLBACK] = "no whole blocks",
    };
    const char *when = lf_type_when_words(choice->when);
    return when[0] == '\0' ? words[choice->reason] : when;
}

/* "4096 x 1024 x 8". */
static void add_elements(struct lf_table *table, const uint64_t ne[4])
{
    struct lf_text shape = {0};
    for (size_t i = 0; i < 4; i++) {
        if (i == 0 || ne[i] > 1) {
            lf_text_format(&shape, "%s%llu", i == 0 ? "" : " x ", (unsigned long long)ne[i]);
        }
    }
    lf_table_add(table, LF_PAINT_PLAIN, lf_text_string(&shape));
    lf_text_clear(&shape);
}

static void add_weights(const struct lf_info_report *report, const struct lf_style *style,
                        struct lf_text *out)
{
    const struct lf_explanation *explanation = report->explanation;
    const struct lf_form *form = &report->subject.form;
    struct lf_table table = TABLE(weight_columns);
    uint64_t sum = 0;
    for (size_t i = 0; i < explanation->weights.count; i++) {
        const struct lf_weight_term *term = &explanation->weights.items[i];
        bool is_mtp = explanation->skips_mtp && term->kind + 1 == form->kind_count;
        bool is_outside = term->kind == form->kind_count;
        add_count(&table, LF_PAINT_FAINT, is_outside || form->kind_count < 2 ? 0 : term->kind + 1);
        if (is_mtp) {
            lf_table_format(&table, LF_PAINT_PLAIN, "%llu MTP", (unsigned long long)term->layers);
        } else {
            add_count(&table, LF_PAINT_PLAIN, is_outside ? 0 : term->layers);
        }
        lf_table_add(&table, LF_PAINT_PLAIN, term->tensor->name);
        add_elements(&table, term->tensor->ne);
        lf_table_add(&table, LF_PAINT_PLAIN, lf_type_choice_name(&term->choice));
        add_bytes(&table, term->bytes);
        lf_table_add(&table, LF_PAINT_FAINT, reason_words(&term->choice));
        sum += term->bytes;
    }
    char title[LF_CELL_BYTES];
    char total[LF_CELL_BYTES];
    struct lf_text remark = {0};
    snprintf(title, sizeof title, "Weights of %s", lf_mix_name(explanation->size->mix));
    lf_text_format(&remark, "layers x elements %s: %s bytes",
                   lf_mix_packing(explanation->size->mix).bits == 0
                       ? "/ block elements x block bytes"
                       : "x bits / 8, and the scales beside them",
                   format_bytes(total, sum));
    if (explanation->skips_mtp) {
        lf_text_format(&remark, ", %s of them loaded (MTP layers stay on disk)",
                       format_bytes(total, explanation->size->weights_bytes -
                                               explanation->size->projector_bytes));
    }
    lf_text_title(out, style, title, lf_text_string(&remark));
    lf_table_render(&table, style, out);
    lf_text_clear(&remark);
    lf_table_clear(&table);
}

static void add_projector(const struct lf_explanation *explanation, const struct lf_style *style,
                          struct lf_text *out)
{
    const struct lf_published_file *file = explanation->projector.file;
    char total[LF_CELL_BYTES];
    struct lf_text remark = {0};
    if (explanation->projector.is_loaded) {
        if (file == NULL) {
            lf_text_add_string(&remark, "loaded, but its size is not known");
        } else {
            lf_text_format(&remark, "the size of %s in %s: %s bytes", file->label, file->repo,
                           format_bytes(total, file->bytes));
        }
        lf_text_title(out, style, "Projector", lf_text_string(&remark));
    }
    lf_text_clear(&remark);
}

/* "1024 K f16 + 1024 V f16", a window's length, compressed rows. */
static void add_cell(struct lf_table *table, const struct lf_cache_term *term,
                     const struct lf_settings *settings)
{
    char type_k[LF_CACHE_TYPE_BYTES];
    char type_v[LF_CACHE_TYPE_BYTES];
    const struct lf_cache_layer *layer = term->layer;
    struct lf_text cell = {0};
    lf_cache_type_format(type_k, settings->type_k);
    lf_cache_type_format(type_v, settings->type_v);
    if (layer->k_width != 0) {
        lf_text_format(&cell, "%llu K %s", (unsigned long long)layer->k_width, type_k);
    }
    if (term->v_width != 0) {
        lf_text_format(&cell, "%s%llu V %s", layer->k_width != 0 ? " + " : "",
                       (unsigned long long)term->v_width, type_v);
    }
    if (layer->index_width != 0) {
        lf_text_format(&cell, " + %llu index %s", (unsigned long long)layer->index_width, type_k);
    }
    if (layer->index_v_width != 0) {
        lf_text_format(&cell, " + %llu beside %s", (unsigned long long)layer->index_v_width,
                       type_v);
    }
    if (layer->window_tokens != 0) {
        lf_text_format(&cell, "; window %llu", (unsigned long long)layer->window_tokens);
    }
    if (term->far_cells != 0) {
        lf_text_format(&cell, "; %llu rows of %llu", (unsigned long long)term->far_cells,
                       (unsigned long long)layer->far_width);
    }
    lf_table_add(table, LF_PAINT_PLAIN,
                 cell.length == 0 ? "a state, whatever the context" : lf_text_string(&cell));
    lf_text_clear(&cell);
}

static void add_cache(const struct lf_info_report *report, const struct lf_style *style,
                      struct lf_text *out)
{
    const struct lf_explanation *explanation = report->explanation;
    struct lf_table table = TABLE(cache_columns);
    char total[LF_CELL_BYTES];
    char tokens[LF_SIZE_TEXT_BYTES];
    for (size_t i = 0; i < explanation->cache_count; i++) {
        const struct lf_cache_term *term = &explanation->cache[i];
        lf_table_format(&table, LF_PAINT_PLAIN, "%llu", (unsigned long long)term->layers);
        add_count(&table, LF_PAINT_PLAIN, term->cells);
        add_cell(&table, term, explanation->settings);
        add_bytes(&table, term->bytes.kv_bytes);
        add_bytes(&table, term->bytes.state_bytes);
    }
    struct lf_text remark = {0};
    lf_text_format(&remark,
                   "of %s: layers x cells x a cell; cells are rounded up to %llu: %s bytes",
                   lf_tokens_format(tokens, explanation->settings->context_tokens),
                   (unsigned long long)explanation->settings->engine->cell_step_tokens,
                   format_bytes(total, explanation->size->kv_bytes));
    lf_text_title(out, style, "Cache", lf_text_string(&remark));
    lf_table_render(&table, style, out);
    lf_text_clear(&remark);
    lf_table_clear(&table);
}

static void add_compute(const struct lf_info_report *report, const struct lf_style *style,
                        struct lf_text *out)
{
    const struct lf_compute_terms *terms = &report->explanation->compute;
    const struct lf_settings *settings = report->explanation->settings;
    struct lf_table table = TABLE(term_columns);
    char total[LF_CELL_BYTES];
    const struct {
        uint64_t bytes;
        const char *of;
    } rows[] = {
        {terms->mixer_bytes, "attention, at its fullest"},
        {terms->feed_bytes, "or the feed-forward"},
        {terms->scan_bytes, "or a recurrent layer"},
        {terms->mask_bytes, "masks, beside the largest of these"},
        {terms->kept_bytes, "kept from the first layer to the last"},
        {terms->logits_bytes,
         terms->adds_output ? "logits, beside all that" : "or, at the end, logits"},
        {terms->row_bytes, "the last row, beside the logits"},
        {terms->under_bytes, "what lies under it"},
        {terms->graphs_bytes, "CUDA graphs and kernels' workspace"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].bytes != 0) {
            add_bytes(&table, rows[i].bytes);
            lf_table_add(&table, LF_PAINT_PLAIN, rows[i].of);
        }
    }
    struct lf_text remark = {0};
    lf_text_format(&remark, "%s, ubatch %llu, outputs %llu: %s bytes",
                   terms->adds_output ? "the largest part of a layer and what is beside it"
                                      : "the larger of layers and output",
                   (unsigned long long)settings->ubatch,
                   (unsigned long long)(terms->adds_output ? settings->slots : settings->outputs),
                   format_bytes(total, terms->sum.device_bytes));
    lf_text_title(out, style, "Compute buffer", lf_text_string(&remark));
    lf_table_render(&table, style, out);
    lf_text_clear(&remark);
    lf_table_clear(&table);
}

/* MiB with one decimal; 0 stays empty. */
static void add_mib(struct lf_table *table, uint64_t bytes)
{
    if (bytes == 0) {
        lf_table_add(table, LF_PAINT_PLAIN, "");
    } else {
        lf_table_format(table, LF_PAINT_PLAIN, "%.1f", (double)bytes / (double)LF_MIB);
    }
}

static void add_budget(const struct lf_choice *choice, const struct lf_style *style,
                       struct lf_text *out)
{
    struct lf_table table = TABLE(budget_columns);
    for (size_t i = 0; i < choice->placement.share_count; i++) {
        const struct lf_share *share = &choice->placement.shares[i];
        lf_table_add(&table, LF_PAINT_PLAIN, share->pool->id);
        add_mib(&table, lf_add(share->pool->budget_bytes, share->pool->reserve_bytes));
        add_mib(&table, share->pool->reserve_bytes);
        add_mib(&table, share->weights_bytes - share->projector_bytes);
        add_mib(&table, share->projector_bytes);
        add_mib(&table, share->duplicate_bytes);
        add_mib(&table, lf_add(share->kv_bytes, share->state_bytes));
        add_mib(&table, share->compute_bytes);
        add_mib(&table, share->left_bytes);
    }
    char tokens[LF_SIZE_TEXT_BYTES];
    struct lf_text remark = {0};
    lf_text_format(&remark, "MiB at %s: there, less kept free, less what is used, is left",
                   lf_tokens_format(tokens, choice->settings.context_tokens));
    lf_text_title(out, style, "Room", lf_text_string(&remark));
    lf_text_clear(&remark);
    lf_table_render(&table, style, out);
    lf_table_clear(&table);
}

static void add_speed(const struct lf_explanation *explanation, const struct lf_style *style,
                      struct lf_text *out)
{
    const struct lf_choice *choice = explanation->choice;
    struct lf_table table = TABLE(speed_columns);
    char tokens[LF_SIZE_TEXT_BYTES];
    double seconds = 0;
    for (size_t i = 0; i < explanation->speed.count; i++) {
        const struct lf_speed_term *term = &explanation->speed.items[i];
        bool is_overhead = term->pool == NULL;
        lf_table_add(&table, LF_PAINT_PLAIN, is_overhead ? "" : term->pool);
        lf_table_add(&table, LF_PAINT_PLAIN, term->what);
        add_figure(&table, is_overhead ? 0 : term->amount);
        add_figure(&table, is_overhead ? 0 : term->rate);
        lf_table_format(&table, LF_PAINT_PLAIN, "%.3f", 1e3 * term->seconds);
        seconds += term->seconds;
    }
    if (table.cell_count > 0) {
        struct lf_text remark = {0};
        lf_text_format(&remark, "of a token at %s: %.3f ms, so %.2f a second; %.2f to %.2f",
                       lf_tokens_format(tokens, choice->depth_tokens), 1e3 * seconds,
                       choice->decode.mid, choice->decode.low, choice->decode.high);
        if (choice->decode.coverage > 0) {
            lf_text_format(&remark, " holds %.0f %% of cases", 100 * choice->decode.coverage);
        }
        lf_text_title(out, style, "Time", lf_text_string(&remark));
        lf_table_render(&table, style, out);
        lf_text_clear(&remark);
    }
    lf_table_clear(&table);
}

static void add_quality(const struct lf_choice *choice, const struct lf_style *style,
                        struct lf_text *out)
{
    const struct lf_expectation *expectation = &choice->expectation;
    char tokens[LF_SIZE_TEXT_BYTES];
    char types[LF_CACHE_TYPES_BYTES];
    struct lf_text line = {0};
    lf_text_format(
        &line, "%.4f x %.4f for %s x %.4f for %s x %.4f for a cache in %s = %.4f", expectation->q,
        expectation->quant_factor, lf_mix_name(choice->mix), expectation->context_factor,
        lf_tokens_format(tokens, choice->settings.context_tokens), expectation->cache_factor,
        lf_cache_types_format(types, choice->settings.type_k, choice->settings.type_v),
        expectation->q_eff);
    lf_text_title(out, style, "Quality", lf_text_string(&line));
    lf_text_clear(&line);
}

void lf_text_explanation(const struct lf_info_report *report, const struct lf_style *style,
                         struct lf_text *out)
{
    const struct lf_choice *choice = report->explanation->choice;
    add_weights(report, style, out);
    add_projector(report->explanation, style, out);
    add_cache(report, style, out);
    add_compute(report, style, out);
    if (choice->placement.fits) {
        add_budget(choice, style, out);
        add_speed(report->explanation, style, out);
        add_quality(choice, style, out);
    }
}
