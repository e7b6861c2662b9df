#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>

#include <cmocka.h>

#include "advise/offer.h"
#include "support.h"

static int load_catalog(void **state)
{
    return catalog_set_up(state, LF_COST_PARTS);
}

static void a_high_share_that_another_snapshot_doubts_is_not_of_the_upper_tier(void **state)
{
    const struct lf_catalog *catalog = *state;
    const struct lf_tier_tables tables = {&catalog->quality, &catalog->quants, &catalog->tiers,
                                          LF_SKILL_GENERAL};
    const struct lf_cost_basis basis = {.input_ratio = 4, .only_electricity = true};
    const struct lf_local_cost local = {.hours = {NAN, NAN, NAN}};
    const struct lf_offer_context context = {catalog, &tables, &basis, &local};
    const struct lf_bar capable = {LF_TIER_CAPABLE, 0.8};
    const struct lf_bar adjacent = {LF_TIER_FRONTIER_ADJACENT, 0.8};
    struct lf_offer cheap;
    struct lf_offer offer;
    /* DeepSeek V4 Flash 0731 has 87 %, but 66 % in a later snapshot. */
    assert_true(lf_offer_as_good(&context, &capable, &cheap));
    assert_string_equal(cheap.price->id, "deepseek-v4-flash-0731");
    assert_true(lf_offer_as_good(&context, &adjacent, &offer));
    assert_int_equal(offer.tier, LF_TIER_FRONTIER_ADJACENT);
    assert_true(offer.usd > cheap.usd);
    /* Nothing replaces the frontier. */
    const struct lf_bar replacement = {LF_TIER_FRONTIER_REPLACEMENT, 0.98};
    assert_false(lf_offer_as_good(&context, &replacement, &offer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_high_share_that_another_snapshot_doubts_is_not_of_the_upper_tier),
    };
    return cmocka_run_group_tests(tests, load_catalog, catalog_tear_down);
}
