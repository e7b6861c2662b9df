/* GPUs as the PCI bus and the kernel drivers show them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "box.h"
#include "base/units.h"
#include "probe/backends.h"

static void only_gpus_and_accelerators_for_models_are_listed(void **state)
{
    static const struct {
        const char *class_id;
        const char *vendor;
        const char *device;
        bool is_listed;
    } rows[] = {
        {"0x030000", "0x10de", "0x2684", true},   {"0x030200", "0x10de", "0x20b5", true},
        {"0x038000", "0x1002", "0x73bf", true},   {"0x120000", "0x1002", "0x74a1", true},
        {"0x120000", "0x1da3", "0x1020", true},   {"0x030000", "0x1ed5", "0x0222", true},
        {"0x030000", "0xfffe", "0x0001", true},   {"0x120000", "0x8086", "0x643e", false},
        {"0x120000", "0x1e60", "0x2864", false},  {"0x040300", "0x10de", "0x22ba", false},
        {"0x030000", "0x1a03", "0x2000", false},  {"0x030000", "0x102b", "0x0538", false},
        {"0x030000", "0x1234", "0x1111", false},  {"0x030000", "0x15ad", "0x0405", false},
        {"0x030000", "0x1002", "0x515e", false},  {"0x030000", "0x19e5", "0x1711", false},
        {"0x030000", "0x110de", "0x2684", false}, {"junk", "0x10de", "0x2684", false},
        {"0x030000", "", "0x2684", false},
    };
    struct box *box = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lf_machine_clear(&box->machine);
        box_pci(box, "0000:01:00.0", rows[i].class_id, rows[i].vendor, rows[i].device, NULL);
        lf_backend_pci.run(&box->probe);
        if ((box->machine.accelerator_count == 1) != rows[i].is_listed) {
            fail_msg("%s %s:%s", rows[i].class_id, rows[i].vendor, rows[i].device);
        }
    }
}

static void a_folder_that_is_no_pci_address_is_passed_over(void **state)
{
    struct box *box = *state;
    static const char *const names[] = {"0000:01:00",  "x000:01:00.0",  "0000:01:00.0\x1b",
                                        "000:01:00.0", "0000:01:00.01", "0000-01:00.0"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        box_pci(box, names[i], "0x030000", "0x10de", "0x2684", "nvidia");
    }
    box_pci(box, "10000:e1:00.0", "0x030000", "0x10de", "0x2684", "nvidia");
    lf_backend_pci.run(&box->probe);
    assert_int_equal(box->machine.accelerator_count, 1);
    assert_string_equal(box->machine.accelerators[0].id, "10000:e1:00.0");
}

static void a_virtual_function_is_not_a_second_card(void **state)
{
    struct box *box = *state;
    box_pci(box, "0000:01:00.0", "0x030000", "0x8086", "0x56c0", "i915");
    box_pci(box, "0000:01:00.1", "0x030000", "0x8086", "0x56c0", "i915");
    box_link(box, "/sys/bus/pci/devices/0000:01:00.1/physfn", "../0000:01:00.0");
    lf_backend_pci.run(&box->probe);
    assert_int_equal(box->machine.accelerator_count, 1);
}

static void intel_memory_is_the_sum_of_tiles_or_regions(void **state)
{
    struct box *box = *state;
    box_pci(box, "0000:01:00.0", "0x038000", "0x8086", "0x0bd5", "xe");
    box_file(box, "/sys/bus/pci/devices/0000:01:00.0/tile0/physical_vram_size_bytes", "1000\n");
    box_file(box, "/sys/bus/pci/devices/0000:01:00.0/tile1/physical_vram_size_bytes", "1000\n");
    box_pci(box, "0000:02:00.0", "0x030000", "0x8086", "0x56a0", "i915");
    box_file(box, "/sys/bus/pci/devices/0000:02:00.0/drm/card1/lmem_total_bytes", "500\n");
    box_pci(box, "0000:03:00.0", "0x030000", "0x8086", "0x56a0", "i915");
    box_file(box, "/sys/bus/pci/devices/0000:03:00.0/drm/card2/lmem_total_bytes",
             "18446744073709551615\n");
    lf_backend_pci.run(&box->probe);
    assert_measured(box->machine.accelerators[0].total_bytes, 2000);
    assert_measured(box->machine.accelerators[1].total_bytes, 500);
    assert_false(lf_known(box->machine.accelerators[2].total_bytes));
    assert_int_equal(box->machine.accelerators[2].memory_kind, LF_MEMORY_DEDICATED);
}

static void an_apu_shares_memory_and_a_card_does_not(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *device;
        const char *vram;
        const char *gtt;
        bool has_chips;
        enum lf_memory_kind kind;
    } rows[] = {
        {"0x1586", "103079215104", "16000000000", false, LF_MEMORY_UNIFIED}, /* 96 GiB set aside */
        {"0x9999", "536870912", "34359738368", false, LF_MEMORY_UNIFIED},
        {"0x9999", "536870912", "34359738368", true, LF_MEMORY_DEDICATED},
        {"0x9999", "17163091968", "34359738368", false, LF_MEMORY_DEDICATED},
        {"0x9999", "4294967296", "8589934592", false, LF_MEMORY_DEDICATED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static const char folder[] = "/sys/bus/pci/devices/0000:05:00.0";
        char path[BOX_PATH_BYTES];
        assert_int_equal(box_tear_down(state), 0);
        assert_int_equal(box_set_up(state), 0);
        box = *state;
        box_pci(box, "0000:05:00.0", "0x030000", "0x1002", rows[i].device, "amdgpu");
        snprintf(path, sizeof path, "%s/mem_info_vram_total", folder);
        box_file(box, path, rows[i].vram);
        snprintf(path, sizeof path, "%s/mem_info_gtt_total", folder);
        box_file(box, path, rows[i].gtt);
        if (rows[i].has_chips) {
            snprintf(path, sizeof path, "%s/mem_info_vram_vendor", folder);
            box_file(box, path, "hynix\n");
        }
        box->machine.memory.total_bytes = lf_amount(32 * LF_GIB, LF_MEASURED, NULL);
        lf_backend_pci.run(&box->probe);
        assert_int_equal(box->machine.accelerator_count, 1);
        assert_int_equal(box->machine.accelerators[0].memory_kind, rows[i].kind);
    }
}

