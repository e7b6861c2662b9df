/* AMD's GPUs as the compute driver describes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "box.h"
#include "base/units.h"
#include "probe/backends.h"

struct node {
    unsigned location;
    const char *unique_id;
    unsigned target;
    unsigned device;
    unsigned long long bytes;
    unsigned bits;
    unsigned mhz;
};

static void set_node(struct box *box, unsigned number, const struct node *node)
{
    char path[BOX_PATH_BYTES];
    char text[BOX_PATH_BYTES];
    snprintf(path, sizeof path, "/sys/class/kfd/kfd/topology/nodes/%u/properties", number);
    snprintf(text, sizeof text,
             "cpu_cores_count 0\nsimd_count 80\nvendor_id 4098\ndevice_id %u\nlocation_id %u\n"
             "domain 0\nunique_id %s\ngfx_target_version %u\n",
             node->device, node->location, node->unique_id, node->target);
    box_file(box, path, text);
    snprintf(path, sizeof path, "/sys/class/kfd/kfd/topology/nodes/%u/mem_banks/0/properties",
             number);
    snprintf(text, sizeof text, "heap_type 1\nsize_in_bytes %llu\nwidth %u\nmem_clk_max %u\n",
             node->bytes, node->bits, node->mhz);
    box_file(box, path, text);
}

static void parts_of_one_unique_id_are_one_card(void **state)
{
    struct box *box = *state;
    static const struct node parts[] = {
        {0x0a01, "77", 90402, 0x74a1, 40 * LF_GIB, 8192, 1300},
        {0x0a00, "77", 90402, 0x74a1, 50 * LF_GIB, 8192, 1300},
        {0x8000, "78", 90402, 0x74a1, 60 * LF_GIB, 8192, 1300},
    };
    box_pci(box, "0000:0a:00.0", "0x120000", "0x1002", "0x74a1", "amdgpu");
    for (unsigned i = 0; i < 3; i++) {
        set_node(box, i, &parts[i]);
    }
    lf_backend_pci.run(&box->probe);
    assert_int_equal(lf_backend_kfd.run(&box->probe), LF_STEP_OK);
    const struct lf_machine *machine = &box->machine;
    assert_int_equal(machine->accelerator_count, 2);
    assert_string_equal(machine->accelerators[0].id, "0000:0a:00.0");
    assert_measured(machine->accelerators[0].partition_count, 2);
    assert_measured(machine->accelerators[0].total_bytes, 90 * LF_GIB);
    assert_measured(machine->accelerators[0].bandwidth_bps, UINT64_C(5324800000000));
    assert_string_equal(machine->accelerators[0].compute, "gfx942");
    assert_non_null(box_diagnostic(box, "gpu-partitioned"));
    /* A container may hide the bus. */
    assert_string_equal(machine->accelerators[1].id, "0000:80:00.0");
    assert_string_equal(machine->accelerators[1].pci_id, "1002:74a1");
    assert_measured(machine->accelerators[1].partition_count, 1);
}

