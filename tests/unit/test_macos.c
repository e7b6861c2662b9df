/* Macs by recorded values, through the code that reads them on a Mac.
 *
 * Working sets are those that Metal logged on Macs of that size: 55662.79 MB of 64 GiB (M3 Max),
 * 498216.21 MB of 512 GiB (M3 Ultra), and 112.00 GiB where iogpu.wired_limit_mb was 114688 (M5 Max,
 * 128 GiB). The M1's name and cores are those of a recorded `sysctl machdep.cpu`. The other chips'
 * cores are as sold; pages and swap are made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include <cmocka.h>

#include "advise/complete.h"
#include "base/clock.h"
#include "base/units.h"
#include "box.h"
#include "probe/macos.h"
#include "support.h"
#include "sysctl_player.h"

enum { GPUS_MOST = 2 };

struct recording {
    struct played_sysctl sysctls[SYSCTLS_MOST];
    struct lf_macos_pages pages;
    struct lf_macos_gpu gpus[GPUS_MOST];
    size_t gpu_count;
    bool hangs;
};

static bool play_sysctl(const void *context, const char *name, void *value, size_t *bytes)
{
    const struct recording *recording = context;
    return play_sysctl_of(recording->sysctls, name, value, bytes);
}

static bool play_pages(const void *context, struct lf_macos_pages *pages)
{
    *pages = ((const struct recording *)context)->pages;
    return true;
}

static void play_gpus(const struct lf_child_outlet *outlet, const void *context)
{
    const struct recording *recording = context;
    while (recording->hangs) {
        pause();
    }
    for (size_t i = 0; i < recording->gpu_count; i++) {
        lf_child_send(outlet, &recording->gpus[i]);
    }
}

/* Reads the recorded Mac into the box's machine, in the order of its back ends. */
static enum lf_step_status play(struct box *box, const struct recording *recording)
{
    const struct lf_macos_calls calls = {
        .context = recording,
        .sysctl = play_sysctl,
        .count_pages = play_pages,
        .tell_gpus = play_gpus,
    };
    lf_machine_clear(&box->machine);
    box->probe.deadline_ms = lf_clock_now_ms() + (recording->hangs ? 50 : 2000);
    lf_macos_read_cpu(&box->probe, &calls);
    lf_macos_read_memory(&box->probe, &calls);
    return lf_macos_read_gpus(&box->probe, &calls);
}

static void complete(struct lf_machine *machine)
{
    struct lf_catalog catalog;
    lf_catalog_init(&catalog, NULL);
    assert_int_equal(lf_catalog_load(&catalog, lf_machine_missing_parts(machine), NULL), LF_OK);
    lf_machine_complete(machine, &catalog);
    lf_catalog_clear(&catalog);
}

/* A Mac with an Apple chip; gpu_cores 0: Metal tells of no GPU. */
static struct recording make_mac(const char *chip, uint64_t cores, uint64_t ram_gib,
                                 uint64_t gpu_cores, uint64_t working_set_bytes)
{
    struct recording recording = {
        .sysctls =
            {
                {.name = "machdep.cpu.brand_string", .text = chip},
                {.name = "hw.physicalcpu", .number = cores, .bytes = 4},
                {.name = "hw.logicalcpu", .number = cores, .bytes = 4},
                {.name = "hw.memsize", .number = ram_gib * LF_GIB, .bytes = 8},
                {.name = "hw.pagesize", .number = 16384, .bytes = 8},
                {.name = "hw.optional.AdvSIMD", .number = 1, .bytes = 4},
                {.name = "hw.optional.arm.FEAT_DotProd", .number = 1, .bytes = 4},
                {.name = "hw.optional.arm.FEAT_I8MM", .number = 0, .bytes = 4},
            },
        .pages = {.free = 65536, .inactive = 65536}, /* 2 GiB */
        .gpus = {{.working_set_bytes = working_set_bytes,
                  .gpu_cores = gpu_cores,
                  .has_unified_memory = 1}},
        .gpu_count = gpu_cores == 0 ? 0 : 1,
    };
    memcpy(recording.gpus[0].name, chip, strlen(chip));
    return recording;
}

static void add_number(struct recording *recording, const char *name, uint64_t number)
{
    size_t place = 0;
    while (recording->sysctls[place].name != NULL) {
        place++;
    }
    assert_in_range(place, 0, SYSCTLS_MOST - 1);
    recording->sysctls[place].name = name;
    recording->sysctls[place].number = number;
    recording->sysctls[place].bytes = 4;
}

