/* The speed of the RAM by the modules that the firmware lists. The names of the slots are those of
 * real boards: "DIMM 0" in "P0 CHANNEL A" and "DIMM_A2" (AMD desktops),
 * "Controller0-ChannelA-DIMM0" (Intel since the 12th generation); the tables are built here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "firmware.h"
#include "probe/smbios.h"

enum { DDR4 = 0x1A, LPDDR5 = 0x23, DDR5 = 0x22, MODULES_MOST = 8 };

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bandwidth_is_the_speed_of_all_channels),
        cmocka_unit_test(a_table_cut_short_anywhere_is_read_as_far_as_it_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
