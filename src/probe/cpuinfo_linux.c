/* What inference wants to know of the processor: its name, instruction sets and, where neither
 * hwloc nor /sys told, how many there are. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "probe/backends.h"
#include "probe/cpu_linux.h"
#include "probe/sysfile.h"

/* The first processors' entries tell names and instruction sets; all are read only to be counted.
 */
enum { HEAD_BYTES = 16 * 1024, WHOLE_BYTES = 4 * 1024 * 1024, ARM_KINDS_MOST = 8 };

static const char source[] = "/proc/cpuinfo";

/* Flags as the kernel lists them. One by one: AVX2 does not imply FMA. */
static const char *const isa_flags[] = {
    "sse4_2",   "avx",      "avx2",        "fma",         "f16c",        "avx_vnni", "avx512f",
    "avx512bw", "avx512vl", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_int8", "amx_bf16",
    "asimd",    "asimddp",  "fphp",        "asimdhp",     "i8mm",        "sve",      "sve2",
    "sme",      "bf16",     "lsx",         "lasx",        "vx",          "vxe",
};

enum { ISA_FLAGS = sizeof isa_flags / sizeof isa_flags[0] };

/* Keys of flags: x86, Arm and LoongArch, s390. */
static const char *const flag_keys[] = {"flags", "Features", "features"};

/* Keys of the processor's name: x86, LoongArch, POWER, RISC-V, Arm of 32 bits. */
static const char *const name_keys[] = {"model name", "Model Name", "cpu", "uarch", "Processor"};

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

/* The value of the first key that has one, clean. */
static const char *find_word(struct lf_arena *arena, const char *text, const char *const *keys,
                             size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = find_value(text, keys[i]);
        const char *word = value == NULL ? NULL : lf_sys_clean(arena, value, strcspn(value, "\n"));
        if (word != NULL) {
            return word;
        }
    }
    return NULL;
}

/* Whether a RISC-V's letters, "rv64imafdcv_zicsr", hold V; behind '_' stand longer names. */
static bool has_vectors(const char *text)
{
    const char *letters = find_value(text, "isa");
    if (letters == NULL) {
        return false;
    }
    letters += strspn(letters, " \t");
    return lf_text_starts_with(letters, "rv64") &&
           memchr(letters + 4, 'v', strcspn(letters + 4, "_\n")) != NULL;
}

static void find_isa(struct lf_machine *machine, const char *text)
{
    const char **names = lf_arena_alloc(&machine->arena, ISA_FLAGS + 1, sizeof *names);
    size_t found = 0;
    for (size_t i = 0; i < sizeof flag_keys / sizeof flag_keys[0]; i++) {
        const char *line = find_value(text, flag_keys[i]);
        for (size_t k = 0; line != NULL && k < ISA_FLAGS; k++) {
            if (has_word(line, isa_flags[k])) {
                names[found++] = isa_flags[k];
            }
        }
        if (line != NULL) {
            break;
        }
    }
    if (has_vectors(text)) {
        names[found++] = "rvv";
    }
    machine->cpu.isa = (struct lf_strings){names, found};
}

/* The number behind the next line of that key at or after *text, which moves past it. */
static bool next_number(const char **text, const char *key, int base, uint64_t *number)
{
    const char *value = find_value(*text, key);
    if (value == NULL || !lf_sys_parse(value, base, number, NULL)) {
        return false;
    }
    *text = value;
    return true;
}

/* The kinds of Arm cores in the order they appear: "Arm Cortex-A725 + Cortex-X925". */
static const char *find_arm_name(struct lf_arena *arena, const char *text)
{
    const char *name = NULL;
    const char *seen[ARM_KINDS_MOST] = {NULL};
    size_t count = 0;
    uint64_t implementer = 0;
    uint64_t part = 0;
    while (count < ARM_KINDS_MOST && next_number(&text, "CPU implementer", 16, &implementer) &&
           next_number(&text, "CPU part", 16, &part)) {
        const char *core = lf_arm_core_name(implementer, part);
        bool is_new = core != NULL;
        for (size_t i = 0; i < count; i++) {
            is_new = is_new && seen[i] != core;
        }
        if (!is_new) {
            continue;
        }
        const char *vendor = lf_arm_vendor_name(implementer);
        seen[count++] = core;
        name = name != NULL     ? lf_arena_format(arena, "%s + %s", name, core)
               : vendor != NULL ? lf_arena_format(arena, "%s %s", vendor, core)
                                : core;
    }
    return name;
}

/* s390 names machines by their type: "processor 0: version = 00, ... machine = 2964". */
static const char *find_s390_name(struct lf_arena *arena, const char *text)
{
    static const char key[] = "machine = ";
    const char *vendor = find_value(text, "vendor_id");
    const char *type = vendor == NULL ? NULL : strstr(vendor, key);
    if (type == NULL || strstr(vendor, "IBM/S390") == NULL) {
        return NULL;
    }
    type += strlen(key);
    return lf_arena_format(arena, "IBM Z machine type %.*s", (int)strspn(type, "0123456789"), type);
}

/* "ARMv7 Processor rev 4 (v7l)" tells less than the core's number. */
static const char *find_name(struct lf_arena *arena, const char *text)
{
    const char *name = find_word(arena, text, name_keys, sizeof name_keys / sizeof name_keys[0]);
    const char *better = NULL;
    if (name == NULL || strstr(name, " Processor rev ") != NULL) {
        better = find_arm_name(arena, text);
    }
    if (name == NULL && better == NULL) {
        better = find_s390_name(arena, text);
    }
    return better == NULL ? name : better;
}

/* Whether it is of AMD's Bulldozer family (15h), whose cores come in modules of two. */
static bool has_modules(const char *text)
{
    const char *vendor = find_value(text, "vendor_id");
    const char *family = find_value(text, "cpu family");
    uint64_t number = 0;
    return vendor != NULL && has_word(vendor, "AuthenticAMD") && family != NULL &&
           lf_sys_parse(family, 10, &number, NULL) && number == 0x15;
}

/* Counts entries, for where there is no /sys: "processor\t: 3" each, "# processors    : 4" in all
 * on s390. */
static void count_entries(struct lf_probe *probe)
{
    struct lf_text whole = {0};
    uint64_t threads = 0;
    uint64_t number = 0;
    lf_sys_text(probe, &whole, WHOLE_BYTES, source);
    const char *text = lf_text_string(&whole);
    while (next_number(&text, "processor", 10, &number)) {
        threads++;
    }
    if (threads == 0) {
        next_number(&text, "# processors", 10, &threads);
    }
    if (threads > 0 && threads <= LF_THREADS_MOST) {
        probe->machine->cpu.threads = lf_amount(threads, LF_MEASURED, source);
    }
    lf_text_clear(&whole);
}

static enum lf_step_status run(struct lf_probe *probe)
{
    struct lf_cpu *cpu = &probe->machine->cpu;
    char text[HEAD_BYTES];
    bool is_read = lf_sys_read(probe, text, sizeof text, "%s", source);
    lf_cpu_count(probe, has_modules(text));
    if (!is_read) {
        return LF_STEP_NOTHING;
    }
    if (!lf_known(cpu->threads)) {
        count_entries(probe);
    }
    find_isa(probe->machine, text);
    cpu->name = find_name(&probe->machine->arena, text);
    return LF_STEP_OK;
}

const struct lf_backend lf_backend_cpuinfo = {.name = "cpuinfo", .source = source, .run = run};
