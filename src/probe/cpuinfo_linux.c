/* What inference wants to know of the processor: instruction sets and, where the topology step had
 * none, its name and the number of cores and threads. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "probe/backends.h"
#include "probe/sysfile.h"

/* The first processors' entries; the others say the same. */
enum { HEAD_BYTES = 16 * 1024 };

static const char source[] = "/proc/cpuinfo";

/* Flags the kernel lists and our name for them. One by one: AVX2 does not imply FMA. */
static const struct {
    const char *flag;
    const char *name;
} isa_rows[] = {
    {"avx", "avx"},
    {"avx2", "avx2"},
    {"fma", "fma"},
    {"f16c", "f16c"},
    {"avx_vnni", "avx_vnni"},
    {"avx512f", "avx512f"},
    {"avx512_vnni", "avx512_vnni"},
    {"avx512_bf16", "avx512_bf16"},
    {"amx_int8", "amx_int8"},
    {"amx_bf16", "amx_bf16"},
    {"asimd", "asimd"},
    {"asimddp", "asimddp"},
    {"i8mm", "i8mm"},
    {"sve", "sve"},
    {"bf16", "bf16"},
};

enum { ISA_ROWS = sizeof isa_rows / sizeof isa_rows[0] };

/* Arm processors have numbers for names (MIDR); these are seen in servers and small boards. */
static const struct {
    uint16_t implementer;
    uint16_t part;
    const char *name;
} arm_parts[] = {
    {0x41, 0xd03, "Arm Cortex-A53"},  {0x41, 0xd08, "Arm Cortex-A72"},
    {0x41, 0xd0b, "Arm Cortex-A76"},  {0x41, 0xd0c, "Arm Neoverse-N1"},
    {0x41, 0xd40, "Arm Neoverse-V1"}, {0x41, 0xd42, "Arm Cortex-A78AE"},
    {0x41, 0xd49, "Arm Neoverse-N2"}, {0x41, 0xd4f, "Arm Neoverse-V2"},
    {0x41, 0xd84, "Arm Neoverse-V3"}, {0x41, 0xd85, "Arm Cortex-X925"},
    {0x41, 0xd87, "Arm Cortex-A725"}, {0x41, 0xd8e, "Arm Neoverse-N3"},
    {0xc0, 0xac3, "Ampere-1"},        {0xc0, 0xac4, "Ampere-1A"},
};

/* A set of processor numbers. */
struct processors {
    unsigned char bits[LF_THREADS_MOST / 8];
};

static bool has(const struct processors *set, uint64_t number)
{
    return number < LF_THREADS_MOST && (set->bits[number / 8] >> (number % 8) & 1) != 0;
}

static void add(struct processors *set, uint64_t number)
{
    if (number < LF_THREADS_MOST) {
        set->bits[number / 8] = (unsigned char)(set->bits[number / 8] | 1u << (number % 8));
    }
}

