#include "probe/macos.h"

#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "probe/gpu.h"
#include "probe/systext.h"

enum { MOST_GPUS = 8, MOST_GPU_CORES = 1024 };

/* More than any Mac has. */
#define MOST_BYTES (UINT64_C(64) << 40)

static const char metal[] = "metal recommendedMaxWorkingSetSize";
static const char wired_limit[] = "iogpu.wired_limit_mb";

/* What inference wants to know of the processor, by the names that Linux gives it. */
static const struct {
    const char *key;
    const char *name;
} isa_rows[] = {
    {"hw.optional.sse4_2", "sse4_2"},
    {"hw.optional.avx1_0", "avx"},
    {"hw.optional.avx2_0", "avx2"},
    {"hw.optional.fma", "fma"},
    {"hw.optional.f16c", "f16c"},
    {"hw.optional.avx512f", "avx512f"},
    {"hw.optional.AdvSIMD", "asimd"},
    {"hw.optional.arm.FEAT_DotProd", "asimddp"},
    {"hw.optional.arm.FEAT_FP16", "asimdhp"},
    {"hw.optional.arm.FEAT_I8MM", "i8mm"},
    {"hw.optional.arm.FEAT_SME", "sme"},
    {"hw.optional.arm.FEAT_BF16", "bf16"},
};

enum { ISA_ROWS = sizeof isa_rows / sizeof isa_rows[0] };

static uint64_t number_or(const struct lf_macos_calls *calls, const char *name, uint64_t otherwise)
{
    uint64_t number = 0;
    return lf_sysctl_number(calls->sysctl, calls->context, name, &number) ? number : otherwise;
}

static struct lf_amount count(const struct lf_macos_calls *calls, const char *name)
{
    uint64_t number = number_or(calls, name, 0);
    return number > 0 && number <= LF_THREADS_MOST ? lf_amount(number, LF_MEASURED, name)
                                                   : (struct lf_amount){0};
}

enum lf_step_status lf_macos_read_cpu(struct lf_probe *probe, const struct lf_macos_calls *calls)
{
    struct lf_cpu *cpu = &probe->machine->cpu;
    struct lf_arena *arena = &probe->machine->arena;
    cpu->name = lf_sysctl_text(calls->sysctl, calls->context, "machdep.cpu.brand_string", arena);
    cpu->cores = count(calls, "hw.physicalcpu");
    cpu->threads = count(calls, "hw.logicalcpu");
    if (number_or(calls, "hw.nperflevels", 1) == 2) {
        cpu->performance_cores = count(calls, "hw.perflevel0.physicalcpu");
        cpu->efficiency_cores = count(calls, "hw.perflevel1.physicalcpu");
    }
    const char **names = lf_arena_alloc(arena, ISA_ROWS, sizeof *names);
    for (size_t i = 0; i < ISA_ROWS; i++) {
        if (number_or(calls, isa_rows[i].key, 0) == 1) {
            names[cpu->isa.count++] = isa_rows[i].name;
        }
    }
    cpu->isa.items = names;
    return cpu->name == NULL && !lf_known(cpu->threads) ? LF_STEP_FAILED : LF_STEP_OK;
}

enum lf_step_status lf_macos_read_memory(struct lf_probe *probe, const struct lf_macos_calls *calls)
{
    struct lf_machine *machine = probe->machine;
    uint64_t total = number_or(calls, "hw.memsize", 0);
    if (total == 0 || total > MOST_BYTES) {
        lf_machine_diagnose(machine, LF_GAP_MEMORY, "memory-unknown",
                            "sysctl hw.memsize does not tell the machine's memory");
        return LF_STEP_FAILED;
    }
    machine->memory.total_bytes = lf_amount(total, LF_MEASURED, "hw.memsize");
    struct lf_macos_pages pages = {0};
    uint64_t page_bytes = number_or(calls, "hw.pagesize", 0);
    if (page_bytes > 0 && calls->count_pages(calls->context, &pages)) {
        uint64_t available = lf_mul(lf_add(pages.free, pages.inactive), page_bytes);
        machine->memory.available_bytes =
            lf_amount(available < total ? available : total, LF_MEASURED, "host_statistics64");
    }
    /* struct xsw_usage begins with the total. */
    uint64_t swap[4] = {0};
    size_t bytes = sizeof swap;
    if (calls->sysctl(calls->context, "vm.swapusage", swap, &bytes) && bytes >= sizeof swap[0] &&
        swap[0] <= MOST_BYTES) {
        machine->memory.swap_bytes = lf_amount(swap[0], LF_MEASURED, "vm.swapusage");
    }
    return LF_STEP_OK;
}

/* "AMD", "Intel" or "Apple" before the rest of the name. */
static const char *find_vendor(const char *name)
{
    static const char *const vendors[] = {"Apple", "AMD", "Intel", "NVIDIA"};
    for (size_t i = 0; i < sizeof vendors / sizeof vendors[0]; i++) {
        if (lf_text_starts_with(name, vendors[i])) {
            return vendors[i];
        }
    }
    return "unknown";
}

