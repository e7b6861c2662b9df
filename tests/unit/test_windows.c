/* Windows computers by recorded values, through the code that reads them on Windows.
 *
 * PCI ids are those of devices.json; memory sizes as the driver tells them: 24142 MiB is what DXGI
 * leaves of an RTX 4090's 24564 MiB. CPUID is that of an AMD EPYC (family 25, model 17) as read
 * there. Slots of the modules are those of test_smbios. The rest is made up to look like such
 * machines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/units.h"
#include "box.h"
#include "firmware.h"
#include "probe/windows.h"

enum { ADAPTERS_MOST = 4, MODULES_MOST = 4, DDR5 = 0x22 };

struct recording {
    const char *cpu;
    unsigned cores;
    unsigned threads_each;
    unsigned efficient_cores; /* the last ones */
    uint64_t affinity;
    uint64_t enabled; /* XCR0 */
    struct lf_windows_memory memory;
    struct lf_windows_job job;
    struct firmware_module modules[MODULES_MOST + 1];
    struct lf_windows_adapter adapters[ADAPTERS_MOST];
    size_t adapter_count;
    bool hangs;
};

static const struct recording gaming_pc = {
    .cpu = "AMD Ryzen 9 7950X 16-Core Processor            ",
    .cores = 16,
    .threads_each = 2,
    .enabled = 0xe7,
    .memory = {.total_bytes = 63 * LF_GIB,
               .available_bytes = 50 * LF_GIB,
               .commit_limit_bytes = 67 * LF_GIB},
    .modules = {{"DIMM 0", "P0 CHANNEL A", DDR5, 64, 6000, 0},
                {"DIMM 1", "P0 CHANNEL A", DDR5, 64, 6000, 32},
                {"DIMM 0", "P0 CHANNEL B", DDR5, 64, 6000, 0},
                {"DIMM 1", "P0 CHANNEL B", DDR5, 64, 6000, 32}},
    .adapters = {{.id = 1,
                  .name = "NVIDIA GeForce RTX 4090",
                  .vendor = 0x10de,
                  .device = 0x2684,
                  .dedicated_bytes = 24142 * LF_MIB,
                  .shared_bytes = 31 * LF_GIB,
                  .budget_bytes = 23300 * LF_MIB},
                 {.id = 2,
                  .name = "AMD Radeon(TM) Graphics",
                  .vendor = 0x1002,
                  .device = 0x164e,
                  .revision = 0xc1,
                  .dedicated_bytes = 485 * LF_MIB,
                  .shared_bytes = 31 * LF_GIB},
                 {.id = 3,
                  .name = "Microsoft Basic Render Driver",
                  .vendor = 0x1414,
                  .device = 0x8c,
                  .shared_bytes = 31 * LF_GIB,
                  .is_software = 1}},
    .adapter_count = 3,
};

static const struct recording laptop = {
    .cpu = "13th Gen Intel(R) Core(TM) i7-1360P",
    .cores = 12,
    .threads_each = 1,
    .efficient_cores = 8,
    .memory = {.total_bytes = 16 * LF_GIB - 300 * LF_MIB, .available_bytes = 8 * LF_GIB},
    .adapters = {{.id = 1,
                  .name = "Intel(R) Iris(R) Xe Graphics",
                  .vendor = 0x8086,
                  .device = 0xa7a0,
                  .dedicated_bytes = 128 * LF_MIB,
                  .shared_bytes = 8 * LF_GIB}},
    .adapter_count = 1,
};

static bool play_memory(const void *context, struct lf_windows_memory *memory)
{
    *memory = ((const struct recording *)context)->memory;
    return memory->total_bytes != 0;
}

static bool play_job(const void *context, struct lf_windows_job *job)
{
    *job = ((const struct recording *)context)->job;
    return true;
}

static size_t play_cores(const void *context, struct lf_windows_core *cores, size_t most)
{
    const struct recording *recording = context;
    uint64_t threads = (UINT64_C(1) << recording->threads_each) - 1;
    assert_in_range(recording->cores, 0, most);
    for (unsigned i = 0; i < recording->cores; i++) {
        bool has_kinds = recording->efficient_cores > 0;
        cores[i].threads = threads << (i * recording->threads_each);
        cores[i].efficiency = has_kinds && i < recording->cores - recording->efficient_cores;
    }
    return recording->cores;
}

static uint64_t play_affinity(const void *context)
{
    return ((const struct recording *)context)->affinity;
}

static bool play_cpu_name(const void *context, char *name, size_t size)
{
    snprintf(name, size, "%s", ((const struct recording *)context)->cpu);
    return true;
}

static size_t play_firmware(const void *context, void *table, size_t most)
{
    unsigned char structures[FIRMWARE_BYTES];
    size_t bytes = firmware_make(((const struct recording *)context)->modules, structures);
    const uint32_t head[] = {0x00020300, (uint32_t)bytes};
    assert_in_range(bytes + sizeof head, 1, most);
    memcpy(table, head, sizeof head);
    memcpy((unsigned char *)table + sizeof head, structures, bytes);
    return bytes + sizeof head;
}

