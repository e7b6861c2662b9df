/* Processors counted from /sys/devices/system/cpu. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "probe/cpu_linux.h"
#include "probe/sysfile.h"

static const char source[] = "/sys/devices/system/cpu";

/* Where Linux lists the processors of Intel's two kinds of cores. */
static const char *const kind_lists[] = {"/sys/devices/cpu_core/cpus",
                                         "/sys/devices/cpu_atom/cpus"};

/* A set of processor numbers; all are below `end`. */
struct processors {
    uint64_t end;
    unsigned char bits[LF_THREADS_MOST / 8];
};

/* A recording may have files for any number of processors. */
static bool is_late(const struct lf_probe *probe)
{
    return lf_clock_now_ms() > probe->deadline_ms;
}

static bool has(const struct processors *set, uint64_t number)
{
    return number < set->end && (set->bits[number / 8] >> (number % 8) & 1) != 0;
}

static void add(struct processors *set, uint64_t number)
{
    if (number < LF_THREADS_MOST) {
        set->bits[number / 8] = (unsigned char)(set->bits[number / 8] | 1u << (number % 8));
        set->end = number < set->end ? set->end : number + 1;
    }
}

static uint64_t count(const struct processors *set)
{
    uint64_t total = 0;
    for (uint64_t i = 0; i < set->end; i++) {
        total += has(set, i);
    }
    return total;
}

static void keep_common(struct processors *set, const struct processors *other)
{
    for (size_t i = 0; i < (set->end + 7) / 8; i++) {
        set->bits[i] = (unsigned char)(set->bits[i] & other->bits[i]);
    }
}

/* Reads a list such as "0-3,8,10-11" up to the end of its line. */
static void parse_list(const char *text, struct processors *set)
{
    uint64_t first = 0;
    while (lf_sys_parse(text, 10, &first, &text)) {
        uint64_t last = first;
        if (*text == '-' && !lf_sys_parse(text + 1, 10, &last, &text)) {
            return;
        }
        for (uint64_t i = first; i <= last && i < LF_THREADS_MOST; i++) {
            add(set, i);
        }
        if (*text != ',') {
            return;
        }
        text++;
    }
}

static bool read_list(const struct lf_probe *probe, const char *path, struct processors *set)
{
    char text[LF_SYS_PAGE_BYTES];
    if (!lf_sys_read(probe, text, sizeof text, "%s", path)) {
        return false;
    }
    parse_list(text, set);
    return true;
}

/* Where no list tells which are online: those that have a place in the topology. */
static void find_folders(const struct lf_probe *probe, struct processors *set)
{
    struct lf_strings names = lf_sys_list(probe, "%s", source);
    for (size_t i = 0; i < names.count; i++) {
        uint64_t number = 0;
        const char *end = NULL;
        if (lf_text_starts_with(names.items[i], "cpu") &&
            lf_sys_parse(names.items[i] + strlen("cpu"), 10, &number, &end) && *end == '\0' &&
            lf_sys_exists(probe, "%s/%s/topology", source, names.items[i])) {
            add(set, number);
        }
    }
}

/* Threads this process may run on: those online that the affinity mask, which knows the cpuset,
 * allows. */
static void find_threads(const struct lf_probe *probe, struct processors *threads)
{
    char text[LF_SYS_PAGE_BYTES];
    struct processors allowed = {0};
    bool is_told = read_list(probe, "/sys/devices/system/cpu/online", threads);
    if (!is_told && !lf_known(probe->machine->cpu.threads)) {
        find_folders(probe, threads);
    }
    if (lf_sys_read(probe, text, sizeof text, "/proc/self/status")) {
        const char *list = lf_sys_find(text, "Cpus_allowed_list:");
        parse_list(list == NULL ? "" : list, &allowed);
    }
    if (count(&allowed) > 0) {
        keep_common(threads, &allowed);
    }
}

