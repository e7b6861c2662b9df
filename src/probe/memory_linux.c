/* System memory from /proc/meminfo. hwloc is no meter for it: it adds up NUMA nodes, whose figures
 * differ from MemTotal by as much as a factor of two on virtual machines. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "probe/backends.h"
#include "probe/kfd_linux.h"
#include "probe/sysfile.h"

/* More than any machine has; a recording with an absurd MemTotal is known. */
#define MOST_BYTES (UINT64_C(64) << 40)

static const char source[] = "/proc/meminfo";
static const char swaps[] = "/proc/swaps";

/* The kB behind a key, as bytes. */
static bool find_bytes(const char *text, const char *key, uint64_t *bytes)
{
    const char *value = lf_sys_find(text, key);
    uint64_t kib = 0;
    if (value == NULL || !lf_sys_parse(value, 10, &kib, NULL)) {
        return false;
    }
    *bytes = lf_mul(kib, LF_KIB);
    return true;
}

/* Kernels before 3.14 leave the sum to the reader. */
static bool find_available(const char *text, uint64_t *bytes)
{
    uint64_t free_bytes = 0;
    uint64_t buffers = 0;
    uint64_t cached = 0;
    if (find_bytes(text, "MemAvailable:", bytes)) {
        return true;
    }
    if (!find_bytes(text, "MemFree:", &free_bytes)) {
        return false;
    }
    find_bytes(text, "Buffers:", &buffers);
    find_bytes(text, "Cached:", &cached);
    *bytes = lf_add(free_bytes, lf_add(buffers, cached));
    return true;
}

/* What a NUMA node of a GPU adds to MemTotal and to what is free. */
struct node {
    uint64_t total_bytes;
    uint64_t free_bytes;
};

/* Reads a GPU's numa_status: memory that is online is part of MemTotal, but is the GPU's. */
static struct node read_gpu_node(const struct lf_probe *probe, const char *gpu)
{
    struct node node = {0};
    char text[LF_SYS_PAGE_BYTES];
    uint64_t number = 0;
    if (!lf_sys_read(probe, text, sizeof text, "/proc/driver/nvidia/gpus/%s/numa_status", gpu)) {
        return node;
    }
    const char *status = lf_sys_find(text, "Status:");
    const char *size = lf_sys_find(text, "Size:");
    const char *place = lf_sys_find(text, "Node:");
    if (status == NULL || !lf_text_starts_with(status, "online") || place == NULL ||
        !lf_sys_parse(place, 10, &number, NULL)) {
        return node;
    }
    if (size != NULL) {
        lf_sys_parse(size, 16, &node.total_bytes, NULL);
    }
    /* Every line there starts with "Node N "; what follows looks like /proc/meminfo. */
    char prefix[64];
    snprintf(prefix, sizeof prefix, "Node %llu MemTotal:", (unsigned long long)number);
    if (lf_sys_read(probe, text, sizeof text, "/sys/devices/system/node/node%llu/meminfo",
                    (unsigned long long)number)) {
        find_bytes(text, prefix, &node.total_bytes);
        snprintf(prefix, sizeof prefix, "Node %llu MemFree:", (unsigned long long)number);
        find_bytes(text, prefix, &node.free_bytes);
    }
    return node;
}

/* Huge pages that are set aside count as used whether or not a program has them. Newer kernels tell
 * the sum over all sizes, older ones the pages of the usual size. */
static void find_hugepages(struct lf_memory *memory, const char *text)
{
    uint64_t bytes = 0;
    uint64_t page_bytes = 0;
    uint64_t pages = 0;
    if (!find_bytes(text, "Hugetlb:", &bytes)) {
        const char *value = lf_sys_find(text, "HugePages_Total:");
        if (value == NULL || !lf_sys_parse(value, 10, &pages, NULL) ||
            !find_bytes(text, "Hugepagesize:", &page_bytes)) {
            return;
        }
        bytes = lf_mul(pages, page_bytes);
    }
    if (bytes <= memory->total_bytes.value) {
        memory->hugepages_bytes = lf_amount(bytes, LF_MEASURED, source);
    }
}

