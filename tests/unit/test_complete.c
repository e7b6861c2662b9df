#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "advise/complete.h"
#include "base/units.h"
#include "support.h"

static int load_devices(void **state)
{
    return catalog_set_up(state, LF_CATALOG_DEVICES | LF_CATALOG_CPUS);
}

static void assert_amount(struct lf_amount amount, uint64_t value, enum lf_origin origin)
{
    assert_int_equal(amount.value, value);
    assert_int_equal(amount.origin, origin);
}

static void the_list_fills_what_the_probe_could_not_read(void **state)
{
    struct lf_machine machine = {0};
    struct lf_accelerator *gpu = lf_machine_add_accelerator(&machine);
    gpu->vendor = "NVIDIA";
    gpu->pci_id = "10de:2684";
    assert_int_equal(lf_machine_missing_parts(&machine), LF_CATALOG_DEVICES);
    lf_machine_complete(&machine, *state);
    assert_non_null(strstr(gpu->name, "4090"));
    assert_amount(gpu->total_bytes, 24 * LF_GIB, LF_LISTED);
    assert_in_range(gpu->bandwidth_bps.value, UINT64_C(1000000000000), UINT64_C(1010000000000));
    assert_int_equal(gpu->bandwidth_bps.origin, LF_LISTED);
    assert_amount(gpu->usable_bytes, 24 * LF_GIB, LF_COMPUTED);
    assert_true(gpu->fp16_tflops > 100 && gpu->fp32_tflops > 50);
    assert_int_equal(lf_machine_missing_parts(&machine), 0);
    lf_machine_clear(&machine);
}

static void what_was_measured_is_never_overwritten(void **state)
{
    struct lf_machine machine = {0};
    struct lf_accelerator *gpu = lf_machine_add_accelerator(&machine);
    gpu->vendor = "NVIDIA";
    gpu->name = "As the driver says";
    gpu->pci_id = "10de:2684";
    gpu->total_bytes = lf_amount(23 * LF_GIB, LF_MEASURED, "nvml");
    gpu->usable_bytes = lf_amount(20 * LF_GIB, LF_MEASURED, "nvml");
    gpu->bandwidth_bps = lf_amount(7, LF_MEASURED, "bench");
    gpu->fp16_tflops = 1.5;
    machine.cpu.name = "AMD Ryzen 9 7950X 16-Core Processor";
    machine.memory.bandwidth_bps = lf_amount(9, LF_MEASURED, "bench");
    lf_machine_complete(&machine, *state);
    assert_string_equal(gpu->name, "As the driver says");
    assert_amount(gpu->total_bytes, 23 * LF_GIB, LF_MEASURED);
    assert_amount(gpu->usable_bytes, 20 * LF_GIB, LF_MEASURED);
    assert_amount(gpu->bandwidth_bps, 7, LF_MEASURED);
    assert_amount(machine.memory.bandwidth_bps, 9, LF_MEASURED);
    assert_true(gpu->fp16_tflops == 1.5);
    lf_machine_clear(&machine);
}

static void a_cpu_whose_platform_is_known_tells_the_bandwidth_of_its_ram(void **state)
{
    struct lf_machine machine = {0};
    machine.cpu.name = "AMD Ryzen 9 7950X 16-Core Processor";
    assert_int_equal(lf_machine_missing_parts(&machine), LF_CATALOG_CPUS);
    lf_machine_complete(&machine, *state);
    assert_amount(machine.memory.bandwidth_bps, UINT64_C(83200000000), LF_LISTED);
    lf_machine_clear(&machine);

    machine.cpu.name = "A processor nobody lists";
    lf_machine_complete(&machine, *state);
    assert_false(lf_known(machine.memory.bandwidth_bps));
    lf_machine_clear(&machine);
}

static void an_unknown_device_stays_unknown(void **state)
{
    struct lf_machine machine = {0};
    struct lf_accelerator *gpu = lf_machine_add_accelerator(&machine);
    gpu->vendor = "NVIDIA";
    gpu->pci_id = "10de:ffff";
    lf_machine_complete(&machine, *state);
    assert_null(gpu->name);
    assert_false(lf_known(gpu->total_bytes) || lf_known(gpu->usable_bytes));
    assert_false(lf_known(gpu->bandwidth_bps));
    lf_machine_clear(&machine);
}

