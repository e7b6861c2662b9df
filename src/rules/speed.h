/* How fast a placed model generates and reads, as an interval.
 *
 * Generating is bound by memory: each token reads the weights that are always used, the experts
 * routed to, and the cache so far. */
#ifndef LLMFIT_RULES_SPEED_H
#define LLMFIT_RULES_SPEED_H

#include "catalog/runtime.h"
#include "rules/placement.h"

/* An estimate is an interval, or not known (mid 0). */
struct lf_estimate {
    double low;
    double mid;
    double high;
    double coverage;   /* 0..1: share of cases the interval aims to hold */
    const char *basis; /* code of what it rests on; see lf_speed_basis_words */
};

/* Assumed where a machine's RAM bandwidth is not known: two channels of DDR4-3200, which most
 * desktops and laptops since 2017 have at least. Estimates that rest on it carry the widest band
 * and say so. */
#define LF_ASSUMED_RAM_BPS UINT64_C(51200000000)

/* The tokens already in the cache when a speed is quoted, if the context holds as many. */
enum { LF_DEPTH_TOKENS = 4096 };

/* Seconds a token takes, summed over the pools:
 *
 *     GPU    always / (BW e q) + experts / (BW e q m) + kv / (BW kv_e) + active * kappa / FP32
 *     RAM    always / (RAM r) + experts / (RAM r mo), and CPU-only: / (RAM e q [m])
 *     plus   token_us + layers * (layer_us [+ moe_layer_us]) + layers with a state * state_layer_us
 *            + (GPUs - 1) * gpu_hop_us + layers in RAM * offload_sync_us
 *
 * with the constants of the runtime's back end; BW and RAM are vendor peaks in bytes/s. Weights are
 * streamed from memory wider than wide_memory_bps at BW (wide_memory_bps / BW)^falloff. A CPU
 * without AVX2 or dot products reaches slow_cpu_factor of RAM. A family of devices (Pascal, Apple's
 * M1 and M2, laptop GPUs) may change kappa and the listed FP32. GPUs that each hold a part of every
 * layer work at once, at the runtime's parallel efficiency.
 *
 * What is read from the disk adds its time (rules/stream.h): the interval then runs from the least
 * of both to the most, and no coverage is claimed for it.
 *
 * form, mix   of the model; types by form's order are already in the load
 * returns     tokens/s; unknown when a GPU's bandwidth is not known. The interval's class is a row
 *             of a table in speed.c, its width a row of data/runtimes.json
 * error       on instrumented rows of devices not seen in fitting: median 8 %, 90 % within 25 %;
 *             one NVIDIA card and dense models 4 %, several cards 4 %, Apple 8 %, CPUs 9 %, known
 *             splits 12 %, AMD 21 %. The intervals hold 81 to 89 % of groups of five devices or
 * more; made without the device's own errors, 69 to 83 %, AMD 59 % (tests/accuracy/speed.py) source
 * data/runtimes.json */
struct lf_estimate lf_decode_tps(const struct lf_placement *placement, const struct lf_form *form,
                                 enum lf_mix mix, const struct lf_runtime *runtime);

/* A part of the time a token takes: amount / rate. */
struct lf_speed_term {
    const char *pool; /* an accelerator's id, "ram", "disk"; NULL: overheads */
    const char *what; /* "weights", "experts", "cache", "arithmetic", "overheads" */
    double amount;    /* bytes, operations; microseconds of overheads */
    double rate;      /* in a second */
    double seconds;
};

enum { LF_SPEED_TERMS_MOST = 4 * (LF_ACCELERATORS_MOST + 1) + 2 };

struct lf_speed_terms {
    struct lf_speed_term items[LF_SPEED_TERMS_MOST];
    size_t count;
};

/* The same, and the terms the time of a token (1 / mid) is the sum of; NULL: not wanted. */
struct lf_estimate lf_decode_explain(const struct lf_placement *placement,
                                     const struct lf_form *form, enum lf_mix mix,
                                     const struct lf_runtime *runtime,
                                     struct lf_speed_terms *terms);

/* Tokens of a prompt read in a second, for prompts of 512 tokens, on one GPU or several NVIDIA
 * ones; with an NVIDIA GPU also where layers or experts are in RAM, whose weights llama.cpp copies
 * to the GPU for each batch. Unknown otherwise, where weights are left on the disk, and where the
 * device's FP16 TFLOPS are not known.
 *
 *     1/t = 2 active / (FP16 pe (FP16 / 100)^-falloff moe f16)
 *           + (on GPUs / (BW bw_e) + in RAM / copy_bps
 *              + layers * prefill_layer_us + (GPUs - 1) * gpu_hop_us) / 512
 *
 * FP16 is the FP32 rate where that is the higher one.
 *
 * error   on devices not seen in fitting, prompts of up to 1,024 tokens: median 11 % on one NVIDIA
 *         card, 19 % on several, 28 % on Apple; 88 % of all lie within a factor of 1.6. Weights in
 *         RAM were measured on one laptop alone
 * source  data/runtimes.json, tests/accuracy/speed.py */
struct lf_estimate lf_prefill_tps(const struct lf_placement *placement, const struct lf_load *load,
                                  const struct lf_form *form, enum lf_mix mix,
                                  const struct lf_runtime *runtime);

/* Widens an estimate made for the engine that a runtime runs, where the runtime itself was not
 * measured, and says so; an unknown one stays unknown. */
void lf_estimate_assume(struct lf_estimate *estimate, const struct lf_runtime *runtime);

/* The runtime back end that drives a vendor's GPUs; "cpu" for NULL. */
const char *lf_backend_of(const struct lf_accelerator *accelerator);

/* What an estimate rests on, for people: "listed bandwidth", ... */
const char *lf_speed_basis_words(const char *basis);

#endif
