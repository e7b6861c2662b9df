/* A libnvidia-ml.so.1 that behaves as LLMFIT_FAKE_NVML says: "ok", "two-gpus", "mig", "mig-empty",
 * "unsupported-memory", "unified", "lost-gpu", "linked", "no-permission", "not-loaded",
 * "mismatch", "error", "absurd", "chatty", "hang", "crash", "crash-later". */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../nvml_calls.h"

#define MIB (1024ull * 1024)

/* Handles are small numbers: cards from 1, slices of the first card from 100. */
static bool is(const char *behaviour)
{
    const char *wanted = getenv("LLMFIT_FAKE_NVML");
    return strcmp(wanted == NULL ? "ok" : wanted, behaviour) == 0;
}

static unsigned long number(struct device *handle)
{
    return (unsigned long)(size_t)handle;
}

static bool is_slice(struct device *handle)
{
    return number(handle) >= 100;
}

int nvmlInit_v2(void)
{
    if (is("hang")) {
        for (;;) {
            pause();
        }
    }
    if (is("crash")) {
        raise(SIGSEGV);
    }
    if (is("chatty")) {
        puts("NVML: this must not reach the answer");
        fputs("NVML: nor the words\n", stderr);
        fflush(NULL);
    }
    if (is("no-permission")) {
        return NO_PERMISSION;
    }
    if (is("not-loaded")) {
        return NOT_LOADED;
    }
    if (is("mismatch")) {
        return MISMATCH;
    }
    return is("error") ? UNKNOWN : SUCCESS;
}

int nvmlDeviceGetCount_v2(unsigned *count)
{
    *count = is("two-gpus") || is("lost-gpu") || is("crash-later") ? 2 : 1;
    if (is("absurd")) {
        *count = 4000000000u;
    }
    return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, struct device **handle)
{
    if (is("lost-gpu") && index == 0) {
        return GPU_IS_LOST;
    }
    if (is("crash-later") && index == 1) {
        abort();
    }
    *handle = (struct device *)(size_t)(index + 1);
    return SUCCESS;
}

int nvmlDeviceGetName(struct device *handle, char *name, unsigned size)
{
    if (is("absurd")) {
        memset(name, '\x1b', size); /* not terminated, and poison for a terminal */
        return SUCCESS;
    }
    const char *text = is("unified") ? "NVIDIA GB10" : "NVIDIA GeForce RTX 4090";
    if (is("mig") || is("mig-empty")) {
        text = is_slice(handle) ? "NVIDIA A100-SXM4-40GB MIG 3g.20gb" : "NVIDIA A100-SXM4-40GB";
    }
    snprintf(name, size, "%s", text);
    return SUCCESS;
}

int nvmlDeviceGetPciInfo_v3(struct device *handle, struct pci *pci)
{
    *pci = (struct pci){
        .bus = (unsigned)number(handle),
        .vendor_device = 0x268410de,
    };
    return SUCCESS;
}

int nvmlDeviceGetMemoryInfo(struct device *handle, struct memory *memory)
{
    if (is("unsupported-memory") || is("unified")) {
        return NOT_SUPPORTED;
    }
    *memory = (struct memory){.total = 24564 * MIB, .free = 23000 * MIB, .used = 1564 * MIB};
    if (is("mig") || is("mig-empty")) {
        unsigned long long total = is_slice(handle) ? 19968 * MIB : 39936 * MIB;
        *memory = (struct memory){.total = total, .free = total};
    }
    if (is("absurd")) {
        *memory = (struct memory){.total = ~0ull, .free = ~0ull};
    }
    return SUCCESS;
}

#ifndef LLMFIT_OLD_NVML
int nvmlDeviceGetMemoryInfo_v2(struct device *handle, struct memory_2 *memory)
{
    struct memory plain;
    int result = nvmlDeviceGetMemoryInfo(handle, &plain);
    if (memory->version != MEMORY_VERSION_2 || result != SUCCESS) {
        return result == SUCCESS ? UNKNOWN : result;
    }
    memory->total = plain.total;
    memory->free = plain.free;
    memory->reserved = is("absurd") ? ~0ull : 350 * MIB;
    return SUCCESS;
}
#endif

int nvmlDeviceGetCudaComputeCapability(struct device *handle, int *major, int *minor)
{
    (void)handle;
    *major = is("absurd") ? -8 : 8;
    *minor = is("absurd") ? -9 : 9;
    return SUCCESS;
}

int nvmlDeviceGetMaxClockInfo(struct device *handle, unsigned clock, unsigned *mhz)
{
    (void)handle;
    *mhz = is("absurd") ? ~0u : 10501;
    return clock == MEMORY_CLOCK ? SUCCESS : UNKNOWN;
}

int nvmlDeviceGetMemoryBusWidth(struct device *handle, unsigned *bits)
{
    (void)handle;
    *bits = is("absurd") ? ~0u : 384;
    return is("unified") ? NOT_SUPPORTED : SUCCESS;
}

int nvmlDeviceGetMaxPcieLinkGeneration(struct device *handle, unsigned *generation)
{
    (void)handle;
    *generation = is("absurd") ? ~0u : 4;
    return SUCCESS;
}

int nvmlDeviceGetMaxPcieLinkWidth(struct device *handle, unsigned *lanes)
{
    (void)handle;
    *lanes = is("absurd") ? ~0u : 16;
    return SUCCESS;
}

/* Two links are in use, one between them is not there, and one after them is idle. */
int nvmlDeviceGetNvLinkState(struct device *handle, unsigned link, unsigned *state)
{
    (void)handle;
    *state = link != 3;
    return is("linked") && link < 4 && link != 1 ? SUCCESS : NOT_SUPPORTED;
}

int nvmlDeviceGetMigMode(struct device *handle, unsigned *current, unsigned *pending)
{
    (void)handle;
    bool is_on = is("mig") || is("mig-empty");
    *current = is_on;
    *pending = is_on;
    return is_on ? SUCCESS : NOT_SUPPORTED;
}

/* Two slices, with an empty place between them. */
int nvmlDeviceGetMigDeviceHandleByIndex(struct device *handle, unsigned index,
                                        struct device **slice)
{
    (void)handle;
    if (!is("mig") || (index != 0 && index != 2)) {
        return NOT_FOUND;
    }
    *slice = (struct device *)(size_t)(100 + index);
    return SUCCESS;
}
