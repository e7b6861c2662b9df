/* The speed of the RAM by the modules that the firmware lists. The names of the slots are those of
 * real boards: "DIMM 0" in "P0 CHANNEL A" and "DIMM_A2" (AMD desktops),
 * "Controller0-ChannelA-DIMM0" (Intel since the 12th generation); the tables are built here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "box.h"
#include "firmware.h"
#include "probe/backends.h"
#include "probe/smbios.h"

enum {
    FLASH = 0x09,
    DDR4 = 0x1A,
    NON_VOLATILE = 0x1F,
    LPDDR5 = 0x23,
    DDR5 = 0x22,
    MODULES_MOST = 8
};

static void the_bandwidth_is_the_speed_of_all_channels(void **state)
{
    (void)state;
    static const struct {
        struct firmware_module modules[MODULES_MOST + 1];
        unsigned count;
        unsigned channels;
        uint64_t bandwidth_bps;
    } rows[] = {
        {{{"DIMM 0", "P0 CHANNEL A", DDR5, 64, 6000, 32},
          {"DIMM 0", "P0 CHANNEL B", DDR5, 64, 6000, 32}},
         2,
         2,
         96000000000},
        {{{"DIMM_A1", "BANK 0", DDR5, 64, 3600, 32},
          {"DIMM_A2", "BANK 1", DDR5, 64, 3600, 32},
          {"DIMM_B1", "BANK 2", DDR5, 64, 3600, 32},
          {"DIMM_B2", "BANK 3", DDR5, 64, 3600, 32}},
         4,
         2,
         57600000000},
        {{{"DIMMA1", "BANK 0", DDR5, 64, 0, 0}, {"DIMMA2", "BANK 1", DDR5, 64, 6000, 16}},
         1,
         1,
         48000000000},
        {{{"Controller0-ChannelA-DIMM0", "BANK 0", DDR4, 64, 3200, 16},
          {"Controller1-ChannelA-DIMM0", "BANK 0", DDR4, 64, 3200, 16}},
         2,
         2,
         51200000000},
        {{{"Slot 1", "", DDR4, 64, 2666, 8}, {"Slot 2", "", DDR4, 64, 2400, 8}}, 2, 2, 38400000000},
        /* Four modules of which nothing tells the channels. */
        {{{"Slot 1", "", DDR4, 64, 3200, 8},
          {"Slot 2", "", DDR4, 64, 3200, 8},
          {"Slot 3", "", DDR4, 64, 3200, 8},
          {"Slot 4", "", DDR4, 64, 3200, 8}},
         4,
         0,
         0},
        /* The clock in place of the transfers. */
        {{{"DIMM_A2", "", DDR5, 64, 3000, 32}, {"DIMM_B2", "", DDR5, 64, 3000, 32}},
         2,
         2,
         96000000000},
        /* Soldered: eight chips of 16 bits. */
        {{{"Onboard", "", LPDDR5, 16, 6400, 4},
          {"Onboard", "", LPDDR5, 16, 6400, 4},
          {"Onboard", "", LPDDR5, 16, 6400, 4},
          {"Onboard", "", LPDDR5, 16, 6400, 4},
          {"Onboard", "", LPDDR5, 16, 6400, 4},
          {"Onboard", "", LPDDR5, 16, 6400, 4},
          {"Onboard", "", LPDDR5, 16, 6400, 4},
          {"Onboard", "", LPDDR5, 16, 6400, 4}},
         8,
         0,
         102400000000},
        /* What keeps its content shares the channels, or is no memory at all. */
        {{{"CPU0_DIMM_A1", "", DDR4, 64, 2933, 32},
          {"CPU0_DIMM_A2", "", NON_VOLATILE, 64, 2666, 128},
          {"CPU0_DIMM_B1", "", DDR4, 64, 2933, 32},
          {"SYSTEM ROM", "", FLASH, 2, 0, 1}},
         2,
         2,
         46928000000},
        {{{"DIMM_A1", "", DDR5, 64, 0, 32}}, 1, 1, 0},
        {{{NULL, NULL, 0, 0, 0, 0}}, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned char table[FIRMWARE_BYTES];
        struct lf_smbios_memory memory;
        size_t bytes = firmware_make(rows[i].modules, table);
        lf_smbios_read_memory(table, bytes, &memory);
        if (memory.modules != rows[i].count || memory.channels != rows[i].channels ||
            memory.bandwidth_bps != rows[i].bandwidth_bps) {
            fail_msg("row %zu: %u modules, %u channels, %llu bytes/s", i, memory.modules,
                     memory.channels, (unsigned long long)memory.bandwidth_bps);
        }
    }
}