/* Swap space, and how much of it is RAM again: "/dev/zram0  partition  8388604  0  100", in KiB. */
static void find_swap(const struct lf_probe *probe, struct lf_memory *memory, const char *text)
{
    char list[LF_SYS_PAGE_BYTES];
    uint64_t swap = 0;
    uint64_t zram = 0;
    if (!find_bytes(text, "SwapTotal:", &swap) || swap > MOST_BYTES) {
        return;
    }
    memory->swap_bytes = lf_amount(swap, LF_MEASURED, source);
    if (swap == 0 || !lf_sys_read(probe, list, sizeof list, "%s", swaps)) {
        return;
    }
    const char *line = list;
    while ((line = lf_sys_find(line, "/dev/zram")) != NULL) {
        uint64_t kib = 0;
        const char *kind = line + strcspn(line, " \t\n");
        kind += strspn(kind, " \t");
        if (lf_sys_parse(kind + strcspn(kind, " \t\n"), 10, &kib, NULL)) {
            zram = lf_add(zram, lf_mul(kib, LF_KIB));
        }
        line += strcspn(line, "\n");
    }
    memory->zram_bytes = lf_amount(zram < swap ? zram : swap, LF_MEASURED, swaps);
}

/* RAM as AMD's driver tells it, for a recording of that alone. */
static bool find_kfd_total(const struct lf_probe *probe, struct lf_memory *memory)
{
    struct lf_kfd_node *nodes = lf_alloc(LF_KFD_NODES_MOST, sizeof *nodes);
    struct lf_kfd_node processor = lf_kfd_processor(nodes, lf_kfd_read(probe, nodes));
    free(nodes);
    if (processor.bank_bytes == 0 || processor.bank_bytes > MOST_BYTES) {
        return false;
    }
    memory->total_bytes = lf_amount(processor.bank_bytes, LF_MEASURED, "kfd memory banks");
    return true;
}

/* Takes off what is the GPUs': the total and what is available of it. */
static void leave_out_gpus(const struct lf_probe *probe, uint64_t *total, uint64_t *available)
{
    struct lf_strings gpus = lf_sys_list(probe, "/proc/driver/nvidia/gpus");
    for (size_t i = 0; i < gpus.count; i++) {
        struct node node = read_gpu_node(probe, gpus.items[i]);
        /* A size beyond the total is no part of it. */
        if (node.total_bytes < *total) {
            *total -= node.total_bytes;
            *available = lf_sub(*available, node.free_bytes);
        }
    }
}

static enum lf_step_status run(struct lf_probe *probe)
{
    struct lf_memory *memory = &probe->machine->memory;
    char text[LF_SYS_PAGE_BYTES];
    uint64_t total = 0;
    if (!lf_sys_read(probe, text, sizeof text, "%s", source) ||
        !find_bytes(text, "MemTotal:", &total) || total == 0) {
        if (find_kfd_total(probe, memory)) {
            return LF_STEP_OK;
        }
        lf_machine_diagnose(probe->machine, LF_GAP_MEMORY, "memory-unknown",
                            "%s does not tell the machine's memory", source);
        return LF_STEP_FAILED;
    }
    if (total > MOST_BYTES) {
        lf_machine_diagnose(probe->machine, LF_GAP_MEMORY, "memory-absurd",
                            "%s tells more than 64 TiB of memory", source);
        return LF_STEP_FAILED;
    }
    uint64_t available = 0;
    bool knows_available = find_available(text, &available);
    leave_out_gpus(probe, &total, &available);
    memory->total_bytes = lf_amount(total, LF_MEASURED, source);
    if (knows_available) {
        available = available < total ? available : total;
        memory->available_bytes = lf_amount(available, LF_MEASURED, source);
    }
    find_hugepages(memory, text);
    find_swap(probe, memory, text);
    if (lf_sys_exists(probe, "/dev/dxg")) {
        lf_machine_diagnose(probe->machine, LF_GAP_NONE, "wsl-memory-share",
                            "this Linux runs inside Windows (WSL2), which lends it a part of the "
                            "computer's RAM: half, unless memory= in .wslconfig says otherwise");
    }
    return LF_STEP_OK;
}

const struct lf_backend lf_backend_memory = {.name = "memory", .source = source, .run = run};
