/* How fast this computer's memory is read.
 *
 * A buffer several times as large as the last-level caches is read from end to end, again and
 * again, by several threads, each its own part of it, which it was the first to touch: so the part
 * lies near the thread where memory is not equally near. Only reading is measured, as that is what
 * generating a token does, and every byte that is read counts once: unlike for a copy, nothing is
 * to be said about how written lines are counted. */
#ifndef LLMFIT_MEASURE_MEMORY_H
#define LLMFIT_MEASURE_MEMORY_H

#include <stdint.h>

#include "base/status.h"

enum { LF_MEASURE_THREADS_MOST = 1024 };

/* The buffer: so many times all last-level caches together, within bounds. A cache keeps at most
 * its own size of what streams through it, an eighth of such a buffer. */
#define LF_MEASURE_CACHES 8
#define LF_MEASURE_LEAST_BYTES (UINT64_C(64) << 20)
#define LF_MEASURE_MOST_BYTES (UINT64_C(2) << 30)

struct lf_memory_measuring {
    unsigned threads;     /* 1 to LF_MEASURE_THREADS_MOST */
    uint64_t cache_bytes; /* of all last-level caches together; 0: not known */
    uint64_t most_bytes;  /* the buffer may take; at least LF_MEASURE_LEAST_BYTES */
};

/* Rates are bytes/s of the best whole pass over the buffer, or of the best 50 ms where those hold
 * several passes. */
struct lf_memory_measured {
    uint64_t read_bps;     /* by all threads */
    uint64_t one_read_bps; /* by one thread, wherever its bytes lie */
    unsigned threads;
    unsigned passes; /* that all threads were measured in */
    uint64_t buffer_bytes;
    double elapsed_ms; /* of it all */
};

/* The size of the buffer that these wishes lead to; where caches are not known, as for 64 MiB of
 * them. */
uint64_t lf_memory_buffer_bytes(const struct lf_memory_measuring *wishes);

/* Measures, in two seconds or so: most of it reading, the rest filling the buffer. LF_NO_PROBE when
 * memory or threads cannot be had, when what is read is not what was written, or when not even one
 * pass was done in ten seconds. */
enum lf_status lf_memory_measure(const struct lf_memory_measuring *wishes,
                                 struct lf_memory_measured *measured, struct lf_error *err);

/* All last-level caches of this computer together, in bytes; 0 when the system does not tell. */
uint64_t lf_memory_cache_bytes(void);

#endif
