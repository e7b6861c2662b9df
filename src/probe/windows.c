#include "probe/windows.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "probe/gpu.h"
#include "probe/smbios.h"
#include "probe/systext.h"

enum { MOST_ADAPTERS = 32, VENDOR_INTEL = 0x8086, VENDOR_NVIDIA = 0x10de, RATE_WHOLE = 10000 };

/* More than any machine has. */
#define MOST_BYTES (UINT64_C(64) << 40)

/* The firmware's table has a head that ends with the bytes that follow. */
enum { FIRMWARE_HEAD_BYTES = 8, FIRMWARE_LENGTH = 4 };

/* GPUs inside processors own less, and Intel's at most 2 GiB by the firmware's setting; cards own
 * more. */
#define CARD_LEAST_BYTES (512 * LF_MIB)
#define INTEL_CARD_LEAST_BYTES (3 * LF_GIB)

static const char dxgi[] = "dxgi DedicatedVideoMemory";

static uint64_t count_bits(uint64_t bits)
{
    uint64_t count = 0;
    for (; bits != 0; bits &= bits - 1) {
        count++;
    }
    return count;
}

static void count_processors(struct lf_cpu *cpu, const struct lf_windows_calls *calls)
{
    static const char source[] = "GetLogicalProcessorInformationEx";
    struct lf_windows_core *cores = lf_alloc(LF_WINDOWS_CORES_MOST, sizeof *cores);
    size_t count = calls->get_cores(calls->context, cores, LF_WINDOWS_CORES_MOST);
    uint64_t affinity = calls->get_affinity(calls->context);
    uint64_t core_count = 0;
    uint64_t thread_count = 0;
    uint64_t efficient_count = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t allowed = affinity == 0 ? cores[i].threads : cores[i].threads & affinity;
        core_count += allowed != 0;
        efficient_count += allowed != 0 && cores[i].efficiency == 0;
        thread_count += count_bits(allowed);
    }
    free(cores);
    if (thread_count == 0 || thread_count > LF_THREADS_MOST) {
        return;
    }
    cpu->cores = lf_amount(core_count, LF_MEASURED, source);
    cpu->threads = lf_amount(thread_count, LF_MEASURED, source);
    /* Where all are of one kind, that is class 0. */
    if (efficient_count > 0 && efficient_count < core_count) {
        cpu->efficiency_cores = lf_amount(efficient_count, LF_MEASURED, source);
        cpu->performance_cores = lf_amount(core_count - efficient_count, LF_MEASURED, source);
    }
}

enum lf_step_status lf_windows_read_cpu(struct lf_probe *probe,
                                        const struct lf_windows_calls *calls)
{
    struct lf_cpu *cpu = &probe->machine->cpu;
    struct lf_arena *arena = &probe->machine->arena;
    char name[128];
    if (calls->get_cpu_name(calls->context, name, sizeof name)) {
        cpu->name = lf_sys_clean(arena, name, strlen(name));
    }
    count_processors(cpu, calls);
    cpu->isa =
        lf_cpuid_isa(calls->cpuid, calls->context, calls->get_enabled(calls->context), arena);
    return lf_known(cpu->threads) ? LF_STEP_OK : LF_STEP_FAILED;
}

enum lf_step_status lf_windows_read_memory(struct lf_probe *probe,
                                           const struct lf_windows_calls *calls)
{
    static const char source[] = "GlobalMemoryStatusEx";
    struct lf_memory *memory = &probe->machine->memory;
    struct lf_windows_memory found = {0};
    if (!calls->get_memory(calls->context, &found) || found.total_bytes == 0 ||
        found.total_bytes > MOST_BYTES) {
        lf_machine_diagnose(probe->machine, LF_GAP_MEMORY, "memory-unknown",
                            "%s does not tell the machine's memory", source);
        return LF_STEP_FAILED;
    }
    memory->total_bytes = lf_amount(found.total_bytes, LF_MEASURED, source);
    uint64_t available =
        found.available_bytes < found.total_bytes ? found.available_bytes : found.total_bytes;
    memory->available_bytes = lf_amount(available, LF_MEASURED, source);
    if (found.commit_limit_bytes >= found.total_bytes && found.commit_limit_bytes <= MOST_BYTES) {
        memory->swap_bytes =
            lf_amount(found.commit_limit_bytes - found.total_bytes, LF_MEASURED, source);
    }
    return LF_STEP_OK;
}

enum lf_step_status lf_windows_read_firmware(struct lf_probe *probe,
                                             const struct lf_windows_calls *calls)
{
    unsigned char *table = lf_alloc(LF_WINDOWS_FIRMWARE_MOST_BYTES, 1);
    size_t bytes = calls->get_firmware(calls->context, table, LF_WINDOWS_FIRMWARE_MOST_BYTES);
    struct lf_smbios_memory found = {0};
    if (bytes > FIRMWARE_HEAD_BYTES) {
        uint32_t length = 0;
        memcpy(&length, table + FIRMWARE_LENGTH, sizeof length);
        bytes -= FIRMWARE_HEAD_BYTES;
        lf_smbios_read_memory(table + FIRMWARE_HEAD_BYTES, length < bytes ? length : bytes, &found);
    }
    free(table);
    return lf_smbios_apply(&found, &probe->machine->memory) ? LF_STEP_OK : LF_STEP_NOTHING;
}

