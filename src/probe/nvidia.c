#include "probe/nvidia.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/units.h"
#include "probe/child.h"
#include "probe/gpu.h"
#include "probe/nvml.h"
#include "probe/pcie.h"
#include "probe/systext.h"

enum { MOST_RECORDS = 256, MOST_BUS_BITS = 65536, MOST_MHZ = 100000 };

static const char source[] = "nvml";
static const char vendor_name[] = "NVIDIA";
static const char driver_name[] = "nvidia";

/* Parts that share the system's memory. NVML has no figure for most of them, but a carve-out for
 * some, so the name decides. */
static const char *const unified_names[] = {"GB10", "N1X", "Thor", "Orin", "Xavier", "nvgpu"};

/* What it means when NVML does not start. */
static const struct {
    int result;
    const char *code;
    const char *words;
} init_faults[] = {
    {LF_NVML_NO_PERMISSION, "nvml-no-permission", "this user may not use the GPU"},
    {LF_NVML_DRIVER_NOT_LOADED, "nvml-driver-not-loaded", "the kernel driver is not loaded"},
    {LF_NVML_LIB_RM_VERSION_MISMATCH, "nvml-version-mismatch",
     "the library and the kernel driver are of different versions; restart the computer"},
};

static struct lf_accelerator *find_accelerator(struct lf_machine *machine, const char *id)
{
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        if (lf_text_equal_nocase(machine->accelerators[i].id, id)) {
            return &machine->accelerators[i];
        }
    }
    return NULL;
}

struct lf_accelerator *lf_nvidia_take(struct lf_machine *machine, const char *id)
{
    struct lf_accelerator *accelerator = id == NULL ? NULL : find_accelerator(machine, id);
    if (accelerator == NULL) {
        accelerator = lf_machine_add_accelerator(machine);
        if (accelerator != NULL) {
            accelerator->vendor = vendor_name;
            accelerator->driver = driver_name;
            accelerator->id = id == NULL ? accelerator->id : id;
        }
    }
    return accelerator;
}

/* Whether it is a card that NVIDIA's own driver runs. */
static bool is_nvidia(const struct lf_accelerator *accelerator)
{
    return strcmp(accelerator->vendor, vendor_name) == 0 && accelerator->driver != NULL &&
           strcmp(accelerator->driver, driver_name) == 0;
}

bool lf_nvidia_is_there(const struct lf_machine *machine)
{
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        if (is_nvidia(&machine->accelerators[i])) {
            return true;
        }
    }
    return false;
}

/* Whether a name holds the word, whole: a GB102 is no GB10. */
static bool has_word(const char *name, const char *word)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    while (*name != '\0') {
        size_t length = strspn(name, letters);
        if (length == strlen(word) && strncasecmp(name, word, length) == 0) {
            return true;
        }
        name += length;
        name += strcspn(name, letters);
    }
    return false;
}

/* The card of that PCI id of which the system has not told the address, where no accelerator has
 * the address; NULL when there is none. */
static struct lf_accelerator *find_unplaced(struct lf_machine *machine, const char *id,
                                            const char *pci_id)
{
    if (id == NULL || pci_id == NULL || find_accelerator(machine, id) != NULL) {
        return NULL;
    }
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        struct lf_accelerator *accelerator = &machine->accelerators[i];
        if (is_nvidia(accelerator) && strchr(accelerator->id, ':') == NULL &&
            accelerator->pci_id != NULL && strcmp(accelerator->pci_id, pci_id) == 0) {
            return accelerator;
        }
    }
    return NULL;
}

static bool is_unified_name(const char *name)
{
    for (size_t i = 0; i < sizeof unified_names / sizeof unified_names[0]; i++) {
        if (has_word(name, unified_names[i])) {
            return true;
        }
    }
    return false;
}

static void set_memory(struct lf_machine *machine, struct lf_accelerator *accelerator,
                       const struct lf_nvml_record *record)
{
    if (record->total_bytes > LF_GPU_BYTES_MOST || record->free_bytes > record->total_bytes) {
        lf_machine_diagnose(machine, LF_GAP_ACCELERATORS, "nvml-absurd",
                            "%s: the driver tells %llu bytes of memory, %llu of them free",
                            accelerator->id, (unsigned long long)record->total_bytes,
                            (unsigned long long)record->free_bytes);
    } else if (record->total_bytes > 0) {
        accelerator->total_bytes = lf_amount(record->total_bytes, LF_MEASURED, source);
        accelerator->free_bytes = lf_amount(record->free_bytes, LF_MEASURED, source);
        if (record->reserved_bytes > 0 && record->reserved_bytes < record->total_bytes) {
            accelerator->usable_bytes = lf_amount(record->total_bytes - record->reserved_bytes,
                                                  LF_MEASURED, "nvml total - reserved");
        }
    } else {
        lf_machine_diagnose(machine, LF_GAP_ACCELERATORS, "nvml-no-memory",
                            "%s: the driver does not tell its memory (error %d)", accelerator->id,
                            record->memory_result);
    }
}

