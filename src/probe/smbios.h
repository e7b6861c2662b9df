/* The memory modules that the firmware lists (SMBIOS type 17), for the speed of the RAM. */
#ifndef LLMFIT_PROBE_SMBIOS_H
#define LLMFIT_PROBE_SMBIOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe/machine.h"

enum { LF_SMBIOS_MODULES_MOST = 64 };

/* A module in its slot. Texts are borrowed, and "" where the firmware says nothing. */
struct lf_smbios_module {
    unsigned type; /* LF_SMBIOS_... below, or another number of the specification */
    uint64_t width_bits;
    uint64_t mega_transfers; /* a second, as it is set or else can be; 0: not known */
    const char *slot;
    const char *bank;
};

/* Kinds of memory that matter here. */
enum {
    LF_SMBIOS_DRAM = 0x03,
    LF_SMBIOS_DDR4 = 0x1A,
    LF_SMBIOS_LPDDR = 0x1B,
    LF_SMBIOS_LPDDR4 = 0x1E,
    LF_SMBIOS_DDR5 = 0x22,
    LF_SMBIOS_LPDDR5 = 0x23,
};

struct lf_smbios_memory {
    unsigned modules;
    unsigned channels;       /* 0: not known */
    uint64_t mega_transfers; /* a second, of the slowest module; 0: not known */
    uint64_t bandwidth_bps;  /* peak, bytes/s; 0: not known */
};

/* What modules[count] are together.
 *
 *     bandwidth = transfers/s * 8 bytes * channels           modules in slots
 *     bandwidth = transfers/s * width of all in bytes        LPDDR, which is soldered chip by chip
 *
 * Channels are told apart by the names of the slots; two modules without such names are taken to be
 * in two channels, and of more the number of channels stays unknown. */
void lf_smbios_sum(const struct lf_smbios_module *modules, size_t count,
                   struct lf_smbios_memory *memory);

/* Reads a table of structures, which may be cut short or malformed. What keeps its content without
 * power (flash, persistent memory) is no RAM and left out.
 *
 * source  DMTF DSP0134, System Management BIOS 3.8.0, memory device (type 17) */
void lf_smbios_read_memory(const unsigned char *table, size_t bytes,
                           struct lf_smbios_memory *memory);

/* Sets what was found of the RAM's speed. Returns whether there was anything. */
bool lf_smbios_apply(const struct lf_smbios_memory *found, struct lf_memory *memory);

#endif
