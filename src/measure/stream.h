/* The bytes that are streamed. Inner header of the layer. */
#ifndef LLMFIT_MEASURE_STREAM_H
#define LLMFIT_MEASURE_STREAM_H

#include <stddef.h>
#include <stdint.h>

/* Words of a block: what is summed in one go. */
enum { LF_STREAM_BLOCK_WORDS = 32 * 1024, LF_STREAM_BLOCK_BYTES = LF_STREAM_BLOCK_WORDS * 8 };

/* Fills a block with numbers that go on from first. */
void lf_stream_fill(uint64_t *block, uint64_t first);

/* Reads a block. Returns the sum of its words, modulo 2^64. */
uint64_t lf_stream_sum(const uint64_t *block);

/* The sum of a block that was filled from first. */
uint64_t lf_stream_expected(uint64_t first);

#endif
