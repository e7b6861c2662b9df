/* The memory's speed as measured: `llmfit bench --memory`, and what becomes of it later. */
#ifndef LLMFIT_ADVISE_BENCH_MEMORY_H
#define LLMFIT_ADVISE_BENCH_MEMORY_H

#include <stdbool.h>

#include "advise/choice.h"
#include "measure/memory.h"
#include "measure/remembered.h"

/* What all cores together read of the peak of their memory. Speeds are estimated from peaks, so
 * that what was measured is divided by it; a processor that cannot read so much for other reasons
 * gets too low a peak, which for the same reasons is right for estimates.
 *
 * source  46 GB/s read of 51.2 (DDR4-3200, two channels), 48 to 49 of 53.3 (DDR4-3333), 30 to 32 of
 *         34.1 (DDR4-2133): AIDA64 in guru3d.com's review of G.Skill's Trident Z Royal; confidence
 *         low: one processor */
#define LF_READ_SHARE_OF_PEAK 0.9

enum { LF_BENCH_MEMORY_WARNINGS_MOST = 3 };

struct lf_bench_memory_report {
    struct lf_arena arena;
    const struct lf_machine *machine; /* its bandwidth is not a remembered one; borrowed */
    const struct lf_catalog *catalog; /* borrowed */
    const char *today;                /* borrowed; NULL: not known */
    struct lf_memory_measured measured;
    uint64_t cache_bytes;  /* of all last-level caches; 0: not known */
    uint64_t peak_bps;     /* that estimates take it for */
    double share_of_known; /* of the machine's bandwidth without it; 0: that is not known */
    const char *saved_to;  /* a file; borrowed; NULL: not remembered */
    struct lf_reason warnings[LF_BENCH_MEMORY_WARNINGS_MOST]; /* [warning_count] */
    size_t warning_count;
};

/* How many threads to measure with: the cores this process may use, no more than its share of the
 * processors' time lets run at once, and one where nothing is known. */
unsigned lf_bench_memory_threads(const struct lf_machine *machine);

/* What the buffer may take: a quarter of what is free and may be used, in bytes; where that is not
 * known, the least that is measured with. */
uint64_t lf_bench_memory_most_bytes(const struct lf_machine *machine);

/* Makes an all-zero report of what was measured; lf_bench_memory_clear frees it. */
void lf_bench_memory(const struct lf_machine *machine, const struct lf_catalog *catalog,
                     const struct lf_memory_measured *measured, uint64_t cache_bytes,
                     struct lf_bench_memory_report *report);

/* Adds that it is not remembered, and why; text is copied. */
void lf_bench_memory_not_saved(struct lf_bench_memory_report *report, const char *text);

void lf_bench_memory_clear(struct lf_bench_memory_report *report);

/* Gives a machine whose bandwidth nothing tells the one that was measured on it, as a peak. One
 * measured on another machine is left alone: another processor, more or fewer cores that may be
 * used, or RAM that differs by more than 2 %, which is what kernels may keep for themselves. */
void lf_machine_recall(struct lf_machine *machine, const struct lf_remembered *remembered);

#endif
