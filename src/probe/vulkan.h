/* Vulkan, asked in a child process for GPUs whose own back end does not tell their memory. */
#ifndef LLMFIT_PROBE_VULKAN_H
#define LLMFIT_PROBE_VULKAN_H

#include <stdint.h>

#include "probe/child.h"

enum lf_vulkan_kind {
    LF_VULKAN_DEVICE,  /* a device, which may be a program on the processor */
    LF_VULKAN_MISSING, /* the library, or a call of it, is not there: name tells which */
    LF_VULKAN_FAILED,  /* a call failed: name tells which, result how (a VkResult) */
};

/* All-zero where it is not told. From a stranger: to be checked by the reader. */
struct lf_vulkan_record {
    uint32_t kind; /* enum lf_vulkan_kind */
    int32_t result;
    uint32_t device_kind; /* enum lf_vk_device_kind */
    uint32_t vendor;      /* PCI ids */
    uint32_t device;
    uint32_t has_address;
    uint32_t domain;
    uint32_t bus;
    uint32_t slot;
    uint32_t function;
    uint32_t has_budget;
    uint64_t local_bytes;   /* the GPU's own heaps, without a window of the same memory */
    uint64_t budget_bytes;  /* what this process may have of them now */
    uint64_t largest_bytes; /* its largest heap of any kind */
    char name[128];
};

/* An lf_child_work, for a process of its own: it changes the environment. context is not used. */
void lf_vulkan_ask(const struct lf_child_outlet *outlet, const void *context);

#endif
