#include "rules/speed.h"

#include <math.h>
#include <string.h>

#include "rules/estimate.h"

/* Seconds, and what they rest on. */
struct token_time {
    double seconds;
    bool is_known;
    bool assumes_ram;
    bool has_slow_cpu;
    bool lacks_tflops;
    struct lf_speed_terms *terms; /* NULL: not wanted */
};

static void spend(struct token_time *time, const char *pool, const char *what, double amount,
                  double rate)
{
    time->seconds += amount / rate;
    if (time->terms != NULL && amount > 0) {
        time->terms->items[time->terms->count++] =
            (struct lf_speed_term){pool, what, amount, rate, amount / rate};
    }
}

/* Adds the time the shader cores take for a token's weights.
 *
 *     active * kappa / FP32 */
static void add_arithmetic(struct token_time *time, const struct lf_accelerator *gpu, double active,
                           enum lf_mix mix, const struct lf_runtime *runtime)
{
    struct lf_factors factors = lf_family_factors(runtime, gpu, mix);
    double kappa =
        lf_mix_is_16_bit(mix) ? runtime->kappa_flop_per_weight_f16 : runtime->kappa_flop_per_weight;
    spend(time, gpu->id, "arithmetic", active * kappa * factors.kappa,
          gpu->fp32_tflops * lf_part_of_card(gpu) * factors.tflops * 1e12);
}

/* The part of a token's active weights that lies on this pool. */
static double active_params(const struct lf_placement *placement, const struct lf_share *share,
                            const struct lf_form *form)
{
    double all = 0;
    for (size_t i = 0; i < placement->share_count; i++) {
        all += (double)placement->shares[i].always_read_bytes +
               (double)placement->shares[i].experts_read_bytes;
    }
    double here = (double)share->always_read_bytes + (double)share->experts_read_bytes;
    return all > 0 ? (double)form->params_active * here / all : 0;
}

/* What a single stream of matrix by vector makes of a GPU's peak: it has too few bytes under way to
 * fill the widest memory. */
static double streamed_bps(double bandwidth_bps, const struct lf_runtime *runtime)
{
    double wider = bandwidth_bps / runtime->wide_memory_bps;
    return wider > 1 ? bandwidth_bps * pow(wider, -runtime->wide_memory_falloff) : bandwidth_bps;
}

static void add_gpu(struct token_time *time, const struct lf_placement *placement,
                    const struct lf_share *share, const struct lf_form *form, enum lf_mix mix,
                    const struct lf_runtime *runtime)
{
    const struct lf_accelerator *gpu = share->pool->accelerator;
    const struct lf_runtime_backend *backend = lf_runtime_backend_find(runtime, lf_backend_of(gpu));
    uint64_t bandwidth_bps = share->pool->bandwidth_bps;
    if (bandwidth_bps == 0 && gpu->memory_kind == LF_MEMORY_UNIFIED) {
        bandwidth_bps = LF_ASSUMED_RAM_BPS;
        time->assumes_ram = true;
    }
    if (bandwidth_bps == 0 || backend == NULL) {
        time->is_known = false;
        return;
    }
    double bandwidth = (double)bandwidth_bps;
    double weights =
        streamed_bps(bandwidth, runtime) * backend->efficiency * runtime->quant_efficiency[mix];
    spend(time, gpu->id, "weights", (double)share->always_read_bytes, weights);
    spend(time, gpu->id, "experts", (double)share->experts_read_bytes,
          weights * runtime->moe_efficiency);
    spend(time, gpu->id, "cache", (double)share->kv_read_bytes, bandwidth * runtime->kv_efficiency);
    if (gpu->fp32_tflops > 0) {
        add_arithmetic(time, gpu, active_params(placement, share, form), mix, runtime);
    } else {
        time->lacks_tflops = true;
    }
}

static void add_ram(struct token_time *time, const struct lf_share *share, bool is_alone,
                    enum lf_mix mix, const struct lf_runtime *runtime)
{
    const struct lf_runtime_backend *cpu = lf_runtime_backend_find(runtime, "cpu");
    if (share->always_read_bytes + share->experts_read_bytes == 0) {
        return;
    }
    uint64_t bandwidth_bps = share->pool->bandwidth_bps;
    time->assumes_ram = time->assumes_ram || bandwidth_bps == 0;
    time->has_slow_cpu = share->pool->has_slow_cpu;
    double bandwidth = (double)(bandwidth_bps == 0 ? LF_ASSUMED_RAM_BPS : bandwidth_bps);
    double computed = bandwidth * (share->pool->has_slow_cpu ? runtime->slow_cpu_factor : 1);
    double weights = computed * runtime->ram_efficiency;
    double experts = weights * runtime->offloaded_expert_efficiency;
    if (is_alone) {
        double efficiency = cpu == NULL ? runtime->ram_efficiency : cpu->efficiency;
        weights = computed * efficiency * runtime->quant_efficiency[mix];
        experts = weights * runtime->cpu_moe_efficiency;
    }
    spend(time, share->pool->id, "weights", (double)share->always_read_bytes, weights);
    spend(time, share->pool->id, "experts", (double)share->experts_read_bytes, experts);
    spend(time, share->pool->id, "cache", (double)share->kv_read_bytes,
          bandwidth * runtime->kv_efficiency);
}

