/* Engines and the constants of their speed (runtimes.json). */
#ifndef LLMFIT_CATALOG_RUNTIME_H
#define LLMFIT_CATALOG_RUNTIME_H

#include "base/ggml.h"
#include "base/json.h"

enum { LF_BACKENDS_MOST = 16, LF_BANDS_MOST = 16, LF_FAMILIES_MOST = 16 };

/* One way an engine runs on hardware: "cuda", "rocm", "metal", "cpu" ... */
struct lf_runtime_backend {
    const char *id;
    double efficiency;   /* share of the vendor's peak bandwidth that weights are read at */
    double layer_us;     /* overhead of a layer */
    double moe_layer_us; /* further overhead of a layer with experts */
    double token_us;     /* overhead of a token */
    /* Of reading a prompt: the share of the FP16 peak reached at 100 TFLOPS, how it falls off with
     * the peak (an exponent), and what an MoE reaches of it; efficiency 0: not known. */
    double prefill_efficiency;
    double prefill_falloff;
    double prefill_moe_factor;
};

/* Devices that differ from their back end's others, told by a part of their name. */
struct lf_runtime_family {
    const char *backend;
    struct lf_strings names;
    bool mixes[LF_MIX_COUNT]; /* those the kappa factor holds for */
    double kappa_factor;      /* times kappa */
    double tflops_factor;     /* times the listed TFLOPS */
};

/* How far the truth may lie from an estimate, as factors. */
struct lf_band {
    const char *when; /* "cuda-dense", "partial", "poor" ...: the rows of rules/speed.c */
    double low;
    double high;
    double coverage; /* 0..1: share of cases the interval aims to hold */
};

struct lf_runtime {
    const char *id;
    const char *name;
    const char *engine; /* with its version: "llama.cpp v0.5.0" */
    struct lf_runtime_backend backends[LF_BACKENDS_MOST];
    size_t backend_count;
    double kappa_flop_per_weight;
    double kappa_flop_per_weight_f16;
    double moe_efficiency;
    double cpu_moe_efficiency;
    double ram_efficiency;
    double offloaded_expert_efficiency;
    double kv_efficiency;
    double gpu_hop_us;
    double offload_sync_us;
    double prefill_bandwidth_efficiency;
    double prefill_layer_us;
    double prefill_16_bit_factor;
    double quant_efficiency[LF_MIX_COUNT]; /* 1 where not listed */
    struct lf_runtime_family families[LF_FAMILIES_MOST];
    size_t family_count;
    struct lf_band bands[LF_BANDS_MOST];
    size_t band_count;
};

struct lf_runtimes {
    const struct lf_runtime *items;
    size_t count;
};

enum lf_status lf_runtimes_read(const struct lf_json *json, struct lf_arena *arena,
                                struct lf_runtimes *runtimes, struct lf_error *err);

const struct lf_runtime *lf_runtime_find(const struct lf_runtimes *runtimes, const char *id);
const struct lf_runtime_backend *lf_runtime_backend_find(const struct lf_runtime *runtime,
                                                         const char *id);
const struct lf_band *lf_band_find(const struct lf_runtime *runtime, const char *when);

#endif
