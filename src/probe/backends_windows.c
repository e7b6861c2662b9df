/* What Windows is asked, and the back ends that ask. */
#include <windows.h>

#include <stddef.h>
#include <stdlib.h>

#include "base/memory.h"
#include "probe/backends.h"
#include "probe/nvidia.h"
#include "probe/windows.h"

static bool get_memory(const void *context, struct lf_windows_memory *memory)
{
    (void)context;
    MEMORYSTATUSEX facts = {.dwLength = sizeof facts};
    if (!GlobalMemoryStatusEx(&facts)) {
        return false;
    }
    memory->total_bytes = facts.ullTotalPhys;
    memory->available_bytes = facts.ullAvailPhys;
    memory->commit_limit_bytes = facts.ullTotalPageFile;
    return true;
}

static bool get_job(const void *context, struct lf_windows_job *job)
{
    (void)context;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION facts = {0};
    JOBOBJECT_CPU_RATE_CONTROL_INFORMATION rate = {0};
    const DWORD hard_cap =
        JOB_OBJECT_CPU_RATE_CONTROL_ENABLE | JOB_OBJECT_CPU_RATE_CONTROL_HARD_CAP;
    if (!QueryInformationJobObject(NULL, JobObjectExtendedLimitInformation, &facts, sizeof facts,
                                   NULL)) {
        return false;
    }
    DWORD flags = facts.BasicLimitInformation.LimitFlags;
    if ((flags & JOB_OBJECT_LIMIT_JOB_MEMORY) != 0) {
        job->job_bytes = facts.JobMemoryLimit;
    }
    if ((flags & JOB_OBJECT_LIMIT_PROCESS_MEMORY) != 0) {
        job->process_bytes = facts.ProcessMemoryLimit;
    }
    if (QueryInformationJobObject(NULL, JobObjectCpuRateControlInformation, &rate, sizeof rate,
                                  NULL) &&
        (rate.ControlFlags & hard_cap) == hard_cap) {
        job->cpu_rate = rate.CpuRate;
    }
    return true;
}

/* EfficiencyClass, the byte behind Flags, which older headers call reserved. */
static uint32_t find_efficiency(const PROCESSOR_RELATIONSHIP *processor)
{
    return ((const unsigned char *)processor)[offsetof(PROCESSOR_RELATIONSHIP, Flags) + 1];
}

static size_t get_cores(const void *context, struct lf_windows_core *cores, size_t most)
{
    (void)context;
    DWORD bytes = 0;
    GetLogicalProcessorInformationEx(RelationProcessorCore, NULL, &bytes);
    unsigned char *list = lf_alloc(bytes, 1);
    size_t count = 0;
    if (GetLogicalProcessorInformationEx(RelationProcessorCore,
                                         (SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *)(void *)list,
                                         &bytes)) {
        SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *item = NULL;
        for (DWORD place = 0; place < bytes && count < most; place += item->Size) {
            item = (SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *)(void *)(list + place);
            cores[count++] = (struct lf_windows_core){
                .threads = item->Processor.GroupMask[0].Mask,
                .efficiency = find_efficiency(&item->Processor),
            };
        }
    }
    free(list);
    return count;
}

/* With several groups a process has a mask in each, and by default all of all. */
static uint64_t get_affinity(const void *context)
{
    (void)context;
    DWORD_PTR allowed = 0;
    DWORD_PTR all = 0;
    bool is_one_group = GetActiveProcessorGroupCount() == 1;
    return is_one_group && GetProcessAffinityMask(GetCurrentProcess(), &allowed, &all) ? allowed
                                                                                       : 0;
}

static bool get_cpu_name(const void *context, char *name, size_t size)
{
    (void)context;
    DWORD bytes = (DWORD)size;
    return RegGetValueA(HKEY_LOCAL_MACHINE, "HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0",
                        "ProcessorNameString", RRF_RT_REG_SZ, NULL, name, &bytes) == ERROR_SUCCESS;
}

static size_t get_firmware(const void *context, void *table, size_t most)
{
    (void)context;
    static const DWORD provider = 0x52534D42; /* "RSMB" */
    UINT bytes = GetSystemFirmwareTable(provider, 0, table, (DWORD)most);
    return bytes <= most ? bytes : 0;
}

static const struct lf_windows_calls calls = {
    .get_memory = get_memory,
    .get_job = get_job,
    .get_cores = get_cores,
    .get_affinity = get_affinity,
    .get_cpu_name = get_cpu_name,
    .get_firmware = get_firmware,
    .cpuid = lf_cpuid_ask,
    .get_enabled = lf_cpuid_enabled,
    .tell_adapters = lf_windows_tell_adapters,
};

static enum lf_step_status run_cpu(struct lf_probe *probe)
{
    return lf_windows_read_cpu(probe, &calls);
}

static enum lf_step_status run_memory(struct lf_probe *probe)
{
    return lf_windows_read_memory(probe, &calls);
}

static enum lf_step_status run_firmware(struct lf_probe *probe)
{
    return lf_windows_read_firmware(probe, &calls);
}

static enum lf_step_status run_job(struct lf_probe *probe)
{
    return lf_windows_read_job(probe, &calls);
}

static enum lf_step_status run_gpus(struct lf_probe *probe)
{
    return lf_windows_read_gpus(probe, &calls);
}

static enum lf_step_status run_nvidia(struct lf_probe *probe)
{
    return lf_nvidia_is_there(probe->machine) ? lf_nvidia_ask(probe) : LF_STEP_NOTHING;
}

const struct lf_backend lf_backend_cpu = {
    .name = "cpu",
    .source = "GetLogicalProcessorInformationEx",
    .run = run_cpu,
};
const struct lf_backend lf_backend_memory = {
    .name = "memory",
    .source = "GlobalMemoryStatusEx",
    .run = run_memory,
};
const struct lf_backend lf_backend_nvidia = {.name = "nvidia", .source = "nvml", .run = run_nvidia};
static const struct lf_backend firmware = {.name = "smbios", .source = "RSMB", .run = run_firmware};
static const struct lf_backend job = {.name = "job", .source = "job object", .run = run_job};
static const struct lf_backend gpus = {.name = "dxgi", .source = "DXGI", .run = run_gpus};

const struct lf_backend *const lf_backends[] = {
    &lf_backend_cpu, &lf_backend_memory, &firmware,        &job,
    &gpus,           &lf_backend_nvidia, &lf_backend_disk,
};

const size_t lf_backend_count = sizeof lf_backends / sizeof lf_backends[0];