static bool play_cpuid(const void *context, uint32_t leaf, uint32_t subleaf, uint32_t registers[4])
{
    static const struct {
        uint32_t leaf;
        uint32_t subleaf;
        uint32_t registers[4];
    } rows[] = {
        {1, 0, {0xa10f11, 0x20800, 0xfffa3203, 0x178bfbff}},
        {7, 0, {0x1, 0xf1bf07ab, 0x405fc6, 0x10}},
        {7, 1, {0x20, 0x0, 0x0, 0x0}},
    };
    (void)context;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].leaf == leaf && rows[i].subleaf == subleaf) {
            memcpy(registers, rows[i].registers, sizeof rows[i].registers);
            return true;
        }
    }
    return false;
}

static uint64_t play_enabled(const void *context)
{
    return ((const struct recording *)context)->enabled;
}

static void play_adapters(const struct lf_child_outlet *outlet, const void *context)
{
    const struct recording *recording = context;
    while (recording->hangs) {
        pause();
    }
    for (size_t i = 0; i < recording->adapter_count; i++) {
        lf_child_send(outlet, &recording->adapters[i]);
    }
}

/* Reads the recorded computer into the box's machine, in the order of its back ends. */
static enum lf_step_status play(struct box *box, const struct recording *recording)
{
    const struct lf_windows_calls calls = {
        .context = recording,
        .get_memory = play_memory,
        .get_job = play_job,
        .get_cores = play_cores,
        .get_affinity = play_affinity,
        .get_cpu_name = play_cpu_name,
        .get_firmware = play_firmware,
        .cpuid = play_cpuid,
        .get_enabled = play_enabled,
        .tell_adapters = play_adapters,
    };
    lf_machine_clear(&box->machine);
    box->probe.deadline_ms = lf_clock_now_ms() + (recording->hangs ? 50 : 2000);
    lf_windows_read_cpu(&box->probe, &calls);
    lf_windows_read_memory(&box->probe, &calls);
    lf_windows_read_firmware(&box->probe, &calls);
    lf_windows_read_job(&box->probe, &calls);
    return lf_windows_read_gpus(&box->probe, &calls);
}

static void a_gaming_pc_has_its_card_and_the_graphics_of_its_processor(void **state)
{
    struct box *box = *state;
    assert_int_equal(play(box, &gaming_pc), LF_STEP_OK);
    const struct lf_machine *machine = &box->machine;
    assert_string_equal(machine->cpu.name, "AMD Ryzen 9 7950X 16-Core Processor");
    assert_measured(machine->cpu.cores, 16);
    assert_measured(machine->cpu.threads, 32);
    assert_measured(machine->memory.total_bytes, 63 * LF_GIB);
    assert_measured(machine->memory.available_bytes, 50 * LF_GIB);
    assert_measured(machine->memory.swap_bytes, 4 * LF_GIB);
    assert_measured(machine->memory.bandwidth_bps, 96000000000); /* 2 x 8 bytes x 6000 MT/s */
    assert_measured(machine->memory.speed_mtps, 6000);
    assert_false(lf_known(machine->memory.limit_bytes));
    assert_false(lf_known(machine->cpu.efficiency_cores));
    assert_int_equal(machine->accelerator_count, 2);
    const struct lf_accelerator *card = &machine->accelerators[0];
    assert_string_equal(card->vendor, "NVIDIA");
    assert_string_equal(card->pci_id, "10de:2684");
    assert_int_equal(card->memory_kind, LF_MEMORY_DEDICATED);
    assert_measured(card->total_bytes, 24142 * LF_MIB);
    assert_measured(card->free_bytes, 23300 * LF_MIB);
    const struct lf_accelerator *inner = &machine->accelerators[1];
    assert_string_equal(inner->vendor, "AMD");
    assert_int_equal(inner->memory_kind, LF_MEMORY_UNIFIED);
    assert_true(inner->is_integrated);
    assert_string_equal(inner->pci_revision, "c1");
    assert_measured(inner->usable_bytes, 31 * LF_GIB + 485 * LF_MIB);
    assert_int_equal(machine->diagnostic_count, 0);
}

static void a_laptops_graphics_share_the_ram(void **state)
{
    struct box *box = *state;
    assert_int_equal(play(box, &laptop), LF_STEP_OK);
    const struct lf_accelerator *gpu = &box->machine.accelerators[0];
    assert_int_equal(box->machine.accelerator_count, 1);
    assert_string_equal(gpu->name, "Intel(R) Iris(R) Xe Graphics");
    assert_int_equal(gpu->memory_kind, LF_MEMORY_UNIFIED);
    assert_int_equal(gpu->total_bytes.value, 16 * LF_GIB - 172 * LF_MIB);
    assert_measured(gpu->usable_bytes, 8 * LF_GIB + 128 * LF_MIB);
    assert_int_equal(gpu->free_bytes.value, 8 * LF_GIB);
    assert_false(lf_known(box->machine.memory.bandwidth_bps));
    assert_measured(box->machine.cpu.performance_cores, 4);
    assert_measured(box->machine.cpu.efficiency_cores, 8);
}