static void a_table_cut_short_anywhere_is_read_as_far_as_it_goes(void **state)
{
    (void)state;
    static const struct firmware_module modules[] = {
        {"DIMM_A2", "BANK 0", DDR5, 64, 6000, 32},
        {"DIMM_B2", "BANK 1", DDR5, 64, 6000, 32},
        {NULL, NULL, 0, 0, 0, 0},
    };
    unsigned char whole[FIRMWARE_BYTES];
    size_t bytes = firmware_make(modules, whole);
    for (size_t cut = 0; cut <= bytes; cut++) {
        /* Exactly as large as it is, so that a sanitizer sees a step beyond. */
        unsigned char *table = malloc(cut == 0 ? 1 : cut);
        struct lf_smbios_memory memory;
        assert_non_null(table);
        memcpy(table, whole, cut);
        lf_smbios_read_memory(table, cut, &memory);
        assert_in_range(memory.modules, 0, 2);
        free(table);
    }
}

static void assert_told(struct box *box, uint64_t speed_mtps, uint64_t bandwidth_bps)
{
    const struct lf_memory *memory = &box->machine.memory;
    enum lf_step_status status = lf_backend_smbios.run(&box->probe);
    assert_int_equal(status, speed_mtps > 0 ? LF_STEP_OK : LF_STEP_NOTHING);
    assert_int_equal(lf_known_or(memory->speed_mtps, 0), speed_mtps);
    assert_int_equal(lf_known_or(memory->bandwidth_bps, 0), bandwidth_bps);
    assert_int_equal(box->machine.diagnostic_count, 0);
}

#define UDEV "/run/udev/data/+dmi:id"
#define DEVICE(number, slot, type, speed)                                                     \
    "E:MEMORY_DEVICE_" number "_DATA_WIDTH=64\nE:MEMORY_DEVICE_" number "_SIZE=17179869184\n" \
    "E:MEMORY_DEVICE_" number "_LOCATOR=" slot "\nE:MEMORY_DEVICE_" number "_TYPE=" type "\n" \
    "E:MEMORY_DEVICE_" number "_SPEED_MTS=4000\n"                                             \
    "E:MEMORY_DEVICE_" number "_CONFIGURED_SPEED_MTS=" speed "\n"

static void udev_tells_everybody(void **state)
{
    struct box *box = *state;
    box_file(
        box, UDEV,
        "I:1234567\nE:ID_VENDOR=x\nE:MEMORY_ARRAY_NUM_DEVICES=4\n"
        "E:MEMORY_DEVICE_0_PRESENT=0\nE:MEMORY_DEVICE_0_LOCATOR=DIMM_A1\n"
        "E:MEMORY_DEVICE_0_TYPE=Unknown\nE:MEMORY_DEVICE_0_SPEED_MTS=1\n" DEVICE(
            "1", "DIMM_A2", "DDR4", "3200") DEVICE("3", "DIMM_B2", "DDR4", "3200")
            DEVICE("4", "DIMM_C2", "Flash", "33") DEVICE("99999", "DIMM_D2", "DDR4", "3200") DEVICE(
                "5", "DIMM_E2", "DDR4",
                "2666") "E:MEMORY_DEVICE_5_MEMORY_TECHNOLOGY=Intel Optane DC persistent memory\n"
                        "E:MEMORY_DEVICE_\nE:MEMORY_DEVICE_6\nE:MEMORY_DEVICE_7_SIZE");
    assert_told(box, 3200, 51200000000);
}

static void root_reads_the_table_where_udev_has_nothing(void **state)
{
    static const struct firmware_module modules[] = {
        {"DIMM_A2", "BANK 0", DDR5, 64, 6000, 32},
        {"DIMM_B2", "BANK 1", DDR5, 64, 6000, 32},
        {NULL, NULL, 0, 0, 0, 0},
    };
    struct box *box = *state;
    unsigned char table[FIRMWARE_BYTES];
    char path[BOX_PATH_BYTES];
    size_t bytes = firmware_make(modules, table);
    box_file(box, UDEV, "I:1234567\nE:ID_VENDOR=x\n");
    box_file(box, "/sys/firmware/dmi/tables/DMI", "");
    snprintf(path, sizeof path, "%s/sys/firmware/dmi/tables/DMI", box->root);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(table, 1, bytes, file), bytes);
    assert_int_equal(fclose(file), 0);
    assert_told(box, 6000, 96000000000);
}

static void what_may_not_be_read_is_no_fault(void **state)
{
    assert_told(*state, 0, 0);
}

static void a_hosts_word_about_a_virtual_machine_is_not_taken(void **state)
{
    struct box *box = *state;
    box_file(box, UDEV, DEVICE("0", "DIMM 0", "DDR4", "3200"));
    box_file(box, "/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu hypervisor avx2\n");
    assert_told(box, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bandwidth_is_the_speed_of_all_channels),
        cmocka_unit_test(a_table_cut_short_anywhere_is_read_as_far_as_it_goes),
        BOX_TEST(udev_tells_everybody),
        BOX_TEST(root_reads_the_table_where_udev_has_nothing),
        BOX_TEST(what_may_not_be_read_is_no_fault),
        BOX_TEST(a_hosts_word_about_a_virtual_machine_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