static void a_chip_is_known_by_its_name_and_gpu_cores(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *chip;
        uint64_t cores;
        uint64_t ram_gib;
        uint64_t gpu_cores;
        uint64_t working_set_bytes;
        const char *name;
        uint64_t bandwidth_bps;
    } rows[] = {
        {"Apple M4 Max", 16, 64, 40, 55662790000, "Apple M4 Max (40-core GPU)", 546000000000},
        {"Apple M4 Max", 14, 64, 32, 55662790000, "Apple M4 Max (32-core GPU)", 409600000000},
        {"Apple M3 Ultra", 32, 512, 80, 498216210000, "Apple M3 Ultra (80-core GPU)", 819200000000},
        {"Apple M1", 8, 8, 8, 5726623061, "Apple M1 (8-core GPU)", 68250000000},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct recording mac = make_mac(rows[i].chip, rows[i].cores, rows[i].ram_gib,
                                        rows[i].gpu_cores, rows[i].working_set_bytes);
        assert_int_equal(play(box, &mac), LF_STEP_OK);
        complete(&box->machine);
        const struct lf_accelerator *gpu = &box->machine.accelerators[0];
        assert_int_equal(box->machine.accelerator_count, 1);
        assert_string_equal(box->machine.cpu.name, rows[i].chip);
        assert_measured(box->machine.cpu.cores, rows[i].cores);
        assert_measured(box->machine.memory.total_bytes, rows[i].ram_gib * LF_GIB);
        assert_measured(box->machine.memory.available_bytes, 2 * LF_GIB);
        assert_string_equal(gpu->name, rows[i].name);
        assert_int_equal(gpu->memory_kind, LF_MEMORY_UNIFIED);
        assert_int_equal(gpu->total_bytes.value, rows[i].ram_gib * LF_GIB);
        assert_measured(gpu->usable_bytes, rows[i].working_set_bytes);
        assert_int_equal(gpu->bandwidth_bps.value, rows[i].bandwidth_bps);
        assert_int_equal(box->machine.diagnostic_count, 0);
    }
}

static void the_wired_limit_is_the_ceiling_when_it_is_set(void **state)
{
    struct box *box = *state;
    struct recording mac = make_mac("Apple M4 Max", 16, 64, 40, 57344 * LF_MIB);
    add_number(&mac, "iogpu.wired_limit_mb", 57344);
    play(box, &mac);
    assert_measured(box->machine.accelerators[0].usable_bytes, 56 * LF_GIB);
    /* Metal is not to be asked, as may be over ssh. */
    mac.gpu_count = 0;
    play(box, &mac);
    assert_int_equal(box->machine.accelerator_count, 1);
    assert_measured(box->machine.accelerators[0].usable_bytes, 56 * LF_GIB);
    assert_string_equal(box->machine.accelerators[0].usable_bytes.source, "iogpu.wired_limit_mb");
    /* 0 means that the system decides. */
    mac = make_mac("Apple M4 Max", 16, 64, 0, 0);
    add_number(&mac, "iogpu.wired_limit_mb", 0);
    play(box, &mac);
    assert_false(lf_known(box->machine.accelerators[0].usable_bytes));
    /* More than there is cannot be wired. */
    mac = make_mac("Apple M4 Max", 16, 64, 0, 0);
    add_number(&mac, "iogpu.wired_limit_mb", 100000);
    play(box, &mac);
    assert_measured(box->machine.accelerators[0].usable_bytes, 64 * LF_GIB);
}

static void without_metal_the_ceiling_is_a_usual_share_of_the_ram(void **state)
{
    struct box *box = *state;
    struct recording mac = make_mac("Apple M1", 8, 8, 0, 0);
    assert_int_equal(play(box, &mac), LF_STEP_OK);
    complete(&box->machine);
    const struct lf_accelerator *gpu = &box->machine.accelerators[0];
    assert_int_equal(gpu->usable_bytes.origin, LF_COMPUTED);
    assert_int_equal(gpu->usable_bytes.value, (uint64_t)(8.0 * (double)LF_GIB * 0.667));
    assert_int_equal(gpu->bandwidth_bps.value, 68250000000);
}

static void a_virtual_machine_has_no_gpu_that_it_is_not_offered(void **state)
{
    struct box *box = *state;
    struct recording mac = make_mac("Apple M1", 4, 8, 0, 0);
    add_number(&mac, "kern.hv_vmm_present", 1);
    assert_int_equal(play(box, &mac), LF_STEP_NOTHING);
    assert_int_equal(box->machine.accelerator_count, 0);
    assert_non_null(box_diagnostic(box, "gpu-not-offered"));
}