/* Peak bandwidth: the memory transfers twice in a clock, over the width of its bus. */
static void set_bandwidth(struct lf_accelerator *accelerator, const struct lf_nvml_record *record)
{
    if (record->memory_mhz > 0 && record->memory_mhz <= MOST_MHZ && record->bus_bits >= 8 &&
        record->bus_bits <= MOST_BUS_BITS) {
        uint64_t bps = UINT64_C(2) * record->memory_mhz * 1000000 * record->bus_bits / 8;
        accelerator->bandwidth_bps =
            lf_amount(bps, LF_MEASURED, "nvml maximum memory clock x bus width");
    }
}

static void set_links(struct lf_accelerator *accelerator, const struct lf_nvml_record *record)
{
    uint64_t bps = lf_pcie_bps(record->pcie_generation, record->pcie_lanes);
    if (bps > 0 && !lf_known(accelerator->link_bps)) {
        accelerator->link_bps = lf_amount(bps, LF_MEASURED, source);
    }
    if (record->nvlink_count > 0) {
        accelerator->nvlink_count = lf_amount(record->nvlink_count, LF_MEASURED, source);
    }
}

static void set_name(struct lf_machine *machine, struct lf_accelerator *accelerator,
                     const struct lf_nvml_record *record)
{
    const char *name = lf_sys_clean(&machine->arena, record->name, strlen(record->name));
    if (name != NULL) {
        accelerator->name = name;
    }
}

static struct lf_accelerator *apply_gpu(struct lf_probe *probe, const struct lf_nvml_record *record)
{
    struct lf_machine *machine = probe->machine;
    struct lf_arena *arena = &machine->arena;
    const char *id = NULL;
    if (record->has_address != 0) {
        id = lf_arena_format(arena, "%04x:%02x:%02x.0", record->domain, record->bus & 0xff,
                             record->device & 0xff);
    }
    const char *pci_id = NULL;
    if (record->vendor_device != 0) {
        pci_id = lf_arena_format(arena, "%04x:%04x", record->vendor_device & 0xffff,
                                 record->vendor_device >> 16);
    }
    struct lf_accelerator *accelerator = find_unplaced(machine, id, pci_id);
    if (accelerator != NULL) {
        accelerator->id = id;
    } else {
        accelerator = lf_nvidia_take(machine, id);
    }
    if (accelerator == NULL) {
        return NULL;
    }
    if (accelerator->pci_id == NULL) {
        accelerator->pci_id = pci_id;
    }
    if (record->compute_major > 0 && record->compute_major < 1000 && record->compute_minor < 1000) {
        accelerator->compute =
            lf_arena_format(arena, "%u.%u", record->compute_major, record->compute_minor);
    }
    set_name(machine, accelerator, record);
    set_bandwidth(accelerator, record);
    if (is_unified_name(record->name)) {
        lf_gpu_share_memory(probe, accelerator, 0);
        accelerator->link_bps = (struct lf_amount){0};
    } else {
        set_links(accelerator, record);
        set_memory(machine, accelerator, record);
    }
    return accelerator;
}

/* A slice takes the place of its card: the first one literally, the others at the end. Its share of
 * the card's bandwidth is its share of the memory. */
static void apply_slice(struct lf_machine *machine, struct lf_accelerator *card,
                        const struct lf_accelerator *whole, unsigned number,
                        const struct lf_nvml_record *record)
{
    struct lf_accelerator *slice = number == 0 ? card : lf_machine_add_accelerator(machine);
    if (slice == NULL) {
        return;
    }
    *slice = *whole;
    slice->id = lf_arena_format(&machine->arena, "%s/mig%u", whole->id, number);
    slice->memory_kind = LF_MEMORY_PARTITION;
    slice->total_bytes = (struct lf_amount){0};
    slice->free_bytes = (struct lf_amount){0};
    slice->usable_bytes = (struct lf_amount){0};
    slice->nvlink_count = (struct lf_amount){0};
    slice->bandwidth_bps = (struct lf_amount){0};
    slice->fp16_tflops = 0;
    slice->fp32_tflops = 0;
    set_name(machine, slice, record);
    set_memory(machine, slice, record);
    uint64_t total = lf_known_or(whole->total_bytes, 0);
    uint64_t part = lf_known_or(slice->total_bytes, 0);
    if (lf_known(whole->bandwidth_bps) && part > 0 && part <= total) {
        double share = (double)part / (double)total;
        slice->bandwidth_bps =
            lf_amount((uint64_t)((double)whole->bandwidth_bps.value * share), LF_COMPUTED,
                      "the card's bandwidth x the slice's share of its memory");
    }
}

