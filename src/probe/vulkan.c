#include "probe/vulkan.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"
#include "probe/vulkan_types.h"

enum { MOST_DEVICES = 64, MOST_EXTENSIONS = 1024 };

static const char library_name[] = "libvulkan.so.1";

struct vulkan {
    int32_t (*create)(const struct lf_vk_instance_create *create, const void *allocator,
                      lf_vk_instance *instance);
    int32_t (*list_devices)(lf_vk_instance instance, uint32_t *count, lf_vk_device *devices);
    int32_t (*list_extensions)(lf_vk_device device, const char *layer, uint32_t *count,
                               struct lf_vk_extension *extensions);
    void (*get_properties)(lf_vk_device device, struct lf_vk_properties *properties);
    void (*get_properties_2)(lf_vk_device device, struct lf_vk_properties_2 *properties);
    void (*get_memory)(lf_vk_device device, struct lf_vk_memory *memory);
    void (*get_memory_2)(lf_vk_device device, struct lf_vk_memory_2 *memory);
};

#define CALL(member) offsetof(struct vulkan, member)

/* All of them are in every loader of Vulkan 1.1 (2018). */
static const struct {
    size_t offset;
    const char *name;
} symbols[] = {
    {CALL(create), "vkCreateInstance"},
    {CALL(list_devices), "vkEnumeratePhysicalDevices"},
    {CALL(list_extensions), "vkEnumerateDeviceExtensionProperties"},
    {CALL(get_properties), "vkGetPhysicalDeviceProperties"},
    {CALL(get_properties_2), "vkGetPhysicalDeviceProperties2"},
    {CALL(get_memory), "vkGetPhysicalDeviceMemoryProperties"},
    {CALL(get_memory_2), "vkGetPhysicalDeviceMemoryProperties2"},
};

static void tell(const struct lf_child_outlet *outlet, enum lf_vulkan_kind kind, int32_t result,
                 const char *what)
{
    struct lf_vulkan_record record = {.kind = kind, .result = result};
    snprintf(record.name, sizeof record.name, "%s", what);
    lf_child_send(outlet, &record);
}

/* No layer between us and the driver, whoever installed one, and no file of a shader cache: nothing
 * is drawn.
 * source  Vulkan-Loader, docs/LoaderDebugging.md; Mesa, docs/envvars.rst */
static void quieten(void)
{
    setenv("VK_LOADER_LAYERS_DISABLE", "~all~", 1);
    unsetenv("VK_INSTANCE_LAYERS");
    setenv("MESA_SHADER_CACHE_DISABLE", "true", 1);
    setenv("__GL_SHADER_DISK_CACHE", "0", 1);
}

static bool open_library(const struct lf_child_outlet *outlet, struct vulkan *vulkan)
{
    void *library = dlopen(library_name, RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL) {
        tell(outlet, LF_VULKAN_MISSING, 0, library_name);
        return false;
    }
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *symbol = dlsym(library, symbols[i].name);
        if (symbol == NULL) {
            tell(outlet, LF_VULKAN_MISSING, 0, symbols[i].name);
            return false;
        }
        /* POSIX makes an object pointer hold a function; C does not convert them. */
        memcpy((char *)vulkan + symbols[i].offset, &symbol, sizeof symbol);
    }
    return true;
}

/* What a device offers beyond version 1.0. */
struct abilities {
    bool tells_more; /* version 1.1 */
    bool tells_address;
    bool tells_budget;
};

static struct abilities find_abilities(const struct vulkan *vulkan, lf_vk_device device,
                                       uint32_t api_version)
{
    struct abilities abilities = {.tells_more = api_version >= LF_VK_VERSION_1_1};
    uint32_t count = 0;
    if (!abilities.tells_more ||
        vulkan->list_extensions(device, NULL, &count, NULL) != LF_VK_SUCCESS || count == 0 ||
        count > MOST_EXTENSIONS) {
        return abilities;
    }
    struct lf_vk_extension *extensions = lf_alloc(count, sizeof *extensions);
    uint32_t room = count;
    int32_t result = vulkan->list_extensions(device, NULL, &count, extensions);
    if (result == LF_VK_SUCCESS || result == LF_VK_INCOMPLETE) {
        for (uint32_t i = 0; i < count && i < room; i++) {
            extensions[i].name[LF_VK_NAME_BYTES - 1] = '\0';
            abilities.tells_address |= strcmp(extensions[i].name, "VK_EXT_pci_bus_info") == 0;
            abilities.tells_budget |= strcmp(extensions[i].name, "VK_EXT_memory_budget") == 0;
        }
    }
    free(extensions);
    return abilities;
}

