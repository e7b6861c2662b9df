/* What must be bought to run a model: the smallest classes of machines that do. */
#ifndef LLMFIT_ADVISE_PLAN_H
#define LLMFIT_ADVISE_PLAN_H

#include "advise/prospect.h"

/* Machines that are alternatives to each other only within their kind. id, words */
#define LF_PLAN_KINDS(X)                         \
    X(ONE_GPU, "gpu", "one GPU")                 \
    X(SEVERAL_GPUS, "gpus", "several GPUs")      \
    X(GPU_AND_RAM, "gpu-and-ram", "GPU and RAM") \
    X(APPLE, "apple", "Apple")                   \
    X(UNIFIED, "unified", "unified memory")      \
    X(CPU, "cpu", "CPU")

enum lf_plan_kind {
#define LF_PLAN_KIND_ENUM(name, id, words) LF_PLAN_##name,
    LF_PLAN_KINDS(LF_PLAN_KIND_ENUM)
#undef LF_PLAN_KIND_ENUM
        LF_PLAN_KIND_COUNT
};

const char *lf_plan_kind_id(enum lf_plan_kind kind);

/* One machine. */
struct lf_plan_row {
    enum lf_plan_kind kind;
    const struct lf_class *class; /* borrowed from the catalog, as host */
    const struct lf_host *host;   /* NULL: the class is a whole machine */
    uint64_t copies;              /* GPUs; 0: none */
    uint64_t memory_bytes;        /* RAM, or unified memory */
    uint64_t gpu_bytes;           /* of all cards */
    uint64_t bandwidth_bps;       /* of a card, else of the memory */
    struct lf_prospect prospect;
    const struct lf_machine_price *price; /* borrowed from the catalog; NULL: not known */
};

/* Several machines that hold together what one does not. The speed is that of one machine with all
 * the GPUs, layer by layer, and what the network adds:
 *
 *     nodes * (latency + token bytes / bandwidth)
 *
 * as the hidden row of a token goes round once. Nothing of this was measured: the interval is the
 * widest there is. */
struct lf_plan_cluster {
    const struct lf_cluster *cluster;
    uint64_t nodes;
    uint64_t token_bytes;          /* sent from node to node for a token: embd F32 values */
    double network_ms;             /* a token's */
    struct lf_prospect prospect;   /* with the network's part */
    struct lf_cluster_step *steps; /* [step_count], filled in; none where a name is not known */
    size_t step_count;
};

/* A finished report; renderers only read it. */
struct lf_plan_report {
    struct lf_arena arena;
    const struct lf_request *request;
    const struct lf_catalog *catalog;
    struct lf_subject subject;
    const char *headline;
    struct lf_plan_row *rows; /* [count], by memory, then bandwidth; at most request->limit */
    size_t count;
    size_t considered;                /* machines that were planned */
    struct lf_plan_cluster *clusters; /* [cluster_count], fewest machines first */
    size_t cluster_count;
};

/* Plans the model on every class of data/classes.json, in every size and number its row lists, and
 * keeps what runs it as the request wishes. Within a kind a larger machine is told only where it
 * serves better: a higher tier, 0.02 of quality, or half as fast again. Datacenter cards are told
 * where no others hold the model. Needs the classes and prices of the catalog, and what lf_fit
 * needs. */
enum lf_status lf_plan(const struct lf_catalog *catalog, const struct lf_request *request,
                       const struct lf_model *model, struct lf_plan_report *report,
                       struct lf_error *err);

void lf_plan_clear(struct lf_plan_report *report);

#endif
