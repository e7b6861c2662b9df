/* AMD's GPUs as its compute driver sees them: the compute target, the memory's speed, and which of
 * the GPUs are parts of one card. */
#include "probe/kfd_linux.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "probe/backends.h"
#include "probe/gpu_linux.h"
#include "probe/sysfile.h"

static const char source[] = "/sys/class/kfd/kfd/topology/nodes";
static const char vendor_name[] = "AMD";
static const char driver_name[] = "amdgpu";

enum { AMD = 0x1002, MOST_BUS_BITS = 16384, MOST_MHZ = 20000, MOST_BANKS = 16 };

/* What is wanted of a node's properties, and where it goes. */
#define PROPERTY(key_, member)                                        \
    {                                                                 \
        .key = (key_), .offset = offsetof(struct lf_kfd_node, member) \
    }
static const struct {
    const char *key;
    size_t offset;
} properties[] = {
    PROPERTY("domain ", domain),         PROPERTY("location_id ", location),
    PROPERTY("vendor_id ", vendor),      PROPERTY("device_id ", device),
    PROPERTY("unique_id ", unique_id),   PROPERTY("gfx_target_version ", target),
    PROPERTY("simd_count ", simd_count), PROPERTY("cpu_cores_count ", cpu_threads),
};
#undef PROPERTY

/* The value of "key value"; 0 when there is none. */
static uint64_t find_property(const char *text, const char *key)
{
    const char *value = lf_sys_find(text, key);
    uint64_t number = 0;
    lf_sys_parse(value == NULL ? "" : value, 10, &number, NULL);
    return number;
}

static void read_banks(const struct lf_probe *probe, const char *name, struct lf_kfd_node *node)
{
    char text[LF_SYS_PAGE_BYTES];
    struct lf_strings banks = lf_sys_list(probe, "%s/%s/mem_banks", source, name);
    for (size_t i = 0; i < banks.count && i < MOST_BANKS; i++) {
        if (lf_sys_read(probe, text, sizeof text, "%s/%s/mem_banks/%s/properties", source, name,
                        banks.items[i])) {
            node->bank_bytes = lf_add(node->bank_bytes, find_property(text, "size_in_bytes "));
            node->bus_bits = find_property(text, "width ");
            node->memory_mhz = find_property(text, "mem_clk_max ");
        }
    }
}

static int compare_nodes(const void *left, const void *right)
{
    const struct lf_kfd_node *a = left;
    const struct lf_kfd_node *b = right;
    int order = (a->domain > b->domain) - (a->domain < b->domain);
    return order != 0 ? order : (a->location > b->location) - (a->location < b->location);
}

size_t lf_kfd_read(const struct lf_probe *probe, struct lf_kfd_node nodes[LF_KFD_NODES_MOST])
{
    char text[LF_SYS_PAGE_BYTES];
    size_t count = 0;
    struct lf_strings names = lf_sys_list(probe, "%s", source);
    for (size_t i = 0; i < names.count && count < LF_KFD_NODES_MOST; i++) {
        if (lf_clock_now_ms() > probe->deadline_ms) {
            break;
        }
        if (!lf_sys_read(probe, text, sizeof text, "%s/%s/properties", source, names.items[i])) {
            continue;
        }
        struct lf_kfd_node *node = &nodes[count++];
        *node = (struct lf_kfd_node){0};
        for (size_t k = 0; k < sizeof properties / sizeof properties[0]; k++) {
            *(uint64_t *)(void *)((char *)node + properties[k].offset) =
                find_property(text, properties[k].key);
        }
        read_banks(probe, names.items[i], node);
    }
    qsort(nodes, count, sizeof *nodes, compare_nodes);
    return count;
}

