#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "rules/speed.h"
#include "support.h"

static int load_runtimes(void **state)
{
    return catalog_set_up(state, LF_CATALOG_RUNTIMES);
}

static void each_circumstance_has_a_band(void **state)
{
    static const char *const bands[] = {"cuda-dense", "cuda-moe",    "multi-gpu", "apple",
                                        "amd",        "cpu",         "partial",   "poor",
                                        "prefill",    "prefill-poor"};
    const struct lf_catalog *catalog = *state;
    const struct lf_runtime *runtime = lf_runtime_find(&catalog->runtimes, "llama.cpp");
    for (size_t i = 0; i < COUNT(bands); i++) {
        const struct lf_band *band = lf_band_find(runtime, bands[i]);
        assert_non_null(band);
        assert_true(band->low < 1 && band->high > 1);
    }
}

static void each_vendor_has_a_back_end(void **state)
{
    const struct lf_catalog *catalog = *state;
    const struct lf_runtime *runtime = lf_runtime_find(&catalog->runtimes, "llama.cpp");
    static const char *const vendors[] = {"NVIDIA", "AMD", "Apple", "Intel", "unknown"};
    for (size_t i = 0; i < COUNT(vendors); i++) {
        const struct lf_accelerator gpu = {.vendor = vendors[i]};
        assert_non_null(lf_runtime_backend_find(runtime, lf_backend_of(&gpu)));
    }
    assert_string_equal(lf_backend_of(NULL), "cpu");
    assert_non_null(lf_runtime_backend_find(runtime, "cpu"));
}

static void an_unmeasured_program_has_a_wider_interval_and_says_so(void **state)
{
    const struct lf_catalog *catalog = *state;
    struct lf_estimate estimate = {
        .low = 80, .mid = 100, .high = 120, .coverage = 0.8, .basis = "bandwidth"};
    struct lf_estimate unknown = {0};
    lf_estimate_assume(&estimate, lf_runtime_find(&catalog->runtimes, "ollama"));
    assert_true(estimate.low < 80 && estimate.high > 120);
    assert_string_equal(estimate.basis, "engine");
    lf_estimate_assume(&unknown, lf_runtime_find(&catalog->runtimes, "ollama"));
    assert_true(unknown.mid <= 0 && unknown.high <= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_circumstance_has_a_band),
        cmocka_unit_test(each_vendor_has_a_back_end),
        cmocka_unit_test(an_unmeasured_program_has_a_wider_interval_and_says_so),
    };
    return cmocka_run_group_tests(tests, load_runtimes, catalog_tear_down);
}
