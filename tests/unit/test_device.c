#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/units.h"
#include "catalog/catalog.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* The built-in devices, loaded once for all tests that look something up. */
static int load(void **state)
{
    static struct lf_catalog catalog;
    struct lf_error err = {0};
    lf_catalog_init(&catalog, NULL);
    if (lf_catalog_load(&catalog, LF_CATALOG_DEVICES | LF_CATALOG_CPUS, &err) != LF_OK) {
        print_error("%s\n", err.text);
        return -1;
    }
    *state = &catalog;
    return 0;
}

static int clear(void **state)
{
    lf_catalog_clear(*state);
    return 0;
}

static const struct lf_devices *devices_of(void **state)
{
    const struct lf_catalog *catalog = *state;
    return &catalog->devices;
}

static const struct lf_devices *cpus_of(void **state)
{
    const struct lf_catalog *catalog = *state;
    return &catalog->cpus;
}

static const char *name_of(const struct lf_device *device)
{
    return device == NULL ? "nothing" : device->name;
}

static void assert_found(void **state, struct lf_device_query query, const char *expected)
{
    assert_string_equal(name_of(lf_device_find(devices_of(state), &query)), expected);
}

static void assert_named(void **state, const char *name, const char *expected)
{
    assert_found(state, (struct lf_device_query){.name = name}, expected);
}

