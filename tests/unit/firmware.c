#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "firmware.h"

enum { MEMORY_DEVICE = 17, MEMORY_DEVICE_BYTES = 0x54, END = 127 };

static void put(unsigned char *item, size_t offset, unsigned value)
{
    item[offset] = (unsigned char)(value & 0xff);
    item[offset + 1] = (unsigned char)(value >> 8 & 0xff);
}

size_t firmware_make(const struct firmware_module *modules, unsigned char table[FIRMWARE_BYTES])
{
    size_t length = 0;
    memset(table, 0, FIRMWARE_BYTES);
    for (; modules->slot != NULL; modules++) {
        assert_in_range(length, 0, FIRMWARE_BYTES - 256);
        unsigned char *item = table + length;
        item[0] = MEMORY_DEVICE;
        item[1] = MEMORY_DEVICE_BYTES;
        put(item, 0x0A, modules->width_bits);
        put(item, 0x0C, modules->gib * 1024);
        item[0x10] = 1;
        item[0x11] = modules->bank[0] == '\0' ? 0 : 2;
        item[0x12] = (unsigned char)modules->type;
        put(item, 0x15, modules->speed);
        put(item, 0x20, modules->speed);
        length += MEMORY_DEVICE_BYTES;
        length += (size_t)snprintf((char *)table + length, 64, "%s", modules->slot) + 1;
        if (modules->bank[0] != '\0') {
            length += (size_t)snprintf((char *)table + length, 64, "%s", modules->bank) + 1;
        }
        length++;
    }
    table[length] = END;
    table[length + 1] = 4;
    return length + 6;
}
