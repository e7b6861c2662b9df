/* The parts of NVML's interface that the libraries of tests offer, as NVIDIA's nvml.h declares
 * them. With LLMFIT_OLD_NVML by the names they had before they were given versions;
 * with LLMFIT_STUB_NVML without a start. */
#ifndef LLMFIT_TESTS_NVML_CALLS_H
#define LLMFIT_TESTS_NVML_CALLS_H

enum {
    SUCCESS = 0,
    NOT_SUPPORTED = 3,
    NO_PERMISSION = 4,
    NOT_FOUND = 6,
    NOT_LOADED = 9,
    GPU_IS_LOST = 15,
    MISMATCH = 18,
    UNKNOWN = 999,
};

enum { MEMORY_CLOCK = 2, MEMORY_VERSION_2 = 0x02000028 };

struct memory {
    unsigned long long total;
    unsigned long long free;
    unsigned long long used;
};

struct memory_2 {
    unsigned version;
    unsigned long long total;
    unsigned long long reserved;
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

/* A handle is a pointer to it. */
struct device;

#ifdef LLMFIT_STUB_NVML
#define nvmlInit_v2 nvmlNothing
#endif
#ifdef LLMFIT_OLD_NVML
#define nvmlInit_v2 nvmlInit
#define nvmlDeviceGetCount_v2 nvmlDeviceGetCount
#define nvmlDeviceGetHandleByIndex_v2 nvmlDeviceGetHandleByIndex
#define nvmlDeviceGetPciInfo_v3 nvmlDeviceGetPciInfo
#endif

int nvmlInit_v2(void);
int nvmlDeviceGetCount_v2(unsigned *count);
int nvmlDeviceGetHandleByIndex_v2(unsigned index, struct device **handle);
int nvmlDeviceGetName(struct device *handle, char *name, unsigned size);
int nvmlDeviceGetPciInfo_v3(struct device *handle, struct pci *pci);
int nvmlDeviceGetMemoryInfo(struct device *handle, struct memory *memory);
int nvmlDeviceGetMemoryInfo_v2(struct device *handle, struct memory_2 *memory);
int nvmlDeviceGetCudaComputeCapability(struct device *handle, int *major, int *minor);
int nvmlDeviceGetMaxClockInfo(struct device *handle, unsigned clock, unsigned *mhz);
int nvmlDeviceGetMemoryBusWidth(struct device *handle, unsigned *bits);
int nvmlDeviceGetMaxPcieLinkGeneration(struct device *handle, unsigned *generation);
int nvmlDeviceGetMaxPcieLinkWidth(struct device *handle, unsigned *lanes);
int nvmlDeviceGetNvLinkState(struct device *handle, unsigned link, unsigned *state);
int nvmlDeviceGetMigMode(struct device *handle, unsigned *current, unsigned *pending);
int nvmlDeviceGetMigDeviceHandleByIndex(struct device *handle, unsigned index,
                                        struct device **slice);

#endif
