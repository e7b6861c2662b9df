/* A libnvidia-ml.so.1 that repeats what a recording says. The file that LLMFIT_RECORDED_NVML names
 * has a line for each GPU, "gpu DOMAIN BUS DEVICE VENDOR_DEVICE TOTAL FREE CLOCK MIG NAME", and
 * behind it one for each of its slices, "slice TOTAL FREE NAME": bytes, MHz, the PCI figures in
 * hexadecimal, and a total of 0 for memory the driver does not tell. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, NOT_SUPPORTED = 3, NOT_FOUND = 6, UNKNOWN = 999, MOST = 64, MEMORY_CLOCK = 2 };

struct memory {
    unsigned long long total;
    unsigned long long free;
    unsigned long long used;
};

struct pci {
    char legacy[16];
    unsigned domain;
    unsigned bus;
    unsigned device;
    unsigned vendor_device;
    unsigned subsystem;
    char address[32];
};

struct device {
    bool is_slice;
    struct pci pci;
    struct memory memory;
    unsigned memory_mhz;
    unsigned is_sliced;
    char name[96];
};

static struct device devices[MOST];
static unsigned count;

int nvmlInit_v2(void);
int nvmlDeviceGetCount_v2(unsigned *gpus);
int nvmlDeviceGetHandleByIndex_v2(unsigned index, struct device **handle);
int nvmlDeviceGetName(struct device *handle, char *name, unsigned size);
int nvmlDeviceGetPciInfo_v3(struct device *handle, struct pci *pci);
int nvmlDeviceGetMemoryInfo(struct device *handle, struct memory *memory);
int nvmlDeviceGetMaxClockInfo(struct device *handle, unsigned clock, unsigned *mhz);
int nvmlDeviceGetMigMode(struct device *handle, unsigned *current, unsigned *pending);
int nvmlDeviceGetMigDeviceHandleByIndex(struct device *handle, unsigned index,
                                        struct device **slice);

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

int nvmlInit_v2(void)
{
    const char *path = getenv("LLMFIT_RECORDED_NVML");
    FILE *file = path == NULL ? NULL : fopen(path, "r");
    char line[256];
    if (file == NULL) {
        return UNKNOWN;
    }
    while (count < MOST && fgets(line, sizeof line, file) != NULL) {
        count += read_line(line, &devices[count]);
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

int nvmlDeviceGetMaxClockInfo(struct device *handle, unsigned clock, unsigned *mhz)
{
    *mhz = handle->memory_mhz;
    return clock == MEMORY_CLOCK && *mhz > 0 ? SUCCESS : NOT_SUPPORTED;
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