/* Counts cores by the lowest of the threads that share one; 0 when there was no time to. */
static uint64_t count_cores(const struct lf_probe *probe, const struct processors *threads)
{
    struct processors cores = {0};
    for (uint64_t i = 0; i < threads->end; i++) {
        uint64_t first = i;
        char text[LF_SYS_PAGE_BYTES];
        if (is_late(probe)) {
            return 0;
        }
        if (has(threads, i) &&
            lf_sys_read(probe, text, sizeof text, "%s/cpu%llu/topology/thread_siblings_list",
                        source, (unsigned long long)i) &&
            lf_sys_parse(text, 10, &first, NULL)) {
            add(&cores, first);
        }
    }
    return count(&cores);
}

/* What tells a core's kind: how much it can do beside the others (Arm), else its base clock
 * (Intel); 0 where the kernel tells neither. */
static uint64_t read_strength(const struct lf_probe *probe, uint64_t number)
{
    uint64_t strength = 0;
    if (!lf_sys_number(probe, &strength, "%s/cpu%llu/cpu_capacity", source,
                       (unsigned long long)number)) {
        lf_sys_number(probe, &strength, "%s/cpu%llu/cpufreq/base_frequency", source,
                      (unsigned long long)number);
    }
    return strength;
}

/* Parts the threads by the strength of their cores. Returns false when there are not just two.
 * Kinds are numbered one after the other, so that where the first and the last are alike, all are;
 * looking at every one of a server's would take too long. */
static bool part_by_strength(const struct lf_probe *probe, const struct processors *threads,
                             struct processors *strong, struct processors *weak)
{
    uint64_t first = 0;
    uint64_t last = threads->end - 1; /* there is at least one */
    while (first < last && !has(threads, first)) {
        first++;
    }
    while (last > first && !has(threads, last)) {
        last--;
    }
    uint64_t most = read_strength(probe, first);
    uint64_t least = read_strength(probe, last);
    if (most == 0 || least == 0 || most == least) {
        return false;
    }
    if (most < least) {
        uint64_t swapped = most;
        most = least;
        least = swapped;
    }
    for (uint64_t i = first; i <= last; i++) {
        if (is_late(probe)) {
            return false;
        }
        uint64_t strength = has(threads, i) ? read_strength(probe, i) : 0;
        if (strength == most) {
            add(strong, i);
        } else if (strength == least) {
            add(weak, i);
        } else if (has(threads, i)) {
            return false;
        }
    }
    return true;
}

static void find_kinds(struct lf_probe *probe, const struct processors *threads)
{
    struct processors strong = {0};
    struct processors weak = {0};
    if (read_list(probe, kind_lists[0], &strong) && read_list(probe, kind_lists[1], &weak)) {
        keep_common(&strong, threads);
        keep_common(&weak, threads);
    } else if (!part_by_strength(probe, threads, &strong, &weak)) {
        return;
    }
    struct lf_cpu *cpu = &probe->machine->cpu;
    uint64_t performance_cores = count_cores(probe, &strong);
    uint64_t efficiency_cores = count_cores(probe, &weak);
    if (performance_cores > 0 && efficiency_cores > 0) {
        cpu->performance_cores = lf_amount(performance_cores, LF_MEASURED, source);
        cpu->efficiency_cores = lf_amount(efficiency_cores, LF_MEASURED, source);
    }
}

void lf_cpu_count(struct lf_probe *probe, bool has_modules)
{
    struct lf_cpu *cpu = &probe->machine->cpu;
    struct processors threads = {0};
    find_threads(probe, &threads);
    uint64_t thread_count = count(&threads);
    if (thread_count == 0) {
        return;
    }
    if (!lf_known(cpu->threads)) {
        cpu->threads = lf_amount(thread_count, LF_MEASURED, source);
    }
    if (!lf_known(cpu->cores) || (has_modules && cpu->threads.value == thread_count)) {
        uint64_t core_count = count_cores(probe, &threads);
        if (core_count > 0) {
            cpu->cores = lf_amount(core_count, LF_MEASURED, source);
        }
    }
    find_kinds(probe, &threads);
}