struct lf_kfd_node lf_kfd_processor(const struct lf_kfd_node *nodes, size_t count)
{
    struct lf_kfd_node whole = {0};
    for (size_t i = 0; i < count; i++) {
        if (nodes[i].cpu_threads > 0 && nodes[i].simd_count == 0) {
            whole.cpu_threads = lf_add(whole.cpu_threads, nodes[i].cpu_threads);
            whole.bank_bytes = lf_add(whole.bank_bytes, nodes[i].bank_bytes);
            whole.memory_mhz = nodes[i].memory_mhz;
        }
    }
    return whole;
}

static bool is_gpu(const struct lf_kfd_node *node)
{
    return node->simd_count > 0;
}

/* Whether two GPUs are parts of one card. Older drivers and cards have no unique id. */
static bool is_same_card(const struct lf_kfd_node *a, const struct lf_kfd_node *b)
{
    if (a->unique_id != 0 || b->unique_id != 0) {
        return a->unique_id == b->unique_id;
    }
    return a->location == b->location && a->domain == b->domain;
}

/* A card: the sum of its partitions. */
struct card {
    struct lf_kfd_node node; /* its first partition, with the banks of all */
    uint64_t partition_count;
};

static struct card collect(const struct lf_kfd_node *nodes, size_t count, size_t first)
{
    struct card card = {.node = nodes[first], .partition_count = 1};
    for (size_t i = first + 1; i < count; i++) {
        if (is_gpu(&nodes[i]) && is_same_card(&nodes[i], &nodes[first])) {
            card.node.bank_bytes = lf_add(card.node.bank_bytes, nodes[i].bank_bytes);
            card.partition_count++;
        }
    }
    return card;
}

static bool is_counted(const struct lf_kfd_node *nodes, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (is_gpu(&nodes[i]) && is_same_card(&nodes[i], &nodes[index])) {
            return true;
        }
    }
    return false;
}

/* Bits a pin moves in a cycle of the clock that the driver tells. No bus of GDDR is as wide as one
 * of stacked memory; of the latter, HBM3 came with gfx94x.
 * source  Linux commit ccda42a4629a (HBM 2, GDDR5 4, GDDR6 16), and its readings beside the makers'
 *         figures: MI25 2048 bits x 945 MHz = 484 GB/s, MI300X 8192 bits x 1300 MHz = 5.3 TB/s
 * returns 0 when it is not known */
static unsigned transfers_per_cycle(const struct lf_kfd_node *node)
{
    uint64_t family = node->target / 10000;
    uint64_t model = node->target / 100 % 100;
    if (node->bus_bits >= 1024) {
        return family == 9 && model >= 4 ? 4 : 2;
    }
    if (family == 0) {
        return 0;
    }
    return family >= 10 ? 16 : 4;
}

static void set_bandwidth(struct lf_accelerator *accelerator, const struct lf_kfd_node *node)
{
    unsigned transfers = transfers_per_cycle(node);
    if (transfers > 0 && node->bus_bits > 0 && node->bus_bits <= MOST_BUS_BITS &&
        node->memory_mhz > 0 && node->memory_mhz <= MOST_MHZ) {
        uint64_t bps = node->memory_mhz * 1000000 * transfers * node->bus_bits / 8;
        accelerator->bandwidth_bps =
            lf_amount(bps, LF_MEASURED, "kfd maximum memory clock x bus width");
    }
}

/* gfx_target_version 110501 is gfx1151, 90010 is gfx90a: major in decimal, minor and step in
 * hexadecimal. */
static void set_target(struct lf_machine *machine, struct lf_accelerator *accelerator,
                       uint64_t target)
{
    if (target > 0 && target < 1000000) {
        accelerator->compute =
            lf_arena_format(&machine->arena, "gfx%u%x%x", (unsigned)(target / 10000),
                            (unsigned)(target / 100 % 100), (unsigned)(target % 100));
    }
}

