#include "advise/measured.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advise/choice.h"
#include "base/text.h"
#include "base/units.h"

/* How far the same thing lies apart on another day: heat, other programs, a newer engine. A
 * judgement. */
static const double OWN_SPREAD = 0.07;

static uint64_t whole_gib(struct lf_amount bytes)
{
    return (lf_known_or(bytes, 0) + LF_GIB / 2) / LF_GIB;
}

const char *lf_measured_machine(const struct lf_machine *machine, struct lf_arena *arena)
{
    struct lf_text text = {0};
    const struct lf_cpu *cpu = &machine->cpu;
    lf_text_format(&text, "%s, %llu cores, %llu GiB", cpu->name == NULL ? "CPU" : cpu->name,
                   (unsigned long long)lf_known_or(cpu->cores, 0),
                   (unsigned long long)whole_gib(machine->memory.total_bytes));
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        const struct lf_accelerator *gpu = &machine->accelerators[i];
        lf_text_format(&text, "; %s, %llu GiB", gpu->name == NULL ? gpu->vendor : gpu->name,
                       (unsigned long long)whole_gib(gpu->total_bytes));
    }
    const char *words = lf_arena_copy(arena, lf_text_string(&text), text.length);
    lf_text_clear(&text);
    return words;
}

void lf_measured_keep(struct lf_own_rows *rows, const struct lf_machine *machine,
                      struct lf_arena *arena)
{
    const char *here = lf_measured_machine(machine, arena);
    struct lf_own_row *kept = lf_arena_alloc(arena, rows->count + 1, sizeof *kept);
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        if (strcmp(rows->items[i].machine, here) == 0) {
            kept[count++] = rows->items[i];
        }
    }
    rows->items = kept;
    rows->count = count;
}

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static double clamp(double ratio)
{
    if (ratio > LF_MEASURED_RATIO_MOST) {
        return LF_MEASURED_RATIO_MOST;
    }
    return ratio < 1 / LF_MEASURED_RATIO_MOST ? 1 / LF_MEASURED_RATIO_MOST : ratio;
}

/* The median of ratios[count], within bounds; 0 for none. */
static double find_ratio(double ratios[], size_t count)
{
    if (count == 0) {
        return 0;
    }
    qsort(ratios, count, sizeof ratios[0], compare);
    return clamp((ratios[(count - 1) / 2] + ratios[count / 2]) / 2);
}

static void make_ratios(struct lf_measured *measured, const char *runtime, enum lf_mode mode)
{
    double decode[LF_OWN_ROWS_MOST];
    double prefill[LF_OWN_ROWS_MOST];
    size_t decode_count = 0;
    size_t prefill_count = 0;
    for (size_t i = 0; i < measured->rows->count && i < LF_OWN_ROWS_MOST; i++) {
        const struct lf_own_row *row = &measured->rows->items[i];
        if (strcmp(row->runtime, runtime) != 0 || strcmp(row->mode, lf_mode_id(mode)) != 0) {
            continue;
        }
        if (row->estimated_decode_tps > 0) {
            decode[decode_count++] = row->decode_tps / row->estimated_decode_tps;
        }
        if (row->estimated_prefill_tps > 0) {
            prefill[prefill_count++] = row->prefill_tps / row->estimated_prefill_tps;
        }
    }
    measured->decode_ratio[mode] = find_ratio(decode, decode_count);
    measured->prefill_ratio[mode] = find_ratio(prefill, prefill_count);
}

void lf_measured_make(struct lf_measured *measured, const struct lf_own_rows *rows,
                      const char *runtime)
{
    *measured = (struct lf_measured){.rows = rows};
    for (int mode = 0; rows != NULL && rows->count > 0 && mode < LF_MODE_COUNT; mode++) {
        make_ratios(measured, runtime, (enum lf_mode)mode);
    }
}

