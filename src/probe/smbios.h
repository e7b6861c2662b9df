/* The memory modules that the firmware lists (SMBIOS type 17), for the speed of the RAM. */
#ifndef LLMFIT_PROBE_SMBIOS_H
#define LLMFIT_PROBE_SMBIOS_H

#include <stddef.h>
#include <stdint.h>

struct lf_smbios_memory {
    unsigned modules;
    unsigned channels;       /* 0: not known */
    uint64_t mega_transfers; /* a second, of the slowest module; 0: not known */
    uint64_t bandwidth_bps;  /* peak, bytes/s; 0: not known */
};

/* Reads a table of structures, which may be cut short or malformed.
 *
 *     bandwidth = transfers/s * 8 bytes * channels           modules in slots
 *     bandwidth = transfers/s * width of all in bytes        LPDDR, which is soldered chip by chip
 *
 * Channels are told apart by the names of the slots; two modules without such names are taken to be
 * in two channels, and of more the number of channels stays unknown.
 *
 * source  DMTF DSP0134, System Management BIOS, memory device */
void lf_smbios_read_memory(const unsigned char *table, size_t bytes,
                           struct lf_smbios_memory *memory);

#endif