static void a_clock_moves_as_many_bits_as_its_memory_does(void **state)
{
    struct box *box = *state;
    static const struct {
        struct node node;
        uint64_t bps; /* 0: not known */
    } rows[] = {
        {{0x1900, "0", 0, 0x6860, LF_GIB, 2048, 945}, UINT64_C(483840000000)},       /* HBM2 */
        {{0x1900, "0", 90010, 0x740f, LF_GIB, 4096, 1600}, UINT64_C(1638400000000)}, /* HBM2e */
        {{0x1900, "0", 90500, 0x75a0, LF_GIB, 8192, 2000}, UINT64_C(8192000000000)}, /* HBM3e */
        {{0x1900, "0", 110000, 0x744c, LF_GIB, 384, 1249}, UINT64_C(959232000000)},  /* GDDR6 */
        {{0x1900, "0", 80003, 0x67df, LF_GIB, 256, 2000}, UINT64_C(256000000000)},   /* GDDR5 */
        {{0x1900, "0", 0, 0x67df, LF_GIB, 256, 2000}, 0},
        {{0x1900, "0", 110000, 0x744c, LF_GIB, 384, 0}, 0},
        {{0x1900, "0", 110000, 0x744c, LF_GIB, 384, 4000000000}, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lf_machine_clear(&box->machine);
        set_node(box, 1, &rows[i].node);
        lf_backend_kfd.run(&box->probe);
        assert_int_equal(box->machine.accelerator_count, 1);
        struct lf_amount bandwidth_bps = box->machine.accelerators[0].bandwidth_bps;
        assert_int_equal(lf_known_or(bandwidth_bps, 0), rows[i].bps);
    }
}

static void a_processors_gpu_has_no_memory_of_its_own(void **state)
{
    struct box *box = *state;
    static const struct node halo = {0xc500, "0", 110501, 0x1586, LF_GIB / 2, 256, 1000};
    box->machine.memory.total_bytes = lf_amount(100 * LF_GIB, LF_MEASURED, NULL);
    set_node(box, 1, &halo);
    lf_backend_kfd.run(&box->probe);
    const struct lf_accelerator *gpu = &box->machine.accelerators[0];
    assert_int_equal(gpu->memory_kind, LF_MEMORY_UNIFIED);
    assert_int_equal(gpu->total_bytes.value, 100 * LF_GIB);
    assert_false(lf_known(gpu->bandwidth_bps));
}

static void processors_and_their_ram_are_nodes_too(void **state)
{
    struct box *box = *state;
    for (int i = 0; i < 2; i++) {
        char path[BOX_PATH_BYTES];
        snprintf(path, sizeof path, "/sys/class/kfd/kfd/topology/nodes/%d/properties", i);
        box_file(box, path, "cpu_cores_count 112\nsimd_count 0\n");
        snprintf(path, sizeof path, "/sys/class/kfd/kfd/topology/nodes/%d/mem_banks/0/properties",
                 i);
        box_file(box, path, "heap_type 0\nsize_in_bytes 1000\nwidth 64\nmem_clk_max 5600\n");
    }
    assert_int_equal(lf_backend_memory.run(&box->probe), LF_STEP_OK);
    lf_backend_kfd.run(&box->probe);
    assert_measured(box->machine.memory.total_bytes, 2000);
    assert_measured(box->machine.memory.speed_mtps, 5600);
    assert_measured(box->machine.cpu.threads, 224);
    assert_int_equal(box->machine.accelerator_count, 0);
    assert_int_equal(box->machine.diagnostic_count, 0);
}

static void a_small_pool_is_told_unless_there_is_a_better_gpu(void **state)
{
    struct box *box = *state;
    box->machine.memory.total_bytes = lf_amount(128 * LF_GIB, LF_MEASURED, NULL);
    box_pci(box, "0000:c5:00.0", "0x030000", "0x1002", "0x1586", "amdgpu");
    box_file(box, "/sys/bus/pci/devices/0000:c5:00.0/mem_info_vram_total", "536870912\n");
    box_file(box, "/sys/bus/pci/devices/0000:c5:00.0/mem_info_gtt_total", "68719476736\n");
    lf_backend_pci.run(&box->probe);
    lf_backend_drm.run(&box->probe);
    const struct lf_diagnostic *note = box_diagnostic(box, "gtt-small");
    assert_non_null(note);
    assert_int_equal(note->gap, LF_GAP_NONE);
    lf_machine_clear(&box->machine);
    box->machine.memory.total_bytes = lf_amount(128 * LF_GIB, LF_MEASURED, NULL);
    box_pci(box, "0000:01:00.0", "0x030000", "0x10de", "0x2684", "nvidia");
    lf_backend_pci.run(&box->probe);
    lf_backend_drm.run(&box->probe);
    assert_null(box_diagnostic(box, "gtt-small"));
}

static void what_no_engine_drives_is_seen_and_not_sized(void **state)
{
    struct box *box = *state;
    static const char *const vendors[] = {"0x1da3", "0x19e5", "0x17cb"};
    for (size_t i = 0; i < 3; i++) {
        lf_machine_clear(&box->machine);
        char address[16];
        snprintf(address, sizeof address, "0000:0%zu:00.0", i + 1);
        box_pci(box, address, "0x120000", vendors[i], "0xd802", "some");
        lf_backend_pci.run(&box->probe);
        assert_int_equal(box->machine.accelerator_count, i + 1);
        assert_non_null(box_diagnostic(box, "accelerator-not-sized"));
        assert_int_equal(box->machine.accelerators[i].usable_bytes.value, 0);
        assert_true(lf_machine_has_gap(&box->machine, LF_GAP_ACCELERATORS));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(parts_of_one_unique_id_are_one_card),
        BOX_TEST(a_clock_moves_as_many_bits_as_its_memory_does),
        BOX_TEST(a_processors_gpu_has_no_memory_of_its_own),
        BOX_TEST(processors_and_their_ram_are_nodes_too),
        BOX_TEST(a_small_pool_is_told_unless_there_is_a_better_gpu),
        BOX_TEST(what_no_engine_drives_is_seen_and_not_sized),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
