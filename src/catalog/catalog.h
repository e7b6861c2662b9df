/* The catalog: the files of data/, built into the program or taken from a folder, each read when it
 * is first needed. It owns all its text and outlives everything that borrows from it. */
#ifndef LLMFIT_CATALOG_CATALOG_H
#define LLMFIT_CATALOG_CATALOG_H

#include "catalog/benchmark.h"
#include "catalog/class.h"
#include "catalog/device.h"
#include "catalog/disk.h"
#include "catalog/listed.h"
#include "catalog/model.h"
#include "catalog/price.h"
#include "catalog/quality.h"
#include "catalog/quant.h"
#include "catalog/runtime.h"
#include "catalog/tier.h"

/* Parts of the catalog; a command asks for those it needs. */
enum lf_catalog_part {
    LF_CATALOG_MODELS = 1 << 0, /* models/ and architectures.json */
    LF_CATALOG_DEVICES = 1 << 1,
    LF_CATALOG_QUALITY = 1 << 2,
    LF_CATALOG_QUANTS = 1 << 3,
    LF_CATALOG_TIERS = 1 << 4,
    LF_CATALOG_RUNTIMES = 1 << 5,
    LF_CATALOG_CPUS = 1 << 6, /* apart from the GPUs: most machines need one of the two */
    LF_CATALOG_MACHINES = 1 << 7,
    LF_CATALOG_CLASSES = 1 << 8, /* with the devices and the CPUs they name */
    LF_CATALOG_PRICES = 1 << 9,
    LF_CATALOG_BENCHMARKS = 1 << 10, /* with the models they are of */
    LF_CATALOG_DISKS = 1 << 11,
    LF_CATALOG_ALL = 0xFFFF,
    /* What a machine is completed from. */
    LF_CATALOG_HARDWARE = LF_CATALOG_DEVICES | LF_CATALOG_CPUS | LF_CATALOG_MACHINES |
                          LF_CATALOG_CLASSES | LF_CATALOG_DISKS,
};

#define LF_CATALOG_PARTS 12

struct lf_catalog {
    const char *directory;                /* borrowed; NULL: only what is built in */
    const struct lf_catalog_image *image; /* borrowed, set after lf_catalog_init: stands for the
                                             built-in files; NULL: these are read */
    const char *quality_file; /* borrowed, set after lf_catalog_init: stands for quality.json */
    unsigned loaded;          /* enum lf_catalog_part */
    struct lf_arena arena;
    struct lf_arena reading;        /* of what is needed while files are read */
    struct lf_catalog_files *files; /* documents held open for positions in errors */
    size_t thawed_words;            /* taken over from the image; 0: files are read */
    struct lf_architectures architectures;
    struct lf_models models;
    struct lf_devices devices; /* GPUs and Apple chips */
    struct lf_devices cpus;    /* CPU platforms */
    struct lf_listed_machines machines;
    struct lf_classes classes;
    struct lf_quality quality;
    struct lf_quants quants;
    struct lf_tiers tiers;
    struct lf_runtimes runtimes;
    struct lf_prices prices;
    struct lf_benchmarks benchmarks;
    struct lf_disk_kinds disks;
    const char *checked; /* newest "checked" date of the parts that were loaded; NULL: none */
    const char *checked_of[LF_CATALOG_PARTS]; /* of each part */
    /* Of an audit, both borrowed and set after lf_catalog_init. */
    struct lf_findings *findings; /* where every fault is kept; NULL: loading ends at the first */
    const char *today;            /* a later "checked" is a fault; NULL: not known */
};

/* The catalog's version, told in every document: the program's. */
extern const char lf_catalog_version[];

/* An empty catalog over directory (NULL: built-in data only). A file of the folder takes the place
 * of the built-in one of that name; further files of its models/ are added, and their models
 * replace built-in ones of the same id. */
void lf_catalog_init(struct lf_catalog *catalog, const char *directory);

/* Reads the parts that are not read yet. */
enum lf_status lf_catalog_load(struct lf_catalog *catalog, unsigned parts, struct lf_error *err);

void lf_catalog_clear(struct lf_catalog *catalog);

enum { LF_NEAREST_MOST = 3 };

/* Finds the model a person means: id, Hugging Face id, alias, Ollama tag, name; then the same with
 * separators ignored ("qwen3 8b"), with or without a trailing quant or ".gguf"
 * ("Qwen3-8B-Q4_K_M.gguf"). Returns NULL when none or several answer. */
const struct lf_model *lf_catalog_find_model(const struct lf_catalog *catalog, const char *name);

/* The model that a finetune's name says it was made from: the one with the longest name that stands
 * in it as whole words with the same size ("Hermes-3-Llama-3.1-8B"); NULL when none does. */
const struct lf_model *lf_catalog_find_base(const struct lf_catalog *catalog, const char *name);

/* The ids of the models whose names are nearest, best first; returns how many. */
size_t lf_catalog_nearest_models(const struct lf_catalog *catalog, const char *name,
                                 const struct lf_model *nearest[LF_NEAREST_MOST]);

#endif
