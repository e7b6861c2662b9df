#include "probe/smbios.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

enum {
    TYPE_MEMORY_DEVICE = 17,
    TYPE_END = 127,
    HEADER_BYTES = 4,
    MODULES_MOST = 64,
    NAME_BYTES = 64,
    WIDTH_MOST_BITS = 4096,
    SPEED_MOST = 30000, /* 10^6 transfers/s */
    CHANNEL_BYTES = 8,
};

/* Where the fields of a memory device stand. */
enum {
    DATA_WIDTH = 0x0A,
    SIZE = 0x0C,
    SLOT_NAME = 0x10,
    BANK_NAME = 0x11,
    MEMORY_TYPE = 0x12,
    SPEED = 0x15,
    CONFIGURED_SPEED = 0x20,
    CONFIGURED_SPEED_LONG = 0x58,
};

enum { DDR4 = 0x1A, LPDDR = 0x1B, LPDDR4 = 0x1E, DDR5 = 0x22, LPDDR5 = 0x23 };

/* A structure: its formatted part, then its texts, each terminated. */
struct item {
    const unsigned char *bytes;
    size_t length; /* of the formatted part */
    size_t whole;  /* with the texts and the empty one that ends them */
};

struct module {
    unsigned type;
    uint64_t width_bits;
    uint64_t speed;
    char channel[NAME_BYTES]; /* what names its channel; "" when nothing does */
};

static uint64_t number(const struct item *item, size_t offset, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size && offset + size <= item->length; i++) {
        value |= (uint64_t)item->bytes[offset + i] << (8 * i);
    }
    return value;
}

/* Finds the end of the structure at the start of bytes[left]; false when it is cut short. */
static bool take_item(const unsigned char *bytes, size_t left, struct item *item)
{
    if (left < HEADER_BYTES || bytes[1] < HEADER_BYTES || bytes[1] > left) {
        return false;
    }
    *item = (struct item){.bytes = bytes, .length = bytes[1]};
    for (size_t i = item->length; i + 1 < left; i++) {
        if (bytes[i] == 0 && bytes[i + 1] == 0) {
            item->whole = i + 2;
            return true;
        }
    }
    return false;
}

/* The text of that number, counted from 1; "" when there is none. */
static const char *find_text(const struct item *item, uint64_t wanted)
{
    const char *text = (const char *)item->bytes + item->length;
    const char *end = (const char *)item->bytes + item->whole - 1;
    for (uint64_t i = 1; wanted != 0 && i < wanted && text < end; i++) {
        text += strlen(text) + 1;
    }
    return wanted != 0 && text < end ? text : "";
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* How much of a slot's name tells its channel: "P0 CHANNEL A", "Controller1-ChannelA" of
 * "Controller1-ChannelA-DIMM0", "CPU1_DIMM_A" of "CPU1_DIMM_A2", "DIMMB" of "DIMMB1"; 0 where it
 * does not. */
static size_t measure_channel(const char *name)
{
    static const struct {
        const char *word;
        bool takes_digit;
    } rows[] = {{"CHANNEL", true}, {"DIMM", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length = strlen(rows[i].word);
        for (size_t start = 0; start + length < strlen(name); start++) {
            char word[8];
            snprintf(word, sizeof word, "%.*s", (int)length, name + start);
            size_t place = start + length + strspn(name + start + length, " _-");
            bool is_named = rows[i].takes_digit
                                ? is_letter(name[place]) || is_digit(name[place])
                                : is_letter(name[place]) && is_digit(name[place + 1]);
            if (lf_text_equal_nocase(word, rows[i].word) && is_named) {
                return place + 1;
            }
        }
    }
    return 0;
}

static void name_channel(const struct item *item, struct module *module)
{
    static const size_t fields[] = {SLOT_NAME, BANK_NAME};
    for (size_t i = 0; i < 2 && module->channel[0] == '\0'; i++) {
        const char *name = find_text(item, number(item, fields[i], 1));
        size_t length = measure_channel(name);
        snprintf(module->channel, sizeof module->channel, "%.*s",
                 (int)(length < NAME_BYTES ? length : 0), name);
    }
}

/* In 10^6 transfers/s: as it is set, else what the module can. Some firmware gives the clock, which
 * is half of it, and slower than any module of that kind. */
static uint64_t find_speed(const struct item *item, unsigned type)
{
    uint64_t speed = number(item, CONFIGURED_SPEED, 2);
    if (speed == 0xFFFF) {
        speed = number(item, CONFIGURED_SPEED_LONG, 4);
    }
    if (speed == 0) {
        speed = number(item, SPEED, 2);
    }
    uint64_t least = type == DDR5 ? 3200 : type == DDR4 ? 1600 : 0;
    speed = speed < least ? speed * 2 : speed;
    return speed > SPEED_MOST ? 0 : speed;
}

static size_t find_modules(const unsigned char *table, size_t bytes,
                           struct module modules[MODULES_MOST])
{
    size_t count = 0;
    struct item item;
    for (size_t place = 0; count < MODULES_MOST && take_item(table + place, bytes - place, &item);
         place += item.whole) {
        unsigned type = item.bytes[0];
        uint64_t size = number(&item, SIZE, 2);
        if (type == TYPE_END) {
            break;
        }
        if (type != TYPE_MEMORY_DEVICE || size == 0 || size == 0xFFFF) {
            continue;
        }
        struct module *module = &modules[count++];
        *module = (struct module){.type = (unsigned)number(&item, MEMORY_TYPE, 1)};
        module->width_bits = number(&item, DATA_WIDTH, 2);
        module->speed = find_speed(&item, module->type);
        name_channel(&item, module);
    }
    return count;
}

static unsigned count_channels(const struct module *modules, size_t count)
{
    unsigned channels = 0;
    for (size_t i = 0; i < count; i++) {
        if (modules[i].channel[0] == '\0') {
            return count <= 2 ? (unsigned)count : 0;
        }
        bool is_new = true;
        for (size_t j = 0; j < i; j++) {
            is_new = is_new && strcmp(modules[i].channel, modules[j].channel) != 0;
        }
        channels += is_new;
    }
    return channels;
}

void lf_smbios_read_memory(const unsigned char *table, size_t bytes,
                           struct lf_smbios_memory *memory)
{
    struct module modules[MODULES_MOST];
    size_t count = find_modules(table, bytes, modules);
    uint64_t width_bits = 0;
    bool is_soldered = count > 0;
    *memory = (struct lf_smbios_memory){.modules = (unsigned)count};
    for (size_t i = 0; i < count; i++) {
        unsigned type = modules[i].type;
        uint64_t speed = modules[i].speed;
        width_bits += modules[i].width_bits;
        is_soldered = is_soldered && ((type >= LPDDR && type <= LPDDR4) || type == LPDDR5);
        memory->mega_transfers =
            i == 0 || speed < memory->mega_transfers ? speed : memory->mega_transfers;
    }
    uint64_t channel_bytes = 0;
    if (is_soldered) {
        channel_bytes = width_bits <= WIDTH_MOST_BITS ? width_bits / 8 : 0;
    } else {
        memory->channels = count_channels(modules, count);
        channel_bytes = (uint64_t)memory->channels * CHANNEL_BYTES;
    }
    memory->bandwidth_bps = memory->mega_transfers * 1000000 * channel_bytes;
}
