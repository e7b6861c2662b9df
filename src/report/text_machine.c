#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "report/text.h"

/* What makers put into names that tells nothing here; up to the end of the word or the name. */
static const struct {
    const char *start;
    bool to_end;
} idle_words[] = {
    {"(R)", false},  {"(TM)", false},      {"(r)", false},
    {"(tm)", false}, {" CPU", false},      {" Processor", false},
    {" @ ", true},   {" w/ Radeon", true}, {" with Radeon", true},
};

/* The idle word at p, or NULL; "-Core" with the number before it is one too. */
static size_t idle_at(const char *p)
{
    for (size_t i = 0; i < sizeof idle_words / sizeof idle_words[0]; i++) {
        if (lf_text_starts_with(p, idle_words[i].start)) {
            return idle_words[i].to_end ? strlen(p) : strlen(idle_words[i].start);
        }
    }
    if (*p == ' ') {
        size_t digits = strspn(p + 1, "0123456789");
        if (digits > 0 && lf_text_starts_with(p + 1 + digits, "-Core")) {
            size_t length = 1 + digits + strlen("-Core");
            return length + (p[length] == 's');
        }
    }
    return 0;
}

void lf_text_cpu_name(const char *name, struct lf_text *out)
{
    while (*name != '\0') {
        size_t idle = idle_at(name);
        if (idle == 0) {
            lf_text_add(out, name, 1);
            idle = 1;
        }
        name += idle;
    }
}

static void add_rate(struct lf_text *line, struct lf_amount bandwidth_bps)
{
    char rate[LF_SIZE_TEXT_BYTES];
    if (lf_known(bandwidth_bps)) {
        lf_text_format(line, " \u00B7 %s", lf_rate_format(rate, bandwidth_bps.value));
    }
}

static void add_cpu_and_ram(const struct lf_machine *machine, const struct lf_budget *budget,
                            struct lf_text *line)
{
    char size[LF_SIZE_TEXT_BYTES];
    const struct lf_memory *memory = &machine->memory;
    if (machine->cpu.name == NULL) {
        lf_text_add_string(line, "CPU unknown");
    } else {
        lf_text_cpu_name(machine->cpu.name, line);
    }
    if (lf_known(machine->cpu.cores)) {
        uint64_t cores = machine->cpu.cores.value;
        lf_text_format(line, ", %llu core%s", (unsigned long long)cores, cores == 1 ? "" : "s");
    }
    if (!lf_known(memory->usable_bytes)) {
        lf_text_add_string(line, " \u00B7 RAM unknown");
        return;
    }
    bool is_limited = lf_known(memory->limit_bytes) && lf_known(memory->total_bytes) &&
                      memory->limit_bytes.value < memory->total_bytes.value;
    lf_text_format(line, " \u00B7 %s RAM%s", lf_size_format(size, memory->usable_bytes.value),
                   is_limited ? " (limit)" : "");
    if (!budget->is_unified) {
        lf_text_format(line, ", %s for models", lf_size_format(size, budget->ram.budget_bytes));
    }
    add_rate(line, memory->bandwidth_bps);
}

static const struct lf_pool *find_pool(const struct lf_budget *budget,
                                       const struct lf_accelerator *accelerator)
{
    for (size_t i = 0; i < budget->gpu_count; i++) {
        if (budget->gpus[i].accelerator == accelerator) {
            return &budget->gpus[i];
        }
    }
    return NULL;
}

static bool is_same(const struct lf_accelerator *a, const struct lf_accelerator *b)
{
    bool same_name =
        a->name == b->name || (a->name != NULL && b->name != NULL && strcmp(a->name, b->name) == 0);
    return same_name && strcmp(a->vendor, b->vendor) == 0 && a->memory_kind == b->memory_kind &&
           lf_known_or(a->total_bytes, 0) == lf_known_or(b->total_bytes, 0);
}

/* "2 × NVIDIA GeForce RTX 3090, 24.0 GiB each, 23.0 GiB for models · 936 GB/s". */
static void add_gpu(const struct lf_accelerator *gpu, size_t count, const struct lf_pool *pool,
                    struct lf_text *line)
{
    static const char *const kinds[] = {
        [LF_MEMORY_DEDICATED] = "",
        [LF_MEMORY_UNIFIED] = " of the RAM",
        [LF_MEMORY_PARTITION] = " slice",
    };
    char size[LF_SIZE_TEXT_BYTES];
    if (count > 1) {
        lf_text_format(line, "%zu \u00D7 ", count);
    }
    const char *name = gpu->name == NULL ? "GPU" : gpu->name;
    bool has_vendor = lf_text_contains_nocase(name, gpu->vendor);
    lf_text_format(line, "%s%s%s", has_vendor ? "" : gpu->vendor, has_vendor ? "" : " ", name);
    struct lf_amount bytes = lf_known(gpu->total_bytes) ? gpu->total_bytes : gpu->usable_bytes;
    if (lf_known(bytes)) {
        lf_text_format(line, ", %s%s%s", lf_size_format(size, bytes.value), kinds[gpu->memory_kind],
                       count > 1 ? " each" : "");
    } else {
        lf_text_add_string(line, ", memory unknown");
    }
    if (pool != NULL) {
        lf_text_format(line, ", %s for models", lf_size_format(size, pool->budget_bytes));
    } else if (lf_known(bytes)) {
        lf_text_add_string(line, ", not used");
    }
    add_rate(line, gpu->bandwidth_bps);
}

/* The GPUs that are not worth a line of their own, behind the RAM. */
static void add_no_gpu(const struct lf_machine *machine, struct lf_text *line)
{
    if (lf_machine_has_gap(machine, LF_GAP_ACCELERATORS)) {
        lf_text_add_string(line, " \u00B7 GPU unknown");
    } else if (machine->accelerator_count > 0) {
        lf_text_add_string(line, " \u00B7 no GPU with memory of its own");
    } else {
        lf_text_add_string(line, " \u00B7 no GPU");
    }
}

static bool is_shown(const struct lf_accelerator *gpu, const struct lf_budget *budget)
{
    return !gpu->is_integrated || find_pool(budget, gpu) != NULL;
}

void lf_text_machine(const struct lf_machine *machine, const struct lf_budget *budget,
                     const struct lf_style *style, struct lf_text *out)
{
    const struct lf_paragraph plain = {0};
    struct lf_text line = {0};
    size_t shown = 0;
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        shown += is_shown(&machine->accelerators[i], budget);
    }
    add_cpu_and_ram(machine, budget, &line);
    if (shown == 0) {
        add_no_gpu(machine, &line);
    }
    lf_layout_paragraph(out, style, &plain, lf_text_string(&line));
    for (size_t i = 0; i < machine->accelerator_count;) {
        const struct lf_accelerator *gpu = &machine->accelerators[i];
        size_t count = 1;
        while (i + count < machine->accelerator_count &&
               is_same(gpu, &machine->accelerators[i + count])) {
            count++;
        }
        i += count;
        if (is_shown(gpu, budget)) {
            lf_text_clear(&line);
            add_gpu(gpu, count, find_pool(budget, gpu), &line);
            lf_layout_paragraph(out, style, &plain, lf_text_string(&line));
        }
    }
    lf_text_clear(&line);
}