static void read_address(const struct vulkan *vulkan, lf_vk_device device,
                         struct lf_vulkan_record *record)
{
    struct lf_vk_pci_bus bus = {.type = LF_VK_PCI_BUS};
    struct lf_vk_properties_2 properties = {.type = LF_VK_PROPERTIES_2, .next = &bus};
    vulkan->get_properties_2(device, &properties);
    record->has_address = 1;
    record->domain = bus.domain;
    record->bus = bus.bus;
    record->slot = bus.device;
    record->function = bus.function;
}

/* Sums the heaps of the GPU's own memory. Beside a larger one, a heap of at most 256 MiB is the
 * window through which the processor sees the same memory: not more of it. (AMD's driver cuts its
 * memory in two, so that this leaves out as much there; what may be had is then told too low, never
 * too high.) */
static void add_heaps(const struct lf_vk_memory *memory, const struct lf_vk_memory_budget *budget,
                      struct lf_vulkan_record *record)
{
    static const uint64_t window_bytes = 256 * LF_MIB;
    uint64_t largest_local = 0;
    uint32_t count = memory->heap_count < LF_VK_MOST_HEAPS ? memory->heap_count : LF_VK_MOST_HEAPS;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t bytes = memory->heaps[i].bytes;
        bool is_local = (memory->heaps[i].flags & LF_VK_HEAP_DEVICE_LOCAL) != 0;
        largest_local = is_local && bytes > largest_local ? bytes : largest_local;
        record->largest_bytes = bytes > record->largest_bytes ? bytes : record->largest_bytes;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t bytes = memory->heaps[i].bytes;
        if ((memory->heaps[i].flags & LF_VK_HEAP_DEVICE_LOCAL) != 0 &&
            (bytes > window_bytes || bytes == largest_local)) {
            record->local_bytes = lf_add(record->local_bytes, bytes);
            record->budget_bytes = lf_add(record->budget_bytes, budget->budget_bytes[i]);
        }
    }
}

static void read_memory(const struct vulkan *vulkan, lf_vk_device device,
                        const struct abilities *abilities, struct lf_vulkan_record *record)
{
    struct lf_vk_memory_budget budget = {.type = LF_VK_MEMORY_BUDGET};
    struct lf_vk_memory_2 memory = {.type = LF_VK_MEMORY_2};
    if (abilities->tells_budget) {
        memory.next = &budget;
        record->has_budget = 1;
    }
    if (abilities->tells_more) {
        vulkan->get_memory_2(device, &memory);
    } else {
        vulkan->get_memory(device, &memory.memory);
    }
    add_heaps(&memory.memory, &budget, record);
}

static void tell_device(const struct lf_child_outlet *outlet, const struct vulkan *vulkan,
                        lf_vk_device device)
{
    struct lf_vk_properties properties = {0};
    vulkan->get_properties(device, &properties);
    struct lf_vulkan_record record = {
        .kind = LF_VULKAN_DEVICE,
        .device_kind = properties.kind,
        .vendor = properties.vendor,
        .device = properties.device,
    };
    snprintf(record.name, sizeof record.name, "%.*s", (int)sizeof record.name - 1, properties.name);
    struct abilities abilities = find_abilities(vulkan, device, properties.api_version);
    if (abilities.tells_address) {
        read_address(vulkan, device, &record);
    }
    read_memory(vulkan, device, &abilities, &record);
    lf_child_send(outlet, &record);
}

/* The instance is never given back: the process ends, and ending it may take a driver long. */
void lf_vulkan_ask(const struct lf_child_outlet *outlet, const void *context)
{
    (void)context;
    struct vulkan vulkan = {0};
    quieten();
    if (!open_library(outlet, &vulkan)) {
        return;
    }
    struct lf_vk_application application = {
        .type = LF_VK_APPLICATION,
        .name = "llmfit",
        .api_version = LF_VK_VERSION_1_1,
    };
    struct lf_vk_instance_create create = {
        .type = LF_VK_INSTANCE_CREATE,
        .application = &application,
    };
    lf_vk_instance instance = NULL;
    int32_t result = vulkan.create(&create, NULL, &instance);
    if (result != LF_VK_SUCCESS) {
        tell(outlet, LF_VULKAN_FAILED, result, "vkCreateInstance");
        return;
    }
    lf_vk_device devices[MOST_DEVICES] = {0};
    uint32_t count = MOST_DEVICES;
    result = vulkan.list_devices(instance, &count, devices);
    if (result != LF_VK_SUCCESS && result != LF_VK_INCOMPLETE) {
        tell(outlet, LF_VULKAN_FAILED, result, "vkEnumeratePhysicalDevices");
        return;
    }
    for (uint32_t i = 0; i < count && i < MOST_DEVICES; i++) {
        tell_device(outlet, &vulkan, devices[i]);
    }
}
