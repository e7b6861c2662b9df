#include "probe/nvml.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { MOST_GPUS = 64, MOST_SLICES = 16, MOST_NVLINKS = 36 };
enum { CLOCK_MEMORY = 2, ENABLED = 1 };

/* The parts of NVML's interface that are used, as its header lays them out. */
struct nvml_memory {
    unsigned long long total;
    unsigned long long free;
    unsigned long long used;
};

struct nvml_memory_2 {
    unsigned version;
    unsigned long long total;
    unsigned long long reserved;
    unsigned long long free;
    unsigned long long used;
};

#define MEMORY_VERSION_2 ((unsigned)sizeof(struct nvml_memory_2) | 2U << 24)

/* The start is the same in every version of the call; the longest of them ends within `rest`. */
struct nvml_pci {
    char address[16];
    unsigned domain;
    unsigned bus;
    unsigned device;
    unsigned vendor_device;
    char rest[96];
};

typedef struct nvml_device *nvml_handle;

struct nvml {
    int (*init)(void);
    int (*get_count)(unsigned *count);
    int (*get_handle)(unsigned index, nvml_handle *handle);
    int (*get_name)(nvml_handle handle, char *name, unsigned size);
    int (*get_pci)(nvml_handle handle, struct nvml_pci *pci);
    int (*get_memory)(nvml_handle handle, struct nvml_memory *memory);
    int (*get_memory_2)(nvml_handle handle, struct nvml_memory_2 *memory);
    int (*get_compute)(nvml_handle handle, int *major, int *minor);
    int (*get_max_clock)(nvml_handle handle, unsigned clock, unsigned *mhz);
    int (*get_bus_width)(nvml_handle handle, unsigned *bits);
    int (*get_pcie_generation)(nvml_handle handle, unsigned *generation);
    int (*get_pcie_lanes)(nvml_handle handle, unsigned *lanes);
    int (*get_nvlink_state)(nvml_handle handle, unsigned link, unsigned *state);
    int (*get_mig_mode)(nvml_handle handle, unsigned *current, unsigned *pending);
    int (*get_slice)(nvml_handle handle, unsigned index, nvml_handle *slice);
};

#define CALL(member) offsetof(struct nvml, member)

/* Newest name first; what an old driver lacks stays NULL. */
static const struct {
    size_t offset;
    const char *names[3];
    bool is_needed;
} symbols[] = {
    {CALL(init), {"nvmlInit_v2", "nvmlInit"}, true},
    {CALL(get_count), {"nvmlDeviceGetCount_v2", "nvmlDeviceGetCount"}, true},
    {CALL(get_handle), {"nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex"}, true},
    {CALL(get_name), {"nvmlDeviceGetName"}, false},
    {CALL(get_pci),
     {"nvmlDeviceGetPciInfo_v3", "nvmlDeviceGetPciInfo_v2", "nvmlDeviceGetPciInfo"},
     false},
    {CALL(get_memory), {"nvmlDeviceGetMemoryInfo"}, false},
    {CALL(get_memory_2), {"nvmlDeviceGetMemoryInfo_v2"}, false},
    {CALL(get_compute), {"nvmlDeviceGetCudaComputeCapability"}, false},
    {CALL(get_max_clock), {"nvmlDeviceGetMaxClockInfo"}, false},
    {CALL(get_bus_width), {"nvmlDeviceGetMemoryBusWidth"}, false},
    {CALL(get_pcie_generation), {"nvmlDeviceGetMaxPcieLinkGeneration"}, false},
    {CALL(get_pcie_lanes), {"nvmlDeviceGetMaxPcieLinkWidth"}, false},
    {CALL(get_nvlink_state), {"nvmlDeviceGetNvLinkState"}, false},
    {CALL(get_mig_mode), {"nvmlDeviceGetMigMode"}, false},
    {CALL(get_slice), {"nvmlDeviceGetMigDeviceHandleByIndex"}, false},
};

static void tell(const struct lf_child_outlet *outlet, enum lf_nvml_kind kind, int result,
                 const char *what)
{
    struct lf_nvml_record record = {.kind = kind, .result = result};
    snprintf(record.name, sizeof record.name, "%s", what);
    lf_child_send(outlet, &record);
}

/* Opens the library and finds its calls; the symbol that is needed and missing is told. */
static bool open_library(const struct lf_child_outlet *outlet, struct nvml *nvml)
{
    const char *name = NULL;
    void *library = lf_nvml_open(&name);
    if (library == NULL) {
        tell(outlet, LF_NVML_MISSING, 0, name);
        return false;
    }
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *symbol = NULL;
        for (size_t j = 0; symbol == NULL && j < 3 && symbols[i].names[j] != NULL; j++) {
            symbol = lf_nvml_find(library, symbols[i].names[j]);
        }
        if (symbol == NULL && symbols[i].is_needed) {
            tell(outlet, LF_NVML_OLD, 0, symbols[i].names[0]);
            return false;
        }
        /* POSIX and Windows make an object pointer hold a function; C does not convert them. */
        memcpy((char *)nvml + symbols[i].offset, &symbol, sizeof symbol);
    }
    return true;
}

