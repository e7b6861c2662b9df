/* Names, kinds and numbers of processors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "box.h"
#include "probe/backends.h"

static void each_architecture_names_its_processor_in_its_own_way(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *cpuinfo;
        const char *name;
    } rows[] = {
        {"processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD EPYC\ncpu family\t: 25\n", "AMD EPYC"},
        {"Model Name\t\t: Loongson-3A5000\nCPU Revision\t: 0x10\n", "Loongson-3A5000"},
        {"processor\t: 0\ncpu\t\t: POWER9, altivec supported\n", "POWER9, altivec supported"},
        {"processor\t: 0\nisa\t\t: rv64imafdc\nuarch\t\t: sifive,u74-mc\n", "sifive,u74-mc"},
        {"vendor_id       : IBM/S390\nprocessor 0: version = 00,  machine = 2964\n",
         "IBM Z machine type 2964"},
        /* Less than the number of the core tells. */
        {"model name\t: ARMv7 Processor rev 3 (v7l)\nCPU implementer\t: 0x41\n"
         "CPU part\t: 0xd08\n",
         "Arm Cortex-A72"},
        {"Processor\t: ARMv7 Processor rev 1 (v7l)\nCPU implementer\t: 0x41\n"
         "CPU part\t: 0xfff\n",
         "ARMv7 Processor rev 1 (v7l)"},
        {"CPU implementer\t: 0xc0\nCPU part\t: 0xac3\n", "Ampere-1"},
        /* Every kind once, in their order. */
        {"CPU implementer\t: 0x41\nCPU part\t: 0xd87\n\nCPU implementer\t: 0x41\n"
         "CPU part\t: 0xd85\n\nCPU implementer\t: 0x41\nCPU part\t: 0xd87\n",
         "Arm Cortex-A725 + Cortex-X925"},
        {"CPU implementer\t: 0x41\nCPU part\t: 0xeee\n", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lf_machine_clear(&box->machine);
        box_file(box, "/proc/cpuinfo", rows[i].cpuinfo);
        lf_backend_cpuinfo.run(&box->probe);
        const char *name = box->machine.cpu.name;
        if (rows[i].name == NULL) {
            assert_null(name);
        } else {
            assert_non_null(name);
            assert_string_equal(name, rows[i].name);
        }
    }
}

static void vectors_of_every_architecture_are_told(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *cpuinfo;
        const char *isa; /* the last one; NULL: none */
    } rows[] = {
        {"flags\t\t: sse4_2 avx512bw\n", "avx512bw"}, {"Features\t: fp asimd fphp\n", "fphp"},
        {"Features\t\t: cpucfg lsx lasx\n", "lasx"},  {"features\t: esan3 zarch vx vxe\n", "vxe"},
        {"isa\t\t: rv64imafdcv_zicsr\n", "rvv"},      {"isa\t\t: rv64imafdc_zvfh\n", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lf_machine_clear(&box->machine);
        box_file(box, "/proc/cpuinfo", rows[i].cpuinfo);
        lf_backend_cpuinfo.run(&box->probe);
        const struct lf_strings *isa = &box->machine.cpu.isa;
        if (rows[i].isa == NULL) {
            assert_int_equal(isa->count, 0);
        } else {
            assert_true(isa->count > 0);
            assert_string_equal(isa->items[isa->count - 1], rows[i].isa);
        }
    }
}

static void set_cpu(struct box *box, int number, const char *siblings, const char *attribute,
                    const char *value)
{
    char path[BOX_PATH_BYTES];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list",
             number);
    box_file(box, path, siblings);
    if (attribute != NULL) {
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/%s", number, attribute);
        box_file(box, path, value);
    }
}

static void two_kinds_of_cores_are_told_apart(void **state)
{
    struct box *box = *state;
    box_file(box, "/sys/devices/system/cpu/online", "0-3\n");
    set_cpu(box, 0, "0-1", "cpufreq/base_frequency", "1900000\n");
    set_cpu(box, 1, "0-1", "cpufreq/base_frequency", "1900000\n");
    set_cpu(box, 2, "2", "cpufreq/base_frequency", "1400000\n");
    set_cpu(box, 3, "3", "cpufreq/base_frequency", "1400000\n");
    lf_backend_cpuinfo.run(&box->probe);
    assert_measured(box->machine.cpu.performance_cores, 1);
    assert_measured(box->machine.cpu.efficiency_cores, 2);
    /* What the kernel says outright goes before. */
    box_file(box, "/sys/devices/cpu_core/cpus", "0-2\n");
    box_file(box, "/sys/devices/cpu_atom/cpus", "3,9\n");
    lf_backend_cpuinfo.run(&box->probe);
    assert_measured(box->machine.cpu.performance_cores, 2);
    assert_measured(box->machine.cpu.efficiency_cores, 1);
}