static void apple_grants_more_of_a_larger_pool(void **state)
{
    static const struct {
        uint64_t ram_gib;
        double share;
    } rows[] = {{8, 0.667}, {16, 0.667}, {36, 0.78}, {64, 0.78}, {128, 0.84}, {512, 0.90}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_machine machine = {0};
        struct lf_accelerator *gpu = lf_machine_add_accelerator(&machine);
        machine_set_ram(&machine, rows[i].ram_gib * LF_GIB, 0);
        gpu->vendor = "Apple";
        gpu->name = "Apple M4 Max";
        gpu->memory_kind = LF_MEMORY_UNIFIED;
        gpu->total_bytes = machine.memory.total_bytes;
        lf_machine_complete(&machine, *state);
        double share = (double)gpu->usable_bytes.value / (double)(rows[i].ram_gib * LF_GIB);
        assert_true(share > rows[i].share - 0.001 && share < rows[i].share + 0.001);
        assert_int_equal(gpu->usable_bytes.origin, LF_COMPUTED);
        /* One pool, one speed. */
        assert_true(lf_known(gpu->bandwidth_bps));
        assert_int_equal(machine.memory.bandwidth_bps.value, gpu->bandwidth_bps.value);
        lf_machine_clear(&machine);
    }
}

/* A machine of 32 GiB and an AMD card, simulated. */
static enum lf_status simulate(struct lf_machine *machine, const struct lf_catalog *catalog,
                               const struct lf_simulation *simulation, struct lf_error *err)
{
    machine_set_ram(machine, 32 * LF_GIB, UINT64_C(80000000000));
    machine_add_gpu(machine, "AMD", 16 * LF_GIB, UINT64_C(640000000000));
    return lf_machine_simulate(machine, catalog, simulation, err);
}

static void named_gpus_replace_those_of_the_machine(void **state)
{
    static const struct {
        const char *name;
        const char *part; /* of the listed name */
        size_t count;
        uint64_t gib;
    } rows[] = {
        {"rtx 4090", "4090", 1, 24},
        {"RTX 4090x2", "4090", 2, 24},
        {"4090 x4", "4090", 4, 24},
        {"rtx 3090X8", "3090", 8, 24},
        {"rx 580", "580", 1, 8},
        {"rx580", "580", 1, 8},
        {"h100 sxm5 80gb x16", "H100", 16, 80},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_machine machine = {0};
        struct lf_error err = {0};
        const char *const names[] = {rows[i].name};
        struct lf_simulation simulation = {.gpus = names, .gpu_count = 1};
        if (simulate(&machine, *state, &simulation, &err) != LF_OK) {
            fail_msg("%s: %s", rows[i].name, err.text);
        }
        assert_int_equal(machine.accelerator_count, rows[i].count);
        for (size_t g = 0; g < rows[i].count; g++) {
            const struct lf_accelerator *gpu = &machine.accelerators[g];
            assert_non_null(strstr(gpu->name, rows[i].part));
            assert_amount(gpu->total_bytes, rows[i].gib * LF_GIB, LF_LISTED);
            assert_true(lf_known(gpu->usable_bytes));
        }
        lf_machine_clear(&machine);
    }
}

static void gpus_of_several_names_are_added_up(void **state)
{
    struct lf_machine machine = {0};
    const char *const names[] = {"rtx 4090", "rtx 3060x2"};
    struct lf_simulation simulation = {.gpus = names, .gpu_count = 2};
    assert_int_equal(simulate(&machine, *state, &simulation, NULL), LF_OK);
    assert_int_equal(machine.accelerator_count, 3);
    assert_string_equal(machine.accelerators[0].id, "gpu0");
    assert_string_equal(machine.accelerators[2].id, "gpu2");
    assert_string_equal(machine.label, "a simulated machine");
    lf_machine_clear(&machine);
}

static void an_unknown_name_tells_the_nearest(void **state)
{
    struct lf_machine machine = {0};
    struct lf_error err = {0};
    const char *const names[] = {"rtx 4095"};
    struct lf_simulation simulation = {.gpus = names, .gpu_count = 1};
    assert_int_equal(simulate(&machine, *state, &simulation, &err), LF_USAGE);
    assert_non_null(strstr(err.text, "--gpu: no device is called \"rtx 4095\"; nearest: "));
    assert_non_null(strstr(err.text, "4090"));
    lf_machine_clear(&machine);
}

static void a_unified_part_makes_the_ram_its_pool(void **state)
{
    struct lf_machine machine = {0};
    const char *const names[] = {"m4 max"};
    struct lf_simulation simulation = {.gpus = names, .gpu_count = 1, .ram_bytes = 128 * LF_GIB};
    assert_int_equal(simulate(&machine, *state, &simulation, NULL), LF_OK);
    const struct lf_accelerator *gpu = &machine.accelerators[0];
    assert_int_equal(gpu->memory_kind, LF_MEMORY_UNIFIED);
    assert_int_equal(gpu->total_bytes.value, 128 * LF_GIB);
    assert_in_range(gpu->usable_bytes.value, 107 * LF_GIB, 108 * LF_GIB);
    assert_int_equal(machine.memory.bandwidth_bps.value, gpu->bandwidth_bps.value);
    lf_machine_clear(&machine);
}

