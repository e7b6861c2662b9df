/* The parts of Vulkan's interface that are used, laid out as its specification tells (version 1.1
 * with VK_EXT_pci_bus_info and VK_EXT_memory_budget); a test compares them with the real header
 * where it is installed. Inner header of the probe. */
#ifndef LLMFIT_PROBE_VULKAN_TYPES_H
#define LLMFIT_PROBE_VULKAN_TYPES_H

#include <stdint.h>

enum {
    LF_VK_SUCCESS = 0,
    LF_VK_INCOMPLETE = 5, /* there are more than the room that was given */
    LF_VK_NAME_BYTES = 256,
    LF_VK_MOST_TYPES = 32,
    LF_VK_MOST_HEAPS = 16,
    LF_VK_HEAP_DEVICE_LOCAL = 1,
};

enum {
    LF_VK_VERSION_1_1 = 1 << 22 | 1 << 12,
    LF_VK_APPLICATION = 0,
    LF_VK_INSTANCE_CREATE = 1,
    LF_VK_PROPERTIES_2 = 1000059001,
    LF_VK_MEMORY_2 = 1000059006,
    LF_VK_PCI_BUS = 1000212000,
    LF_VK_MEMORY_BUDGET = 1000237000,
};

enum lf_vk_device_kind {
    LF_VK_OTHER,
    LF_VK_INTEGRATED,
    LF_VK_DISCRETE,
    LF_VK_VIRTUAL,
    LF_VK_CPU, /* a program that draws on the processor */
};

typedef struct lf_vk_instance_handle *lf_vk_instance;
typedef struct lf_vk_device_handle *lf_vk_device;

struct lf_vk_application {
    uint32_t type;
    const void *next;
    const char *name;
    uint32_t version;
    const char *engine;
    uint32_t engine_version;
    uint32_t api_version;
};

struct lf_vk_instance_create {
    uint32_t type;
    const void *next;
    uint32_t flags;
    const struct lf_vk_application *application;
    uint32_t layer_count;
    const char *const *layers;
    uint32_t extension_count;
    const char *const *extensions;
};

struct lf_vk_extension {
    char name[LF_VK_NAME_BYTES];
    uint32_t version;
};

struct lf_vk_properties {
    uint32_t api_version;
    uint32_t driver_version;
    uint32_t vendor; /* of PCI */
    uint32_t device;
    uint32_t kind; /* enum lf_vk_device_kind */
    char name[LF_VK_NAME_BYTES];
    uint8_t cache_uuid[16];
    uint64_t limits[63];
    uint32_t sparse[5];
};

struct lf_vk_pci_bus {
    uint32_t type;
    void *next;
    uint32_t domain;
    uint32_t bus;
    uint32_t device;
    uint32_t function;
};

struct lf_vk_properties_2 {
    uint32_t type;
    void *next;
    struct lf_vk_properties properties;
};

struct lf_vk_memory_type {
    uint32_t flags;
    uint32_t heap;
};

struct lf_vk_heap {
    uint64_t bytes;
    uint32_t flags;
};

struct lf_vk_memory {
    uint32_t type_count;
    struct lf_vk_memory_type types[LF_VK_MOST_TYPES];
    uint32_t heap_count;
    struct lf_vk_heap heaps[LF_VK_MOST_HEAPS];
};

struct lf_vk_memory_budget {
    uint32_t type;
    void *next;
    uint64_t budget_bytes[LF_VK_MOST_HEAPS]; /* what this process may have of each heap */
    uint64_t used_bytes[LF_VK_MOST_HEAPS];   /* by this process */
};

struct lf_vk_memory_2 {
    uint32_t type;
    void *next;
    struct lf_vk_memory memory;
};

#endif