static void read_memory(const struct nvml *nvml, nvml_handle handle, struct lf_nvml_record *record)
{
    struct nvml_memory memory = {0};
    struct nvml_memory_2 memory_2 = {.version = MEMORY_VERSION_2};
    if (nvml->get_memory_2 != NULL && nvml->get_memory_2(handle, &memory_2) == LF_NVML_SUCCESS) {
        record->total_bytes = memory_2.total;
        record->free_bytes = memory_2.free;
        record->reserved_bytes = memory_2.reserved;
        return;
    }
    record->memory_result = LF_NVML_NOT_SUPPORTED;
    if (nvml->get_memory != NULL) {
        record->memory_result = nvml->get_memory(handle, &memory);
    }
    if (record->memory_result == LF_NVML_SUCCESS) {
        record->total_bytes = memory.total;
        record->free_bytes = memory.free;
    }
}

static void read_name(const struct nvml *nvml, nvml_handle handle, struct lf_nvml_record *record)
{
    if (nvml->get_name == NULL ||
        nvml->get_name(handle, record->name, sizeof record->name) != LF_NVML_SUCCESS) {
        record->name[0] = '\0';
    }
}

/* A link that is not there, or not connected, is refused; others may follow it. */
static unsigned count_nvlinks(const struct nvml *nvml, nvml_handle handle)
{
    unsigned count = 0;
    for (unsigned i = 0; nvml->get_nvlink_state != NULL && i < MOST_NVLINKS; i++) {
        unsigned state = 0;
        count += nvml->get_nvlink_state(handle, i, &state) == LF_NVML_SUCCESS && state == ENABLED;
    }
    return count;
}

/* What one of the calls that give a number tells; 0 when it does not. */
static unsigned read_number(int (*get)(nvml_handle handle, unsigned *number), nvml_handle handle)
{
    unsigned number = 0;
    return get != NULL && get(handle, &number) == LF_NVML_SUCCESS ? number : 0;
}

static void read_gpu(const struct nvml *nvml, nvml_handle handle, struct lf_nvml_record *record)
{
    struct nvml_pci pci = {0};
    int major = 0;
    int minor = 0;
    unsigned mhz = 0;
    read_name(nvml, handle, record);
    read_memory(nvml, handle, record);
    if (nvml->get_pci != NULL && nvml->get_pci(handle, &pci) == LF_NVML_SUCCESS) {
        record->has_address = 1;
        record->domain = pci.domain;
        record->bus = pci.bus;
        record->device = pci.device;
        record->vendor_device = pci.vendor_device;
    }
    if (nvml->get_compute != NULL && nvml->get_compute(handle, &major, &minor) == LF_NVML_SUCCESS) {
        record->compute_major = (uint32_t)major;
        record->compute_minor = (uint32_t)minor;
    }
    if (nvml->get_max_clock != NULL &&
        nvml->get_max_clock(handle, CLOCK_MEMORY, &mhz) == LF_NVML_SUCCESS) {
        record->memory_mhz = mhz;
    }
    record->bus_bits = read_number(nvml->get_bus_width, handle);
    record->pcie_generation = read_number(nvml->get_pcie_generation, handle);
    record->pcie_lanes = read_number(nvml->get_pcie_lanes, handle);
    record->nvlink_count = count_nvlinks(nvml, handle);
}

static bool is_sliced(const struct nvml *nvml, nvml_handle handle)
{
    unsigned current = 0;
    unsigned pending = 0;
    return nvml->get_mig_mode != NULL && nvml->get_slice != NULL &&
           nvml->get_mig_mode(handle, &current, &pending) == LF_NVML_SUCCESS && current == ENABLED;
}

static void tell_slices(const struct lf_child_outlet *outlet, const struct nvml *nvml,
                        nvml_handle handle)
{
    for (unsigned i = 0; i < MOST_SLICES; i++) {
        nvml_handle slice = NULL;
        /* Places between slices may be empty. */
        if (nvml->get_slice(handle, i, &slice) == LF_NVML_SUCCESS) {
            struct lf_nvml_record record = {.kind = LF_NVML_SLICE};
            read_name(nvml, slice, &record);
            read_memory(nvml, slice, &record);
            lf_child_send(outlet, &record);
        }
    }
}

void lf_nvml_ask(const struct lf_child_outlet *outlet, const void *context)
{
    (void)context;
    struct nvml nvml = {0};
    unsigned count = 0;
    if (!open_library(outlet, &nvml)) {
        return;
    }
    int result = nvml.init();
    if (result != LF_NVML_SUCCESS) {
        tell(outlet, LF_NVML_FAILED, result, "nvmlInit");
        return;
    }
    result = nvml.get_count(&count);
    if (result != LF_NVML_SUCCESS) {
        tell(outlet, LF_NVML_FAILED, result, "nvmlDeviceGetCount");
        return;
    }
    for (unsigned i = 0; i < count && i < MOST_GPUS; i++) {
        nvml_handle handle = NULL;
        /* A GPU that is lost, or not this user's, must not hide the others. */
        result = nvml.get_handle(i, &handle);
        if (result != LF_NVML_SUCCESS) {
            tell(outlet, LF_NVML_FAILED, result, "nvmlDeviceGetHandleByIndex");
            continue;
        }
        struct lf_nvml_record record = {.kind = LF_NVML_GPU};
        read_gpu(&nvml, handle, &record);
        record.is_sliced = is_sliced(&nvml, handle);
        lf_child_send(outlet, &record);
        if (record.is_sliced) {
            tell_slices(outlet, &nvml, handle);
        }
    }
}