/* The GPU of that address, if no other card has claimed it, else a new one. */
static struct lf_accelerator *take_accelerator(const struct lf_probe *probe,
                                               const struct lf_kfd_node *node)
{
    struct lf_machine *machine = probe->machine;
    const char *id =
        lf_arena_format(&machine->arena, "%04x:%02x:%02x.%x", (unsigned)node->domain & 0xffff,
                        (unsigned)(node->location >> 8) & 0xff,
                        (unsigned)(node->location >> 3) & 0x1f, (unsigned)node->location & 7);
    bool is_taken = false;
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        struct lf_accelerator *accelerator = &machine->accelerators[i];
        if (strcmp(accelerator->id, id) == 0) {
            if (!lf_known(accelerator->partition_count)) {
                return accelerator;
            }
            is_taken = true;
        }
    }
    struct lf_accelerator *accelerator = lf_machine_add_accelerator(machine);
    if (accelerator != NULL) {
        accelerator->id = is_taken ? accelerator->id : id;
        accelerator->vendor = vendor_name;
        accelerator->driver = driver_name;
        accelerator->pci_id =
            lf_arena_format(&machine->arena, "%04x:%04x", AMD, (unsigned)node->device & 0xffff);
    }
    return accelerator;
}

static void apply(const struct lf_probe *probe, const struct card *card)
{
    const struct lf_kfd_node *node = &card->node;
    struct lf_machine *machine = probe->machine;
    struct lf_accelerator *accelerator = take_accelerator(probe, node);
    if (accelerator == NULL) {
        return;
    }
    set_target(machine, accelerator, node->target);
    accelerator->partition_count = lf_amount(card->partition_count, LF_MEASURED, source);
    if (lf_gpu_is_amd_apu(AMD, node->device) && accelerator->memory_kind != LF_MEMORY_UNIFIED) {
        lf_gpu_share_memory(probe, accelerator, 0);
    }
    if (accelerator->memory_kind == LF_MEMORY_UNIFIED) {
        return;
    }
    set_bandwidth(accelerator, node);
    if (!lf_known(accelerator->total_bytes) && node->bank_bytes > 0 &&
        node->bank_bytes <= LF_GPU_BYTES_MOST) {
        accelerator->total_bytes = lf_amount(node->bank_bytes, LF_MEASURED, "kfd memory banks");
    }
    if (card->partition_count > 1) {
        lf_machine_diagnose(machine, LF_GAP_NONE, "gpu-partitioned",
                            "%s is one card that its driver splits into %u GPUs; a model that "
                            "fits into none of them alone is spread over several",
                            accelerator->id, (unsigned)card->partition_count);
    }
}

/* What nothing before has told of the processors and their RAM. How many channels the modules fill
 * is not told. */
static void apply_processor(struct lf_machine *machine, const struct lf_kfd_node *processor)
{
    if (processor->memory_mhz > 0 && processor->memory_mhz <= MOST_MHZ) {
        machine->memory.speed_mtps = lf_amount(processor->memory_mhz, LF_MEASURED, source);
    }
    if (!lf_known(machine->cpu.threads) && processor->cpu_threads > 0 &&
        processor->cpu_threads <= LF_THREADS_MOST) {
        machine->cpu.threads = lf_amount(processor->cpu_threads, LF_MEASURED, source);
    }
}

static enum lf_step_status run(struct lf_probe *probe)
{
    struct lf_kfd_node *nodes = lf_alloc(LF_KFD_NODES_MOST, sizeof *nodes);
    size_t count = lf_kfd_read(probe, nodes);
    struct lf_kfd_node processor = lf_kfd_processor(nodes, count);
    apply_processor(probe->machine, &processor);
    for (size_t i = 0; i < count; i++) {
        if (is_gpu(&nodes[i]) && !is_counted(nodes, i)) {
            struct card card = collect(nodes, count, i);
            apply(probe, &card);
        }
    }
    free(nodes);
    return count > 0 ? LF_STEP_OK : LF_STEP_NOTHING;
}

const struct lf_backend lf_backend_kfd = {.name = "kfd", .source = source, .run = run};
