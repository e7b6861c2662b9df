#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdbool.h>

#include <cmocka.h>

#include "rules/cost.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void assert_near(double found, double expected)
{
    if (!(fabs(found - expected) <= 1e-6)) {
        fail_msg("%.9g, expected %.9g", found, expected);
    }
}

/* A machine of $1000 that gives 100 tokens/s and reads 1000: 10,000 s of writing and 4,000 s of
 * reading are 3.888... hours. */
static const double decode_tps = 100;
static const double prefill_tps = 1000;
static const double input_ratio = 4;
static const double hours = 14000.0 / 3600;
static const struct lf_cost_terms terms = {
    .usd_per_kwh = 0.25,
    .generating_watts = 360,
    .idle_watts = 36,
    .price_usd = 1000,
    .resale_frac = 0.3,
    .years = 2,
    .utilisation = 0.1,
};

static void a_mtok_takes_the_time_of_writing_and_of_reading(void **state)
{
    (void)state;
    assert_near(lf_hours_per_mtok(decode_tps, prefill_tps, input_ratio), hours);
    assert_near(lf_hours_per_mtok(decode_tps, prefill_tps, 0), 10000.0 / 3600);
    assert_near(lf_hours_per_mtok(decode_tps, INFINITY, input_ratio), 10000.0 / 3600);
}

static void electricity_is_energy_times_its_price(void **state)
{
    (void)state;
    assert_near(lf_energy_kwh(hours, 360), 1.4);
    assert_near(lf_electricity_usd(hours, &terms), 0.35);
}

static void the_loss_in_value_is_spread_over_the_hours_of_work(void **state)
{
    (void)state;
    /* $700 over 2 years of which a tenth is worked: 1753.2 hours. */
    assert_near(lf_fixed_usd(hours, &terms), 700 * hours / 1753.2);
}

static void nine_idle_hours_come_with_an_hour_of_work_at_a_tenth(void **state)
{
    (void)state;
    /* 35 hours at 36 W are 1.26 kWh. */
    assert_near(lf_idle_usd(hours, &terms), 0.315);
}

static void all_in_is_the_three_together(void **state)
{
    (void)state;
    assert_near(lf_all_in_usd(hours, &terms), 2.2177163);
    struct lf_cost_terms owned = terms;
    owned.price_usd = owned.idle_watts = 0;
    assert_near(lf_all_in_usd(hours, &owned), 0.35);
}

static void a_host_charges_for_what_is_read_and_written(void **state)
{
    (void)state;
    assert_near(lf_hosted_usd(0.1, 0.5, 4), 0.9);
    assert_near(lf_hosted_usd(0.1, 0.5, 0), 0.5);
}

static void a_machine_breaks_even_where_the_gain_pays_its_loss(void **state)
{
    (void)state;
    struct lf_cost_terms sleeping = terms;
    sleeping.idle_watts = 0;
    /* $700 at a gain of $0.55 each. */
    assert_near(lf_break_even_mtok(hours, 0.9, &sleeping), 700 / 0.55);
    assert_near(lf_mtok_per_day(700 / 0.55, 2), 700 / 0.55 / 730.5);
    assert_near(lf_capacity_mtok(hours, 2), 17532 / hours);
    /* Idle costs $157.788 in two years; each Mtok takes $0.035 of them away. */
    assert_near(lf_break_even_mtok(hours, 0.9, &terms), 857.788 / 0.585);
}

static void at_break_even_all_in_costs_as_much_as_the_host(void **state)
{
    (void)state;
    static const double hosted[] = {0.9, 1.5, 4, 18};
    for (size_t i = 0; i < COUNT(hosted); i++) {
        struct lf_cost_terms at = terms;
        at.utilisation =
            lf_break_even_mtok(hours, hosted[i], &terms) / lf_capacity_mtok(hours, terms.years);
        assert_near(lf_all_in_usd(hours, &at), hosted[i]);
    }
}

static void without_a_gain_or_with_too_little_time_it_never_breaks_even(void **state)
{
    (void)state;
    struct lf_cost_terms sleeping = terms;
    sleeping.idle_watts = 0;
    assert_true((bool)isinf(lf_break_even_mtok(hours, 0.35, &sleeping)));
    assert_true((bool)isinf(lf_break_even_mtok(hours, 0.2, &sleeping)));
    /* The 4508 Mtok of two years gain $0.155 each: just less than $700. */
    assert_true((bool)isinf(lf_break_even_mtok(hours, 0.505, &sleeping)));
    assert_true(lf_break_even_mtok(hours, 0.506, &sleeping) < INFINITY);
    /* What costs nothing pays from the first token. */
    sleeping.price_usd = 0;
    assert_near(lf_break_even_mtok(hours, 0.36, &sleeping), 0);
}

static void what_is_not_known_stays_unknown(void **state)
{
    (void)state;
    struct lf_cost_terms unmetered = terms;
    unmetered.generating_watts = NAN;
    assert_true((bool)isnan(lf_electricity_usd(hours, &unmetered)));
    assert_true((bool)isnan(lf_all_in_usd(hours, &unmetered)));
    assert_true((bool)isnan(lf_all_in_usd(NAN, &terms)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mtok_takes_the_time_of_writing_and_of_reading),
        cmocka_unit_test(electricity_is_energy_times_its_price),
        cmocka_unit_test(the_loss_in_value_is_spread_over_the_hours_of_work),
        cmocka_unit_test(nine_idle_hours_come_with_an_hour_of_work_at_a_tenth),
        cmocka_unit_test(all_in_is_the_three_together),
        cmocka_unit_test(a_host_charges_for_what_is_read_and_written),
        cmocka_unit_test(a_machine_breaks_even_where_the_gain_pays_its_loss),
        cmocka_unit_test(at_break_even_all_in_costs_as_much_as_the_host),
        cmocka_unit_test(without_a_gain_or_with_too_little_time_it_never_breaks_even),
        cmocka_unit_test(what_is_not_known_stays_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
