/* What was measured on this computer, kept in the user's data folder (bench.json) for later runs:
 * the newest LF_OWN_ROWS_MOST results, the oldest first. */
#ifndef LLMFIT_MEASURE_OWN_H
#define LLMFIT_MEASURE_OWN_H

#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/status.h"

enum { LF_OWN_ROWS_MOST = 200 };

/* One result. Ids are the catalog's; a machine is its CPU, GPUs and sizes of memory in words,
 * without names or serial numbers that tell whose it is. */
struct lf_own_row {
    const char *date; /* "2026-11-22" */
    const char *machine;
    const char *server;  /* "llama-server" */
    const char *version; /* of the engine; NULL: not known */
    const char *runtime;
    const char *model;
    const char *quant;
    const char *mode; /* where it lay, as predicted */
    uint64_t context_tokens;
    uint64_t depth_tokens; /* in the cache, about, while it wrote */
    uint64_t prompt_tokens;
    uint64_t generated_tokens;
    uint64_t repeats;
    double decode_tps; /* medians */
    double decode_low_tps;
    double decode_high_tps;
    double prefill_tps;
    double prefill_low_tps;
    double prefill_high_tps;
    double estimated_decode_tps;  /* what llmfit predicted then; 0: nothing */
    double estimated_prefill_tps; /* 0: nothing */
};

struct lf_own_rows {
    const struct lf_own_row *items; /* [count] */
    size_t count;
    const char *fault; /* why they could not be read, a sentence; NULL: they could */
};

/* Reads what is kept; nothing is where there is no file. A file that cannot be read has no rows and
 * a fault. All memory comes from the arena. */
void lf_own_read(struct lf_arena *arena, struct lf_own_rows *rows);

/* Adds a row to what is kept. LF_OUTPUT when that fails, LF_BAD_INPUT when what is kept cannot be
 * read, which then stays as it is. */
enum lf_status lf_own_add(const struct lf_own_row *row, struct lf_error *err);

#endif