/* The newest row of just that; NULL: it was not measured. */
static const struct lf_own_row *find_row(const struct lf_advice_context *context,
                                         const struct lf_choice *choice)
{
    const struct lf_own_rows *rows = context->measured.rows;
    for (size_t i = rows->count; i-- > 0;) {
        const struct lf_own_row *row = &rows->items[i];
        if (strcmp(row->model, choice->subject->model->id) == 0 &&
            strcmp(row->quant, lf_mix_name(choice->mix)) == 0 &&
            strcmp(row->mode, lf_mode_id(choice->placement.mode)) == 0 &&
            strcmp(row->runtime, context->runtime->id) == 0) {
            return row;
        }
    }
    return NULL;
}

static void correct(struct lf_estimate *estimate, double ratio)
{
    if (ratio > 0 && estimate->mid > 0) {
        estimate->low *= ratio;
        estimate->mid *= ratio;
        estimate->high *= ratio;
        estimate->basis = "own-ratio";
    }
}

void lf_measured_apply(const struct lf_advice_context *context, struct lf_choice *choice)
{
    if (context->measured.rows == NULL || context->measured.rows->count == 0) {
        return;
    }
    const struct lf_own_row *row = find_row(context, choice);
    choice->estimated_decode = choice->decode;
    choice->own = row;
    if (row == NULL) {
        correct(&choice->decode, context->measured.decode_ratio[choice->placement.mode]);
        correct(&choice->prefill, context->measured.prefill_ratio[choice->placement.mode]);
        return;
    }
    choice->decode = (struct lf_estimate){.low = row->decode_low_tps * (1 - OWN_SPREAD),
                                          .mid = row->decode_tps,
                                          .high = row->decode_high_tps * (1 + OWN_SPREAD),
                                          .basis = "own"};
    choice->prefill = (struct lf_estimate){.low = row->prefill_low_tps * (1 - OWN_SPREAD),
                                           .mid = row->prefill_tps,
                                           .high = row->prefill_high_tps * (1 + OWN_SPREAD),
                                           .basis = "own"};
    choice->depth_tokens = row->depth_tokens;
}

static struct lf_reason tell_row(const struct lf_choice *choice, struct lf_arena *arena)
{
    const struct lf_own_row *row = choice->own;
    const struct lf_estimate *estimated = &choice->estimated_decode;
    const char *beside = "";
    if (estimated->mid > 0) {
        beside = lf_arena_format(arena, "; estimated to write %.3g to %.3g", estimated->low,
                                 estimated->high);
    }
    return (struct lf_reason){
        .code = "own-measurement",
        .text = lf_arena_format(
            arena,
            "measured on this computer on %s with %s %s: writes %.3g tokens/s with %llu tokens of "
            "context filled, reads %.3g%s",
            row->date, row->server, row->version == NULL ? "" : row->version, row->decode_tps,
            (unsigned long long)row->depth_tokens, row->prefill_tps, beside)};
}

struct lf_reason lf_measured_reason(const struct lf_advice_context *context,
                                    const struct lf_choice *choice, struct lf_arena *arena)
{
    const struct lf_own_rows *rows = context->measured.rows;
    if (rows != NULL && rows->fault != NULL) {
        return (struct lf_reason){
            .code = "own-unreadable",
            .text = lf_arena_format(arena, "your own measurements are left out: %s", rows->fault)};
    }
    if (choice == NULL || !choice->placement.fits) {
        return (struct lf_reason){0};
    }
    if (choice->own != NULL) {
        return tell_row(choice, arena);
    }
    double ratio = context->measured.decode_ratio[choice->placement.mode];
    if (ratio == 0) {
        return (struct lf_reason){0};
    }
    return (struct lf_reason){
        .code = "own-ratio",
        .text = lf_arena_format(arena,
                                "speeds %s are estimates times %.2f, what this computer reached of "
                                "them when it was measured",
                                lf_mode_words(choice->placement.mode), ratio)};
}
