/* What is taken off the RAM: huge pages, compressed swap, limits of the process itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "box.h"
#include "base/units.h"
#include "probe/backends.h"

static void reserved_huge_pages_are_no_memory_for_models(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *meminfo;
        uint64_t huge_kib;
    } rows[] = {
        {"MemTotal: 9000 kB\nHugePages_Total: 2\nHugepagesize: 2048 kB\n", 4096},
        /* Every size of page counts. */
        {"MemTotal: 9000 kB\nHugePages_Total: 2\nHugepagesize: 2048 kB\nHugetlb: 5120 kB\n", 5120},
        {"MemTotal: 9000 kB\nHugePages_Total: 0\nHugepagesize: 2048 kB\n", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lf_machine_clear(&box->machine);
        box_file(box, "/proc/meminfo", rows[i].meminfo);
        lf_backend_memory.run(&box->probe);
        lf_machine_derive(&box->machine);
        const struct lf_memory *memory = &box->machine.memory;
        assert_measured(memory->total_bytes, 9000 * LF_KIB);
        assert_measured(memory->hugepages_bytes, rows[i].huge_kib * LF_KIB);
        assert_int_equal(memory->usable_bytes.value, (9000 - rows[i].huge_kib) * LF_KIB);
    }
}

static void more_huge_pages_than_memory_are_not_believed(void **state)
{
    struct box *box = *state;
    box_file(box, "/proc/meminfo",
             "MemTotal: 9000 kB\nHugePages_Total: 9007199254740993\nHugepagesize: 2048 kB\n");
    lf_backend_memory.run(&box->probe);
    assert_false(lf_known(box->machine.memory.hugepages_bytes));
}

static void compressed_swap_is_told_apart(void **state)
{
    struct box *box = *state;
    box_file(box, "/proc/meminfo", "MemTotal: 9000 kB\nSwapTotal: 300 kB\n");
    box_file(box, "/proc/swaps",
             "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
             "/dev/zram0                              partition\t100\t\t0\t\t100\n"
             "/dev/nvme0n1p3                          partition\t150\t\t0\t\t-2\n"
             "/dev/zram1                              partition\t50\t\t0\t\t100\n");
    lf_backend_memory.run(&box->probe);
    assert_measured(box->machine.memory.swap_bytes, 300 * LF_KIB);
    assert_measured(box->machine.memory.zram_bytes, 150 * LF_KIB);
}

static void the_limits_of_the_process_count_too(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *limits;
        uint64_t bytes; /* 0: none */
    } rows[] = {
        {"Limit                     Soft Limit           Hard Limit           Units     \n"
         "Max data size             unlimited            unlimited            bytes     \n"
         "Max address space         4294967296           unlimited            bytes     \n",
         4294967296},
        {"Max data size             1000000              2000000              bytes     \n"
         "Max address space         4294967296           unlimited            bytes     \n",
         1000000},
        {"Max address space         unlimited            unlimited            bytes     \n", 0},
        {"Max resident set          1000                 1000                 bytes     \n", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lf_machine_clear(&box->machine);
        box_file(box, "/proc/self/limits", rows[i].limits);
        lf_backend_cgroup.run(&box->probe);
        if (rows[i].bytes == 0) {
            assert_false(lf_known(box->machine.memory.limit_bytes));
        } else {
            assert_measured(box->machine.memory.limit_bytes, rows[i].bytes);
        }
    }
}

static void memory_lent_by_windows_is_told_so(void **state)
{
    struct box *box = *state;
    box_file(box, "/proc/meminfo", "MemTotal: 9000 kB\n");
    lf_backend_memory.run(&box->probe);
    lf_backend_nvidia.run(&box->probe);
    assert_int_equal(box->machine.diagnostic_count, 0);
    box_file(box, "/dev/dxg", "");
    lf_backend_memory.run(&box->probe);
    lf_backend_nvidia.run(&box->probe);
    assert_non_null(box_diagnostic(box, "wsl-memory-share"));
    assert_int_equal(box_diagnostic(box, "wsl-gpu-unknown")->gap, LF_GAP_ACCELERATORS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(reserved_huge_pages_are_no_memory_for_models),
        BOX_TEST(more_huge_pages_than_memory_are_not_believed),
        BOX_TEST(compressed_swap_is_told_apart),
        BOX_TEST(the_limits_of_the_process_count_too),
        BOX_TEST(memory_lent_by_windows_is_told_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
