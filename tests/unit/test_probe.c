/* The whole probe, and what it reads of memory, limits and processors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sys/wait.h>

#include <cmocka.h>

#include "base/clock.h"
#include "box.h"
#include "base/units.h"
#include "probe/backends.h"

static void memory_is_read_from_meminfo(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *meminfo;
        const char *code; /* of the diagnostic; NULL: the memory is known */
        uint64_t total_kib;
        uint64_t available_kib;
    } rows[] = {
        {"MemTotal: 1000 kB\nMemFree: 5 kB\nMemAvailable: 700 kB\n", NULL, 1000, 700},
        {"MemTotal: 1000 kB\nMemFree: 5 kB\nBuffers: 1 kB\nCached: 2 kB\n", NULL, 1000, 8},
        {"MemTotal: 1000 kB\nMemAvailable: 4000 kB\n", NULL, 1000, 1000},
        {"MemTotal: 68719476736 kB\nMemAvailable: 1 kB\n", NULL, 68719476736, 1},
        {"MemTotal: 68719476737 kB\n", "memory-absurd", 0, 0},
        {"MemTotal: 18446744073709551615 kB\n", "memory-absurd", 0, 0},
        {"MemTotal: 18446744073709551616 kB\n", "memory-unknown", 0, 0},
        {"MemTotal: 0 kB\n", "memory-unknown", 0, 0},
        {"MemTotal: -5 kB\n", "memory-unknown", 0, 0},
        {"XMemTotal: 5 kB\n", "memory-unknown", 0, 0},
        {"", "memory-unknown", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lf_machine_clear(&box->machine);
        box_file(box, "/proc/meminfo", rows[i].meminfo);
        lf_backend_memory.run(&box->probe);
        const struct lf_memory *memory = &box->machine.memory;
        if (rows[i].code == NULL) {
            assert_int_equal(box->machine.diagnostic_count, 0);
            assert_measured(memory->total_bytes, rows[i].total_kib * LF_KIB);
            assert_measured(memory->available_bytes, rows[i].available_kib * LF_KIB);
        } else {
            assert_non_null(box_diagnostic(box, rows[i].code));
            assert_true(lf_machine_has_gap(&box->machine, LF_GAP_MEMORY));
            assert_false(lf_known(memory->total_bytes));
        }
    }
}

static void a_gpus_numa_node_is_no_system_memory(void **state)
{
    struct box *box = *state;
    box_file(box, "/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 900 kB\n");
    /* Online with exact figures of its node; online with its size only; offline. */
    box_file(box, "/proc/driver/nvidia/gpus/0004:04:00.0/numa_status",
             "Node:\t\t255\nStatus:\t\tonline\n\nSize:\t\t40000\n");
    box_file(box, "/sys/devices/system/node/node255/meminfo",
             "Node 255 MemTotal:      200 kB\nNode 255 MemFree:      150 kB\n");
    box_file(box, "/proc/driver/nvidia/gpus/0004:05:00.0/numa_status",
             "Node:\t\t254\nStatus:\t\tonline\n\nSize:\t\t19000\n");
    box_file(box, "/proc/driver/nvidia/gpus/0004:06:00.0/numa_status",
             "Node:\t\t253\nStatus:\t\toffline\n\nSize:\t\t19000\n");
    /* A lie must not make it negative. */
    box_file(box, "/proc/driver/nvidia/gpus/0004:07:00.0/numa_status",
             "Node:\t\t252\nStatus:\t\tonline\n\nSize:\t\tffffffffffffffff\n");
    assert_int_equal(lf_backend_memory.run(&box->probe), LF_STEP_OK);
    assert_measured(box->machine.memory.total_bytes, 700 * LF_KIB);
    assert_measured(box->machine.memory.available_bytes, 700 * LF_KIB);
}

struct file {
    const char *path;
    const char *content;
};

