#include "rules/speed.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *vendor;
    const char *backend;
} vendor_backends[] = {
    {"NVIDIA", "cuda"},
    {"AMD", "rocm"},
    {"Apple", "metal"},
    {"Intel", "vulkan-intel"},
};

const char *lf_backend_of(const struct lf_accelerator *accelerator)
{
    if (accelerator == NULL) {
        return "cpu";
    }
    for (size_t i = 0; i < sizeof vendor_backends / sizeof vendor_backends[0]; i++) {
        if (accelerator->vendor != NULL &&
            strcmp(accelerator->vendor, vendor_backends[i].vendor) == 0) {
            return vendor_backends[i].backend;
        }
    }
    return "vulkan-intel";
}

static const struct {
    const char *code;
    const char *words;
} bases[] = {
    {"bandwidth", "memory bandwidth and the engine's fitted overheads"},
    {"assumed-ram", "RAM bandwidth is not known: two channels of DDR4-3200 assumed"},
    {"no-tflops", "memory bandwidth; the GPU's FP32 rate is not known"},
};

const char *lf_speed_basis_words(const char *basis)
{
    for (size_t i = 0; basis != NULL && i < sizeof bases / sizeof bases[0]; i++) {
        if (strcmp(basis, bases[i].code) == 0) {
            return bases[i].words;
        }
    }
    return NULL;
}

/* Seconds, and what they rest on. */
struct token_time {
    double seconds;
    bool is_known;
    bool assumes_ram;
    bool lacks_tflops;
};