static void one_kind_or_three_are_not_called_two(void **state)
{
    struct box *box = *state;
    static const char *const capacities[][3] = {{"1024", "1024", "1024"}, {"280", "855", "1024"}};
    box_file(box, "/sys/devices/system/cpu/online", "0-2\n");
    for (size_t i = 0; i < 2; i++) {
        for (int number = 0; number < 3; number++) {
            set_cpu(box, number, "", "cpu_capacity", capacities[i][number]);
        }
        lf_machine_clear(&box->machine);
        lf_backend_cpuinfo.run(&box->probe);
        assert_false(lf_known(box->machine.cpu.performance_cores));
        assert_false(lf_known(box->machine.cpu.efficiency_cores));
    }
}

static void a_module_of_two_is_one_core(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *cpuinfo;
        uint64_t cores;
    } rows[] = {
        {"vendor_id\t: AuthenticAMD\ncpu family\t: 21\n", 1},
        {"vendor_id\t: AuthenticAMD\ncpu family\t: 23\n", 2},
        {"vendor_id\t: GenuineIntel\ncpu family\t: 21\n", 2},
    };
    box_file(box, "/sys/devices/system/cpu/online", "0-1\n");
    set_cpu(box, 0, "0-1", NULL, NULL);
    set_cpu(box, 1, "0-1", NULL, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        box->machine.cpu.threads = lf_amount(2, LF_MEASURED, "hwloc");
        box->machine.cpu.cores = lf_amount(2, LF_MEASURED, "hwloc");
        box_file(box, "/proc/cpuinfo", rows[i].cpuinfo);
        lf_backend_cpuinfo.run(&box->probe);
        assert_measured(box->machine.cpu.cores, rows[i].cores);
    }
}

static void processors_are_counted_without_a_list_and_without_sys(void **state)
{
    struct box *box = *state;
    box_file(box, "/proc/cpuinfo", "processor\t: 0\n\nprocessor\t: 8\n\nprocessor\t: 16\n");
    lf_backend_cpuinfo.run(&box->probe);
    assert_measured(box->machine.cpu.threads, 3);
    assert_false(lf_known(box->machine.cpu.cores));
    lf_machine_clear(&box->machine);
    box_file(box, "/proc/cpuinfo", "# processors    : 4\nprocessor 0: version = 00\n");
    lf_backend_cpuinfo.run(&box->probe);
    assert_measured(box->machine.cpu.threads, 4);
    lf_machine_clear(&box->machine);
    set_cpu(box, 0, "0", NULL, NULL);
    set_cpu(box, 5, "5", NULL, NULL);
    box_file(box, "/sys/devices/system/cpu/cpu7/online", "0\n"); /* has no place now */
    lf_backend_cpuinfo.run(&box->probe);
    assert_measured(box->machine.cpu.threads, 2);
    assert_measured(box->machine.cpu.cores, 2);
}

static void cores_are_not_half_counted_at_the_deadline(void **state)
{
    struct box *box = *state;
    box_file(box, "/sys/devices/system/cpu/online", "0-65535\n");
    set_cpu(box, 0, "0", NULL, NULL);
    box->probe.deadline_ms = lf_clock_now_ms();
    double start_ms = lf_clock_now_ms();
    lf_backend_cpuinfo.run(&box->probe);
    assert_true(lf_clock_now_ms() - start_ms < 100);
    assert_false(lf_known(box->machine.cpu.cores));
}

static void a_board_is_named_unless_nobody_filled_it_in(void **state)
{
    struct box *box = *state;
    box_file(box, "/sys/class/dmi/id/product_name", "System Product Name\n");
    assert_int_equal(lf_backend_board.run(&box->probe), LF_STEP_NOTHING);
    box_file(box, "/proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0");
    assert_int_equal(lf_backend_board.run(&box->probe), LF_STEP_OK);
    assert_string_equal(box->machine.board, "Raspberry Pi 5 Model B Rev 1.0");
    box_file(box, "/sys/class/dmi/id/board_name", "PRIME X570-P\n");
    lf_backend_board.run(&box->probe);
    assert_string_equal(box->machine.board, "PRIME X570-P");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(each_architecture_names_its_processor_in_its_own_way),
        BOX_TEST(vectors_of_every_architecture_are_told),
        BOX_TEST(two_kinds_of_cores_are_told_apart),
        BOX_TEST(one_kind_or_three_are_not_called_two),
        BOX_TEST(a_module_of_two_is_one_core),
        BOX_TEST(processors_are_counted_without_a_list_and_without_sys),
        BOX_TEST(cores_are_not_half_counted_at_the_deadline),
        BOX_TEST(a_board_is_named_unless_nobody_filled_it_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