static void add_overheads(struct token_time *time, const struct lf_placement *placement,
                          const struct lf_form *form, const struct lf_runtime *runtime)
{
    const struct lf_share *first = &placement->shares[0];
    const struct lf_runtime_backend *backend =
        lf_runtime_backend_find(runtime, lf_backend_of(first->pool->accelerator));
    size_t gpus = lf_gpus_in_use(placement);
    uint64_t layers_in_ram = placement->layer_count - placement->gpu_layers;
    if (gpus > 0) {
        layers_in_ram += placement->ram_expert_layers;
    } else {
        layers_in_ram = 0;
    }
    double us = (double)layers_in_ram * runtime->offload_sync_us;
    if (gpus > 1 && runtime->parallel_efficiency <= 0) {
        us += (double)(gpus - 1) * runtime->gpu_hop_us;
    }
    if (backend != NULL) {
        double layer_us = backend->layer_us + (form->experts > 0 ? backend->moe_layer_us : 0);
        us += backend->token_us + (double)placement->layer_count * layer_us +
              (double)form->state_layers * backend->state_layer_us;
    }
    spend(time, NULL, "overheads", us, 1e6);
}

/* What an interval's width depends on. */
struct circumstances {
    const char *backend; /* of the GPUs; "cpu" without */
    bool is_poor;        /* some figure is assumed or missing, or hardly measured */
    bool is_split;       /* between a GPU and RAM */
    bool is_multi;
    bool is_moe;
};

enum answer { ANY, NO, YES };

/* The first row that fits decides. */
static const struct {
    const char *band;
    const char *backend; /* NULL: any */
    enum answer poor;
    enum answer split;
    enum answer multi;
    enum answer moe;
} band_rows[] = {
    {.band = "poor", .poor = YES},
    {.band = "poor", .backend = "vulkan-intel"},
    {.band = "cpu", .backend = "cpu"},
    {.band = "partial", .split = YES},
    {.band = "amd", .backend = "rocm"},
    {.band = "apple", .backend = "metal"},
    {.band = "multi-gpu", .multi = YES},
    {.band = "cuda-moe", .moe = YES},
    {.band = "cuda-dense"},
};

static bool answers(enum answer wanted, bool is)
{
    return wanted == ANY || (wanted == YES) == is;
}

static const char *band_of(const struct circumstances *is)
{
    for (size_t i = 0; i < sizeof band_rows / sizeof band_rows[0]; i++) {
        bool fits = band_rows[i].backend == NULL || strcmp(band_rows[i].backend, is->backend) == 0;
        if (fits && answers(band_rows[i].poor, is->is_poor) &&
            answers(band_rows[i].split, is->is_split) &&
            answers(band_rows[i].multi, is->is_multi) && answers(band_rows[i].moe, is->is_moe)) {
            return band_rows[i].band;
        }
    }
    return "poor";
}

/* GPUs that each hold a part of every layer do not take turns: all that was added takes as much
 * less time. */
static void work_at_once(struct token_time *time, double times)
{
    time->seconds /= times;
    for (size_t i = 0; time->terms != NULL && i < time->terms->count; i++) {
        time->terms->items[i].rate *= times;
        time->terms->items[i].seconds /= times;
    }
}

/* The same model when it reads a part of its weights from the disk. */
static struct lf_estimate with_disk(struct lf_estimate memory, const struct lf_stream *stream)
{
    const struct lf_disk_reading *disk = stream->disk;
    return (struct lf_estimate){
        .low = lf_stream_tps(memory.low, stream->most_read_bytes, disk->low_bps),
        .mid = lf_stream_tps(memory.mid, stream->mid_read_bytes, disk->mid_bps),
        .high = lf_stream_tps(memory.high, stream->least_read_bytes, disk->high_bps),
        .basis = disk->is_assumed ? "assumed-disk" : "disk",
    };
}

struct lf_estimate lf_decode_tps(const struct lf_placement *placement, const struct lf_form *form,
                                 enum lf_mix mix, const struct lf_runtime *runtime)
{
    return lf_decode_explain(placement, form, mix, runtime, NULL);
}

struct lf_estimate lf_decode_explain(const struct lf_placement *placement,
                                     const struct lf_form *form, enum lf_mix mix,
                                     const struct lf_runtime *runtime, struct lf_speed_terms *terms)
{
    struct token_time time = {.is_known = true, .terms = terms};
    bool is_alone = placement->share_count == 1;
    for (size_t i = 0; i < placement->share_count; i++) {
        const struct lf_share *share = &placement->shares[i];
        if (share->pool->accelerator == NULL) {
            add_ram(&time, share, is_alone, mix, runtime);
        } else {
            add_gpu(&time, placement, share, form, mix, runtime);
        }
    }
    if (!time.is_known || placement->share_count == 0) {
        return (struct lf_estimate){0};
    }
    if (lf_gpus_in_use(placement) > 1 && runtime->parallel_efficiency > 0) {
        work_at_once(&time, (double)lf_gpus_in_use(placement) * runtime->parallel_efficiency);
    }
    add_overheads(&time, placement, form, runtime);
    const struct circumstances is = {
        .backend = lf_backend_of(placement->shares[0].pool->accelerator),
        .is_poor = time.assumes_ram || time.lacks_tflops || time.has_slow_cpu,
        .is_split =
            placement->gpu_layers < placement->layer_count || placement->ram_expert_layers > 0,
        .is_multi = lf_gpus_in_use(placement) > 1,
        .is_moe = form->experts > 0,
    };
    const char *basis = time.assumes_ram    ? "assumed-ram"
                        : time.lacks_tflops ? "no-tflops"
                                            : "bandwidth";
    struct lf_estimate memory =
        lf_estimate_make(1.0 / time.seconds, lf_band_find(runtime, band_of(&is)), basis);
    const struct lf_stream *stream = &placement->stream;
    if (stream->streamed_bytes == 0) {
        return memory;
    }
    if (stream->disk->mid_bps > 0) {
        spend(&time, "disk", "weights", stream->mid_read_bytes, stream->disk->mid_bps);
    }
    return with_disk(memory, stream);
}
