#include <assert.h>
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

enum { PARTS_MOST = 8 };

/* What a line is made of. */
struct parts {
    const char *items[PARTS_MOST];
    size_t count;
    struct lf_arena arena;
};

static void add_part(struct parts *parts, const char *text)
{
    assert(parts->count < PARTS_MOST);
    parts->items[parts->count++] = lf_arena_copy(&parts->arena, text, strlen(text));
}

static void add_rate(struct parts *parts, struct lf_amount bandwidth_bps)
{
    char rate[LF_SIZE_TEXT_BYTES];
    if (lf_known(bandwidth_bps)) {
        add_part(parts, lf_rate_format(rate, bandwidth_bps.value));
    }
}

static void add_cpu(const struct lf_cpu *cpu, struct parts *parts)
{
    struct lf_text line = {0};
    if (cpu->name == NULL) {
        lf_text_add_string(&line, "CPU unknown");
    } else {
        lf_text_cpu_name(cpu->name, &line);
    }
    if (lf_known(cpu->cores)) {
        uint64_t cores = cpu->cores.value;
        lf_text_format(&line, ", %llu core%s", (unsigned long long)cores, cores == 1 ? "" : "s");
    }
    add_part(parts, lf_text_string(&line));
    lf_text_clear(&line);
}

static void add_ram(const struct lf_memory *memory, const struct lf_budget *budget,
                    struct parts *parts)
{
    char size[LF_SIZE_TEXT_BYTES];
    struct lf_text line = {0};
    if (!lf_known(memory->usable_bytes)) {
        add_part(parts, "RAM unknown");
        return;
    }
    bool is_limited = lf_known(memory->limit_bytes) && lf_known(memory->total_bytes) &&
                      memory->limit_bytes.value < memory->total_bytes.value;
    lf_text_format(&line, "%s RAM%s", lf_size_format(size, memory->usable_bytes.value),
                   is_limited ? " (limit)" : "");
    if (!budget->is_unified) {
        lf_text_format(&line, ", %s for models", lf_size_format(size, budget->ram.budget_bytes));
    }
    add_part(parts, lf_text_string(&line));
    lf_text_clear(&line);
    add_rate(parts, memory->bandwidth_bps);
}

/* What models may take of it, all its parts together; false: nothing is planned on it. */
static bool find_room(const struct lf_budget *budget, const struct lf_accelerator *accelerator,
                      uint64_t *bytes)
{
    bool found = false;
    *bytes = 0;
    for (size_t i = 0; i < budget->gpu_count; i++) {
        if (budget->gpus[i].accelerator == accelerator) {
            *bytes += budget->gpus[i].budget_bytes;
            found = true;
        }
    }
    return found;
}

static bool is_same(const struct lf_accelerator *a, const struct lf_accelerator *b)
{
    bool same_name =
        a->name == b->name || (a->name != NULL && b->name != NULL && strcmp(a->name, b->name) == 0);
    return same_name && strcmp(a->vendor, b->vendor) == 0 && a->memory_kind == b->memory_kind &&
           lf_known_or(a->total_bytes, 0) == lf_known_or(b->total_bytes, 0);
}

/* "2 x NVIDIA GeForce RTX 3090, 24.0 GiB each, 23.0 GiB for models", and its bandwidth. */
static void add_gpu(const struct lf_accelerator *gpu, size_t count, const struct lf_budget *budget,
                    struct parts *parts)
{
    static const char *const kinds[] = {
        [LF_MEMORY_DEDICATED] = "",
        [LF_MEMORY_UNIFIED] = " of the RAM",
        [LF_MEMORY_PARTITION] = " slice",
    };
    char size[LF_SIZE_TEXT_BYTES];
    struct lf_text line = {0};
    if (count > 1) {
        lf_text_format(&line, "%zu \u00D7 ", count);
    }
    const char *name = gpu->name == NULL ? "GPU" : gpu->name;
    bool has_vendor = lf_text_contains_nocase(name, gpu->vendor);
    lf_text_format(&line, "%s%s%s", has_vendor ? "" : gpu->vendor, has_vendor ? "" : " ", name);
    struct lf_amount bytes = lf_known(gpu->total_bytes) ? gpu->total_bytes : gpu->usable_bytes;
    if (lf_known(bytes)) {
        lf_text_format(&line, ", %s%s%s", lf_size_format(size, bytes.value),
                       kinds[gpu->memory_kind], count > 1 ? " each" : "");
    } else {
        lf_text_add_string(&line, ", memory unknown");
    }
    uint64_t room = 0;
    if (find_room(budget, gpu, &room)) {
        lf_text_format(&line, ", %s for models", lf_size_format(size, room));
    } else if (lf_known(bytes)) {
        lf_text_add_string(&line, ", not used");
    }
    add_part(parts, lf_text_string(&line));
    lf_text_clear(&line);
    add_rate(parts, gpu->bandwidth_bps);
}

/* What there is to say of GPUs that are not worth a line of their own. */
static const char *no_gpu_words(const struct lf_machine *machine)
{
    if (lf_machine_has_gap(machine, LF_GAP_ACCELERATORS)) {
        return "GPU unknown";
    }
    return machine->accelerator_count > 0 ? "no GPU with memory of its own" : "no GPU";
}

static bool is_shown(const struct lf_accelerator *gpu, const struct lf_budget *budget)
{
    uint64_t room = 0;
    return !gpu->is_integrated || find_room(budget, gpu, &room);
}

void lf_text_machine(const struct lf_machine *machine, const struct lf_budget *budget,
                     const struct lf_style *style, struct lf_text *out)
{
    struct parts parts = {0};
    size_t shown = 0;
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        shown += is_shown(&machine->accelerators[i], budget);
    }
    add_cpu(&machine->cpu, &parts);
    add_ram(&machine->memory, budget, &parts);
    if (shown == 0) {
        add_part(&parts, no_gpu_words(machine));
    }
    lf_layout_parts(out, style, parts.items, parts.count);
    for (size_t i = 0; i < machine->accelerator_count;) {
        const struct lf_accelerator *gpu = &machine->accelerators[i];
        size_t count = 1;
        while (i + count < machine->accelerator_count &&
               is_same(gpu, &machine->accelerators[i + count])) {
            count++;
        }
        i += count;
        if (is_shown(gpu, budget)) {
            parts.count = 0;
            add_gpu(gpu, count, budget, &parts);
            lf_layout_parts(out, style, parts.items, parts.count);
        }
    }
    lf_arena_clear(&parts.arena);
}
