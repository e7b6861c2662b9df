#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/units.h"
#include "catalog/catalog.h"
#include "rules/engine.h"
#include "rules/speed.h"
#include "support.h"

#define GB UINT64_C(1000000000)

static void assert_near(double found, double expected, double tolerance)
{
    if (!(fabs(found - expected) <= tolerance)) {
        print_error("%.9g is not %.9g\n", found, expected);
        fail();
    }
}

/* Reads 1 to 4 GB/s; reuse saves a fifth of the misses. */
static const struct lf_disk_reading disk = {
    .low_bps = 1e9, .mid_bps = 2e9, .high_bps = 4e9, .reuse_missed_frac = 0.8};

/* Worked out by hand after stream.h. */
static void reads_follow_from_what_finds_no_room(void **state)
{
    (void)state;
    static const struct {
        struct lf_ram_weights weights;
        uint64_t room_bytes;
        uint64_t streamed_bytes;
        double least_gb;
        double mid_gb;
        double most_gb;
    } rows[] = {
        /* All of it has room. */
        {{10 * GB, 80 * GB, GB, 0.1}, 91 * GB, 0, 0, 0, 0},
        /* Only of the input embeddings, which are hardly read, something has not. */
        {{10 * GB, 80 * GB, 2 * GB, 0.1}, 91 * GB, GB, 0, 0, 0},
        /* 30 of 80 GB of experts are missing: 3/8 of the 8 GB a token needs. */
        {{10 * GB, 80 * GB, 0, 0.1}, 60 * GB, 30 * GB, 2.4, 3, 8},
        /* 12 GB do not hold the 10 + 8 a token touches: 2 GB of the experts at best. */
        {{10 * GB, 80 * GB, 0, 0.1}, 12 * GB, 78 * GB, 6.24, 12.12, 18},
        /* Not even what every token reads. */
        {{10 * GB, 80 * GB, 0, 0.1}, 4 * GB, 86 * GB, 12.4, 15.2, 18},
        {{10 * GB, 80 * GB, 0, 0.1}, 0, 90 * GB, 16.4, 17.2, 18},
        /* A dense model of 20 GB in 14: at best what is missing, at worst all of it. */
        {{20 * GB, 0, 0, 1}, 14 * GB, 6 * GB, 6, 13, 20},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_stream stream;
        lf_stream_make(&rows[i].weights, rows[i].room_bytes, &disk, &stream);
        assert_int_equal(stream.streamed_bytes, rows[i].streamed_bytes);
        assert_int_equal(stream.resident_bytes,
                         stream.streamed_bytes == 0 ? 0 : rows[i].room_bytes);
        assert_near(stream.least_read_bytes / 1e9, rows[i].least_gb, 1e-6);
        assert_near(stream.mid_read_bytes / 1e9, rows[i].mid_gb, 1e-6);
        assert_near(stream.most_read_bytes / 1e9, rows[i].most_gb, 1e-6);
    }
}

static void the_time_of_the_disk_is_added_to_that_of_memory(void **state)
{
    (void)state;
    /* 0.1 s and 3 GB at 2 GB/s. */
    assert_near(lf_stream_tps(10, 3e9, 2e9), 1 / 1.6, 1e-9);
    assert_near(lf_stream_tps(10, 3e9, 0), 0, 0);
    assert_near(lf_stream_tps(0, 3e9, 2e9), 0, 0);
}

/* Places the toy with experts on a GPU and RAM of these sizes. */
static struct lf_placement place(struct lf_budget *budget, const struct toy *toy, enum lf_mode mode,
                                 struct lf_arena *arena)
{
    struct lf_load load = toy_load_at_16k(toy, budget->gpu_count, arena);
    struct lf_placement placement;
    lf_place(&load, budget, mode, &placement);
    return placement;
}

static void nothing_stays_on_the_disk_unless_the_budget_maps_files(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct lf_budget budget = pools_make(0, 0, 4 * LF_GIB);
    struct lf_placement placement = place(&budget, &toy_moe, LF_MODE_CPU, &arena);
    assert_false(placement.fits);
    assert_int_equal(placement.stream.streamed_bytes, 0);
    uint64_t missing = placement.short_by_bytes;
    uint64_t all = lf_placement_bytes(&placement);
    budget.maps_files = true;
    budget.disk = disk;
    placement = place(&budget, &toy_moe, LF_MODE_CPU, &arena);
    assert_true(placement.fits);
    assert_int_equal(placement.stream.streamed_bytes, missing);
    assert_int_equal(lf_placement_bytes(&placement), all);
    lf_arena_clear(&arena);
}

