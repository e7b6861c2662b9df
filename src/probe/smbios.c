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
    TECHNOLOGY = 0x28,
    CONFIGURED_SPEED_LONG = 0x58,
};

/* Of memory devices: kinds and technologies that are no RAM. */
enum {
    VRAM = 0x05,
    ROM = 0x08, /* flash and its like follow */
    EPROM = 0x0C,
    NON_VOLATILE = 0x1F,
    NVDIMM_F = 0x05, /* NVDIMM-P and Optane follow */
    OPTANE = 0x07,
};

/* A structure: its formatted part, then its texts, each terminated. */
struct item {
    const unsigned char *bytes;
    size_t length; /* of the formatted part */
    size_t whole;  /* with the texts and the empty one that ends them */
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

/* What names a module's channel; "" when nothing does. */
static void name_channel(const struct lf_smbios_module *module, char channel[NAME_BYTES])
{
    const char *const names[] = {module->slot, module->bank};
    channel[0] = '\0';
    for (size_t i = 0; i < 2 && channel[0] == '\0'; i++) {
        size_t length = measure_channel(names[i]);
        snprintf(channel, NAME_BYTES, "%.*s", (int)(length < NAME_BYTES ? length : 0), names[i]);
    }
}

/* In 10^6 transfers/s: as it is set, else what the module can. */
static uint64_t find_speed(const struct item *item)
{
    uint64_t speed = number(item, CONFIGURED_SPEED, 2);
    if (speed == 0xFFFF) {
        speed = number(item, CONFIGURED_SPEED_LONG, 4);
    }
    return speed == 0 ? number(item, SPEED, 2) : speed;
}

static bool is_ram(const struct item *item)
{
    uint64_t type = number(item, MEMORY_TYPE, 1);
    uint64_t technology = number(item, TECHNOLOGY, 1);
    return type != VRAM && !(type >= ROM && type <= EPROM) && type != NON_VOLATILE &&
           !(technology >= NVDIMM_F && technology <= OPTANE);
}

static size_t find_modules(const unsigned char *table, size_t bytes,
                           struct lf_smbios_module modules[LF_SMBIOS_MODULES_MOST])
{
    size_t count = 0;
    struct item item;
    for (size_t place = 0;
         count < LF_SMBIOS_MODULES_MOST && take_item(table + place, bytes - place, &item);
         place += item.whole) {
        unsigned type = item.bytes[0];
        uint64_t size = number(&item, SIZE, 2);
        if (type == TYPE_END) {
            break;
        }
        if (type != TYPE_MEMORY_DEVICE || size == 0 || size == 0xFFFF || !is_ram(&item)) {
            continue;
        }
        modules[count++] = (struct lf_smbios_module){
            .type = (unsigned)number(&item, MEMORY_TYPE, 1),
            .width_bits = number(&item, DATA_WIDTH, 2),
            .mega_transfers = find_speed(&item),
            .slot = find_text(&item, number(&item, SLOT_NAME, 1)),
            .bank = find_text(&item, number(&item, BANK_NAME, 1)),
        };
    }
    return count;
}

static unsigned count_channels(const struct lf_smbios_module *modules, size_t count)
{
    char names[LF_SMBIOS_MODULES_MOST][NAME_BYTES];
    unsigned channels = 0;
    for (size_t i = 0; i < count; i++) {
        name_channel(&modules[i], names[i]);
        if (names[i][0] == '\0') {
            return count <= 2 ? (unsigned)count : 0;
        }
        bool is_new = true;
        for (size_t j = 0; j < i; j++) {
            is_new = is_new && strcmp(names[i], names[j]) != 0;
        }
        channels += is_new;
    }
    return channels;
}

/* Some firmware gives the clock, which is half of the transfers, and slower than any module of that
 * kind. Returns 0 for what no module is. */
static uint64_t correct_speed(const struct lf_smbios_module *module)
{
    uint64_t speed = module->mega_transfers;
    uint64_t least = module->type == LF_SMBIOS_DDR5   ? 3200
                     : module->type == LF_SMBIOS_DDR4 ? 1600
                                                      : 0;
    speed = speed < least ? speed * 2 : speed;
    return speed > SPEED_MOST ? 0 : speed;
}

void lf_smbios_sum(const struct lf_smbios_module *modules, size_t count,
                   struct lf_smbios_memory *memory)
{
    uint64_t width_bits = 0;
    bool is_soldered = count > 0;
    *memory = (struct lf_smbios_memory){.modules = (unsigned)count};
    for (size_t i = 0; i < count; i++) {
        unsigned type = modules[i].type;
        uint64_t speed = correct_speed(&modules[i]);
        width_bits = lf_add(width_bits, modules[i].width_bits);
        is_soldered = is_soldered && ((type >= LF_SMBIOS_LPDDR && type <= LF_SMBIOS_LPDDR4) ||
                                      type == LF_SMBIOS_LPDDR5);
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

void lf_smbios_read_memory(const unsigned char *table, size_t bytes,
                           struct lf_smbios_memory *memory)
{
    struct lf_smbios_module modules[LF_SMBIOS_MODULES_MOST];
    lf_smbios_sum(modules, find_modules(table, bytes, modules), memory);
}

bool lf_smbios_apply(const struct lf_smbios_memory *found, struct lf_memory *memory)
{
    if (found->mega_transfers > 0) {
        memory->speed_mtps = lf_amount(found->mega_transfers, LF_MEASURED, "smbios");
    }
    if (found->bandwidth_bps > 0) {
        memory->bandwidth_bps =
            lf_amount(found->bandwidth_bps, LF_MEASURED, "smbios speed x channels");
    }
    return found->mega_transfers > 0;
}
