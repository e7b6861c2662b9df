#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/units.h"
#include "rules/budget.h"
#include "support.h"

static void the_reserve_of_ram_is_an_eighth_within_bounds(void **state)
{
    (void)state;
    static const struct {
        uint64_t total_gib;
        bool is_limited;
        uint64_t reserve_mib;
    } rows[] = {
        {2, false, 1536},   {8, false, 1536},  {12, false, 1536},
        {16, false, 2048},  {32, false, 4096}, {64, false, 8192},
        {512, false, 8192}, {8, true, 512},    {512, true, 512},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(lf_ram_reserve_bytes(rows[i].total_gib * LF_GIB, rows[i].is_limited),
                         rows[i].reserve_mib * LF_MIB);
    }
}

static void budget_and_reserve_are_the_total(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    struct lf_budget budget;
    machine_set_ram(&machine, 32 * LF_GIB, 0);
    machine_add_gpu(&machine, "NVIDIA", 24 * LF_GIB, UINT64_C(1008000000000));
    lf_budget_make(&machine, false, &budget);
    assert_int_equal(budget.gpu_count, 1);
    assert_int_equal(budget.gpus[0].budget_bytes, 23 * LF_GIB);
    assert_int_equal(budget.gpus[0].reserve_bytes, LF_GIB);
    assert_int_equal(budget.gpus[0].bandwidth_bps, UINT64_C(1008000000000));
    assert_true(budget.ram_is_known);
    assert_false(budget.is_unified);
    assert_int_equal(budget.ram.budget_bytes, 28 * LF_GIB);
    assert_int_equal(budget.ram.reserve_bytes, 4 * LF_GIB);
    assert_string_equal(budget.ram.id, "ram");
    lf_machine_clear(&machine);
}

static void a_card_that_is_split_is_as_many_pools(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    struct lf_budget budget;
    machine_add_gpu(&machine, "AMD", 192 * LF_GIB, UINT64_C(5300000000000));
    machine_add_gpu(&machine, "AMD", 192 * LF_GIB, UINT64_C(5300000000000));
    machine.accelerators[0].partition_count = lf_amount(4, LF_MEASURED, NULL);
    lf_budget_make(&machine, false, &budget);
    assert_int_equal(budget.gpu_count, 5);
    for (size_t i = 0; i < 4; i++) {
        assert_ptr_equal(budget.gpus[i].accelerator, &machine.accelerators[0]);
        assert_int_equal(budget.gpus[i].budget_bytes, 47 * LF_GIB);
        assert_int_equal(budget.gpus[i].reserve_bytes, LF_GIB);
        assert_int_equal(budget.gpus[i].bandwidth_bps, UINT64_C(1325000000000));
    }
    assert_int_equal(budget.gpus[4].budget_bytes, 191 * LF_GIB);
    lf_machine_clear(&machine);
}

static void a_gpu_smaller_than_the_reserve_holds_nothing(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    struct lf_budget budget;
    machine_add_gpu(&machine, "NVIDIA", LF_GIB / 2, 0);
    lf_budget_make(&machine, false, &budget);
    assert_int_equal(budget.gpus[0].budget_bytes, 0);
    assert_int_equal(budget.gpus[0].reserve_bytes, LF_GIB / 2);
    lf_machine_clear(&machine);
}

static void free_memory_bounds_the_budget_when_asked_to(void **state)
{
    (void)state;
    static const struct {
        uint64_t free_gib;
        bool uses_free;
        uint64_t budget_gib;
    } rows[] = {
        {10, false, 23}, {10, true, 10}, {24, true, 23}, {0, true, 23}, /* 0: not known */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_machine machine = {0};
        struct lf_budget budget;
        struct lf_accelerator *gpu = machine_add_gpu(&machine, "NVIDIA", 24 * LF_GIB, 0);
        machine_set_ram(&machine, 32 * LF_GIB, 0);
        if (rows[i].free_gib != 0) {
            gpu->free_bytes = lf_amount(rows[i].free_gib * LF_GIB, LF_MEASURED, NULL);
            machine.memory.available_bytes = gpu->free_bytes;
        }
        lf_budget_make(&machine, rows[i].uses_free, &budget);
        assert_int_equal(budget.gpus[0].budget_bytes, rows[i].budget_gib * LF_GIB);
        assert_int_equal(budget.gpus[0].budget_bytes + budget.gpus[0].reserve_bytes, 24 * LF_GIB);
        assert_int_equal(budget.ram.budget_bytes + budget.ram.reserve_bytes, 32 * LF_GIB);
        lf_machine_clear(&machine);
    }
}

static void a_container_is_bound_by_its_limit(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    struct lf_budget budget;
    machine.memory.limit_bytes = lf_amount(4 * LF_GIB, LF_MEASURED, NULL);
    machine_set_ram(&machine, 256 * LF_GIB, 0);
    lf_budget_make(&machine, false, &budget);
    assert_int_equal(budget.ram.budget_bytes, 4 * LF_GIB - LF_GIB / 2);
    lf_machine_clear(&machine);
}

