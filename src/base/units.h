/* Sizes, counts of tokens and rates: checked arithmetic, reading and writing. */
#ifndef LLMFIT_BASE_UNITS_H
#define LLMFIT_BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LF_KIB (UINT64_C(1) << 10)
#define LF_MIB (UINT64_C(1) << 20)
#define LF_GIB (UINT64_C(1) << 30)

enum { LF_SIZE_TEXT_BYTES = 32 };

/* a * b and a + b; at overflow they stay at UINT64_MAX, which no budget reaches. In the header, for
 * sizing a catalog takes millions of them. */
static inline uint64_t lf_mul(uint64_t a, uint64_t b)
{
    uint64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static inline uint64_t lf_add(uint64_t a, uint64_t b)
{
    uint64_t sum = a + b;
    return sum < a ? UINT64_MAX : sum;
}

/* a - b, or 0 when b is larger. */
static inline uint64_t lf_sub(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static inline uint64_t lf_larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static inline uint64_t lf_smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* value rounded up to a multiple of step (step > 0). */
static inline uint64_t lf_round_up(uint64_t value, uint64_t step)
{
    uint64_t over = value % step;
    return over == 0 ? value : lf_add(value, step - over);
}

/* Reads a size: a number with an optional fraction and a unit. "16G", "16GiB" are GiB, "16GB" is
 * 10^9 bytes, "512M", "1.5T", "4096" (bytes). Case does not matter, blanks around it are refused.
 * Rounds down to a whole byte. Returns false, and leaves *bytes alone, for anything else. */
bool lf_size_parse(const char *text, uint64_t *bytes);

/* Reads a count of tokens: "4096", "8k" (8 x 1024), "1M" (1024 x 1024), "128K". */
bool lf_tokens_parse(const char *text, uint64_t *tokens);

/* Reads a whole decimal number without sign. */
bool lf_count_parse(const char *text, uint64_t *count);

/* Reads a plain decimal number, e.g. "7.5"; no exponent, no sign, finite. */
bool lf_number_parse(const char *text, double *number);

/* Writes a size for people, three or four digits: "512 B", "15.3 GiB", "1.50 TiB", "999 MiB".
 * The unit is chosen after rounding, so there is no "1024 MiB". Returns buffer. */
const char *lf_size_format(char buffer[LF_SIZE_TEXT_BYTES], uint64_t bytes);

/* Writes GiB with one decimal and no unit: "15.3". */
const char *lf_gib_format(char buffer[LF_SIZE_TEXT_BYTES], uint64_t bytes);

/* Writes a count of tokens: "512", "4k", "32k", "40k", "1M"; exact multiples of 1024 only, others
 * as digits. */
const char *lf_tokens_format(char buffer[LF_SIZE_TEXT_BYTES], uint64_t tokens);

/* Writes a memory bandwidth: "1008 GB/s", "51.2 GB/s" (10^9). */
const char *lf_rate_format(char buffer[LF_SIZE_TEXT_BYTES], uint64_t bytes_per_second);

/* Writes a parameter count: "0.6B", "8.2B", "671B", "1.03T" (10^9, 10^12). */
const char *lf_params_format(char buffer[LF_SIZE_TEXT_BYTES], uint64_t params);

/* Writes an amount of money with three digits or so: "$0.061", "$0.52", "$12.9", "$2500"; "unknown"
 * for NAN, "never" for INFINITY. */
const char *lf_usd_format(char buffer[LF_SIZE_TEXT_BYTES], double usd);

#endif
