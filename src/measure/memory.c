#include "measure/memory.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "measure/stream.h"
#include "measure/team.h"

enum {
    LINE_BYTES = 128, /* of a cache; two adjacent ones are fetched together on some processors */
    SAMPLE_MS = 2,
    WINDOW_MS = 50,
    ALL_MS = 800,
    ONE_MS = 400,
    LONGEST_MS = 10 * 1000, /* any part of it */
};

#define UNKNOWN_CACHE_BYTES (UINT64_C(64) << 20)

/* What the threads do: fill their parts and wait, all read theirs, the first reads everything,
 * none.
 */
enum phase { PHASE_FILL, PHASE_ALL, PHASE_ONE, PHASE_END };

/* What one thread tells, far from what the others do. */
struct progress {
    atomic_size_t blocks; /* read so far */
    unsigned char rest[LINE_BYTES - sizeof(atomic_size_t)];
};

struct stream {
    uint64_t *words; /* [block_count][LF_STREAM_BLOCK_WORDS] */
    size_t block_count;
    unsigned threads;
    atomic_int phase;
    atomic_uint filled; /* threads that have filled their part */
    atomic_bool is_broken;
    struct progress *progress; /* [threads] */
};

uint64_t lf_memory_buffer_bytes(const struct lf_memory_measuring *wishes)
{
    uint64_t cache_bytes = wishes->cache_bytes == 0 ? UNKNOWN_CACHE_BYTES : wishes->cache_bytes;
    uint64_t bytes = lf_mul(cache_bytes, LF_MEASURE_CACHES);
    uint64_t most =
        wishes->most_bytes < LF_MEASURE_MOST_BYTES ? wishes->most_bytes : LF_MEASURE_MOST_BYTES;
    bytes = bytes < LF_MEASURE_LEAST_BYTES ? LF_MEASURE_LEAST_BYTES : bytes;
    bytes = bytes < most ? bytes : most;
    return bytes - bytes % LF_STREAM_BLOCK_BYTES;
}

static uint64_t *block_at(const struct stream *stream, size_t block)
{
    return stream->words + block * LF_STREAM_BLOCK_WORDS;
}

/* The words of the buffer are numbered, so that a sum tells whether all of a block was read. */
static uint64_t first_word(size_t block)
{
    return (uint64_t)block * LF_STREAM_BLOCK_WORDS;
}

/* Reads blocks first to end - 1 in turn until the phase is over. */
static void read_blocks(struct stream *stream, unsigned number, enum phase phase, size_t first,
                        size_t end)
{
    atomic_size_t *count = &stream->progress[number].blocks;
    for (size_t block = first; atomic_load(&stream->phase) == (int)phase; block++) {
        block = block >= end ? first : block;
        if (lf_stream_sum(block_at(stream, block)) != lf_stream_expected(first_word(block))) {
            atomic_store(&stream->is_broken, true);
        }
        atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + 1,
                              memory_order_relaxed);
    }
}

static void work(void *context, unsigned number)
{
    struct stream *stream = context;
    size_t first = stream->block_count * number / stream->threads;
    size_t end = stream->block_count * (number + 1) / stream->threads;
    for (size_t block = first; block < end && atomic_load(&stream->phase) == PHASE_FILL; block++) {
        lf_stream_fill(block_at(stream, block), first_word(block));
    }
    atomic_fetch_add(&stream->filled, 1);
    while (atomic_load(&stream->phase) == PHASE_FILL) {
        lf_clock_sleep_ms(1);
    }
    if (first < end) {
        read_blocks(stream, number, PHASE_ALL, first, end);
    }
    if (number == 0) {
        read_blocks(stream, number, PHASE_ONE, 0, stream->block_count);
    }
}

static size_t count_blocks(const struct stream *stream)
{
    size_t count = 0;
    for (unsigned i = 0; i < stream->threads; i++) {
        count += atomic_load_explicit(&stream->progress[i].blocks, memory_order_relaxed);
    }
    return count;
}

/* Watches for that long, or until there was a window: at least a whole pass over the buffer, and
 * long enough to be timed. Returns bytes/s of the best; 0 when there was none. */
