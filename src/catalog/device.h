/* GPUs, Apple chips and CPU platforms as their makers and measurers list them (devices.json). */
#ifndef LLMFIT_CATALOG_DEVICE_H
#define LLMFIT_CATALOG_DEVICE_H

#include "base/json.h"

/* Zero figures and NULL texts are not known. */
struct lf_device {
    const char *vendor;
    const char *name;
    const char *driver_name;   /* what the driver or the OS prints */
    struct lf_strings aliases; /* what people call it: "DGX Spark 128 GB" */
    const char *kind;          /* "desktop", "laptop", "server", "apple", "cpu" ... */
    const char *arch;
    const char *released;
    struct lf_strings pci;       /* "10de:2684" */
    struct lf_strings amd_rev;   /* "744c:c8": device and revision */
    struct lf_strings cpu_match; /* CPU names of a platform, see lf_device_find_cpu */
    uint64_t memory_bytes;       /* 0: shares the system's, or not known */
    bool is_unified;
    uint64_t bandwidth_bps;
    double fp16_tflops;
    double fp32_tflops;
    const char *compute;
    uint64_t gpu_cores;
    const char *confidence;
    const char *source;
    const char *checked;
};

struct lf_devices {
    const struct lf_device *items;
    size_t count;
};

enum lf_status lf_devices_read(const struct lf_json *json, struct lf_arena *arena,
                               struct lf_devices *devices, struct lf_error *err);

/* What is known of a part that is looked for; NULL and 0 where nothing is. */
struct lf_device_query {
    const char *vendor;       /* "NVIDIA", "AMD", "Intel", "Apple"; case does not matter */
    const char *name;         /* as a driver, an OS or a person says it */
    const char *pci_id;       /* "10de:2684" */
    const char *pci_revision; /* "c8"; AMD's names depend on it */
    uint64_t memory_bytes;
    uint64_t gpu_cores;
};

/* The row that answers: by PCI id first (several rows of one id are told apart by AMD's revision,
 * by memory, then by name), then by name. Names match as whole words within a vendor, never as
 * substrings: "M40" is not "M4", "RTX 4070 Laptop GPU" is not "RTX 4070"; words that say nothing
 * ("NVIDIA", "GeForce", "(R)", "Graphics") do not count, and a series may be left out ("4090"). A
 * row's own name goes before what its driver prints, and that before its aliases; a bare number
 * behind a name is its memory ("M4 Max 64") where the name means nothing else. Rows that agree in
 * everything but memory or GPU cores are told apart by those; else, by name, the one released first
 * answers (a plain "RTX 3060" has 12 GB), and by id the one with the smallest bandwidth. NULL when
 * none does, or when a size in the name ("GTX 1060 3GB") is that of no row. */
const struct lf_device *lf_device_find(const struct lf_devices *devices,
                                       const struct lf_device_query *query);

/* Bytes of the RAM a unified part shares: as the name says by which it was found ("M4 Max 64GB"),
 * else as one of its own names does (a "DGX Spark" has 128 GB); 0: none says. */
uint64_t lf_device_pool_bytes(const struct lf_device *device, const char *name);

/* The CPU platform a CPU's name belongs to ("AMD Ryzen 9 7950X 16-Core Processor"), or NULL where
 * the name does not decide it: a Core i7-12700 takes DDR4 or DDR5. Names are matched by the rows'
 * cpu_match: its words must stand in the name one after the other; '#' is a digit, '*' the rest of
 * a word, and what a name has in parentheses does not count. An Apple chip answers when all its
 * variants share one bandwidth. */
const struct lf_device *lf_device_find_cpu(const struct lf_devices *devices, const char *cpu_name);

enum { LF_NEAREST_DEVICES_MOST = 3 };

/* The rows whose names are nearest, best first; returns how many. */
size_t lf_device_nearest(const struct lf_devices *devices, const char *name,
                         const struct lf_device *nearest[LF_NEAREST_DEVICES_MOST]);

#endif