static double kappa(enum lf_mix mix, const struct lf_runtime *runtime)
{
    bool is_16_bit = mix == LF_MIX_F16 || mix == LF_MIX_BF16;
    return is_16_bit ? runtime->kappa_flop_per_weight_f16 : runtime->kappa_flop_per_weight;
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
    double weights = bandwidth * backend->efficiency * runtime->quant_efficiency[mix];
    time->seconds += (double)share->always_read_bytes / weights;
    time->seconds += (double)share->experts_read_bytes / (weights * runtime->moe_efficiency);
    time->seconds += (double)share->kv_read_bytes / (bandwidth * runtime->kv_efficiency);
    if (gpu->fp32_tflops > 0) {
        time->seconds +=
            active_params(placement, share, form) * kappa(mix, runtime) / (gpu->fp32_tflops * 1e12);
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
    double bandwidth = (double)(bandwidth_bps == 0 ? LF_ASSUMED_RAM_BPS : bandwidth_bps);
    double weights = bandwidth * runtime->ram_efficiency;
    double experts = weights * runtime->offloaded_expert_efficiency;
    if (is_alone) {
        double efficiency = cpu == NULL ? runtime->ram_efficiency : cpu->efficiency;
        weights = bandwidth * efficiency * runtime->quant_efficiency[mix];
        experts = weights * runtime->cpu_moe_efficiency;
    }
    time->seconds += (double)share->always_read_bytes / weights;
    time->seconds += (double)share->experts_read_bytes / experts;
    time->seconds += (double)share->kv_read_bytes / (bandwidth * runtime->kv_efficiency);
}

static void add_overheads(struct token_time *time, const struct lf_placement *placement,
                          const struct lf_form *form, const struct lf_runtime *runtime)
{
    const struct lf_share *first = &placement->shares[0];
    const struct lf_runtime_backend *backend =
        lf_runtime_backend_find(runtime, lf_backend_of(first->pool->accelerator));
    uint64_t gpus = 0;
    for (size_t i = 0; i < placement->share_count; i++) {
        gpus += placement->shares[i].pool->accelerator != NULL;
    }
    uint64_t layers_in_ram = placement->layer_count - placement->gpu_layers;
    if (gpus > 0) {
        layers_in_ram += placement->ram_expert_layers;
    } else {
        layers_in_ram = 0;
    }
    double us = (double)layers_in_ram * runtime->offload_sync_us;
    us += gpus > 1 ? (double)(gpus - 1) * runtime->gpu_hop_us : 0;
    if (backend != NULL) {
        double layer_us = backend->layer_us + (form->experts > 0 ? backend->moe_layer_us : 0);
        us += backend->token_us + (double)placement->layer_count * layer_us;
    }
    time->seconds += us / 1e6;
}

static struct lf_estimate widen(double mid, const struct lf_band *band, const char *basis)
{
    return (struct lf_estimate){
        .low = band == NULL ? mid / 2 : mid * band->low,
        .mid = mid,
        .high = band == NULL ? mid * 2 : mid * band->high,
        .coverage = band == NULL ? 0 : band->coverage,
        .basis = basis,
    };
}

struct lf_estimate lf_decode_tps(const struct lf_placement *placement, const struct lf_form *form,
                                 enum lf_mix mix, const struct lf_runtime *runtime)
{
    struct token_time time = {.is_known = true};
    bool is_alone = placement->share_count == 1;
    bool is_cuda = false;
    bool is_weak = false;
    for (size_t i = 0; i < placement->share_count; i++) {
        const struct lf_share *share = &placement->shares[i];
        if (share->pool->accelerator == NULL) {
            add_ram(&time, share, is_alone, mix, runtime);
            continue;
        }
        const char *backend = lf_backend_of(share->pool->accelerator);
        add_gpu(&time, placement, share, form, mix, runtime);
        is_cuda = strcmp(backend, "cuda") == 0;
        is_weak = strcmp(backend, "vulkan-intel") == 0;
    }
    if (!time.is_known || placement->share_count == 0) {
        return (struct lf_estimate){0};
    }
    add_overheads(&time, placement, form, runtime);
    bool is_whole =
        placement->gpu_layers == placement->layer_count && placement->ram_expert_layers == 0;
    bool is_poor = time.assumes_ram || time.lacks_tflops || is_weak;
    const char *band = is_poor                                     ? "poor"
                       : is_cuda && is_whole && form->experts == 0 ? "cuda-dense"
                                                                   : "other";
    const char *basis = time.assumes_ram    ? "assumed-ram"
                        : time.lacks_tflops ? "no-tflops"
                                            : "bandwidth";
    return widen(1.0 / time.seconds, lf_band_find(runtime, band), basis);
}

/* Share of the FP16 peak that prompts reach, and how experts change it.
 * source  fitted to 875 published measurements on 42 devices */
static const struct {
    const char *backend;
    double efficiency;
    double moe;
} prefill_rows[] = {
    {"cuda", 0.67, 0.93},
    {"metal", 0.28, 1.18},
    {"rocm", 0.24, 0.40},
};

struct lf_estimate lf_prefill_tps(const struct lf_placement *placement, const struct lf_load *load,
                                  const struct lf_form *form, enum lf_mix mix)
{
    static const struct lf_band band = {"prefill", 1 / 1.6, 1.6, 0.7};
    enum { PROMPT_TOKENS = 512 };
    const struct lf_share *share = &placement->shares[0];
    const struct lf_accelerator *gpu =
        placement->share_count == 0 ? NULL : share->pool->accelerator;
    bool is_whole =
        (placement->mode == LF_MODE_GPU || placement->mode == LF_MODE_UNIFIED) && placement->fits;
    if (gpu == NULL || !is_whole || gpu->fp16_tflops <= 0 || share->pool->bandwidth_bps == 0) {
        return (struct lf_estimate){0};
    }
    for (size_t i = 0; i < sizeof prefill_rows / sizeof prefill_rows[0]; i++) {
        if (strcmp(prefill_rows[i].backend, lf_backend_of(gpu)) != 0) {
            continue;
        }
        double rate = gpu->fp16_tflops * 1e12 * prefill_rows[i].efficiency *
                      pow(gpu->fp16_tflops / 100.0, -0.45);
        rate *= form->experts > 0 ? prefill_rows[i].moe : 1.0;
        rate *= mix == LF_MIX_F16 || mix == LF_MIX_BF16 ? 1.48 : 1.0;
        double seconds = 2.0 * (double)form->params_active / rate;
        seconds += (double)lf_load_weight_bytes(load) /
                   (0.8 * (double)share->pool->bandwidth_bps * PROMPT_TOKENS);
        seconds += (double)placement->layer_count * 200e-6 / PROMPT_TOKENS;
        return widen(1.0 / seconds, &band, "bandwidth");
    }
    return (struct lf_estimate){0};
}
