#include "rules/speed.h"

#include <math.h>
#include <string.h>

#include "rules/estimate.h"

/* FP16 operations a second that count for prompts: the matrix units', or the shader cores' where
 * half precision is the slower one (Pascal). */
static double prefill_flops(const struct lf_accelerator *gpu, enum lf_mix mix,
                            const struct lf_runtime *runtime)
{
    double tflops = gpu->fp16_tflops > gpu->fp32_tflops ? gpu->fp16_tflops : gpu->fp32_tflops;
    return tflops * lf_part_of_card(gpu) * lf_family_factors(runtime, gpu, mix).tflops * 1e12;
}

/* The weights in RAM that a batch of a prompt needs on the GPU: whole layers, and whole experts,
 * since a batch's tokens are routed to nearly all of them. */
static double bytes_to_copy(const struct lf_placement *placement, const struct lf_load *load)
{
    uint64_t in_ram = placement->layer_count - placement->gpu_layers;
    struct lf_layer_sum layers = lf_load_run(load, 0, in_ram);
    double bytes = (double)layers.always_bytes + (double)layers.expert_bytes;
    if (placement->ram_expert_layers > in_ram) {
        bytes += (double)lf_load_run(load, in_ram, placement->ram_expert_layers).expert_bytes;
    }
    return bytes;
}

/* Seconds for a token of the arithmetic. */
static double compute_seconds(const struct lf_accelerator *gpu, const struct lf_form *form,
                              enum lf_mix mix, const struct lf_runtime_backend *backend,
                              const struct lf_runtime *runtime)
{
    double flops = prefill_flops(gpu, mix, runtime);
    double rate =
        flops * backend->prefill_efficiency * pow(flops / 100e12, -backend->prefill_falloff);
    rate *= form->experts > 0 ? backend->prefill_moe_factor : 1.0;
    rate *= lf_mix_is_16_bit(mix) ? runtime->prefill_16_bit_factor : 1.0;
    return 2.0 * (double)form->params_active / rate;
}

/* Seconds for a batch of what is done once for all its tokens. */
static double batch_seconds(const struct lf_placement *placement, double weight_bytes,
                            double copied_bytes, const struct lf_runtime *runtime)
{
    double bandwidth = (double)placement->shares[0].pool->bandwidth_bps;
    double overhead_us = (double)placement->layer_count * runtime->prefill_layer_us +
                         (double)(lf_gpus_in_use(placement) - 1) * runtime->gpu_hop_us;
    return (weight_bytes - copied_bytes) / (runtime->prefill_bandwidth_efficiency * bandwidth) +
           copied_bytes / runtime->prefill_copy_bps + overhead_us / 1e6;
}

struct lf_estimate lf_prefill_tps(const struct lf_placement *placement, const struct lf_load *load,
                                  const struct lf_form *form, enum lf_mix mix,
                                  const struct lf_runtime *runtime)
{
    enum { BATCH_TOKENS = 512 };
    const struct lf_share *share = &placement->shares[0];
    const struct lf_accelerator *gpu =
        placement->share_count == 0 ? NULL : share->pool->accelerator;
    if (gpu == NULL || !placement->fits || gpu->fp16_tflops <= 0 ||
        share->pool->bandwidth_bps == 0 || placement->stream.streamed_bytes > 0) {
        return (struct lf_estimate){0};
    }
    const struct lf_runtime_backend *backend = lf_runtime_backend_find(runtime, lf_backend_of(gpu));
    bool is_cuda = strcmp(lf_backend_of(gpu), "cuda") == 0;
    bool is_split =
        placement->gpu_layers < placement->layer_count || placement->ram_expert_layers > 0;
    if (backend == NULL || backend->prefill_efficiency <= 0 ||
        (!is_cuda && (is_split || lf_gpus_in_use(placement) > 1))) {
        return (struct lf_estimate){0};
    }
    double copied_bytes = is_split ? bytes_to_copy(placement, load) : 0;
    double seconds =
        compute_seconds(gpu, form, mix, backend, runtime) +
        batch_seconds(placement, (double)lf_load_weight_bytes(load), copied_bytes, runtime) /
            BATCH_TOKENS;
    const char *band = is_cuda && !is_split ? "prefill" : "prefill-poor";
    return lf_estimate_make(1.0 / seconds, lf_band_find(runtime, band),
                            is_split ? "copied" : "bandwidth");
}