static void names_as_drivers_print_them_are_found(void **state)
{
    static const char *const rows[][2] = {
        {"NVIDIA GeForce RTX 4090", "GeForce RTX 4090"},
        {"NVIDIA GeForce RTX 4070 Laptop GPU", "GeForce RTX 4070 Mobile"},
        {"NVIDIA H100 80GB HBM3", "H100 SXM5 80 GB"},
        {"NVIDIA A100-SXM4-80GB", "A100 SXM4 80 GB"},
        {"NVIDIA A100 80GB PCIe", "A100 PCIe 80 GB"},
        {"NVIDIA GH200 480GB", "GH200 480GB (96 GB HBM3)"},
        {"NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada Generation"},
        {"NVIDIA GeForce GTX 1650 with Max-Q Design", "GeForce GTX 1650 Max-Q"},
        {"NVIDIA GB10", "GB10"},
        {"AMD Radeon RX 7900 XTX", "Radeon RX 7900 XTX"},
        {"AMD Instinct MI300X", "Radeon Instinct MI300X"},
        {"Intel(R) Arc(TM) B580 Graphics", "Arc B580"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_named(state, rows[i][0], rows[i][1]);
    }
}

static void names_as_people_type_them_are_found(void **state)
{
    static const char *const rows[][2] = {
        {"4090", "GeForce RTX 4090"},
        {"rtx4090", "GeForce RTX 4090"},
        {"RTX 4070 TI super", "GeForce RTX 4070 Ti SUPER"},
        {"4070ti", "GeForce RTX 4070 Ti"},
        {"7900xtx", "Radeon RX 7900 XTX"},
        {"rtx 3060 12gb", "GeForce RTX 3060 12 GB"},
        {"rtx 3060", "GeForce RTX 3060 12 GB"},
        {"P40", "Tesla P40"},
        {"B580", "Arc B580"},
        {"5090 laptop", "GeForce RTX 5090 Mobile"},
        {"RTX PRO 6000", "RTX PRO 6000 Blackwell"},
        {"m3 max 40-core", "Apple M3 Max (40-core GPU)"},
        {"Jetson Orin Nano 8GB", "Jetson Orin Nano 8 GB"},
        {"h100 sxm", "H100 SXM5 80 GB"},
        {"h100 sxm 94gb", "H100 SXM5 94 GB"},
        {"a100 sxm", "A100 SXM4 40 GB"},
        {"Ryzen AI Max+ 395", "Radeon 8060S"},
        {"AMD Ryzen AI Max 395 128GB", "Radeon 8060S"},
        {"strix halo", "Radeon 8060S"},
        {"dgx spark", "GB10"},
        {"orin nx 16gb", "Jetson Orin NX 16 GB"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_named(state, rows[i][0], rows[i][1]);
    }
}

static void every_row_is_found_by_its_own_name(void **state)
{
    const struct lf_devices *devices = devices_of(state);
    for (size_t i = 0; i < devices->count; i++) {
        const struct lf_device *device = &devices->items[i];
        if (strcmp(device->kind, "cpu") != 0) {
            assert_found(state,
                         (struct lf_device_query){.vendor = device->vendor,
                                                  .name = device->name,
                                                  .memory_bytes = device->memory_bytes,
                                                  .gpu_cores = device->gpu_cores},
                         device->name);
        }
    }
}

static void a_name_is_matched_by_whole_words(void **state)
{
    assert_named(state, "M40", "Tesla M40");
    assert_named(state, "Tesla M4", "Tesla M4");
    assert_named(state, "M4", "Apple M4 (8-core GPU)");
    assert_named(state, "M", "nothing");
    assert_named(state, "RTX 409", "nothing");
    assert_named(state, "RTX 40900", "nothing");
}

static void a_laptop_part_is_not_the_desktop_part(void **state)
{
    assert_named(state, "RTX 4070", "GeForce RTX 4070");
    assert_named(state, "RTX 4070 Laptop GPU", "GeForce RTX 4070 Mobile");
    assert_named(state, "RTX 4070 mobile", "GeForce RTX 4070 Mobile");
    /* Its driver prints "NVIDIA GeForce RTX 2070" on both. */
    assert_named(state, "GeForce RTX 2070", "GeForce RTX 2070");
}

static void a_suffix_makes_another_part(void **state)
{
    assert_named(state, "RTX 4080", "GeForce RTX 4080");
    assert_named(state, "RTX 4080 SUPER", "GeForce RTX 4080 SUPER");
    assert_named(state, "RX 7900 XT", "Radeon RX 7900 XT");
    assert_named(state, "RX 7900", "nothing");
    assert_named(state, "A10", "A10 PCIe");
    assert_named(state, "A10G", "A10G");
}

static void a_name_of_several_parts_finds_none(void **state)
{
    assert_named(state, "H100", "nothing");
    assert_named(state, "A100", "nothing");
}

static void words_that_say_nothing_find_nothing(void **state)
{
    assert_named(state, "AMD Radeon Graphics", "nothing");
    assert_named(state, "", "nothing");
    assert_found(state, (struct lf_device_query){0}, "nothing");
}

static void a_cpu_platform_is_no_accelerator(void **state)
{
    assert_named(state, "AMD EPYC 9004 (Genoa/Bergamo)", "nothing");
}

static void a_vendor_keeps_others_out(void **state)
{
    assert_found(state, (struct lf_device_query){.vendor = "nvidia", .name = "M4"}, "Tesla M4");
    assert_found(state, (struct lf_device_query){.vendor = "Apple", .name = "M4"},
                 "Apple M4 (8-core GPU)");
    assert_found(state, (struct lf_device_query){.vendor = "AMD", .name = "RTX 4090"}, "nothing");
}

static void the_pci_id_goes_before_the_name(void **state)
{
    assert_found(state,
                 (struct lf_device_query){
                     .vendor = "NVIDIA", .name = "GeForce RTX 3090", .pci_id = "10de:2684"},
                 "GeForce RTX 4090");
    assert_found(state, (struct lf_device_query){.pci_id = "10DE:2684"}, "GeForce RTX 4090");
    /* An id no row has leaves the name. */
    assert_found(state, (struct lf_device_query){.name = "RTX 3090", .pci_id = "10de:ffff"},
                 "GeForce RTX 3090");
}

static void parts_of_one_pci_id_are_told_apart_by_memory(void **state)
{
    /* What drivers report is a little less than what is listed. */
    assert_found(state,
                 (struct lf_device_query){.pci_id = "1002:744c", .memory_bytes = 24560 * LF_MIB},
                 "Radeon RX 7900 XTX");
    assert_found(state,
                 (struct lf_device_query){.pci_id = "1002:744c", .memory_bytes = 20464 * LF_MIB},
                 "Radeon RX 7900 XT");
    assert_found(state,
                 (struct lf_device_query){.pci_id = "10de:2531", .memory_bytes = 12282 * LF_MIB},
                 "RTX A2000 12 GB");
}

static void parts_of_one_pci_id_and_memory_are_told_apart_by_name(void **state)
{
    struct lf_device_query query = {.pci_id = "1002:7550", .memory_bytes = 16 * LF_GIB};
    query.name = "AMD Radeon RX 9070 XT";
    assert_found(state, query, "Radeon RX 9070 XT");
    query.name = "AMD Radeon RX 9070";
    assert_found(state, query, "Radeon RX 9070");
    query.name = NULL; /* the slowest of them */
    assert_found(state, query, "Radeon RX 9070 GRE 16 GB");
}

static void an_amd_revision_names_the_part(void **state)
{
    struct lf_device_query query = {.pci_id = "1002:744c", .pci_revision = "ce"};
    assert_found(state, query, "Radeon RX 7900 GRE");
    query.pci_revision = "C8";
    assert_found(state, query, "Radeon RX 7900 XTX");
    /* A row may be known by its revisions only. */
    query.pci_id = "1002:15bf";
    query.pci_revision = "c1";
    assert_found(state, query, "Radeon 780M");
}

static void gpu_cores_tell_apple_chips_apart(void **state)
{
    struct lf_device_query query = {.vendor = "Apple", .name = "Apple M4 Max", .gpu_cores = 40};
    assert_found(state, query, "Apple M4 Max (40-core GPU)");
    query.gpu_cores = 0; /* the slower one */
    assert_found(state, query, "Apple M4 Max (32-core GPU)");
}

static void a_size_in_the_name_is_believed(void **state)
{
    assert_named(state, "GTX 1060 6GB", "GeForce GTX 1060 6 GB");
    assert_named(state, "GTX 1060 3GB", "nothing");
    assert_named(state, "RTX 3060 8GB", "GeForce RTX 3060 8 GB");
}

static void a_bare_number_behind_a_name_is_its_memory(void **state)
{
    assert_named(state, "m4 max 64", "Apple M4 Max (32-core GPU)");
    assert_named(state, "RTX 3060 12", "GeForce RTX 3060 12 GB");
    assert_named(state, "RTX 3060 8", "GeForce RTX 3060 8 GB");
    assert_named(state, "RTX 4090 12", "nothing");
    assert_named(state, "m4 max 2", "nothing");
    /* The number of a name is not one behind it. */
    assert_named(state, "T4", "Tesla T4");
    assert_named(state, "T5", "nothing");
}

static void the_nearest_names_come_best_first(void **state)
{
    const struct lf_device *nearest[LF_NEAREST_DEVICES_MOST];
    assert_int_equal(lf_device_nearest(devices_of(state), "GeForce RTX 4090 Tii", nearest), 3);
    assert_string_equal(nearest[0]->name, "GeForce RTX 4090 D");
    assert_int_equal(lf_device_nearest(devices_of(state), "H100", nearest), 3);
    for (size_t i = 0; i < LF_NEAREST_DEVICES_MOST; i++) {
        assert_memory_equal(nearest[i]->name, "H100", 4);
    }
    assert_int_equal(lf_device_nearest(devices_of(state), "NVIDIA", nearest), 0);
}

static void a_cpu_name_decides_its_platform(void **state)
{
    static const char *const rows[][2] = {
        {"AMD Ryzen 9 7950X 16-Core Processor", "DDR5-5200 dual channel (Ryzen 7000)"},
        {"AMD Ryzen 5 5600 6-Core Processor",
         "DDR4-3200 dual channel (Ryzen 3000/5000, Core 10-12)"},
        {"AMD EPYC 9554 64-Core Processor", "AMD EPYC 9004 (Genoa/Bergamo)"},
        {"AMD EPYC 7763 64-Core Processor", "AMD EPYC 7002/7003 (Rome/Milan)"},
        {"AMD Ryzen Threadripper PRO 5995WX 64-Cores", "AMD Threadripper PRO 3000/5000WX"},
        {"AMD RYZEN AI MAX+ 395 w/ Radeon 8060S", "AMD Strix Halo (Ryzen AI Max) LPDDR5X-8000"},
        {"Intel(R) Xeon(R) Platinum 8480+", "Intel Xeon Scalable 4th (Sapphire Rapids)"},
        {"Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", "Intel Xeon E5 v4 (Broadwell)"},
        {"11th Gen Intel(R) Core(TM) i7-11700K @ 3.60GHz",
         "DDR4-3200 dual channel (Ryzen 3000/5000, Core 10-12)"},
        {"Intel(R) Core(TM) Ultra 9 285K", "DDR5-6400 dual channel (Core Ultra 200S)"},
        {"Intel(R) Core(TM) Ultra 7 258V", "Intel Lunar Lake LPDDR5X-8533"},
        {"Raspberry Pi 5 Model B Rev 1.0", "Raspberry Pi 5 LPDDR4X-4267 32-bit"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(name_of(lf_device_find_cpu(cpus_of(state), rows[i][0])), rows[i][1]);
    }
}

static void a_cpu_name_that_leaves_the_memory_open_has_no_platform(void **state)
{
    static const char *const names[] = {
        "12th Gen Intel(R) Core(TM) i7-12700H",    /* DDR4, DDR5 or LPDDR */
        "12th Gen Intel(R) Core(TM) i9-12900K",    /* DDR4 or DDR5 */
        "AMD Ryzen 5 5600U with Radeon Graphics",  /* DDR4 or LPDDR4X */
        "AMD Ryzen 9 7945HX with Radeon Graphics", /* a laptop's 7000 */
        "Intel(R) Core(TM) Ultra 9 285HX",
        "AMD EPYC 7282 16-Core Processor",      /* half the channels of its kin */
        "Apple M4 Max",                         /* its memory comes with its GPU */
        "Intel(R) Xeon(R) Processor @ 2.20GHz", /* a virtual machine's */
        "QEMU Virtual CPU version 2.5+",
        "",
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_string_equal(name_of(lf_device_find_cpu(cpus_of(state), names[i])), "nothing");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_as_drivers_print_them_are_found),
        cmocka_unit_test(names_as_people_type_them_are_found),
        cmocka_unit_test(every_row_is_found_by_its_own_name),
        cmocka_unit_test(a_name_is_matched_by_whole_words),
        cmocka_unit_test(a_laptop_part_is_not_the_desktop_part),
        cmocka_unit_test(a_suffix_makes_another_part),
        cmocka_unit_test(a_name_of_several_parts_finds_none),
        cmocka_unit_test(words_that_say_nothing_find_nothing),
        cmocka_unit_test(a_cpu_platform_is_no_accelerator),
        cmocka_unit_test(a_vendor_keeps_others_out),
        cmocka_unit_test(the_pci_id_goes_before_the_name),
        cmocka_unit_test(parts_of_one_pci_id_are_told_apart_by_memory),
        cmocka_unit_test(parts_of_one_pci_id_and_memory_are_told_apart_by_name),
        cmocka_unit_test(an_amd_revision_names_the_part),
        cmocka_unit_test(gpu_cores_tell_apple_chips_apart),
        cmocka_unit_test(a_size_in_the_name_is_believed),
        cmocka_unit_test(a_bare_number_behind_a_name_is_its_memory),
        cmocka_unit_test(the_nearest_names_come_best_first),
        cmocka_unit_test(a_cpu_name_decides_its_platform),
        cmocka_unit_test(a_cpu_name_that_leaves_the_memory_open_has_no_platform),
    };
    return cmocka_run_group_tests(tests, load, clear);
}
