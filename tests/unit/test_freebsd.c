/* FreeBSD computers by made-up values in the form that FreeBSD gives them, through the code that
 * reads them there. PCI ids are those of devices.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/units.h"
#include "box.h"
#include "probe/freebsd.h"
#include "sysctl_player.h"

enum { DEVICES_MOST = 4 };

struct recording {
    struct played_sysctl sysctls[SYSCTLS_MOST];
    struct lf_freebsd_device devices[DEVICES_MOST];
    size_t device_count;
};

static const struct recording workstation = {
    .sysctls = {{"hw.model", "AMD Ryzen 9 5950X 16-Core Processor            ", 0, 0},
                {"kern.smp.cores", NULL, 16, 4},
                {"hw.ncpu", NULL, 32, 4},
                {"hw.physmem", NULL, 64 * LF_GIB - 400 * LF_MIB, 8},
                {"hw.pagesize", NULL, 4096, 4},
                {"vm.stats.vm.v_free_count", NULL, 2621440, 4}, /* 10 GiB */
                {"vm.stats.vm.v_inactive_count", NULL, 1048576, 4},
                {"vm.stats.vm.v_laundry_count", NULL, 262144, 4},
                {"vm.swap_total", NULL, 2 * LF_GIB, 8},
                {"dev.nvidia.0.%parent", "vgapci0", 0, 0},
                {"dev.drmn.0.%parent", "vgapci1", 0, 0}},
    .devices = {{.bus = 0, .slot = 0, .class_id = 6, .vendor = 0x1022, .device = 0x1480},
                {.bus = 9, .class_id = 3, .vendor = 0x10de, .device = 0x2204, .driver = "vgapci"},
                {.bus = 10,
                 .class_id = 3,
                 .vendor = 0x1002,
                 .device = 0x744c,
                 .unit = 1,
                 .driver = "vgapci"},
                {.bus = 11,
                 .class_id = 3,
                 .vendor = 0x1a03,
                 .device = 0x2000,
                 .unit = 2,
                 .driver = "vgapci"}},
    .device_count = 4,
};

static bool play_sysctl(const void *context, const char *name, void *value, size_t *bytes)
{
    const struct recording *recording = context;
    return play_sysctl_of(recording->sysctls, name, value, bytes);
}

static bool play_cpuid(const void *context, uint32_t leaf, uint32_t subleaf, uint32_t registers[4])
{
    (void)context;
    (void)subleaf;
    registers[2] = leaf == 1 ? UINT32_C(1) << 28 : 0;
    return true;
}

static uint64_t play_enabled(const void *context)
{
    (void)context;
    return 0x7;
}

static size_t play_devices(const void *context, struct lf_freebsd_device *devices, size_t most)
{
    const struct recording *recording = context;
    assert_in_range(recording->device_count, 0, most);
    memcpy(devices, recording->devices, recording->device_count * sizeof *devices);
    return recording->device_count;
}

static enum lf_step_status play(struct box *box, const struct recording *recording)
{
    const struct lf_freebsd_calls calls = {
        .context = recording,
        .sysctl = play_sysctl,
        .cpuid = play_cpuid,
        .get_enabled = play_enabled,
        .get_devices = play_devices,
    };
    lf_machine_clear(&box->machine);
    lf_freebsd_read_cpu(&box->probe, &calls);
    lf_freebsd_read_memory(&box->probe, &calls);
    return lf_freebsd_read_gpus(&box->probe, &calls);
}

static void a_workstation_has_two_cards_with_drivers(void **state)
{
    struct box *box = *state;
    assert_int_equal(play(box, &workstation), LF_STEP_OK);
    const struct lf_machine *machine = &box->machine;
    assert_string_equal(machine->cpu.name, "AMD Ryzen 9 5950X 16-Core Processor");
    assert_measured(machine->cpu.cores, 16);
    assert_measured(machine->cpu.threads, 32);
    assert_int_equal(machine->cpu.isa.count, 1);
    assert_measured(machine->memory.total_bytes, 64 * LF_GIB - 400 * LF_MIB);
    assert_measured(machine->memory.available_bytes, 15 * LF_GIB);
    assert_measured(machine->memory.swap_bytes, 2 * LF_GIB);
    assert_int_equal(machine->accelerator_count, 2);
    assert_string_equal(machine->accelerators[0].id, "0000:09:00.0");
    assert_string_equal(machine->accelerators[0].pci_id, "10de:2204");
    assert_string_equal(machine->accelerators[0].driver, "nvidia");
    assert_string_equal(machine->accelerators[1].vendor, "AMD");
    assert_string_equal(machine->accelerators[1].driver, "drmn");
    assert_int_equal(machine->diagnostic_count, 0);
}

static void a_card_without_a_driver_is_of_no_use(void **state)
{
    struct box *box = *state;
    struct recording bare = workstation;
    bare.sysctls[9].name = NULL;
    play(box, &bare);
    assert_measured(box->machine.accelerators[0].usable_bytes, 0);
    assert_non_null(box_diagnostic(box, "gpu-no-driver"));
    assert_true(lf_machine_has_gap(&box->machine, LF_GAP_ACCELERATORS));
}

static void what_may_not_be_asked_is_said(void **state)
{
    struct box *box = *state;
    struct recording jail = workstation;
    jail.device_count = 0;
    jail.sysctls[3].number = 0;
    assert_int_equal(play(box, &jail), LF_STEP_FAILED);
    assert_non_null(box_diagnostic(box, "pci-not-permitted"));
    assert_non_null(box_diagnostic(box, "memory-unknown"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(a_workstation_has_two_cards_with_drivers),
        BOX_TEST(a_card_without_a_driver_is_of_no_use),
        BOX_TEST(what_may_not_be_asked_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