static void no_pool_exceeds_its_budget_with_the_disk_behind_it(void **state)
{
    (void)state;
    static const enum lf_mode modes[] = {LF_MODE_EXPERTS_IN_RAM, LF_MODE_LAYERS_SPLIT, LF_MODE_CPU};
    struct lf_arena arena = {0};
    struct lf_budget budget = pools_make(4 * LF_GIB, 0, 2 * LF_GIB);
    budget.maps_files = true;
    budget.disk = disk;
    for (size_t m = 0; m < COUNT(modes); m++) {
        struct lf_placement placement = place(&budget, &toy_moe, modes[m], &arena);
        assert_true(placement.fits);
        assert_true(placement.stream.streamed_bytes > 0);
        for (size_t i = 0; i < placement.share_count; i++) {
            const struct lf_share *share = &placement.shares[i];
            assert_true(share_needed(share) <= share->pool->budget_bytes);
        }
    }
    lf_arena_clear(&arena);
}

static void a_cache_that_ram_does_not_hold_is_no_matter_of_the_disk(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct lf_budget budget = pools_make(0, 0, 64 * LF_MIB);
    budget.maps_files = true;
    budget.disk = disk;
    struct lf_placement placement = place(&budget, &toy_moe, LF_MODE_CPU, &arena);
    assert_false(placement.fits);
    assert_int_equal(placement.stream.resident_bytes, 0);
    assert_int_equal(placement.shares[0].weights_bytes, 0);
    lf_arena_clear(&arena);
}

static void a_slower_disk_or_an_unknown_one_is_told(void **state)
{
    const struct lf_catalog *catalog = *state;
    const struct lf_runtime *runtime = lf_runtime_find(&catalog->runtimes, "llama.cpp");
    struct lf_arena arena = {0};
    struct lf_form form;
    struct lf_budget budget = pools_make(0, 0, 6 * LF_GIB);
    budget.ram.bandwidth_bps = 80 * GB;
    budget.maps_files = true;
    budget.disk = disk;
    toy_make(&toy_moe, &arena, &form);
    struct lf_placement placement = place(&budget, &toy_moe, LF_MODE_CPU, &arena);
    struct lf_speed_terms terms = {.count = 0};
    struct lf_estimate fast = lf_decode_explain(&placement, &form, LF_MIX_Q4_K_M, runtime, &terms);
    double seconds = 0;
    for (size_t i = 0; i < terms.count; i++) {
        seconds += terms.items[i].seconds;
    }
    assert_near(1 / fast.mid, seconds, 1e-9);
    assert_string_equal(terms.items[terms.count - 1].pool, "disk");
    assert_string_equal(fast.basis, "disk");
    assert_true(fast.low < fast.mid && fast.mid < fast.high);
    assert_near(fast.coverage, 0, 0);

    budget.disk.mid_bps = 1e9;
    budget.disk.is_assumed = true;
    placement = place(&budget, &toy_moe, LF_MODE_CPU, &arena);
    struct lf_estimate slow = lf_decode_tps(&placement, &form, LF_MIX_Q4_K_M, runtime);
    assert_true(slow.mid < fast.mid);
    assert_string_equal(slow.basis, "assumed-disk");

    budget.disk = (struct lf_disk_reading){0};
    placement = place(&budget, &toy_moe, LF_MODE_CPU, &arena);
    assert_near(lf_decode_tps(&placement, &form, LF_MIX_Q4_K_M, runtime).mid, 0, 0);
    lf_arena_clear(&arena);
}

static void the_rate_of_a_disk_follows_from_its_kind_or_is_given(void **state)
{
    const struct lf_disk_kinds *kinds = &((const struct lf_catalog *)*state)->disks;
    struct lf_disk_reading nvme = lf_disk_reading_of(kinds, "nvme", 0);
    struct lf_disk_reading hdd = lf_disk_reading_of(kinds, "hdd", 0);
    struct lf_disk_reading unknown = lf_disk_reading_of(kinds, NULL, 0);
    struct lf_disk_reading given = lf_disk_reading_of(kinds, NULL, 7 * GB);
    assert_true(hdd.high_bps < nvme.low_bps);
    assert_false(nvme.is_assumed);
    assert_true(unknown.is_assumed);
    assert_near(unknown.low_bps, hdd.low_bps, 0);
    assert_near(unknown.high_bps, nvme.high_bps, 0);
    assert_true(unknown.mid_bps > hdd.mid_bps && unknown.mid_bps < nvme.mid_bps);
    assert_false(given.is_assumed);
    assert_near(given.high_bps, 7e9 * kinds->mapped_frac.high, 1);
    assert_near(given.low_bps, 7e9 * kinds->mapped_frac.low, 1);
}

static int load(void **state)
{
    return catalog_set_up(state, LF_CATALOG_RUNTIMES | LF_CATALOG_DISKS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_follow_from_what_finds_no_room),
        cmocka_unit_test(the_time_of_the_disk_is_added_to_that_of_memory),
        cmocka_unit_test(nothing_stays_on_the_disk_unless_the_budget_maps_files),
        cmocka_unit_test(no_pool_exceeds_its_budget_with_the_disk_behind_it),
        cmocka_unit_test(a_cache_that_ram_does_not_hold_is_no_matter_of_the_disk),
        cmocka_unit_test(a_slower_disk_or_an_unknown_one_is_told),
        cmocka_unit_test(the_rate_of_a_disk_follows_from_its_kind_or_is_given),
    };
    return cmocka_run_group_tests(tests, load, catalog_tear_down);
}
