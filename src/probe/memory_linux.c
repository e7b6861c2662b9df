/* System memory from /proc/meminfo. hwloc is no meter for it: it adds up NUMA nodes, whose figures
 * differ from MemTotal by as much as a factor of two on virtual machines. */
#include <stdint.h>
#include <stdio.h>

#include "base/units.h"
#include "probe/backends.h"
#include "probe/sysfile.h"

/* More than any machine has; a recording with an absurd MemTotal is known. */
#define MOST_BYTES (UINT64_C(64) << 40)

static const char source[] = "/proc/meminfo";

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

static enum lf_step_status run(struct lf_probe *probe)
{
    struct lf_memory *memory = &probe->machine->memory;
    char text[LF_SYS_PAGE_BYTES];
    uint64_t total = 0;
    if (!lf_sys_read(probe, text, sizeof text, "%s", source) ||
        !find_bytes(text, "MemTotal:", &total) || total == 0) {
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
    struct lf_strings gpus = lf_sys_list(probe, "/proc/driver/nvidia/gpus");
    for (size_t i = 0; i < gpus.count; i++) {
        struct node node = read_gpu_node(probe, gpus.items[i]);
        /* A size beyond the total is no part of it. */
        if (node.total_bytes < total) {
            total -= node.total_bytes;
            available = lf_sub(available, node.free_bytes);
        }
    }
    memory->total_bytes = lf_amount(total, LF_MEASURED, source);
    if (knows_available) {
        available = available < total ? available : total;
        memory->available_bytes = lf_amount(available, LF_MEASURED, source);
    }
    uint64_t swap = 0;
    if (find_bytes(text, "SwapTotal:", &swap) && swap <= MOST_BYTES) {
        memory->swap_bytes = lf_amount(swap, LF_MEASURED, source);
    }
    return LF_STEP_OK;
}

const struct lf_backend lf_backend_memory = {.name = "memory", .source = source, .run = run};