static void shared_memory_is_never_more_than_there_is(void **state)
{
    struct box *box = *state;
    box_pci(box, "0000:c5:00.0", "0x030000", "0x1002", "0x1586", "amdgpu");
    box_file(box, "/sys/bus/pci/devices/0000:c5:00.0/mem_info_vram_total", "512\n");
    box_file(box, "/sys/bus/pci/devices/0000:c5:00.0/mem_info_gtt_total", "18446744073709551615\n");
    box->machine.memory.total_bytes = lf_amount(10000, LF_MEASURED, NULL);
    box->machine.memory.available_bytes = lf_amount(7000, LF_MEASURED, NULL);
    lf_backend_pci.run(&box->probe);
    const struct lf_accelerator *gpu = &box->machine.accelerators[0];
    assert_int_equal(gpu->total_bytes.value, 10512);
    assert_int_equal(gpu->usable_bytes.value, 10512);
    assert_int_equal(gpu->free_bytes.value, 7512);
}

static void a_link_is_as_fast_as_its_slowest_part(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *card_speed;
        const char *card_width;
        const char *port_speed; /* NULL: the bus tells nothing of the bridge */
        const char *port_width;
        uint64_t link_bps; /* 0: unknown */
    } rows[] = {
        {"16.0 GT/s PCIe\n", "16\n", NULL, NULL, UINT64_C(31507692304)},
        {"16.0 GT/s PCIe\n", "16\n", "8.0 GT/s PCIe\n", "16\n", UINT64_C(15753846144)},
        {"16 GT/s\n", "16\n", "32.0 GT/s PCIe\n", "4\n", UINT64_C(7876923076)},
        {"16.0 GT/s PCIe\n", "4\n", "32.0 GT/s PCIe\n", "16\n", UINT64_C(7876923076)},
        {"2.5 GT/s PCIe\n", "8\n", NULL, NULL, 2000000000},
        {"64.0 GT/s PCIe\n", "16\n", NULL, NULL, UINT64_C(121000000000)},
        {"Unknown\n", "16\n", NULL, NULL, 0},
        {"16.0 GT/s PCIe\n", "255\n", NULL, NULL, 0},
        {"16.0 GT/s PCIe\n", "0\n", NULL, NULL, 0},
        {"3.0 GT/s PCIe\n", "16\n", NULL, NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static const char port[] = "/sys/devices/pci0000:00/0000:00:01.0";
        char path[BOX_PATH_BYTES];
        assert_int_equal(box_tear_down(state), 0);
        assert_int_equal(box_set_up(state), 0);
        box = *state;
        const char *const files[][2] = {
            {"0000:01:00.0/class", "0x030000"},
            {"0000:01:00.0/vendor", "0x10de"},
            {"0000:01:00.0/device", "0x2684"},
            {"0000:01:00.0/max_link_speed", rows[i].card_speed},
            {"0000:01:00.0/max_link_width", rows[i].card_width},
            {"max_link_speed", rows[i].port_speed},
            {"max_link_width", rows[i].port_width},
        };
        for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
            snprintf(path, sizeof path, "%s/%s", port, files[k][0]);
            if (files[k][1] != NULL) {
                box_file(box, path, files[k][1]);
            }
        }
        box_link(box, "/sys/bus/pci/devices/0000:01:00.0",
                 "../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0");
        lf_backend_pci.run(&box->probe);
        assert_int_equal(box->machine.accelerator_count, 1);
        assert_int_equal(lf_known_or(box->machine.accelerators[0].link_bps, 0), rows[i].link_bps);
    }
}

static void the_bus_is_left_at_the_deadline(void **state)
{
    struct box *box = *state;
    box_pci(box, "0000:01:00.0", "0x030000", "0x10de", "0x2684", "nvidia");
    box->probe.deadline_ms = lf_clock_now_ms() - 1;
    assert_int_equal(lf_backend_pci.run(&box->probe), LF_STEP_TIMEOUT);
    assert_true(lf_machine_has_gap(&box->machine, LF_GAP_ACCELERATORS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(only_gpus_and_accelerators_for_models_are_listed),
        BOX_TEST(a_folder_that_is_no_pci_address_is_passed_over),
        BOX_TEST(a_virtual_function_is_not_a_second_card),
        BOX_TEST(intel_memory_is_the_sum_of_tiles_or_regions),
        BOX_TEST(an_apu_shares_memory_and_a_card_does_not),
        BOX_TEST(shared_memory_is_never_more_than_there_is),
        BOX_TEST(a_link_is_as_fast_as_its_slowest_part),
        BOX_TEST(the_bus_is_left_at_the_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
