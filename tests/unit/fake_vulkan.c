/* A libvulkan.so.1 that behaves as LLMFIT_FAKE_VULKAN says: "ok", "twice", "elsewhere", "old",
 * "integrated", "software", "none", "no-driver", "absurd", "hang", "crash", "crash-later".
 *
 * The GPU is an 0xabcd:0x1234 at 0000:01:00.0 with 16 GiB of its own, a window of 256 MiB on them
 * and 32 GiB of the system's memory. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe/vulkan_types.h"

#define MIB (UINT64_C(1) << 20)

enum { INCOMPATIBLE_DRIVER = -9 };

int32_t vkCreateInstance(const struct lf_vk_instance_create *create, const void *allocator,
                         lf_vk_instance *instance);
int32_t vkEnumeratePhysicalDevices(lf_vk_instance instance, uint32_t *count, lf_vk_device *devices);
int32_t vkEnumerateDeviceExtensionProperties(lf_vk_device device, const char *layer,
                                             uint32_t *count, struct lf_vk_extension *extensions);
void vkGetPhysicalDeviceProperties(lf_vk_device device, struct lf_vk_properties *properties);
void vkGetPhysicalDeviceProperties2(lf_vk_device device, struct lf_vk_properties_2 *properties);
void vkGetPhysicalDeviceMemoryProperties(lf_vk_device device, struct lf_vk_memory *memory);
void vkGetPhysicalDeviceMemoryProperties2(lf_vk_device device, struct lf_vk_memory_2 *memory);

static bool is(const char *behaviour)
{
    const char *wanted = getenv("LLMFIT_FAKE_VULKAN");
    return strcmp(wanted == NULL ? "ok" : wanted, behaviour) == 0;
}

/* A layer or a shader cache would reach beyond this process. */
static bool is_quiet(void)
{
    const char *layers = getenv("VK_LOADER_LAYERS_DISABLE");
    const char *cache = getenv("MESA_SHADER_CACHE_DISABLE");
    return layers != NULL && strcmp(layers, "~all~") == 0 && cache != NULL &&
           strcmp(cache, "true") == 0 && getenv("VK_INSTANCE_LAYERS") == NULL;
}

int32_t vkCreateInstance(const struct lf_vk_instance_create *create, const void *allocator,
                         lf_vk_instance *instance)
{
    (void)allocator;
    static char place;
    if (is("hang")) {
        for (;;) {
            pause();
        }
    }
    if (is("crash")) {
        raise(SIGSEGV);
    }
    *instance = (lf_vk_instance)(void *)&place;
    bool is_asked_well = create->type == LF_VK_INSTANCE_CREATE && create->layer_count == 0 &&
                         create->application->api_version == LF_VK_VERSION_1_1;
    return is("no-driver") || !is_asked_well || !is_quiet() ? INCOMPATIBLE_DRIVER : LF_VK_SUCCESS;
}

int32_t vkEnumeratePhysicalDevices(lf_vk_instance instance, uint32_t *count, lf_vk_device *devices)
{
    (void)instance;
    uint32_t room = *count;
    *count = is("none") ? 0 : is("twice") ? 2 : 1;
    for (uint32_t i = 0; i < *count && i < room; i++) {
        devices[i] = (lf_vk_device)(size_t)(i + 1);
    }
    if (is("absurd")) {
        *count = UINT32_MAX;
        return LF_VK_INCOMPLETE;
    }
    return LF_VK_SUCCESS;
}

int32_t vkEnumerateDeviceExtensionProperties(lf_vk_device device, const char *layer,
                                             uint32_t *count, struct lf_vk_extension *extensions)
{
    (void)device;
    (void)layer;
    static const char *const names[] = {"VK_KHR_maintenance1", "VK_EXT_pci_bus_info",
                                        "VK_EXT_memory_budget"};
    if (extensions != NULL) {
        for (uint32_t i = 0; i < 3 && i < *count; i++) {
            snprintf(extensions[i].name, sizeof extensions[i].name, "%s", names[i]);
        }
    }
    *count = is("absurd") ? UINT32_MAX : 3;
    return LF_VK_SUCCESS;
}

void vkGetPhysicalDeviceProperties(lf_vk_device device, struct lf_vk_properties *properties)
{
    *properties = (struct lf_vk_properties){
        .api_version = is("old") ? 1 << 22 : LF_VK_VERSION_1_1 + (1 << 12),
        .vendor = 0xabcd,
        .device = 0x1234,
        .kind = is("software")     ? LF_VK_CPU
                : is("integrated") ? LF_VK_INTEGRATED
                                   : LF_VK_DISCRETE,
    };
    snprintf(properties->name, sizeof properties->name, "%s",
             is("software") ? "llvmpipe (LLVM 15.0.6, 256 bits)" : "Abacus 16G");
    if (is("absurd")) {
        memset(properties->name, '\x1b', sizeof properties->name);
    }
    /* Of the same GPU another driver has another thing to say, too late. */
    if (device != (lf_vk_device)(size_t)1) {
        snprintf(properties->name, sizeof properties->name, "Abacus (other driver)");
    }
}

void vkGetPhysicalDeviceProperties2(lf_vk_device device, struct lf_vk_properties_2 *properties)
{
    vkGetPhysicalDeviceProperties(device, &properties->properties);
    struct lf_vk_pci_bus *bus = properties->next;
    if (bus != NULL && bus->type == LF_VK_PCI_BUS) {
        bus->bus = is("elsewhere") ? 9 : 1;
    }
}

void vkGetPhysicalDeviceMemoryProperties(lf_vk_device device, struct lf_vk_memory *memory)
{
    *memory = (struct lf_vk_memory){
        .type_count = 1,
        .heap_count = is("absurd") ? UINT32_MAX : 3,
        .heaps = {{.bytes = 16384 * MIB, .flags = LF_VK_HEAP_DEVICE_LOCAL},
                  {.bytes = 32768 * MIB},
                  {.bytes = 256 * MIB, .flags = LF_VK_HEAP_DEVICE_LOCAL}},
    };
    if (device != (lf_vk_device)(size_t)1) {
        memory->heaps[0].bytes /= 2;
    }
    if (is("absurd")) {
        memory->heaps[0].bytes = UINT64_MAX;
    }
}

void vkGetPhysicalDeviceMemoryProperties2(lf_vk_device device, struct lf_vk_memory_2 *memory)
{
    vkGetPhysicalDeviceMemoryProperties(device, &memory->memory);
    struct lf_vk_memory_budget *budget = memory->next;
    if (budget != NULL && budget->type == LF_VK_MEMORY_BUDGET) {
        budget->budget_bytes[0] = 15000 * MIB;
        budget->budget_bytes[1] = 30000 * MIB;
        budget->budget_bytes[2] = 200 * MIB;
    }
    if (is("crash-later")) {
        raise(SIGSEGV);
    }
}