static void a_gpu_with_little_memory_of_its_own_is_part_of_the_processor(void **state)
{
    static const struct {
        uint32_t vendor;
        uint32_t device;
        uint64_t dedicated_bytes;
        bool is_card;
    } rows[] = {
        {0x8086, 0x56a6, 4 * LF_GIB, true},   /* Arc A310 */
        {0x8086, 0x7d55, 2 * LF_GIB, false},  /* the firmware may set so much aside */
        {0x1002, 0x1586, 96 * LF_GIB, false}, /* Strix Halo */
        {0x1002, 0x744c, 24 * LF_GIB, true},  /* RX 7900 XTX */
        {0x10de, 0x1f99, 2 * LF_GIB, true},   /* an old card */
        {0x1002, 0x9999, 511 * LF_MIB, false},
    };
    struct box *box = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct recording one = laptop;
        one.adapters[0].vendor = rows[i].vendor;
        one.adapters[0].device = rows[i].device;
        one.adapters[0].dedicated_bytes = rows[i].dedicated_bytes;
        play(box, &one);
        if ((box->machine.accelerators[0].memory_kind == LF_MEMORY_DEDICATED) != rows[i].is_card) {
            fail_msg("%04x:%04x", rows[i].vendor, rows[i].device);
        }
    }
}

static void an_adapter_counts_once_and_only_if_it_computes(void **state)
{
    struct box *box = *state;
    struct recording twice = gaming_pc;
    twice.adapters[1] = twice.adapters[0];
    twice.adapters[2] = twice.adapters[0];
    twice.adapters[2].id = 9;
    twice.adapters[3] = twice.adapters[0];
    twice.adapters[3].id = 10;
    twice.adapters[3].is_remote = 1;
    twice.adapter_count = 4;
    play(box, &twice);
    /* The third is a second card of the same kind. */
    assert_int_equal(box->machine.accelerator_count, 2);
}

static void a_jobs_limits_are_ours(void **state)
{
    struct box *box = *state;
    struct recording limited = gaming_pc;
    limited.job = (struct lf_windows_job){
        .job_bytes = 8 * LF_GIB, .process_bytes = 12 * LF_GIB, .cpu_rate = 2500};
    limited.affinity = 0xff; /* four cores with two threads each */
    play(box, &limited);
    assert_measured(box->machine.memory.limit_bytes, 8 * LF_GIB);
    assert_measured(box->machine.cpu.cores, 4);
    assert_measured(box->machine.cpu.threads, 8);
    assert_measured(box->machine.cpu.quota_millis, 2000);
}

static void instruction_sets_count_when_the_system_saves_their_registers(void **state)
{
    static const char *const all[] = {"sse4_2",      "avx",        "avx2",     "fma",
                                      "f16c",        "avx512f",    "avx512bw", "avx512vl",
                                      "avx512_vnni", "avx512_bf16"};
    struct box *box = *state;
    struct recording one = gaming_pc;
    play(box, &one);
    assert_int_equal(box->machine.cpu.isa.count, 10);
    for (size_t i = 0; i < 10; i++) {
        assert_string_equal(box->machine.cpu.isa.items[i], all[i]);
    }
    one.enabled = 0x7;
    play(box, &one);
    assert_int_equal(box->machine.cpu.isa.count, 5);
    one.enabled = 0x3;
    play(box, &one);
    assert_int_equal(box->machine.cpu.isa.count, 1);
}

static void what_windows_does_not_tell_is_a_gap(void **state)
{
    struct box *box = *state;
    struct recording silent = laptop;
    silent.memory.total_bytes = 0;
    silent.hangs = true;
    double start_ms = lf_clock_now_ms();
    assert_int_equal(play(box, &silent), LF_STEP_TIMEOUT);
    assert_true(lf_clock_now_ms() - start_ms < 300);
    assert_true(lf_machine_has_gap(&box->machine, LF_GAP_MEMORY));
    assert_true(lf_machine_has_gap(&box->machine, LF_GAP_ACCELERATORS));
    struct recording absurd = laptop;
    absurd.memory.total_bytes = UINT64_MAX;
    play(box, &absurd);
    assert_non_null(box_diagnostic(box, "memory-unknown"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(a_gaming_pc_has_its_card_and_the_graphics_of_its_processor),
        BOX_TEST(a_laptops_graphics_share_the_ram),
        BOX_TEST(a_gpu_with_little_memory_of_its_own_is_part_of_the_processor),
        BOX_TEST(an_adapter_counts_once_and_only_if_it_computes),
        BOX_TEST(a_jobs_limits_are_ours),
        BOX_TEST(instruction_sets_count_when_the_system_saves_their_registers),
        BOX_TEST(what_windows_does_not_tell_is_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
