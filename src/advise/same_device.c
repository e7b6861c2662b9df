#include "advise/same_device.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "advise/depth.h"
#include "advise/runtime.h"

/* A quant further off than by this factor in bits of a weight tells nothing. */
#define BITS_FACTOR_MOST 1.4
/* Variants of a chip differ by more in bandwidth. */
#define BANDWIDTH_TOLERANCE 0.02

/* GPUs alike share their rows. */
static void prepare_gpu(struct lf_advice_context *context, size_t number)
{
    const struct lf_accelerator *gpu = context->budget->gpus[number].accelerator;
    const struct lf_device_query part = {.vendor = gpu->vendor == NULL ? "" : gpu->vendor,
                                         .name = gpu->name,
                                         .memory_bytes = lf_known_or(gpu->total_bytes, 0)};
    const struct lf_accelerator *before =
        number == 0 ? NULL : context->budget->gpus[number - 1].accelerator;
    bool is_alike = before != NULL && before->name != NULL && gpu->name != NULL &&
                    strcmp(before->name, gpu->name) == 0;
    context->gpu_rows[number] = is_alike ? context->gpu_rows[number - 1]
                                         : lf_benchmarks_of(&context->catalog->benchmarks, &part);
}

void lf_same_device_prepare(struct lf_advice_context *context)
{
    const struct lf_benchmarks *benchmarks = &context->catalog->benchmarks;
    const struct lf_device_query cpu = {.name = context->machine->cpu.name};
    const struct lf_device_query board = {.name = context->machine->board};
    for (size_t g = 0; g < context->budget->gpu_count && benchmarks->count > 0; g++) {
        prepare_gpu(context, g);
    }
    context->cpu_rows = lf_benchmarks_of(benchmarks, &cpu);
    if (context->cpu_rows.count == 0) {
        context->cpu_rows = lf_benchmarks_of(benchmarks, &board);
    }
}

/* What the rows of a choice must be. */
struct wanted {
    const struct lf_choice *choice;
    const struct lf_quants *quants;
    const struct lf_benchmarks *rows;
    uint64_t bandwidth_bps; /* 0: not known, or of RAM */
    const char *engine;
    const char *backend;
    uint64_t gpus;
};

/* Returns false where the choice lies in more than one kind of place. */
static bool want(const struct lf_advice_context *context, const struct lf_choice *choice,
                 struct wanted *wanted)
{
    const struct lf_placement *placement = &choice->placement;
    const struct lf_benchmarks *rows = NULL;
    const struct lf_pool *pool = NULL;
    uint64_t gpus = 0;
    if (!placement->fits || placement->mode == LF_MODE_EXPERTS_IN_RAM ||
        placement->mode == LF_MODE_LAYERS_SPLIT) {
        return false;
    }
    for (size_t i = 0; i < placement->share_count; i++) {
        const struct lf_share *share = &placement->shares[i];
        bool is_gpu = share->pool->accelerator != NULL;
        const struct lf_benchmarks *own =
            is_gpu ? &context->gpu_rows[share->gpu] : &context->cpu_rows;
        if (!is_gpu && gpus > 0) {
            continue; /* what every engine keeps in RAM */
        }
        if (own->count == 0 || (rows != NULL && own->items != rows->items)) {
            return false;
        }
        rows = own;
        pool = share->pool;
        gpus += is_gpu;
    }
    if (rows == NULL) {
        return false;
    }
    *wanted = (struct wanted){
        .choice = choice,
        .quants = &context->catalog->quants,
        .rows = rows,
        .bandwidth_bps = gpus == 0 ? 0 : pool->bandwidth_bps,
        .engine = lf_runtime_speed(context, choice->mix)->id,
        .backend = lf_backend_of(pool->accelerator),
        .gpus = gpus == 0 ? 1 : gpus,
    };
    return true;
}

/* How many times the bits of a weight differ, at least 1; a file of another make is never quite of
 * the mix. */
static double bits_factor(const struct wanted *wanted, const struct lf_benchmark *row)
{
    static const double other_make = 1.001;
    double own = wanted->quants->rows[wanted->choice->mix].nominal_bpw;
    double other = wanted->quants->rows[row->mix].nominal_bpw;
    if (row->mix == wanted->choice->mix) {
        return row->label == NULL ? 1 : other_make;
    }
    return own > 0 && other > 0 ? fmax(own / other, other / own) * other_make : INFINITY;
}

