#include "rules/estimate.h"

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
    {"network", "one machine with all the GPUs, and a guess of what the network adds"},
    {"copied", "the weights in RAM are copied to the GPU for each 512 tokens of a prompt"},
    {"engine", "measurements of the engine it runs on, not of this program"},
    {"own", "a measurement on this computer"},
    {"same-device", "measurements of this model and quant on this device"},
    {"disk", "memory and disk bandwidth, and what may be found in RAM of what lies on the disk"},
    {"assumed-disk", "the disk's speed is not known: from a hard disk's to an NVMe's"},
    {"own-ratio", "the estimate times what this computer reached of it when it was measured"},
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

struct lf_factors lf_family_factors(const struct lf_runtime *runtime,
                                    const struct lf_accelerator *gpu, enum lf_mix mix)
{
    struct lf_factors factors = {1, 1};
    for (size_t i = 0; gpu->name != NULL && i < runtime->family_count; i++) {
        const struct lf_runtime_family *family = &runtime->families[i];
        bool is_named = false;
        for (size_t n = 0; n < family->names.count; n++) {
            is_named = is_named || strstr(gpu->name, family->names.items[n]) != NULL;
        }
        if (is_named && strcmp(family->backend, lf_backend_of(gpu)) == 0) {
            factors.kappa *= family->mixes[mix] ? family->kappa_factor : 1;
            factors.tflops *= family->tflops_factor;
        }
    }
    return factors;
}

bool lf_mix_is_16_bit(enum lf_mix mix)
{
    return mix == LF_MIX_F16 || mix == LF_MIX_BF16;
}

double lf_part_of_card(const struct lf_accelerator *gpu)
{
    return 1.0 / (double)lf_known_or(gpu->partition_count, 1);
}

size_t lf_gpus_in_use(const struct lf_placement *placement)
{
    size_t gpus = 0;
    for (size_t i = 0; i < placement->share_count; i++) {
        gpus += placement->shares[i].pool->accelerator != NULL;
    }
    return gpus;
}

struct lf_estimate lf_estimate_make(double mid, const struct lf_band *band, const char *basis)
{
    return (struct lf_estimate){
        .low = band == NULL ? mid / 2 : mid * band->low,
        .mid = mid,
        .high = band == NULL ? mid * 2 : mid * band->high,
        .coverage = band == NULL ? 0 : band->coverage,
        .basis = basis,
    };
}

void lf_estimate_assume(struct lf_estimate *estimate, const struct lf_runtime *runtime)
{
    if (estimate->mid > 0) {
        estimate->low *= runtime->assumed_low;
        estimate->high *= runtime->assumed_high;
        estimate->basis = strcmp(estimate->basis, "bandwidth") == 0 ? "engine" : estimate->basis;
    }
}