static void run_cgroup(struct box *box, const struct file *files, size_t count)
{
    for (size_t i = 0; i < count && files[i].path != NULL; i++) {
        box_file(box, files[i].path, files[i].content);
    }
    lf_backend_cgroup.run(&box->probe);
}

static void the_tightest_limit_around_the_process_counts(void **state)
{
    struct box *box = *state;
    static const struct file files[] = {
        {"/proc/self/cgroup", "0::/a/b\n"},
        {"/sys/fs/cgroup/a/b/memory.max", "900\n"},
        {"/sys/fs/cgroup/a/memory.max", "500\n"},
        {"/sys/fs/cgroup/a/memory.high", "400\n"},
        {"/sys/fs/cgroup/memory.max", "800\n"},
        {"/sys/fs/cgroup/c/memory.max", "1\n"},
        {"/sys/fs/cgroup/a/b/cpu.max", "max 100000\n"},
        {"/sys/fs/cgroup/a/cpu.max", "50000 100000\n"},
    };
    run_cgroup(box, files, sizeof files / sizeof files[0]);
    assert_measured(box->machine.memory.limit_bytes, 400);
    assert_string_equal(box->machine.memory.limit_bytes.source, "/sys/fs/cgroup/a/memory.high");
    assert_measured(box->machine.cpu.quota_millis, 500);
}