static uint64_t count(const struct processors *set)
{
    uint64_t total = 0;
    for (uint64_t i = 0; i < LF_THREADS_MOST; i++) {
        total += has(set, i);
    }
    return total;
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

/* Threads this process may run on: those online that the affinity mask, which knows the cpuset,
 * allows. */
static void find_threads(const struct lf_probe *probe, struct processors *threads)
{
    char text[LF_SYS_PAGE_BYTES];
    struct processors online = {{0}};
    struct processors allowed = {{0}};
    if (lf_sys_read(probe, text, sizeof text, "/sys/devices/system/cpu/online")) {
        parse_list(text, &online);
    }
    if (lf_sys_read(probe, text, sizeof text, "/proc/self/status")) {
        const char *list = lf_sys_find(text, "Cpus_allowed_list:");
        parse_list(list == NULL ? "" : list, &allowed);
    }
    bool is_limited = count(&allowed) > 0;
    for (size_t i = 0; i < sizeof threads->bits; i++) {
        threads->bits[i] =
            (unsigned char)(is_limited ? online.bits[i] & allowed.bits[i] : online.bits[i]);
    }
}

/* Counts cores by the lowest of the threads that share one. */
static uint64_t count_cores(const struct lf_probe *probe, const struct processors *threads)
{
    struct processors cores = {{0}};
    for (uint64_t i = 0; i < LF_THREADS_MOST; i++) {
        uint64_t first = i;
        char text[LF_SYS_PAGE_BYTES];
        if (has(threads, i) &&
            lf_sys_read(probe, text, sizeof text,
                        "/sys/devices/system/cpu/cpu%llu/topology/thread_siblings_list",
                        (unsigned long long)i) &&
            lf_sys_parse(text, 10, &first, NULL)) {
            add(&cores, first);
        }
    }
    return count(&cores);
}

static void count_processors(struct lf_probe *probe)
{
    static const char from[] = "/sys/devices/system/cpu";
    struct lf_cpu *cpu = &probe->machine->cpu;
    struct processors threads = {{0}};
    find_threads(probe, &threads);
    uint64_t thread_count = count(&threads);
    uint64_t core_count = count_cores(probe, &threads);
    if (!lf_known(cpu->threads) && thread_count > 0) {
        cpu->threads = lf_amount(thread_count, LF_MEASURED, from);
    }
    if (!lf_known(cpu->cores) && core_count > 0) {
        cpu->cores = lf_amount(core_count, LF_MEASURED, from);
    }
}

/* Whether the blank-separated line holds the word. */
static bool has_word(const char *line, const char *word)
{
    size_t length = strlen(word);
    while (*line != '\0' && *line != '\n') {
        line += strspn(line, " \t");
        size_t span = strcspn(line, " \t\n");
        if (span == length && memcmp(line, word, length) == 0) {
            return true;
        }
        line += span;
    }
    return false;
}

/* The value of a line such as "model name\t: AMD EPYC"; NULL when there is none. */
static const char *find_value(const char *text, const char *key)
{
    const char *value = lf_sys_find(text, key);
    return value != NULL && *value == ':' ? value + 1 : NULL;
}

static void find_isa(struct lf_machine *machine, const char *text)
{
    const char *line = find_value(text, "flags");
    line = line == NULL ? find_value(text, "Features") : line;
    if (line == NULL) {
        return;
    }
    const char **names = lf_arena_alloc(&machine->arena, ISA_ROWS, sizeof *names);
    size_t found = 0;
    for (size_t i = 0; i < ISA_ROWS; i++) {
        if (has_word(line, isa_rows[i].flag)) {
            names[found++] = isa_rows[i].name;
        }
    }
    machine->cpu.isa = (struct lf_strings){names, found};
}

static const char *find_arm_name(const char *text)
{
    const char *implementer_text = find_value(text, "CPU implementer");
    const char *part_text = find_value(text, "CPU part");
    uint64_t implementer = 0;
    uint64_t part = 0;
    if (implementer_text == NULL || part_text == NULL ||
        !lf_sys_parse(implementer_text, 16, &implementer, NULL) ||
        !lf_sys_parse(part_text, 16, &part, NULL)) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof arm_parts / sizeof arm_parts[0]; i++) {
        if (arm_parts[i].implementer == implementer && arm_parts[i].part == part) {
            return arm_parts[i].name;
        }
    }
    return NULL;
}

/* The name in cpuinfo, else that of the board (device tree), else of the kind of Arm core. */
static void find_name(struct lf_probe *probe, const char *text)
{
    struct lf_cpu *cpu = &probe->machine->cpu;
    const char *model = find_value(text, "model name");
    if (model != NULL) {
        cpu->name = lf_sys_clean(&probe->machine->arena, model, strcspn(model, "\n"));
    }
    if (cpu->name == NULL) {
        cpu->name = lf_sys_word(probe, "/proc/device-tree/model");
    }
    if (cpu->name == NULL) {
        cpu->name = find_arm_name(text);
    }
}

static enum lf_step_status run(struct lf_probe *probe)
{
    struct lf_cpu *cpu = &probe->machine->cpu;
    if (!lf_known(cpu->threads) || !lf_known(cpu->cores)) {
        count_processors(probe);
    }
    char text[HEAD_BYTES];
    if (!lf_sys_read(probe, text, sizeof text, "%s", source)) {
        return LF_STEP_NOTHING;
    }
    find_isa(probe->machine, text);
    if (cpu->name == NULL) {
        find_name(probe, text);
    }
    return LF_STEP_OK;
}

const struct lf_backend lf_backend_cpuinfo = {.name = "cpuinfo", .source = source, .run = run};
