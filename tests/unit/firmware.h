/* Firmware tables made up for one test. Include after <cmocka.h>. */
#ifndef LLMFIT_TESTS_FIRMWARE_H
#define LLMFIT_TESTS_FIRMWARE_H

#include <stddef.h>
#include <stdint.h>

enum { FIRMWARE_BYTES = 4096 };

/* A memory module, or an empty slot of size 0. */
struct firmware_module {
    const char *slot; /* NULL ends a list */
    const char *bank;
    unsigned type;
    unsigned width_bits;
    unsigned speed; /* in 10^6 transfers/s, as it is set */
    unsigned gib;
};

/* Writes the structures (memory devices of SMBIOS 3.2, and an end) and returns their bytes. */
size_t firmware_make(const struct firmware_module *modules, unsigned char table[FIRMWARE_BYTES]);

#endif
