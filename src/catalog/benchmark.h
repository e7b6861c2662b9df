/* Published speeds (benchmarks.json): medians by device, model and quant. */
#ifndef LLMFIT_CATALOG_BENCHMARK_H
#define LLMFIT_CATALOG_BENCHMARK_H

#include "base/json.h"
#include "base/mix.h"
#include "catalog/device.h"
#include "catalog/model.h"

/* How far a row can be trusted. */
enum lf_reliability {
    LF_RELIABILITY_A, /* an instrumented benchmark */
    LF_RELIABILITY_B, /* a community's benchmark of chats */
    LF_RELIABILITY_C, /* a leaderboard; some of its facts are inferred */
    LF_RELIABILITY_COUNT
};

/* Zero speeds are not known. */
struct lf_benchmark {
    const char *device;     /* of devices.json, or a CPU as its system names it */
    uint64_t bandwidth_bps; /* of the device, as devices.json lists it; 0: a CPU */
    const char *engine;     /* of runtimes.json */
    const char *backend;    /* "cuda", "rocm", "vulkan-amd" ... */
    bool is_old;            /* by an engine of 2024 or before, slower than today's */
    enum lf_reliability reliability;
    const char *model;            /* its id */
    const struct lf_shape *shape; /* of the model; NULL: not in the catalog */
    enum lf_mix mix;              /* the nearest, where `label` names another */
    const char *label;            /* the file's own quant ("Q4_K_XL"); NULL: the mix is it */
    uint64_t gpus;                /* working together; of a CPU 1 */
    bool is_split;                /* some layers, or their experts, in RAM */
    uint64_t depth_tokens;
    double decode_tps;
    uint64_t decode_rows; /* measurements that the median is of */
    double prefill_tps;
    uint64_t prefill_rows;
    uint64_t prompt_tokens; /* length of the prompts */
    const char *source;
    const char *checked;
};

/* The rows of a device stand together. */
struct lf_benchmarks {
    struct lf_benchmark *items; /* [count] */
    size_t count;
};

enum lf_status lf_benchmarks_read(const struct lf_json *json, const struct lf_models *models,
                                  struct lf_arena *arena, struct lf_benchmarks *benchmarks,
                                  struct lf_error *err);

/* The rows of the device that is meant: a GPU as lf_device_find finds it, a CPU (part->vendor NULL)
 * where the device's words stand whole in its name, of which what is in parentheses does not count.
 * Empty where there are none; borrowed. */
struct lf_benchmarks lf_benchmarks_of(const struct lf_benchmarks *benchmarks,
                                      const struct lf_device_query *part);

#endif