static void an_intel_mac_may_have_a_card_with_its_own_memory(void **state)
{
    struct box *box = *state;
    struct recording mac = make_mac("Intel(R) Core(TM) i7-6820HQ CPU @ 2.70GHz", 4, 16, 1, 0);
    mac.gpus[0] = (struct lf_macos_gpu){
        .name = "AMD Radeon Pro 450",
        .working_set_bytes = 2 * LF_GIB,
    };
    mac.gpus[1] = (struct lf_macos_gpu){
        .name = "Intel(R) HD Graphics 530",
        .working_set_bytes = 1536 * LF_MIB,
        .has_unified_memory = 1,
    };
    mac.gpu_count = 2;
    play(box, &mac);
    const struct lf_accelerator *gpus = box->machine.accelerators;
    assert_int_equal(box->machine.accelerator_count, 2);
    assert_string_equal(gpus[0].vendor, "AMD");
    assert_int_equal(gpus[0].memory_kind, LF_MEMORY_DEDICATED);
    assert_measured(gpus[0].total_bytes, 2 * LF_GIB);
    assert_string_equal(gpus[1].vendor, "Intel");
    assert_int_equal(gpus[1].memory_kind, LF_MEMORY_UNIFIED);
    assert_measured(gpus[1].usable_bytes, 1536 * LF_MIB);
}

static void metal_that_hangs_costs_the_deadline_only(void **state)
{
    struct box *box = *state;
    struct recording mac = make_mac("Apple M4 Max", 16, 64, 40, 0);
    mac.hangs = true;
    double start_ms = lf_clock_now_ms();
    assert_int_equal(play(box, &mac), LF_STEP_TIMEOUT);
    assert_true(lf_clock_now_ms() - start_ms < 300);
    assert_non_null(box_diagnostic(box, "driver-hang"));
    assert_int_equal(box->machine.accelerator_count, 1);
    assert_string_equal(box->machine.accelerators[0].name, "Apple M4 Max");
}

static void absurd_figures_are_no_figures(void **state)
{
    struct box *box = *state;
    struct recording mac = make_mac("Apple M1", 0, 0, 0, 0);
    mac.sysctls[1].number = UINT32_MAX; /* -1 as int */
    play(box, &mac);
    assert_false(lf_known(box->machine.cpu.cores));
    assert_false(lf_known(box->machine.memory.total_bytes));
    assert_true(lf_machine_has_gap(&box->machine, LF_GAP_MEMORY));
}

static void cores_are_of_two_kinds(void **state)
{
    struct box *box = *state;
    struct recording mac = make_mac("Apple M1", 8, 8, 8, 1);
    play(box, &mac);
    assert_false(lf_known(box->machine.cpu.performance_cores));
    add_number(&mac, "hw.nperflevels", 2);
    add_number(&mac, "hw.perflevel0.physicalcpu", 4);
    add_number(&mac, "hw.perflevel1.physicalcpu", 4);
    play(box, &mac);
    assert_measured(box->machine.cpu.performance_cores, 4);
    assert_measured(box->machine.cpu.efficiency_cores, 4);
}

static void instruction_sets_have_the_names_they_have_on_linux(void **state)
{
    struct box *box = *state;
    struct recording mac = make_mac("Apple M1", 8, 8, 8, 1);
    play(box, &mac);
    assert_int_equal(box->machine.cpu.isa.count, 2);
    assert_string_equal(box->machine.cpu.isa.items[0], "asimd");
    assert_string_equal(box->machine.cpu.isa.items[1], "asimddp");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(a_chip_is_known_by_its_name_and_gpu_cores),
        BOX_TEST(the_wired_limit_is_the_ceiling_when_it_is_set),
        BOX_TEST(without_metal_the_ceiling_is_a_usual_share_of_the_ram),
        BOX_TEST(a_virtual_machine_has_no_gpu_that_it_is_not_offered),
        BOX_TEST(an_intel_mac_may_have_a_card_with_its_own_memory),
        BOX_TEST(metal_that_hangs_costs_the_deadline_only),
        BOX_TEST(absurd_figures_are_no_figures),
        BOX_TEST(cores_are_of_two_kinds),
        BOX_TEST(instruction_sets_have_the_names_they_have_on_linux),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
