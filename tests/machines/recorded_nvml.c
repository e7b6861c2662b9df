/* A libnvidia-ml.so.1 that repeats what a recording says. The file that LLMFIT_RECORDED_NVML names
 * has a line for each GPU, "gpu DOMAIN BUS DEVICE VENDOR_DEVICE TOTAL FREE CLOCK MIG NAME", and
 * behind it one for each of its slices, "slice TOTAL FREE NAME": bytes, MHz, the PCI figures in
 * hexadecimal, and a total of 0 for memory the driver does not tell. What else the driver said of a
 * GPU may stand behind its line, "about BUS_BITS RESERVED MAJOR MINOR GENERATION LANES NVLINKS":
 * bits, bytes, the compute capability, PCI Express at most and NVLinks in use; 0 is not told. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../nvml_calls.h"

enum { MOST = 64 };

struct device {
    bool is_slice;
    struct pci pci;
    struct memory memory;
    unsigned memory_mhz;
    unsigned is_sliced;
    char name[96];
    /* Of the line "about"; 0 where there is none. */
    unsigned bus_bits;
    unsigned long long reserved;
    unsigned compute_major;
    unsigned compute_minor;
    unsigned pcie_generation;
    unsigned pcie_lanes;
    unsigned nvlink_count;
};

static struct device devices[MOST];
static unsigned count;

static bool read_line(const char *line, struct device *device)
{
    int end = 0;
    if (sscanf(line, "gpu %x %x %x %x %llu %llu %u %u %n", &device->pci.domain, &device->pci.bus,
               &device->pci.device, &device->pci.vendor_device, &device->memory.total,
               &device->memory.free, &device->memory_mhz, &device->is_sliced, &end) < 8) {
        device->is_slice = true;
        if (sscanf(line, "slice %llu %llu %n", &device->memory.total, &device->memory.free, &end) <
            2) {
            return false;
        }
    }
    snprintf(device->name, sizeof device->name, "%.*s", (int)strcspn(line + end, "\n"), line + end);
    return true;
}

/* Of the GPU or slice told last. */
static bool read_about(const char *line, struct device *device)
{
    return sscanf(line, "about %u %llu %u %u %u %u %u", &device->bus_bits, &device->reserved,
                  &device->compute_major, &device->compute_minor, &device->pcie_generation,
                  &device->pcie_lanes, &device->nvlink_count) == 7;
}

/* A figure of a device, where it is told. */
static int tell(unsigned value, unsigned *into)
{
    *into = value;
    return value > 0 ? SUCCESS : NOT_SUPPORTED;
}

int nvmlInit_v2(void)
{
    const char *path = getenv("LLMFIT_RECORDED_NVML");
    FILE *file = path == NULL ? NULL : fopen(path, "r");
    char line[256];
    if (file == NULL) {
        return UNKNOWN;
    }
    while (count < MOST && fgets(line, sizeof line, file) != NULL) {
        if (count == 0 || !read_about(line, &devices[count - 1])) {
            count += read_line(line, &devices[count]);
        }
    }
    fclose(file);
    return SUCCESS;
}

int nvmlDeviceGetCount_v2(unsigned *gpus)
{
    *gpus = 0;
    for (unsigned i = 0; i < count; i++) {
        *gpus += !devices[i].is_slice;
    }
    return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, struct device **handle)
{
    for (unsigned i = 0; i < count; i++) {
        if (!devices[i].is_slice && index-- == 0) {
            *handle = &devices[i];
            return SUCCESS;
        }
    }
    return NOT_FOUND;
}

int nvmlDeviceGetName(struct device *handle, char *name, unsigned size)
{
    snprintf(name, size, "%s", handle->name);
    return SUCCESS;
}

int nvmlDeviceGetPciInfo_v3(struct device *handle, struct pci *pci)
{
    *pci = handle->pci;
    return SUCCESS;
}

int nvmlDeviceGetMemoryInfo(struct device *handle, struct memory *memory)
{
    *memory = handle->memory;
    return memory->total == 0 ? NOT_SUPPORTED : SUCCESS;
}

int nvmlDeviceGetMemoryInfo_v2(struct device *handle, struct memory_2 *memory)
{
    memory->total = handle->memory.total;
    memory->free = handle->memory.free;
    memory->reserved = handle->reserved;
    return memory->total == 0 ? NOT_SUPPORTED : SUCCESS;
}

int nvmlDeviceGetCudaComputeCapability(struct device *handle, int *major, int *minor)
{
    *major = (int)handle->compute_major;
    *minor = (int)handle->compute_minor;
    return *major > 0 ? SUCCESS : NOT_SUPPORTED;
}

int nvmlDeviceGetMaxClockInfo(struct device *handle, unsigned clock, unsigned *mhz)
{
    return clock == MEMORY_CLOCK ? tell(handle->memory_mhz, mhz) : NOT_SUPPORTED;
}

int nvmlDeviceGetMemoryBusWidth(struct device *handle, unsigned *bits)
{
    return tell(handle->bus_bits, bits);
}

int nvmlDeviceGetMaxPcieLinkGeneration(struct device *handle, unsigned *generation)
{
    return tell(handle->pcie_generation, generation);
}

int nvmlDeviceGetMaxPcieLinkWidth(struct device *handle, unsigned *lanes)
{
    return tell(handle->pcie_lanes, lanes);
}

int nvmlDeviceGetNvLinkState(struct device *handle, unsigned link, unsigned *state)
{
    return tell(link < handle->nvlink_count, state);
}

int nvmlDeviceGetMigMode(struct device *handle, unsigned *current, unsigned *pending)
{
    *current = handle->is_sliced;
    *pending = *current;
    return SUCCESS;
}

int nvmlDeviceGetMigDeviceHandleByIndex(struct device *handle, unsigned index,
                                        struct device **slice)
{
    struct device *place = handle + 1 + index;
    if (place >= devices + count || !place->is_slice) {
        return NOT_FOUND;
    }
    *slice = place;
    return SUCCESS;
}
