#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "advise/complete.h"
#include "base/units.h"
#include "support.h"

static int load(void **state)
{
    return catalog_set_up(state, LF_CATALOG_MACHINES | LF_CATALOG_DEVICES | LF_CATALOG_CPUS);
}

static void assert_listed(const struct lf_catalog *catalog, const char *name, const char *expected)
{
    const struct lf_listed_machine *listed = lf_listed_machine_find(&catalog->machines, name);
    assert_string_equal(listed == NULL ? "nothing" : listed->id, expected);
}

static void a_machine_is_found_by_id_name_and_alias(void **state)
{
    static const char *const rows[][2] = {
        {"macbook-pro-m4-max-64", "macbook-pro-m4-max-64"},
        {"MacBook Pro M4 Max 64GB", "macbook-pro-m4-max-64"},
        {"macbook pro m4 max 128", "macbook-pro-m4-max-128"},
        {"DGX Spark", "dgx-spark"},
        {"strix-halo-128", "framework-desktop-128"},
        /* Several sizes, none, and what is no machine. */
        {"MacBook Pro M4 Max", "nothing"},
        {"MacBook Pro M4 Max 96GB", "nothing"},
        {"", "nothing"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_listed(*state, rows[i][0], rows[i][1]);
    }
}

static void no_two_machines_go_by_one_name(void **state)
{
    const struct lf_catalog *catalog = *state;
    for (size_t i = 0; i < catalog->machines.count; i++) {
        const struct lf_listed_machine *listed = &catalog->machines.items[i];
        assert_listed(catalog, listed->id, listed->id);
        assert_listed(catalog, listed->name, listed->id);
        for (size_t k = 0; k < listed->aliases.count; k++) {
            assert_listed(catalog, listed->aliases.items[k], listed->id);
        }
    }
}

static void every_listed_machine_can_be_made_with_nothing_unknown(void **state)
{
    const struct lf_catalog *catalog = *state;
    for (size_t i = 0; i < catalog->machines.count; i++) {
        const struct lf_listed_machine *listed = &catalog->machines.items[i];
        struct lf_machine machine = {0};
        struct lf_error err = {0};
        if (lf_machine_make(&machine, catalog, listed, &err) != LF_OK) {
            fail_msg("%s: %s", listed->id, err.text);
        }
        if (!lf_known(machine.memory.bandwidth_bps)) {
            fail_msg("%s: the speed of its RAM is unknown", listed->id);
        }
        assert_int_equal(machine.memory.total_bytes.value, listed->ram_bytes);
        assert_int_equal(machine.memory.total_bytes.origin, LF_LISTED);
        assert_true(machine.accelerator_count >= listed->gpus.count);
        for (size_t g = 0; g < machine.accelerator_count; g++) {
            assert_true(lf_known(machine.accelerators[g].total_bytes));
            assert_true(lf_known(machine.accelerators[g].bandwidth_bps));
        }
        lf_machine_clear(&machine);
    }
}

static void copies_and_pools_are_those_of_the_row(void **state)
{
    const struct lf_catalog *catalog = *state;
    struct lf_machine machine = {0};
    const struct lf_listed_machine *listed = lf_listed_machine_find(&catalog->machines, "dgx-h100");
    assert_int_equal(lf_machine_make(&machine, catalog, listed, NULL), LF_OK);
    assert_int_equal(machine.accelerator_count, 8);
    assert_int_equal(machine.accelerators[7].total_bytes.value, 80 * LF_GIB);
    lf_machine_clear(&machine);

    /* The size its name tells others is not that which its system reports. */
    listed = lf_listed_machine_find(&catalog->machines, "dgx-spark");
    assert_int_equal(lf_machine_make(&machine, catalog, listed, NULL), LF_OK);
    assert_int_equal(machine.accelerators[0].memory_kind, LF_MEMORY_UNIFIED);
    assert_int_equal(machine.accelerators[0].total_bytes.value, listed->ram_bytes);
    lf_machine_clear(&machine);
}

static void a_row_whose_gpu_nobody_lists_is_at_fault(void **state)
{
    const char *const gpus[] = {"GeForce RTX 1"};
    const struct lf_listed_machine listed = {
        .id = "x", .name = "X", .cpu = "X", .ram_bytes = LF_GIB, .gpus = {gpus, 1}};
    struct lf_machine machine = {0};
    struct lf_error err = {0};
    assert_int_equal(lf_machine_make(&machine, *state, &listed, &err), LF_BAD_INPUT);
    assert_non_null(strstr(err.text, "machines.json: x: no device is called \"GeForce RTX 1\""));
    lf_machine_clear(&machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_machine_is_found_by_id_name_and_alias),
        cmocka_unit_test(no_two_machines_go_by_one_name),
        cmocka_unit_test(every_listed_machine_can_be_made_with_nothing_unknown),
        cmocka_unit_test(copies_and_pools_are_those_of_the_row),
        cmocka_unit_test(a_row_whose_gpu_nobody_lists_is_at_fault),
    };
    return cmocka_run_group_tests(tests, load, catalog_tear_down);
}