static void what_is_no_limit_is_none(void **state)
{
    struct box *box = *state;
    static const struct file files[] = {
        {"/sys/fs/cgroup/memory.max", "max\n"},
        {"/sys/fs/cgroup/memory.high", "-5\n"},
        {"/sys/fs/cgroup/cpu.max", "max 100000\n"},
        {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"},
        {"/sys/fs/cgroup/memory/memory.stat", "hierarchical_memory_limit 9223372036854771712\n"},
        {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
        {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"},
    };
    run_cgroup(box, files, sizeof files / sizeof files[0]);
    assert_false(lf_known(box->machine.memory.limit_bytes));
    assert_false(lf_known(box->machine.cpu.quota_millis));
}

static void page_cache_gives_way_in_what_is_available(void **state)
{
    struct box *box = *state;
    static const struct file files[] = {
        {"/sys/fs/cgroup/memory.max", "1000\n"},
        {"/sys/fs/cgroup/memory.current", "700\n"},
        {"/sys/fs/cgroup/memory.stat", "anon 100\ninactive_file 600\n"},
    };
    box->machine.memory.available_bytes = lf_amount(5000, LF_MEASURED, NULL);
    run_cgroup(box, files, sizeof files / sizeof files[0]);
    assert_measured(box->machine.memory.available_bytes, 900);
}

static void a_cpu_quota_is_read_or_refused(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *content;
        uint64_t millis; /* 0: none */
    } rows[] = {
        {"250000 100000\n", 2500},
        {"1 1000000\n", 1},
        {"100000 0\n", 0},
        {"100000\n", 0},
        {"0 100000\n", 0},
        {"18446744073709551615 1\n", 0},
        {"18446744073709551615 18446744073709551615\n", 1},
        {"x 100000\n", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lf_machine_clear(&box->machine);
        box_file(box, "/sys/fs/cgroup/cpu.max", rows[i].content);
        lf_backend_cgroup.run(&box->probe);
        assert_int_equal(lf_known_or(box->machine.cpu.quota_millis, 0), rows[i].millis);
    }
}

static void a_cgroup_path_may_be_hostile(void **state)
{
    struct box *box = *state;
    static const struct file files[] = {
        {"/sys/fs/cgroup/memory.max", "77\n"},
        {"/proc/self/mountinfo", "1 2 3\n - cgroup2\n\\0\\04\\\n5 4 0:1 /x / rw - cgroup2 c rw\n"},
    };
    run_cgroup(box, files, sizeof files / sizeof files[0]);
    assert_false(lf_known(box->machine.memory.limit_bytes));
    box_file(
        box, "/proc/self/mountinfo",
        "5 4 0:1 / /sys/fs/cg\\162oup rw - cgroup2 c rw\n5 4 0:1 / /sys rw - cgroup c rw,memory\n");
    static const char *const groups[] = {"0::/../../..\n", "0::\n", "0::/", "::::\n0::/a\n",
                                         "0::relative\n"};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        lf_machine_clear(&box->machine);
        box_file(box, "/proc/self/cgroup", groups[i]);
        lf_backend_cgroup.run(&box->probe);
        assert_measured(box->machine.memory.limit_bytes, 77);
    }
}

static void a_huge_mount_table_is_read_in_no_time(void **state)
{
    struct box *box = *state;
    enum { BYTES = 1000 * 1000 };
    char *table = malloc(BYTES + 1);
    assert_non_null(table);
    memset(table, '\n', BYTES);
    table[BYTES] = '\0';
    box_file(box, "/proc/self/mountinfo", table);
    box_file(box, "/proc/self/cgroup", table);
    free(table);
    /* Processor time, which a busy machine does not stretch. A second look at every line would take
     * hours. */
    clock_t start = clock();
    lf_backend_cgroup.run(&box->probe);
    assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
}

static void processors_are_counted_without_hwloc(void **state)
{
    struct box *box = *state;
    box_file(box, "/sys/devices/system/cpu/online", "0-3,6-7,99999999999\n");
    box_file(box, "/proc/self/status", "Name:\tx\nCpus_allowed_list:\t1-6\n");
    static const char *const siblings[] = {"0,2", "1,3", "0,2", "1,3", "4", "5", "6-7", "6-7"};
    for (int i = 0; i < 8; i++) {
        char path[BOX_PATH_BYTES];
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list",
                 i);
        box_file(box, path, siblings[i]);
    }
    lf_backend_cpuinfo.run(&box->probe);
    assert_measured(box->machine.cpu.threads, 4); /* 1, 2, 3, 6 */
    assert_measured(box->machine.cpu.cores, 3);
}

static void each_instruction_set_is_a_whole_word(void **state)
{
    struct box *box = *state;
    box_file(
        box, "/proc/cpuinfo",
        "processor\t: 0\nmodel name\t: Zhaoxin\nflags\t\t: avx2 fma4 avx512fp16 amx_tile f16c\n\n"
        "processor\t: 1\nflags\t\t: fma\n");
    lf_backend_cpuinfo.run(&box->probe);
    assert_string_equal(box->machine.cpu.name, "Zhaoxin");
    assert_int_equal(box->machine.cpu.isa.count, 2);
    assert_string_equal(box->machine.cpu.isa.items[0], "avx2");
    assert_string_equal(box->machine.cpu.isa.items[1], "f16c");
}

static void an_arm_core_is_named_by_its_numbers(void **state)
{
    struct box *box = *state;
    box_file(box, "/proc/cpuinfo",
             "processor\t: 0\nFeatures\t: asimd asimddp sve i8mm bf16\n"
             "CPU implementer\t: 0x41\nCPU part\t: 0xd4f\n");
    lf_backend_cpuinfo.run(&box->probe);
    assert_string_equal(box->machine.cpu.name, "Arm Neoverse-V2");
    assert_int_equal(box->machine.cpu.isa.count, 5);
}

static void a_pipe_in_a_recording_makes_nobody_wait(void **state)
{
    struct box *box = *state;
    static const char *const paths[] = {
        "/proc/meminfo",
        "/proc/cpuinfo",
        "/proc/self/cgroup",
        "/proc/self/mountinfo",
        "/sys/devices/system/cpu/online",
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        box_pipe(box, paths[i]);
    }
    struct lf_probe_options options = {.root = box->root, .timeout_ms = 400};
    double start_ms = lf_clock_now_ms();
    lf_machine_probe(&box->machine, &options);
    assert_true(lf_clock_now_ms() - start_ms < 400);
    assert_true(lf_machine_has_gap(&box->machine, LF_GAP_MEMORY));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void this_computer_has_memory_and_threads(void **state)
{
    struct box *box = *state;
    struct lf_probe_options options = {0};
    lf_machine_probe(&box->machine, &options);
    const struct lf_machine *machine = &box->machine;
    assert_true(lf_known(machine->memory.total_bytes));
    assert_true(lf_known(machine->memory.usable_bytes));
    assert_true(lf_known_or(machine->cpu.threads, 0) >= 1);
    assert_true(lf_known_or(machine->cpu.cores, 0) >= 1);
    assert_true(machine->cpu.cores.value <= machine->cpu.threads.value);
    assert_int_equal(machine->step_count, lf_backend_count);
    assert_string_equal(machine->label, "this computer");
}

static void the_environment_of_this_process_stays_as_it_is(void **state)
{
    struct box *box = *state;
    assert_int_equal(setenv("HWLOC_XMLFILE", "/nonexistent", 1), 0);
    assert_int_equal(setenv("HWLOC_FSROOT", "/nonexistent", 1), 0);
    struct lf_probe_options options = {0};
    lf_machine_probe(&box->machine, &options);
    assert_string_equal(getenv("HWLOC_XMLFILE"), "/nonexistent");
    assert_null(getenv("HWLOC_COMPONENTS"));
    assert_null(box_diagnostic(box, "topology-unknown"));
    assert_int_equal(unsetenv("HWLOC_XMLFILE"), 0);
    assert_int_equal(unsetenv("HWLOC_FSROOT"), 0);
}

static void a_root_that_is_not_there_is_a_gap(void **state)
{
    struct box *box = *state;
    struct lf_probe_options options = {.root = "/nonexistent/box"};
    lf_machine_probe(&box->machine, &options);
    assert_non_null(box_diagnostic(box, "root-missing"));
    assert_true(lf_machine_has_gap(&box->machine, LF_GAP_MEMORY));
    assert_int_equal(box->machine.step_count, 0);
}

static void an_empty_recording_is_a_machine_nothing_is_known_of(void **state)
{
    struct box *box = *state;
    struct lf_probe_options options = {.root = box->root};
    lf_machine_probe(&box->machine, &options);
    const struct lf_machine *machine = &box->machine;
    assert_false(lf_known(machine->cpu.threads));
    assert_false(lf_known(machine->cpu.cores));
    assert_null(machine->cpu.name);
    assert_false(lf_known(machine->memory.usable_bytes));
    assert_int_equal(machine->accelerator_count, 0);
    assert_int_equal(machine->disk_count, 0);
    assert_true(lf_machine_has_gap(machine, LF_GAP_MEMORY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(memory_is_read_from_meminfo),
        BOX_TEST(a_gpus_numa_node_is_no_system_memory),
        BOX_TEST(the_tightest_limit_around_the_process_counts),
        BOX_TEST(what_is_no_limit_is_none),
        BOX_TEST(page_cache_gives_way_in_what_is_available),
        BOX_TEST(a_cpu_quota_is_read_or_refused),
        BOX_TEST(a_cgroup_path_may_be_hostile),
        BOX_TEST(a_huge_mount_table_is_read_in_no_time),
        BOX_TEST(processors_are_counted_without_hwloc),
        BOX_TEST(each_instruction_set_is_a_whole_word),
        BOX_TEST(an_arm_core_is_named_by_its_numbers),
        BOX_TEST(a_pipe_in_a_recording_makes_nobody_wait),
        BOX_TEST(this_computer_has_memory_and_threads),
        BOX_TEST(the_environment_of_this_process_stays_as_it_is),
        BOX_TEST(a_root_that_is_not_there_is_a_gap),
        BOX_TEST(an_empty_recording_is_a_machine_nothing_is_known_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
