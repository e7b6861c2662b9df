/* Engines: what they load on what hardware, their defaults, the constants of their speed
 * (runtimes.json). */
#ifndef LLMFIT_CATALOG_RUNTIME_H
#define LLMFIT_CATALOG_RUNTIME_H

#include "base/mix.h"
#include "base/json.h"

enum { LF_BACKENDS_MOST = 16, LF_BANDS_MOST = 16, LF_FAMILIES_MOST = 16 };
enum { LF_LOADS_MOST = 4, LF_NEEDS_MOST = 8, LF_DEFAULT_CONTEXTS_MOST = 4 };

/* What some quants ask of the hardware beyond the format's back ends. */
struct lf_quant_need {
    bool mixes[LF_MIX_COUNT];
    struct lf_strings backends;
    double least_compute; /* CUDA compute capability; 0: any */
};

/* Whether a runtime loads the vision and audio part of a model that has one. */
enum lf_projector_use { LF_PROJECTOR_ASKED, LF_PROJECTOR_ALWAYS, LF_PROJECTOR_NEVER };

/* A kind of file that a runtime loads. */
struct lf_runtime_load {
    unsigned format;            /* LF_FORMAT_... */
    const char *engine;         /* id of the runtime whose rules and speed hold */
    struct lf_strings backends; /* where it runs */
    enum lf_projector_use projector;
    struct lf_quant_need needs[LF_NEEDS_MOST];
    size_t need_count;
};

/* The context a runtime gives a model unasked, with so much GPU memory. */
struct lf_default_context {
    uint64_t least_vram_bytes;
    uint64_t tokens;
};

/* One way an engine runs on hardware: "cuda", "rocm", "metal", "cpu" ... */
struct lf_runtime_backend {
    const char *id;
    double efficiency;     /* share of the vendor's peak bandwidth that weights are read at */
    double layer_us;       /* overhead of a layer */
    double moe_layer_us;   /* further overhead of a layer with experts */
    double state_layer_us; /* further overhead of a layer that keeps a state */
    double token_us;       /* overhead of a token */
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
    const char *version; /* the row holds for: "v0.5.0" */
    struct lf_runtime_load loads[LF_LOADS_MOST];
    size_t load_count;
    const char *listed_as; /* among the engines of architectures.json; NULL: it loads them all */
    struct lf_default_context contexts[LF_DEFAULT_CONTEXTS_MOST]; /* none: the model's own */
    size_t context_count;
    double gpu_memory_share; /* 0..1: taken of a GPU at the start; 0: what the model needs */
    bool reads_from_disk;    /* runs what RAM does not hold from the file it maps */
    /* What the interval of the engine underneath is widened by, where this runtime was not measured
     * on its own; 1 elsewhere. */
    double assumed_low;
    double assumed_high;
    /* The rest is 0 where another engine's speed holds. */
    struct lf_runtime_backend backends[LF_BACKENDS_MOST];
    size_t backend_count;
    double kappa_flop_per_weight;
    double kappa_flop_per_weight_f16;
    double moe_efficiency;
    double cpu_moe_efficiency;
    double slow_cpu_factor; /* what a CPU without AVX2 or dot products reaches of others' speed */
    double ram_efficiency;
    double offloaded_expert_efficiency;
    double kv_efficiency;
    double wide_memory_bps; /* memory with more bandwidth than this is read at a smaller share */
    double wide_memory_falloff; /* an exponent */
    double gpu_hop_us;
    double offload_sync_us;
    double prefill_bandwidth_efficiency;
    double prefill_copy_bps; /* weights in RAM reach the GPU at */
    double prefill_layer_us;
    double prefill_16_bit_factor;
    double parallel_efficiency; /* of GPUs that each hold a part of every layer; 0: none do */
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

/* How the runtime loads a mix, or NULL when it does not. */
const struct lf_runtime_load *lf_runtime_load_of(const struct lf_runtime *runtime, enum lf_mix mix);

/* The context the runtime gives a model unasked, tokens; 0: the model's own. */
uint64_t lf_runtime_default_context(const struct lf_runtime *runtime, uint64_t vram_bytes);

#endif
