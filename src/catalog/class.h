/* Classes of machines a person can buy, and how several of them are joined (classes.json). */
#ifndef LLMFIT_CATALOG_CLASS_H
#define LLMFIT_CATALOG_CLASS_H

#include "catalog/device.h"

enum { LF_NUMBERS_MOST = 8, LF_CLASS_HOSTS_MOST = 8, LF_STEPS_OF_CLUSTER_MOST = 8 };

struct lf_numbers {
    uint64_t items[LF_NUMBERS_MOST];
    size_t count;
};

/* A computer that cards are put in, with the sizes of RAM it is commonly given. */
struct lf_host {
    const char *id;
    const char *short_name;      /* "PC" */
    const char *name;            /* "a PC" */
    const struct lf_device *ram; /* of cpus.json: the bandwidth */
    struct lf_numbers ram_gib;   /* ascending */
    uint64_t gpus_most;
    const char *source;
    const char *checked;
};

/* Machines of one kind and memory. A card is put in hosts; a unified part comes with its memory; a
 * class without a device is its host alone. */
struct lf_class {
    const char *name;
    const struct lf_device *device; /* stands for the class: its slowest; NULL: no GPU */
    const char *sold_as; /* a machine whose price stands for the class (prices.json); NULL: none */
    struct lf_strings others; /* cards of the class that are no slower, or newer */
    const struct lf_host *hosts[LF_CLASS_HOSTS_MOST];
    size_t host_count;
    struct lf_numbers copies;     /* how many cards are put in, ascending; empty: one */
    struct lf_numbers memory_gib; /* of a unified part, ascending */
    const char *source;
    const char *checked;
};

/* What joins machines. */
struct lf_link {
    const char *id;
    const char *name;
    uint64_t bandwidth_bps; /* bytes/s */
    double latency_us;      /* of a message, one way */
    const char *confidence; /* "high", "medium", "guess" */
    const char *source;
    const char *checked;
};

/* A command of a cluster. {gguf} {hf} {mlx} {context} {nodes} {gpus} {workers} stand for what the
 * answer knows. */
struct lf_cluster_step {
    const char *on;
    struct lf_strings argv;
};

/* Machines of one class joined to run one model. */
struct lf_cluster {
    const struct lf_class *class;
    uint64_t memory_gib; /* of each: RAM, or a unified part's */
    uint64_t copies;     /* GPUs of each */
    const struct lf_link *link;
    const char *runtime; /* "llama.cpp", "exo", "vllm" */
    uint64_t nodes_most;
    const char *note;
    struct lf_cluster_step steps[LF_STEPS_OF_CLUSTER_MOST];
    size_t step_count;
    const char *source;
    const char *checked;
};

struct lf_classes {
    const struct lf_host *hosts;
    size_t host_count;
    const struct lf_class *items;
    size_t count;
    const struct lf_link *links;
    size_t link_count;
    const struct lf_cluster *clusters;
    size_t cluster_count;
};

/* Reads the classes; their devices must be among devices, the hosts' RAM among cpus, by exact
 * name. */
enum lf_status lf_classes_read(const struct lf_json *json, const struct lf_devices *devices,
                               const struct lf_devices *cpus, struct lf_arena *arena,
                               struct lf_classes *classes, struct lf_error *err);

#endif