enum lf_step_status lf_windows_read_job(struct lf_probe *probe,
                                        const struct lf_windows_calls *calls)
{
    static const char source[] = "job object";
    struct lf_machine *machine = probe->machine;
    struct lf_windows_job job = {0};
    if (!calls->get_job(calls->context, &job)) {
        return LF_STEP_NOTHING;
    }
    const uint64_t limits[] = {job.job_bytes, job.process_bytes};
    for (size_t i = 0; i < 2; i++) {
        if (limits[i] > 0 && limits[i] <= MOST_BYTES) {
            machine->memory.limit_bytes = lf_amount_least(
                machine->memory.limit_bytes, lf_amount(limits[i], LF_MEASURED, source));
        }
    }
    if (job.cpu_rate > 0 && job.cpu_rate < RATE_WHOLE && lf_known(machine->cpu.threads)) {
        uint64_t millis = machine->cpu.threads.value * 1000 * job.cpu_rate / RATE_WHOLE;
        machine->cpu.quota_millis = lf_amount(millis > 0 ? millis : 1, LF_MEASURED, source);
    }
    bool is_limited = lf_known(machine->memory.limit_bytes) || lf_known(machine->cpu.quota_millis);
    return is_limited ? LF_STEP_OK : LF_STEP_NOTHING;
}

static bool is_integrated(const struct lf_windows_adapter *adapter)
{
    return lf_gpu_is_amd_apu(adapter->vendor, adapter->device) ||
           adapter->dedicated_bytes < CARD_LEAST_BYTES ||
           (adapter->vendor == VENDOR_INTEL && adapter->dedicated_bytes < INTEL_CARD_LEAST_BYTES);
}

/* A GPU inside the processor gets what is set aside for it, and of the RAM what Windows lets it
 * share: half by default. */
static void set_shared(const struct lf_probe *probe, struct lf_accelerator *accelerator,
                       const struct lf_windows_adapter *adapter)
{
    lf_gpu_share_memory(probe, accelerator, adapter->dedicated_bytes);
    uint64_t pool = lf_add(adapter->dedicated_bytes, adapter->shared_bytes);
    uint64_t total = lf_known_or(accelerator->total_bytes, pool);
    pool = pool < total ? pool : total;
    if (pool > 0) {
        accelerator->usable_bytes =
            lf_amount(pool, LF_MEASURED, "dxgi DedicatedVideoMemory + SharedSystemMemory");
    }
    if (lf_known(accelerator->free_bytes) && accelerator->free_bytes.value > pool) {
        accelerator->free_bytes.value = pool;
    }
}

static void add_adapter(struct lf_probe *probe, const struct lf_windows_adapter *adapter)
{
    struct lf_machine *machine = probe->machine;
    struct lf_accelerator *accelerator = lf_machine_add_accelerator(machine);
    if (accelerator == NULL) {
        return;
    }
    const char *end = memchr(adapter->name, '\0', sizeof adapter->name);
    size_t length = end == NULL ? sizeof adapter->name : (size_t)(end - adapter->name);
    accelerator->name = lf_sys_clean(&machine->arena, adapter->name, length);
    accelerator->vendor = lf_gpu_vendor_name(adapter->vendor);
    accelerator->pci_id =
        lf_arena_format(&machine->arena, "%04x:%04x", adapter->vendor, adapter->device);
    accelerator->pci_revision = lf_arena_format(&machine->arena, "%02x", adapter->revision & 0xff);
    accelerator->driver = adapter->vendor == VENDOR_NVIDIA ? "nvidia" : "wddm";
    if (is_integrated(adapter)) {
        set_shared(probe, accelerator, adapter);
        return;
    }
    uint64_t total = adapter->dedicated_bytes;
    if (total > LF_GPU_BYTES_MOST) {
        lf_machine_diagnose(machine, LF_GAP_ACCELERATORS, "gpu-absurd",
                            "%s: DXGI tells more than 64 TiB of memory", accelerator->id);
        return;
    }
    accelerator->total_bytes = lf_amount(total, LF_MEASURED, dxgi);
    if (adapter->budget_bytes > 0) {
        uint64_t budget = adapter->budget_bytes < total ? adapter->budget_bytes : total;
        accelerator->free_bytes = lf_amount(budget, LF_MEASURED, "dxgi budget");
    }
}

/* Whether an adapter before it is the same one. */
static bool is_repeated(const struct lf_windows_adapter *adapters, size_t place)
{
    for (size_t i = 0; i < place; i++) {
        if (adapters[i].id == adapters[place].id) {
            return true;
        }
    }
    return false;
}

enum lf_step_status lf_windows_read_gpus(struct lf_probe *probe,
                                         const struct lf_windows_calls *calls)
{
    struct lf_windows_adapter *adapters = lf_alloc(MOST_ADAPTERS, sizeof *adapters);
    size_t count = 0;
    enum lf_child_end end =
        lf_child_run(calls->tell_adapters, calls->context, adapters, sizeof *adapters,
                     MOST_ADAPTERS, &count, probe->deadline_ms);
    for (size_t i = 0; i < count; i++) {
        const struct lf_windows_adapter *adapter = &adapters[i];
        if (adapter->is_software == 0 && adapter->is_remote == 0 &&
            !lf_gpu_is_none(adapter->vendor, adapter->device) && !is_repeated(adapters, i)) {
            add_adapter(probe, adapter);
        }
    }
    free(adapters);
    switch (end) {
    case LF_CHILD_DONE:
        return probe->machine->accelerator_count == 0 ? LF_STEP_NOTHING : LF_STEP_OK;
    case LF_CHILD_TIMEOUT:
        lf_machine_diagnose(probe->machine, LF_GAP_ACCELERATORS, "driver-hang",
                            "DXGI did not answer in time");
        return LF_STEP_TIMEOUT;
    case LF_CHILD_CRASHED:
    case LF_CHILD_NONE:
        lf_machine_diagnose(probe->machine, LF_GAP_ACCELERATORS, "driver-crash",
                            "DXGI could not be asked");
        return LF_STEP_FAILED;
    }
    return LF_STEP_FAILED;
}
