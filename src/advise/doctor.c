#include "advise/doctor.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define IN_FILE "a machine file states it: llmfit --machine FILE"
#define BY_LIST "--gpu NAME takes a card from the list"
#define FOR_FREE "only --use-free asks for it"

/* Figures of a machine and of each GPU. What says nothing when it is missing (a limit that is not
 * there) has no help. */
struct row {
    const char *name;
    size_t offset;
    const char *help;
};

#define OF_MACHINE(name_, member, help_)                                                \
    {                                                                                   \
        .name = (name_), .offset = offsetof(struct lf_machine, member), .help = (help_) \
    }
#define OF_GPU(name_, help_)                                                              \
    {                                                                                     \
        .name = #name_, .offset = offsetof(struct lf_accelerator, name_), .help = (help_) \
    }

static const struct row machine_rows[] = {
    OF_MACHINE("cpu.cores", cpu.cores, "--cpu-cores N states it"),
    OF_MACHINE("cpu.threads", cpu.threads, IN_FILE),
    OF_MACHINE("cpu.preview.performance_cores", cpu.performance_cores, NULL),
    OF_MACHINE("cpu.preview.efficiency_cores", cpu.efficiency_cores, NULL),
    OF_MACHINE("cpu.preview.quota_millis", cpu.quota_millis, NULL),
    OF_MACHINE("memory.total_bytes", memory.total_bytes, "--ram SIZE states it"),
    OF_MACHINE("memory.available_bytes", memory.available_bytes, FOR_FREE),
    OF_MACHINE("memory.limit_bytes", memory.limit_bytes, NULL),
    OF_MACHINE("memory.usable_bytes", memory.usable_bytes, "--ram SIZE states it"),
    OF_MACHINE("memory.bandwidth_bps", memory.bandwidth_bps,
               "llmfit bench --memory measures it, " IN_FILE),
    OF_MACHINE("memory.preview.speed_mtps", memory.speed_mtps, NULL),
    OF_MACHINE("memory.preview.hugepages_bytes", memory.hugepages_bytes, NULL),
    OF_MACHINE("memory.preview.swap_bytes", memory.swap_bytes, NULL),
    OF_MACHINE("memory.preview.zram_bytes", memory.zram_bytes, NULL),
};

static const struct row gpu_rows[] = {
    OF_GPU(total_bytes, BY_LIST ", --memory SIZE states it"),
    OF_GPU(free_bytes, FOR_FREE),
    OF_GPU(usable_bytes, BY_LIST ", --memory SIZE states it"),
    OF_GPU(bandwidth_bps, BY_LIST),
    OF_GPU(partition_count, NULL),
    OF_GPU(link_bps, NULL),
    OF_GPU(nvlink_count, NULL),
};

enum {
    MACHINE_ROWS = sizeof machine_rows / sizeof machine_rows[0],
    GPU_ROWS = sizeof gpu_rows / sizeof gpu_rows[0],
};

/* The length of the path at text; the sign that ends a sentence is no part of it. */
static size_t path_length(const char *text)
{
    size_t length = strcspn(text, " \t\n,;\"'()");
    while (length > 1 && strchr(".:", text[length - 1]) != NULL) {
        length--;
    }
    return length;
}

static void add_path(struct lf_text *out, const char *path, size_t length)
{
    static const char groups[] = "/sys/fs/cgroup/";
    static const char *const system_folders[] = {"/proc/", "/sys/", "/dev/", "/usr/"};
    if (lf_text_starts_with(path, groups)) {
        size_t start = length;
        while (path[start - 1] != '/') {
            start--;
        }
        lf_text_format(out, "%s.../%.*s", groups, (int)(length - start), path + start);
        return;
    }
    for (size_t i = 0; i < sizeof system_folders / sizeof system_folders[0]; i++) {
        if (lf_text_starts_with(path, system_folders[i])) {
            lf_text_add(out, path, length);
            return;
        }
    }
    lf_text_add_string(out, "(path)");
}

const char *lf_doctor_clean(struct lf_arena *arena, const char *text)
{
    struct lf_text out = {0};
    bool is_start = true;
    while (*text != '\0') {
        size_t length = *text == '/' && is_start ? path_length(text) : 1;
        if (length > 1) {
            add_path(&out, text, length);
        } else {
            lf_text_add(&out, text, 1);
        }
        is_start = strchr(" \t\n,;:\"'(", text[length - 1]) != NULL;
        text += length;
    }
    const char *cleaned = lf_arena_copy(arena, lf_text_string(&out), out.length);
    lf_text_clear(&out);
    return cleaned;
}

static const char *clean_source(struct lf_arena *arena, const struct lf_amount *amount)
{
    if (amount->source == NULL) {
        return NULL;
    }
    /* The name of the file it was given in is the user's. */
    return amount->origin == LF_GIVEN ? "machine file" : lf_doctor_clean(arena, amount->source);
}

/* Fills the figures that the rows name of an object; returns how many there are. */
static size_t add_figures(struct lf_arena *arena, const struct row rows[], size_t count,
                          const void *object, const char *prefix, struct lf_doctor_figure *figures)
{
    size_t added = 0;
    for (size_t i = 0; i < count; i++) {
        struct lf_amount amount =
            *(const struct lf_amount *)(const void *)((const char *)object + rows[i].offset);
        if (!lf_known(amount) && rows[i].help == NULL) {
            continue;
        }
        amount.source = clean_source(arena, &amount);
        figures[added++] = (struct lf_doctor_figure){
            .name = lf_arena_format(arena, "%s%s", prefix, rows[i].name),
            .amount = amount,
            .help = lf_known(amount) ? NULL : rows[i].help,
        };
    }
    return added;
}

static void copy_figures(const struct lf_machine *machine, struct lf_doctor_report *report)
{
    size_t most = MACHINE_ROWS + machine->accelerator_count * GPU_ROWS;
    struct lf_doctor_figure *figures = lf_arena_alloc(&report->arena, most, sizeof *figures);
    size_t count = add_figures(&report->arena, machine_rows, MACHINE_ROWS, machine, "", figures);
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        char prefix[32];
        snprintf(prefix, sizeof prefix, "accelerators.%zu.", i);
        count += add_figures(&report->arena, gpu_rows, GPU_ROWS, &machine->accelerators[i], prefix,
                             figures + count);
    }
    report->figures = figures;
    report->figure_count = count;
}

void lf_doctor(const struct lf_machine *machine, const struct lf_catalog *catalog,
               const struct lf_doctor_system *system, struct lf_doctor_report *report)
{
    *report = (struct lf_doctor_report){
        .machine = machine,
        .catalog = catalog,
        .system = *system,
        .step_count = machine->step_count,
        .diagnostic_count = machine->diagnostic_count,
    };
    struct lf_arena *arena = &report->arena;
    for (size_t i = 0; i < machine->step_count; i++) {
        struct lf_step *step = &report->steps[i];
        *step = machine->steps[i];
        step->source = step->source == NULL ? NULL : lf_doctor_clean(arena, step->source);
    }
    for (size_t i = 0; i < machine->diagnostic_count; i++) {
        report->diagnostics[i] = machine->diagnostics[i];
        report->diagnostics[i].text = lf_doctor_clean(arena, machine->diagnostics[i].text);
    }
    copy_figures(machine, report);
}

void lf_doctor_clear(struct lf_doctor_report *report)
{
    lf_arena_clear(&report->arena);
    *report = (struct lf_doctor_report){0};
}