static void the_name_of_a_unified_part_may_tell_the_size_of_the_pool(void **state)
{
    static const struct {
        const char *name;
        uint64_t vram_gib;
        uint64_t ram_gib;
        uint64_t pool_gib;
    } rows[] = {
        {"m4 max 64", 0, 0, 64},    {"dgx spark", 0, 0, 128},   {"strix halo 96gb", 0, 0, 96},
        {"m4 max", 0, 0, 32},       {"m4 max 64", 0, 48, 48},   {"m4 max", 36, 0, 36},
        {"m4 max 64", 128, 0, 128}, {"orin nano 8gb", 0, 0, 8},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_machine machine = {0};
        const char *const names[] = {rows[i].name};
        struct lf_simulation simulation = {.gpus = names,
                                           .gpu_count = 1,
                                           .vram_bytes = rows[i].vram_gib * LF_GIB,
                                           .ram_bytes = rows[i].ram_gib * LF_GIB};
        assert_int_equal(simulate(&machine, *state, &simulation, NULL), LF_OK);
        assert_int_equal(machine.accelerator_count, 1);
        assert_int_equal(machine.accelerators[0].total_bytes.value, rows[i].pool_gib * LF_GIB);
        assert_int_equal(machine.memory.total_bytes.value, rows[i].pool_gib * LF_GIB);
        lf_machine_clear(&machine);
    }
}

static void given_sizes_replace_what_was_found(void **state)
{
    struct lf_machine machine = {0};
    struct lf_simulation simulation = {
        .vram_bytes = 24 * LF_GIB, .ram_bytes = 64 * LF_GIB, .cpu_cores = 6};
    machine.memory.limit_bytes = lf_amount(4 * LF_GIB, LF_MEASURED, NULL);
    assert_int_equal(simulate(&machine, *state, &simulation, NULL), LF_OK);
    assert_amount(machine.memory.total_bytes, 64 * LF_GIB, LF_GIVEN);
    assert_int_equal(machine.memory.usable_bytes.value, 64 * LF_GIB);
    assert_false(lf_known(machine.memory.limit_bytes));
    assert_amount(machine.cpu.cores, 6, LF_GIVEN);
    assert_amount(machine.accelerators[0].total_bytes, 24 * LF_GIB, LF_GIVEN);
    assert_int_equal(machine.accelerators[0].usable_bytes.value, 24 * LF_GIB);
    /* The card is still that card. */
    assert_int_equal(machine.accelerators[0].bandwidth_bps.value, UINT64_C(640000000000));
    lf_machine_clear(&machine);
}

static void memory_alone_adds_a_gpu_of_unknown_speed(void **state)
{
    struct lf_machine machine = {0};
    struct lf_simulation simulation = {.vram_bytes = 12 * LF_GIB};
    machine_set_ram(&machine, 32 * LF_GIB, 0);
    assert_int_equal(lf_machine_simulate(&machine, *state, &simulation, NULL), LF_OK);
    assert_int_equal(machine.accelerator_count, 1);
    assert_int_equal(machine.accelerators[0].usable_bytes.value, 12 * LF_GIB);
    assert_false(lf_known(machine.accelerators[0].bandwidth_bps));
    lf_machine_clear(&machine);
}

static void what_the_probe_missed_does_not_bear_on_made_up_gpus(void **state)
{
    struct lf_machine machine = {0};
    const char *const names[] = {"rtx 4090"};
    struct lf_simulation simulation = {.gpus = names, .gpu_count = 1};
    lf_machine_diagnose(&machine, LF_GAP_ACCELERATORS, "driver-hang", "x");
    lf_machine_diagnose(&machine, LF_GAP_MEMORY, "no-meminfo", "x");
    assert_int_equal(simulate(&machine, *state, &simulation, NULL), LF_OK);
    assert_false(lf_machine_has_gap(&machine, LF_GAP_ACCELERATORS));
    assert_true(lf_machine_has_gap(&machine, LF_GAP_MEMORY));
    lf_machine_clear(&machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_fills_what_the_probe_could_not_read),
        cmocka_unit_test(what_was_measured_is_never_overwritten),
        cmocka_unit_test(a_cpu_whose_platform_is_known_tells_the_bandwidth_of_its_ram),
        cmocka_unit_test(an_unknown_device_stays_unknown),
        cmocka_unit_test(apple_grants_more_of_a_larger_pool),
        cmocka_unit_test(named_gpus_replace_those_of_the_machine),
        cmocka_unit_test(gpus_of_several_names_are_added_up),
        cmocka_unit_test(an_unknown_name_tells_the_nearest),
        cmocka_unit_test(a_unified_part_makes_the_ram_its_pool),
        cmocka_unit_test(the_name_of_a_unified_part_may_tell_the_size_of_the_pool),
        cmocka_unit_test(given_sizes_replace_what_was_found),
        cmocka_unit_test(memory_alone_adds_a_gpu_of_unknown_speed),
        cmocka_unit_test(what_the_probe_missed_does_not_bear_on_made_up_gpus),
    };
    return cmocka_run_group_tests(tests, load_devices, catalog_tear_down);
}
