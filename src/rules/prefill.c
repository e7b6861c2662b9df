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

struct lf_estimate lf_prefill_tps(const struct lf_placement *placement, const struct lf_load *load,
                                  const struct lf_form *form, enum lf_mix mix,
                                  const struct lf_runtime *runtime)
{
    enum { PROMPT_TOKENS = 512 };
    const struct lf_share *share = &placement->shares[0];
    const struct lf_accelerator *gpu =
        placement->share_count == 0 ? NULL : share->pool->accelerator;
    bool is_whole = placement->fits && placement->gpu_layers == placement->layer_count &&
                    placement->ram_expert_layers == 0;
    if (gpu == NULL || !is_whole || gpu->fp16_tflops <= 0 || share->pool->bandwidth_bps == 0) {
        return (struct lf_estimate){0};
    }
    const struct lf_runtime_backend *backend = lf_runtime_backend_find(runtime, lf_backend_of(gpu));
    size_t gpus = lf_gpus_in_use(placement);
    bool is_cuda = strcmp(lf_backend_of(gpu), "cuda") == 0;
    if (backend == NULL || backend->prefill_efficiency <= 0 || (gpus > 1 && !is_cuda)) {
        return (struct lf_estimate){0};
    }
    double flops = prefill_flops(gpu, mix, runtime);
    double rate =
        flops * backend->prefill_efficiency * pow(flops / 100e12, -backend->prefill_falloff);
    rate *= form->experts > 0 ? backend->prefill_moe_factor : 1.0;
    rate *= lf_mix_is_16_bit(mix) ? runtime->prefill_16_bit_factor : 1.0;
    double seconds = 2.0 * (double)form->params_active / rate;
    seconds +=
        (double)lf_load_weight_bytes(load) / (runtime->prefill_bandwidth_efficiency *
                                              (double)share->pool->bandwidth_bps * PROMPT_TOKENS);
    double overhead_us = (double)placement->layer_count * runtime->prefill_layer_us +
                         (double)(gpus - 1) * runtime->gpu_hop_us;
    seconds += overhead_us / 1e6 / PROMPT_TOKENS;
    const char *band = is_cuda ? "prefill" : "prefill-poor";
    return lf_estimate_make(1.0 / seconds, lf_band_find(runtime, band), "bandwidth");
}
