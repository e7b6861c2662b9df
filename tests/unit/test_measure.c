/* The speed of this computer's memory is not known beforehand, so that what is held here is how the
 * figures must stand to each other, and that all of a block is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "measure/memory.h"
#include "measure/stream.h"

#define MIB (UINT64_C(1) << 20)

static void a_sum_knows_every_word_of_its_block(void **state)
{
    (void)state;
    static const size_t places[] = {0, 1, LF_STREAM_BLOCK_WORDS / 4, LF_STREAM_BLOCK_WORDS / 2 - 1,
                                    LF_STREAM_BLOCK_WORDS - 1};
    static const uint64_t firsts[] = {0, 12345, UINT64_MAX - 5};
    uint64_t *block = malloc(LF_STREAM_BLOCK_BYTES);
    assert_non_null(block);
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++) {
        lf_stream_fill(block, firsts[i]);
        assert_int_equal(block[1], firsts[i] + 1);
        assert_int_equal(lf_stream_sum(block), lf_stream_expected(firsts[i]));
        for (size_t j = 0; j < sizeof places / sizeof places[0]; j++) {
            block[places[j]]++;
            assert_int_equal(lf_stream_sum(block), lf_stream_expected(firsts[i]) + 1);
            block[places[j]]--;
        }
    }
    free(block);
}

static void the_buffer_is_eight_times_the_caches_within_bounds(void **state)
{
    (void)state;
    static const struct {
        uint64_t cache_mib;
        uint64_t most_mib;
        uint64_t buffer_mib;
    } rows[] = {
        {32, 4096, 256},   {2, 4096, 64},   {0, 4096, 512},
        {384, 4096, 2048}, {384, 700, 700}, {0, 64, 64},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct lf_memory_measuring wishes = {.threads = 1,
                                                   .cache_bytes = rows[i].cache_mib * MIB,
                                                   .most_bytes = rows[i].most_mib * MIB};
        assert_int_equal(lf_memory_buffer_bytes(&wishes), rows[i].buffer_mib * MIB);
    }
    const struct lf_memory_measuring odd = {.threads = 1, .most_bytes = 64 * MIB + 1};
    assert_int_equal(lf_memory_buffer_bytes(&odd), 64 * MIB);
}

static void what_is_measured_is_possible(void **state)
{
    (void)state;
    static const unsigned threads[] = {1, 2, 70};
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        const struct lf_memory_measuring wishes = {.threads = threads[i],
                                                   .most_bytes = LF_MEASURE_LEAST_BYTES};
        struct lf_memory_measured measured;
        struct lf_error err = {0};
        enum lf_status status = lf_memory_measure(&wishes, &measured, &err);
        assert_string_equal(err.text, "");
        assert_int_equal(status, LF_OK);
        assert_int_equal(measured.threads, threads[i]);
        assert_int_equal(measured.buffer_bytes, LF_MEASURE_LEAST_BYTES);
        assert_true(measured.passes > 0);
        assert_true(measured.elapsed_ms > 0);
        /* A pass is counted whole: it takes no longer than it all took. */
        double least_bps = (double)measured.buffer_bytes / measured.elapsed_ms * 1e3;
        assert_true((double)measured.read_bps >= least_bps);
        assert_true((double)measured.read_bps < 1e14);
        assert_true(measured.one_read_bps > 0);
        assert_true(threads[i] > 1 || measured.one_read_bps == measured.read_bps);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sum_knows_every_word_of_its_block),
        cmocka_unit_test(the_buffer_is_eight_times_the_caches_within_bounds),
        cmocka_unit_test(what_is_measured_is_possible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
