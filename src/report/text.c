#include "report/text.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"

enum { RATE_BYTES = 24 };

/* Both write the same; how it is marked up is the layout's business. */
#define TEXT_FUNCTIONS                                                                        \
    .system = lf_text_system, .fit = lf_text_fit, .info = lf_text_info, .list = lf_text_list, \
    .check = lf_text_check, .audit = lf_text_audit, .doctor = lf_text_doctor,                 \
    .plan = lf_text_plan, .cost = lf_text_cost, .bench = lf_text_bench,                       \
    .bench_memory = lf_text_bench_memory, .label = lf_text_label

const struct lf_renderer lf_renderer_text = {.name = "text", TEXT_FUNCTIONS};
const struct lf_renderer lf_renderer_markdown = {
    .name = "markdown", .is_markdown = true, TEXT_FUNCTIONS};

/* A rate in two or three digits: "0.02", "3.2", "48", "331", "5.0k", "13k". */
static const char *format_rate(char buffer[RATE_BYTES], double rate)
{
    if (rate >= 999.5) {
        snprintf(buffer, RATE_BYTES, "%.*fk", rate < 9950 ? 1 : 0, rate / 1000.0);
    } else {
        snprintf(buffer, RATE_BYTES, "%.*f", rate < 0.095 ? 2 : rate < 9.95 ? 1 : 0, rate);
    }
    return buffer;
}

const char *lf_tps_format(char buffer[LF_CELL_BYTES], const struct lf_estimate *estimate)
{
    char low[RATE_BYTES];
    char high[RATE_BYTES];
    if (estimate->mid <= 0) {
        snprintf(buffer, LF_CELL_BYTES, "unknown");
    } else {
        snprintf(buffer, LF_CELL_BYTES, "%s\u2013%s", format_rate(low, estimate->low),
                 format_rate(high, estimate->high));
    }
    return buffer;
}

const char *lf_quality_format(char buffer[LF_CELL_BYTES], const struct lf_expectation *expectation)
{
    snprintf(buffer, LF_CELL_BYTES, "%s%.0f%%", expectation->is_estimated ? "~" : "",
             expectation->q_eff * 100.0);
    return buffer;
}

const char *lf_mode_format(char buffer[LF_CELL_BYTES], enum lf_mode mode, size_t gpus,
                           bool from_disk)
{
    static const char *const words[LF_MODE_COUNT] = {
        [LF_MODE_GPU] = "GPU",
        [LF_MODE_MULTI_GPU] = "GPUs",
        [LF_MODE_UNIFIED] = "unified",
        [LF_MODE_EXPERTS_IN_RAM] = "GPU+RAM",
        [LF_MODE_LAYERS_SPLIT] = "GPU+RAM",
        [LF_MODE_CPU] = "CPU",
    };
    const char *disk = from_disk ? "+disk" : "";
    if (mode == LF_MODE_MULTI_GPU) {
        snprintf(buffer, LF_CELL_BYTES, "%zu GPUs%s", gpus, disk);
    } else {
        snprintf(buffer, LF_CELL_BYTES, "%s%s", words[mode], disk);
    }
    return buffer;
}

const char *lf_where_format(char buffer[LF_CELL_BYTES], const struct lf_placement *placement)
{
    size_t gpus = 0;
    for (size_t i = 0; i < placement->share_count; i++) {
        gpus += placement->shares[i].pool->accelerator != NULL;
    }
    return lf_mode_format(buffer, placement->mode, gpus, placement->stream.streamed_bytes > 0);
}

const char *lf_size_class_format(char buffer[LF_CELL_BYTES], const struct lf_form *form)
{
    char total[LF_SIZE_TEXT_BYTES];
    char active[LF_SIZE_TEXT_BYTES];
    lf_params_format(total, form->params_total);
    if (form->experts > 0 && form->params_active < form->params_total) {
        snprintf(buffer, LF_CELL_BYTES, "%s parameters, %s active", total,
                 lf_params_format(active, form->params_active));
    } else {
        snprintf(buffer, LF_CELL_BYTES, "%s parameters", total);
    }
    return buffer;
}

enum lf_paint lf_tier_paint(enum lf_tier tier)
{
    static const enum lf_paint paints[LF_TIER_COUNT] = {
        [LF_TIER_LEARNING] = LF_PAINT_YELLOW,
        [LF_TIER_USEFUL] = LF_PAINT_CYAN,
        [LF_TIER_CAPABLE] = LF_PAINT_GREEN,
        [LF_TIER_FRONTIER_ADJACENT] = LF_PAINT_MAGENTA,
        [LF_TIER_FRONTIER_REPLACEMENT] = LF_PAINT_MAGENTA,
    };
    return paints[tier];
}

void lf_text_title(struct lf_text *out, const struct lf_style *style, const char *title,
                   const char *remark)
{
    const struct lf_paragraph heading = {
        .label = title,
        .label_columns = lf_text_columns(title) + 2,
        .label_paint = LF_PAINT_STRONG,
        .paint = LF_PAINT_FAINT,
    };
    lf_text_add(out, "\n", 1);
    lf_layout_paragraph(out, style, &heading, remark);
}

void lf_text_warnings(const struct lf_reason warnings[], size_t count, const struct lf_style *style,
                      struct lf_text *out)
{
    const struct lf_paragraph note = {
        .label = "note:",
        .label_columns = sizeof "note:",
        .label_paint = LF_PAINT_YELLOW,
    };
    for (size_t i = 0; i < count; i++) {
        lf_layout_paragraph(out, style, &note, warnings[i].text);
    }
}

/* Whether a shell takes the word as it is. */
static bool is_plain_word(const char *word)
{
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "_-./:=,+@%";
    return word[0] != '\0' && word[strspn(word, safe)] == '\0';
}

void lf_text_command(const struct lf_command *command, struct lf_text *out)
{
    for (size_t i = 0; i < command->count; i++) {
        const char *word = command->arguments[i];
        lf_text_add_string(out, i == 0 ? "" : " ");
        if (is_plain_word(word)) {
            lf_text_add_string(out, word);
            continue;
        }
        lf_text_add_string(out, "'");
        for (; *word != '\0'; word++) {
            lf_text_add_string(out, *word == '\'' ? "'\\'" : "");
            lf_text_add(out, word, 1);
        }
        lf_text_add_string(out, "'");
    }
}