static void apply_fault(struct lf_machine *machine, const struct lf_nvml_record *record,
                        enum lf_gap gap)
{
    if (record->kind == LF_NVML_MISSING) {
        /* Under WSL the card may be of another vendor. */
        lf_machine_diagnose(
            machine, lf_nvidia_is_there(machine) ? gap : LF_GAP_NONE, "nvml-missing",
            "the NVIDIA driver's library is not installed here: no %s", record->name);
        return;
    }
    if (record->kind == LF_NVML_OLD) {
        lf_machine_diagnose(machine, gap, "nvml-too-old",
                            "the NVIDIA driver's library is too old: it has no %s", record->name);
        return;
    }
    bool is_init = strcmp(record->name, "nvmlInit") == 0;
    for (size_t i = 0; is_init && i < sizeof init_faults / sizeof init_faults[0]; i++) {
        if (init_faults[i].result == record->result) {
            lf_machine_diagnose(machine, gap, init_faults[i].code,
                                "the NVIDIA driver does not answer: %s", init_faults[i].words);
            return;
        }
    }
    lf_machine_diagnose(machine, gap, is_init ? "nvml-failed" : "nvml-gpu-failed",
                        "the NVIDIA driver's %s failed (error %d)", record->name, record->result);
}

static void apply(struct lf_probe *probe, struct lf_nvml_record *records, size_t count,
                  enum lf_gap gap)
{
    struct lf_machine *machine = probe->machine;
    struct lf_accelerator *card = NULL;
    struct lf_accelerator whole = {0};
    unsigned slices = 0;
    for (size_t i = 0; i < count; i++) {
        struct lf_nvml_record *record = &records[i];
        record->name[sizeof record->name - 1] = '\0';
        if (record->kind == LF_NVML_GPU) {
            card = apply_gpu(probe, record);
            whole = card == NULL ? whole : *card;
            slices = 0;
            bool is_bare = i + 1 == count || records[i + 1].kind != LF_NVML_SLICE;
            if (card != NULL && record->is_sliced != 0 && is_bare) {
                card->usable_bytes = lf_amount(0, LF_MEASURED, source);
                lf_machine_diagnose(machine, LF_GAP_ACCELERATORS, "mig-no-slices",
                                    "%s is set to be used in slices (MIG) and has none", card->id);
            }
        } else if (record->kind == LF_NVML_SLICE && card != NULL) {
            apply_slice(machine, card, &whole, slices++, record);
        } else if (record->kind != LF_NVML_SLICE) {
            apply_fault(machine, record, gap);
        }
    }
}

/* A container sees every card in /sys, but may use only those the driver offers it. */
static void check_offered(struct lf_machine *machine)
{
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        struct lf_accelerator *accelerator = &machine->accelerators[i];
        if (is_nvidia(accelerator) && accelerator->name == NULL) {
            accelerator->usable_bytes = lf_amount(0, LF_MEASURED, source);
            lf_machine_diagnose(machine, LF_GAP_NONE, "gpu-not-offered",
                                "%s (%s) is not offered to this process by its driver",
                                accelerator->id, accelerator->pci_id);
        }
    }
}

/* What an answer lacks when the driver does not say its part: nothing where the system itself has
 * told the memory of each card (Windows). */
static enum lf_gap find_gap(const struct lf_machine *machine)
{
    bool is_told = lf_nvidia_is_there(machine);
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        const struct lf_accelerator *accelerator = &machine->accelerators[i];
        is_told = is_told && (!is_nvidia(accelerator) || lf_known(accelerator->total_bytes));
    }
    return is_told ? LF_GAP_NONE : LF_GAP_ACCELERATORS;
}

enum lf_step_status lf_nvidia_ask(struct lf_probe *probe)
{
    struct lf_machine *machine = probe->machine;
    enum lf_gap gap = find_gap(machine);
    struct lf_nvml_record *records = lf_alloc(MOST_RECORDS, sizeof *records);
    size_t count = 0;
    enum lf_child_end end = lf_child_run(lf_nvml_ask, NULL, records, sizeof *records, MOST_RECORDS,
                                         &count, probe->deadline_ms);
    apply(probe, records, count, gap);
    bool failed = true;
    for (size_t i = 0; i < count; i++) {
        failed = failed && records[i].kind != LF_NVML_GPU;
    }
    free(records);
    switch (end) {
    case LF_CHILD_DONE:
        if (!failed) {
            check_offered(machine);
        }
        return failed ? LF_STEP_FAILED : LF_STEP_OK;
    case LF_CHILD_TIMEOUT:
        lf_machine_diagnose(machine, gap, "driver-hang",
                            "the NVIDIA driver did not answer in time");
        return LF_STEP_TIMEOUT;
    case LF_CHILD_CRASHED:
        lf_machine_diagnose(machine, gap, "driver-crash", "the NVIDIA driver's library crashed");
        return LF_STEP_FAILED;
    case LF_CHILD_NONE:
        lf_machine_diagnose(machine, gap, "driver-not-asked",
                            "no process could be started to ask the NVIDIA driver");
        return LF_STEP_FAILED;
    }
    return LF_STEP_FAILED;
}
