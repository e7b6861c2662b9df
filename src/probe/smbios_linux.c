/* The memory modules that the firmware lists: as udev keeps them for everybody to read (systemd
 * since version 249), else in the firmware's own table, which is for root alone. That it may not be
 * read is the usual thing, and no fault. */
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "probe/backends.h"
#include "probe/smbios.h"
#include "probe/sysfile.h"

enum { FILE_BYTES = 256 * 1024, HEAD_BYTES = 16 * 1024 };

static const char source[] = "/run/udev/data/+dmi:id";
static const char table_file[] = "/sys/firmware/dmi/tables/DMI";

/* Kinds of RAM as udev calls them; those it gives no name count as RAM of an unknown kind. */
static const struct {
    const char *name;
    unsigned type;
} kinds[] = {
    {"DDR4", LF_SMBIOS_DDR4},     {"DDR5", LF_SMBIOS_DDR5},         {"LPDDR", LF_SMBIOS_LPDDR},
    {"LPDDR2", LF_SMBIOS_LPDDR},  {"LPDDR3", LF_SMBIOS_LPDDR},      {"LPDDR4", LF_SMBIOS_LPDDR4},
    {"LPDDR5", LF_SMBIOS_LPDDR5}, {"DDR", LF_SMBIOS_DRAM},          {"DDR2", LF_SMBIOS_DRAM},
    {"DDR3", LF_SMBIOS_DRAM},     {"DDR2 FB-DIMM", LF_SMBIOS_DRAM}, {"FBD2", LF_SMBIOS_DRAM},
    {"DRAM", LF_SMBIOS_DRAM},     {"SDRAM", LF_SMBIOS_DRAM},        {"Other", LF_SMBIOS_DRAM},
    {"Unknown", LF_SMBIOS_DRAM},
};

/* A device as udev lists it. */
struct device {
    struct lf_smbios_module module;
    uint64_t bytes;
    bool is_persistent;
};

static void set_property(struct device *device, const char *name, const char *value)
{
    uint64_t number = 0;
    lf_sys_parse(value, 10, &number, NULL);
    if (strcmp(name, "SIZE") == 0) {
        device->bytes = number;
    } else if (strcmp(name, "DATA_WIDTH") == 0) {
        device->module.width_bits = number;
    } else if (strcmp(name, "CONFIGURED_SPEED_MTS") == 0 ||
               (strcmp(name, "SPEED_MTS") == 0 && device->module.mega_transfers == 0)) {
        device->module.mega_transfers = number;
    } else if (strcmp(name, "LOCATOR") == 0) {
        device->module.slot = value;
    } else if (strcmp(name, "BANK_LOCATOR") == 0) {
        device->module.bank = value;
    } else if (strcmp(name, "MEMORY_TECHNOLOGY") == 0) {
        device->is_persistent = strstr(value, "persistent") != NULL ||
                                strcmp(value, "NVDIMM-F") == 0 || strcmp(value, "NVDIMM-P") == 0;
    }
    for (size_t i = 0; strcmp(name, "TYPE") == 0 && i < sizeof kinds / sizeof kinds[0]; i++) {
        device->module.type =
            strcmp(value, kinds[i].name) == 0 ? kinds[i].type : device->module.type;
    }
}

/* Reads lines such as "E:MEMORY_DEVICE_0_SIZE=17179869184", which it takes apart. Returns how many
 * of the modules there are. */
static size_t read_properties(char *text, struct lf_smbios_module modules[LF_SMBIOS_MODULES_MOST])
{
    static const char prefix[] = "E:MEMORY_DEVICE_";
    struct device devices[LF_SMBIOS_MODULES_MOST];
    size_t count = 0;
    for (size_t i = 0; i < LF_SMBIOS_MODULES_MOST; i++) {
        devices[i] = (struct device){.module = {.slot = "", .bank = ""}};
    }
    for (char *line = text, *next = NULL; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        uint64_t number = 0;
        const char *name = NULL;
        char *equals = strchr(line, '=');
        if (equals != NULL && lf_text_starts_with(line, prefix) &&
            lf_sys_parse(line + strlen(prefix), 10, &number, &name) && *name == '_' &&
            number < LF_SMBIOS_MODULES_MOST) {
            *equals = '\0';
            set_property(&devices[number], name + 1, equals + 1);
        }
    }
    for (size_t i = 0; i < LF_SMBIOS_MODULES_MOST; i++) {
        if (devices[i].bytes > 0 && devices[i].module.type != 0 && !devices[i].is_persistent) {
            modules[count++] = devices[i].module;
        }
    }
    return count;
}

/* Modules of a virtual machine are made up by its host. */
static bool is_virtual(const struct lf_probe *probe)
{
    char text[HEAD_BYTES];
    return lf_sys_read(probe, text, sizeof text, "/proc/cpuinfo") &&
           strstr(text, " hypervisor") != NULL;
}

static enum lf_step_status run(struct lf_probe *probe)
{
    struct lf_text content = {0};
    struct lf_smbios_memory found = {0};
    struct lf_smbios_module modules[LF_SMBIOS_MODULES_MOST];
    if (lf_sys_text(probe, &content, FILE_BYTES, source) && content.length > 0) {
        lf_smbios_sum(modules, read_properties(content.bytes, modules), &found);
    }
    if (found.modules == 0) {
        lf_text_clear(&content);
        if (lf_sys_text(probe, &content, FILE_BYTES, table_file) && content.length > 0) {
            lf_smbios_read_memory((const unsigned char *)content.bytes, content.length, &found);
        }
    }
    lf_text_clear(&content);
    bool is_known =
        found.modules > 0 && !is_virtual(probe) && lf_smbios_apply(&found, &probe->machine->memory);
    return is_known ? LF_STEP_OK : LF_STEP_NOTHING;
}

const struct lf_backend lf_backend_smbios = {.name = "smbios", .source = source, .run = run};
