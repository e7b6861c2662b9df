/* How fast disks read (disks.json), for models that RAM does not hold. */
#ifndef LLMFIT_CATALOG_DISK_H
#define LLMFIT_CATALOG_DISK_H

#include "base/json.h"

enum { LF_DISK_KINDS_MOST = 8 };

/* Disks of one kind, read sequentially, bytes/s. */
struct lf_disk_kind {
    const char *kind; /* as the probe tells it: "nvme", "ssd", "hdd" */
    uint64_t low_bps;
    uint64_t typical_bps;
    uint64_t high_bps;
    const char *source;
    const char *checked;
};

struct lf_disk_kinds {
    struct lf_disk_kind items[LF_DISK_KINDS_MOST];
    size_t count;
    /* The share (0..1) of those rates at which a mapped file is read, page fault by page fault. */
    struct {
        double low;
        double typical;
        double high;
    } mapped_frac;
    double reuse_missed_frac; /* see struct lf_disk_reading */
};

/* A disk that stands in for RAM, as the engine reads it. All-zero: its speed is not known. */
struct lf_disk_reading {
    double low_bps; /* bytes/s of a mapped file */
    double mid_bps;
    double high_bps;
    double reuse_missed_frac; /* 0..1: of the experts missed with uniform routing, those still
                                 missed where tokens use the experts of those before them */
    bool is_assumed;          /* the kind is not known: from the slowest to the fastest there is */
};

enum lf_status lf_disk_kinds_read(const struct lf_json *json, struct lf_arena *arena,
                                  struct lf_disk_kinds *kinds, struct lf_error *err);

/* How a disk of that kind is read, or one of the rate that is given.
 *
 *     mapped rate = sequential rate * mapped_frac
 *
 * kind       NULL, or one without a row: not known; then the middle is the middle row's
 * given_bps  bytes/s; 0: the kind tells */
struct lf_disk_reading lf_disk_reading_of(const struct lf_disk_kinds *kinds, const char *kind,
                                          uint64_t given_bps);

#endif