static double watch(const struct stream *stream, double ms, unsigned *windows)
{
    double best_bps = 0;
    double start_ms = lf_clock_now_ms();
    double window_ms = start_ms;
    double now_ms = start_ms;
    size_t window_blocks = count_blocks(stream);
    *windows = 0;
    while (now_ms < start_ms + ms || (*windows == 0 && now_ms < start_ms + LONGEST_MS)) {
        lf_clock_sleep_ms(SAMPLE_MS);
        size_t blocks = count_blocks(stream);
        now_ms = lf_clock_now_ms();
        if (blocks - window_blocks >= stream->block_count && now_ms - window_ms >= WINDOW_MS) {
            double bytes = (double)(blocks - window_blocks) * LF_STREAM_BLOCK_BYTES;
            double bps = bytes / (now_ms - window_ms) * 1e3;
            best_bps = bps > best_bps ? bps : best_bps;
            window_blocks = blocks;
            window_ms = now_ms;
            ++*windows;
        }
    }
    return best_bps;
}

/* Waits until every thread has filled its part. */
static bool await_filled(const struct stream *stream)
{
    double start_ms = lf_clock_now_ms();
    while (atomic_load(&stream->filled) < stream->threads) {
        if (lf_clock_now_ms() - start_ms > LONGEST_MS) {
            return false;
        }
        lf_clock_sleep_ms(SAMPLE_MS);
    }
    return true;
}

static enum lf_status run(struct stream *stream, struct lf_memory_measured *measured,
                          struct lf_error *err)
{
    bool is_whole = false;
    struct lf_team *team = lf_team_start(work, stream, stream->threads, &is_whole);
    unsigned one_passes = 0;
    double all_bps = 0;
    double one_bps = 0;
    bool is_filled = is_whole && await_filled(stream);
    if (is_filled) {
        atomic_store(&stream->phase, PHASE_ALL);
        all_bps = watch(stream, ALL_MS, &measured->passes);
        atomic_store(&stream->phase, PHASE_ONE);
        one_bps = stream->threads == 1 ? all_bps : watch(stream, ONE_MS, &one_passes);
    }
    atomic_store(&stream->phase, PHASE_END);
    lf_team_join(team);
    if (!is_whole) {
        return lf_fail(err, LF_NO_PROBE, "the system does not give this process %u threads",
                       stream->threads);
    }
    if (atomic_load(&stream->is_broken)) {
        return lf_fail(err, LF_NO_PROBE,
                       "the memory returned other values than were written: it may be faulty");
    }
    if (all_bps <= 0 || one_bps <= 0) {
        return lf_fail(err, LF_NO_PROBE, "the memory was not read once in %d seconds",
                       LONGEST_MS / 1000);
    }
    measured->read_bps = (uint64_t)all_bps;
    measured->one_read_bps = (uint64_t)one_bps;
    return LF_OK;
}

enum lf_status lf_memory_measure(const struct lf_memory_measuring *wishes,
                                 struct lf_memory_measured *measured, struct lf_error *err)
{
    assert(wishes->threads > 0 && wishes->threads <= LF_MEASURE_THREADS_MOST);
    assert(wishes->most_bytes >= LF_MEASURE_LEAST_BYTES);
    double start_ms = lf_clock_now_ms();
    uint64_t bytes = lf_memory_buffer_bytes(wishes);
    /* Not lf_alloc: a program that may not have so much memory has not failed. */
    uint64_t *words = bytes > SIZE_MAX ? NULL : malloc((size_t)bytes);
    if (words == NULL) {
        return lf_fail(err, LF_NO_PROBE, "there is no memory for a buffer of %llu MiB",
                       (unsigned long long)(bytes / LF_MIB));
    }
    struct stream stream = {
        .words = words,
        .block_count = (size_t)(bytes / LF_STREAM_BLOCK_BYTES),
        .threads = wishes->threads,
        .progress = lf_alloc(wishes->threads, sizeof *stream.progress),
    };
    *measured = (struct lf_memory_measured){.threads = wishes->threads, .buffer_bytes = bytes};
    enum lf_status status = run(&stream, measured, err);
    measured->elapsed_ms = lf_clock_now_ms() - start_ms;
    free(stream.progress);
    free(words);
    return status;
}