/* A GPU that shares the RAM may be given what Metal recommends, which follows the user's setting of
 * the wired limit; without Metal's word the setting is asked for, and without one the ceiling is
 * left to the table of observed shares. */
static void set_shared(struct lf_probe *probe, const struct lf_macos_calls *calls,
                       struct lf_accelerator *accelerator, const struct lf_macos_gpu *gpu)
{
    const struct lf_memory *memory = &probe->machine->memory;
    lf_gpu_share_memory(probe, accelerator, 0);
    uint64_t ceiling = gpu->working_set_bytes;
    const char *source = metal;
    if (ceiling == 0) {
        ceiling = lf_mul(number_or(calls, wired_limit, 0), LF_MIB);
        source = wired_limit;
    }
    if (ceiling == 0) {
        return;
    }
    uint64_t total = lf_known_or(memory->total_bytes, ceiling);
    ceiling = ceiling < total ? ceiling : total;
    accelerator->usable_bytes = lf_amount(ceiling, LF_MEASURED, source);
    if (lf_known(accelerator->free_bytes) && accelerator->free_bytes.value > ceiling) {
        accelerator->free_bytes.value = ceiling;
    }
}

static void add_gpu(struct lf_probe *probe, const struct lf_macos_calls *calls,
                    const struct lf_macos_gpu *gpu)
{
    struct lf_machine *machine = probe->machine;
    struct lf_accelerator *accelerator = lf_machine_add_accelerator(machine);
    if (accelerator == NULL) {
        return;
    }
    const char *end = memchr(gpu->name, '\0', sizeof gpu->name);
    size_t length = end == NULL ? sizeof gpu->name : (size_t)(end - gpu->name);
    accelerator->name = lf_sys_clean(&machine->arena, gpu->name, length);
    accelerator->vendor = accelerator->name == NULL ? "unknown" : find_vendor(accelerator->name);
    accelerator->driver = "metal";
    bool is_apple = strcmp(accelerator->vendor, "Apple") == 0;
    if (is_apple && gpu->gpu_cores > 0 && gpu->gpu_cores <= MOST_GPU_CORES) {
        /* Chips of one name differ in it, and with it in bandwidth. */
        accelerator->name = lf_arena_format(&machine->arena, "%s (%llu-core GPU)",
                                            accelerator->name, (unsigned long long)gpu->gpu_cores);
    }
    if (is_apple || gpu->has_unified_memory != 0) {
        set_shared(probe, calls, accelerator, gpu);
    } else if (gpu->working_set_bytes > 0 && gpu->working_set_bytes <= LF_GPU_BYTES_MOST) {
        accelerator->total_bytes = lf_amount(gpu->working_set_bytes, LF_MEASURED, metal);
    }
}

/* Every Apple chip has a GPU. A virtual machine may not have it; elsewhere Metal was not to be
 * asked, and the chip's name is as good. */
static void add_unseen(struct lf_probe *probe, const struct lf_macos_calls *calls)
{
    struct lf_machine *machine = probe->machine;
    struct lf_macos_gpu gpu = {0};
    if (machine->cpu.name == NULL || !lf_text_starts_with(machine->cpu.name, "Apple")) {
        return;
    }
    if (number_or(calls, "kern.hv_vmm_present", 0) == 1) {
        lf_machine_diagnose(machine, LF_GAP_NONE, "gpu-not-offered",
                            "this virtual machine is not offered the GPU of %s", machine->cpu.name);
        return;
    }
    size_t length = strlen(machine->cpu.name);
    memcpy(gpu.name, machine->cpu.name, length < sizeof gpu.name ? length : sizeof gpu.name - 1);
    add_gpu(probe, calls, &gpu);
}

enum lf_step_status lf_macos_read_gpus(struct lf_probe *probe, const struct lf_macos_calls *calls)
{
    struct lf_macos_gpu gpus[MOST_GPUS];
    size_t gpu_count = 0;
    enum lf_child_end end = lf_child_run(calls->tell_gpus, calls->context, gpus, sizeof gpus[0],
                                         MOST_GPUS, &gpu_count, probe->deadline_ms);
    for (size_t i = 0; i < gpu_count; i++) {
        add_gpu(probe, calls, &gpus[i]);
    }
    if (gpu_count == 0) {
        add_unseen(probe, calls);
    }
    if (end == LF_CHILD_DONE) {
        return probe->machine->accelerator_count == 0 ? LF_STEP_NOTHING : LF_STEP_OK;
    }
    lf_machine_diagnose(probe->machine, LF_GAP_NONE,
                        end == LF_CHILD_TIMEOUT ? "driver-hang" : "driver-not-asked",
                        "Metal did not answer in time; the GPU's memory is a usual share of RAM");
    return end == LF_CHILD_TIMEOUT ? LF_STEP_TIMEOUT : LF_STEP_FAILED;
}
