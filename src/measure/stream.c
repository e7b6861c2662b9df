/* Compiled for speed in every build: a core must read faster than its memory can answer. */
#include "measure/stream.h"

void lf_stream_fill(uint64_t *block, uint64_t first)
{
    for (size_t i = 0; i < LF_STREAM_BLOCK_WORDS; i++) {
        block[i] = first + i;
    }
}

/* Four sums, of a quarter each, do not wait for each other; written so, compilers make vectors of
 * them. */
uint64_t lf_stream_sum(const uint64_t *block)
{
    enum { QUARTER = LF_STREAM_BLOCK_WORDS / 4 };
    uint64_t sums[4] = {0};
    for (size_t i = 0; i < QUARTER; i++) {
        sums[0] += block[i];
        sums[1] += block[i + QUARTER];
        sums[2] += block[i + 2 * QUARTER];
        sums[3] += block[i + 3 * QUARTER];
    }
    return sums[0] + sums[1] + sums[2] + sums[3];
}

uint64_t lf_stream_expected(uint64_t first)
{
    const uint64_t words = LF_STREAM_BLOCK_WORDS;
    return first * words + words / 2 * (words - 1);
}
