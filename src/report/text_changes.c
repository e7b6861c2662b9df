/* The single changes with which a model would run better. */
#include <string.h>

#include "base/units.h"
#include "report/text.h"

static const struct lf_column columns[] = {
    {.title = "with", .flexible_least = 18},
    {.title = "then"},
    {.title = "where"},
    {.title = "quant"},
    {.title = "context", .brief = "ctx", .is_right = true},
    {.title = "tok/s", .is_right = true},
    {.title = "quality", .brief = "qual", .is_right = true},
    {.title = "good for", .from_columns = 90},
};

/* The most that is reached: what fits wholly fits. */
static const char *then_format(unsigned reaches)
{
    static const struct {
        unsigned goal;
        const char *words;
    } rows[] = {
        {LF_GOAL_WHOLE, "fits fully"},
        {LF_GOAL_SPEED, "fast enough"},
        {LF_GOAL_FIT, "fits"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((reaches & rows[i].goal) != 0) {
            return rows[i].words;
        }
    }
    return "";
}

void lf_text_changes(const struct lf_changes *changes, const struct lf_catalog *catalog,
                     const struct lf_style *style, struct lf_text *out)
{
    struct lf_table table = {
        .columns = columns, .column_count = sizeof columns / sizeof columns[0], .indent = 2};
    char buffer[LF_CELL_BYTES];
    char tokens[LF_SIZE_TEXT_BYTES];
    if (changes->count == 0) {
        return;
    }
    for (size_t i = 0; i < changes->count; i++) {
        const struct lf_change *change = &changes->items[i];
        const struct lf_prospect *prospect = &change->prospect;
        lf_table_add(&table, LF_PAINT_PLAIN, change->text);
        lf_table_add(&table, LF_PAINT_PLAIN, then_format(change->reaches));
        lf_table_add(&table, LF_PAINT_PLAIN,
                     lf_mode_format(buffer, prospect->mode, prospect->gpus, prospect->from_disk));
        lf_table_add(&table, LF_PAINT_PLAIN, lf_mix_name(prospect->mix));
        lf_table_add(&table, LF_PAINT_PLAIN, lf_tokens_format(tokens, prospect->context_tokens));
        lf_table_add(&table, LF_PAINT_PLAIN, lf_tps_format(buffer, &prospect->decode));
        lf_table_add(&table, LF_PAINT_PLAIN, lf_quality_format(buffer, &prospect->expectation));
        lf_table_add(&table, lf_tier_paint(prospect->expectation.tier),
                     catalog->tiers.rows[prospect->expectation.tier].label);
    }
    lf_text_title(out, style, "What would help", "one change at a time, the cheapest kind first");
    lf_table_render(&table, style, out);
    lf_table_clear(&table);
}