static bool suits(const struct wanted *wanted, const struct lf_benchmark *row)
{
    double listed = (double)row->bandwidth_bps;
    bool is_variant = listed > 0 && wanted->bandwidth_bps > 0 &&
                      fabs((double)wanted->bandwidth_bps / listed - 1) > BANDWIDTH_TOLERANCE;
    return row->shape == wanted->choice->subject->model->shape && row->decode_tps > 0 &&
           row->gpus == wanted->gpus && !row->is_split && !is_variant &&
           strcmp(row->engine, wanted->engine) == 0 && bits_factor(wanted, row) <= BITS_FACTOR_MOST;
}

/* The steps between the depths, in powers of two. */
static double depth_steps(const struct wanted *wanted, const struct lf_benchmark *row)
{
    static const double least_tokens = 512;
    return fabs(log2(((double)row->depth_tokens + least_tokens) /
                     ((double)wanted->choice->depth_tokens + least_tokens)));
}

/* Negative: a comes nearer than b. */
static int compare(const struct wanted *wanted, const struct lf_benchmark *a,
                   const struct lf_benchmark *b)
{
    double keys[][2] = {
        {bits_factor(wanted, a), bits_factor(wanted, b)},
        {strcmp(a->backend, wanted->backend) != 0, strcmp(b->backend, wanted->backend) != 0},
        {a->is_old, b->is_old},
        {a->reliability, b->reliability},
        {depth_steps(wanted, a), depth_steps(wanted, b)},
        {-(double)a->decode_rows, -(double)b->decode_rows},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i][0] < keys[i][1] || keys[i][0] > keys[i][1]) {
            return keys[i][0] < keys[i][1] ? -1 : 1;
        }
    }
    return 0;
}

static const struct lf_benchmark *nearest(const struct wanted *wanted)
{
    const struct lf_benchmark *best = NULL;
    for (size_t i = 0; i < wanted->rows->count; i++) {
        const struct lf_benchmark *row = &wanted->rows->items[i];
        if (suits(wanted, row) && (best == NULL || compare(wanted, row, best) < 0)) {
            best = row;
        }
    }
    return best;
}

static bool is_same_thing(const struct wanted *wanted, const struct lf_benchmark *row)
{
    return row->mix == wanted->choice->mix && row->label == NULL && !row->is_old &&
           strcmp(row->backend, wanted->backend) == 0;
}

/* Whether the estimate is better given up for the row. */
static bool decides(const struct lf_choice *choice, const struct lf_benchmark *row)
{
    enum { ROWS_LEAST = 2 };
    bool is_own = choice->decode.basis != NULL && strcmp(choice->decode.basis, "own") == 0;
    return (choice->placement.mode == LF_MODE_GPU || choice->placement.mode == LF_MODE_UNIFIED) &&
           row->reliability == LF_RELIABILITY_A && row->decode_rows >= ROWS_LEAST && !is_own;
}

static void move_to(double mid, const struct lf_advice_context *context, struct lf_choice *choice)
{
    choice->decode = (struct lf_estimate){.low = mid / LF_SAME_DEVICE_SPREAD,
                                          .mid = mid,
                                          .high = mid * LF_SAME_DEVICE_SPREAD,
                                          .coverage = LF_SAME_DEVICE_COVERAGE,
                                          .basis = "same-device"};
    choice->expectation = lf_expect(choice->subject->model, &choice->subject->form, choice->mix,
                                    &choice->settings, mid, &context->tables);
}

void lf_same_device_settle(const struct lf_advice_context *context, struct lf_choice *choice)
{
    struct wanted wanted;
    struct lf_same_device *found = &choice->same_device;
    *found = (struct lf_same_device){.row = NULL};
    if (choice->decode.mid <= 0 || !want(context, choice, &wanted)) {
        return;
    }
    const struct lf_benchmark *row = nearest(&wanted);
    found->row = row;
    if (row == NULL || !is_same_thing(&wanted, row)) {
        return;
    }
    const uint64_t depths_tokens[] = {choice->depth_tokens, row->depth_tokens};
    struct lf_estimate formula[2];
    lf_decode_at(context, choice, depths_tokens, 2, formula);
    const struct lf_estimate *there = &formula[1];
    found->formula = formula[0];
    found->is_comparable = formula[0].mid > 0 && there->mid > 0;
    found->is_inside = row->decode_tps >= there->low && row->decode_tps <= there->high;
    if (found->is_comparable && decides(choice, row)) {
        move_to(row->decode_tps * formula[0].mid / there->mid, context, choice);
    }
}