static void one_vendors_cards_count_those_with_most_memory(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    struct lf_budget budget;
    machine_add_gpu(&machine, "NVIDIA", 24 * LF_GIB, 0);
    machine_add_gpu(&machine, "AMD", 16 * LF_GIB, 0);
    machine_add_gpu(&machine, "AMD", 16 * LF_GIB, 0);
    lf_budget_make(&machine, false, &budget);
    assert_int_equal(budget.gpu_count, 2);
    assert_string_equal(budget.gpus[0].id, "gpu1");
    assert_string_equal(budget.gpus[1].id, "gpu2");
    lf_machine_clear(&machine);
}

static void of_several_partitions_a_process_gets_the_largest(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    struct lf_budget budget;
    machine_add_gpu(&machine, "NVIDIA", 10 * LF_GIB, 0)->memory_kind = LF_MEMORY_PARTITION;
    machine_add_gpu(&machine, "NVIDIA", 20 * LF_GIB, 0)->memory_kind = LF_MEMORY_PARTITION;
    lf_budget_make(&machine, false, &budget);
    assert_int_equal(budget.gpu_count, 1);
    assert_int_equal(budget.gpus[0].budget_bytes, 19 * LF_GIB);
    lf_machine_clear(&machine);
}

static void a_unified_pool_is_the_ram_and_not_added_to_it(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    struct lf_budget budget;
    machine_set_ram(&machine, 64 * LF_GIB, 0);
    struct lf_accelerator *gpu = machine_add_gpu(&machine, "Apple", 64 * LF_GIB, 0);
    gpu->memory_kind = LF_MEMORY_UNIFIED;
    gpu->usable_bytes = lf_amount(48 * LF_GIB, LF_COMPUTED, NULL);
    lf_budget_make(&machine, false, &budget);
    assert_true(budget.is_unified);
    assert_int_equal(budget.gpu_count, 1);
    assert_int_equal(budget.gpus[0].budget_bytes, 48 * LF_GIB - LF_GIB / 2);
    lf_machine_clear(&machine);
}

static void a_card_of_its_own_goes_before_a_shared_pool(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    struct lf_budget budget;
    machine_set_ram(&machine, 64 * LF_GIB, 0);
    struct lf_accelerator *shared = machine_add_gpu(&machine, "AMD", 64 * LF_GIB, 0);
    shared->memory_kind = LF_MEMORY_UNIFIED;
    shared->usable_bytes = lf_amount(48 * LF_GIB, LF_COMPUTED, NULL);
    machine_add_gpu(&machine, "NVIDIA", 8 * LF_GIB, 0);
    lf_budget_make(&machine, false, &budget);
    assert_false(budget.is_unified);
    assert_int_equal(budget.gpu_count, 1);
    assert_string_equal(budget.gpus[0].id, "gpu1");
    lf_machine_clear(&machine);
}

static void an_integrated_unit_adds_no_memory_and_is_not_missed(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    struct lf_budget budget;
    machine_set_ram(&machine, 16 * LF_GIB, 0);
    struct lf_accelerator *unit = machine_add_gpu(&machine, "Intel", 16 * LF_GIB, 0);
    unit->memory_kind = LF_MEMORY_UNIFIED;
    unit->usable_bytes = (struct lf_amount){0};
    unit->is_integrated = true;
    lf_budget_make(&machine, false, &budget);
    assert_int_equal(budget.gpu_count, 0);
    assert_false(budget.is_unified);
    assert_false(budget.has_unsized_gpu);
    lf_machine_clear(&machine);
}

static void what_is_not_known_is_told(void **state)
{
    (void)state;
    struct lf_machine machine = {0};
    struct lf_budget budget;
    machine_add_gpu(&machine, "AMD", 0, 0);
    lf_budget_make(&machine, false, &budget);
    assert_true(budget.has_unsized_gpu);
    assert_false(budget.ram_is_known);
    assert_int_equal(budget.gpu_count, 0);
    assert_int_equal(budget.ram.budget_bytes, 0);
    lf_machine_clear(&machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reserve_of_ram_is_an_eighth_within_bounds),
        cmocka_unit_test(budget_and_reserve_are_the_total),
        cmocka_unit_test(a_card_that_is_split_is_as_many_pools),
        cmocka_unit_test(a_gpu_smaller_than_the_reserve_holds_nothing),
        cmocka_unit_test(free_memory_bounds_the_budget_when_asked_to),
        cmocka_unit_test(a_container_is_bound_by_its_limit),
        cmocka_unit_test(one_vendors_cards_count_those_with_most_memory),
        cmocka_unit_test(of_several_partitions_a_process_gets_the_largest),
        cmocka_unit_test(a_unified_pool_is_the_ram_and_not_added_to_it),
        cmocka_unit_test(a_card_of_its_own_goes_before_a_shared_pool),
        cmocka_unit_test(an_integrated_unit_adds_no_memory_and_is_not_missed),
        cmocka_unit_test(what_is_not_known_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
