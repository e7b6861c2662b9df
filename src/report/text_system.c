#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "report/text.h"

static const struct lf_column columns[] = {
    {.flexible_least = 4},
    {.flexible_least = 24},
    {.flexible_least = 10},
};

enum { COLUMN_COUNT = sizeof columns / sizeof columns[0], LINE_BYTES = 256 };

/* Adds one line: what it is, its figure, where that comes from ("measured: /proc/meminfo"). */
static void add_row(struct lf_table *table, const char *label, const char *value,
                    const struct lf_amount *amount)
{
    char origin[LINE_BYTES] = "";
    if (amount != NULL && lf_known(*amount)) {
        snprintf(origin, sizeof origin, "%s%s%s", lf_origin_name(amount->origin),
                 amount->source == NULL ? "" : ": ", amount->source == NULL ? "" : amount->source);
    }
    bool is_unknown = strcmp(value, "unknown") == 0;
    lf_table_add(table, LF_PAINT_FAINT, label);
    lf_table_add(table, is_unknown ? LF_PAINT_YELLOW : LF_PAINT_PLAIN, value);
    lf_table_add(table, LF_PAINT_FAINT, origin);
}

static void add_size(struct lf_table *table, const char *label, struct lf_amount bytes)
{
    char size[LF_SIZE_TEXT_BYTES];
    add_row(table, label, lf_known(bytes) ? lf_size_format(size, bytes.value) : "unknown", &bytes);
}

static void add_rate(struct lf_table *table, const char *label, struct lf_amount bandwidth_bps)
{
    char rate[LF_SIZE_TEXT_BYTES];
    add_row(table, label,
            lf_known(bandwidth_bps) ? lf_rate_format(rate, bandwidth_bps.value) : "unknown",
            &bandwidth_bps);
}

static void add_cpu(struct lf_table *table, const struct lf_cpu *cpu)
{
    struct lf_text line = {0};
    lf_table_add(table, LF_PAINT_FAINT, "CPU");
    lf_table_add(table, LF_PAINT_STRONG, cpu->name == NULL ? "unknown" : cpu->name);
    lf_table_add(table, LF_PAINT_PLAIN, "");
    if (lf_known(cpu->cores)) {
        lf_text_format(&line, "%llu", (unsigned long long)cpu->cores.value);
    }
    if (lf_known(cpu->threads)) {
        lf_text_format(&line, "%s%llu threads", line.length == 0 ? "" : ", ",
                       (unsigned long long)cpu->threads.value);
    }
    add_row(table, "  cores", line.length == 0 ? "unknown" : lf_text_string(&line),
            lf_known(cpu->cores) ? &cpu->cores : &cpu->threads);
    lf_text_clear(&line);
    if (lf_known(cpu->performance_cores) && lf_known(cpu->efficiency_cores)) {
        lf_text_format(&line, "%llu fast, %llu efficient",
                       (unsigned long long)cpu->performance_cores.value,
                       (unsigned long long)cpu->efficiency_cores.value);
        add_row(table, "  kinds", lf_text_string(&line), &cpu->performance_cores);
        lf_text_clear(&line);
    }
    if (lf_known(cpu->quota_millis)) {
        lf_text_format(&line, "%.1f threads at most", (double)cpu->quota_millis.value / 1000.0);
        add_row(table, "  quota", lf_text_string(&line), &cpu->quota_millis);
        lf_text_clear(&line);
    }
    for (size_t i = 0; i < cpu->isa.count; i++) {
        lf_text_format(&line, "%s%s", i == 0 ? "" : " ", cpu->isa.items[i]);
    }
    if (line.length > 0) {
        add_row(table, "  knows", lf_text_string(&line), NULL);
    }
    lf_text_clear(&line);
}

static void add_memory(struct lf_table *table, const struct lf_memory *memory)
{
    add_size(table, "RAM", memory->total_bytes);
    if (lf_known(memory->limit_bytes)) {
        add_size(table, "  limit", memory->limit_bytes);
    }
    if (lf_known_or(memory->hugepages_bytes, 0) > 0) {
        add_size(table, "  huge pages", memory->hugepages_bytes);
    }
    add_size(table, "  free now", memory->available_bytes);
    add_rate(table, "  bandwidth", memory->bandwidth_bps);
    if (lf_known_or(memory->swap_bytes, 0) > 0) {
        add_size(table, "  swap", memory->swap_bytes);
    }
    if (lf_known_or(memory->zram_bytes, 0) > 0) {
        add_size(table, "  of it zram", memory->zram_bytes);
    }
}

/* What kind of GPU it is, for people. */
static void add_gpu_kind(struct lf_table *table, const struct lf_accelerator *gpu)
{
    struct lf_text line = {0};
    if (gpu->is_integrated && gpu->memory_kind == LF_MEMORY_UNIFIED) {
        lf_text_add_string(&line, "part of the CPU, shares its RAM");
    } else if (gpu->memory_kind == LF_MEMORY_UNIFIED) {
        lf_text_add_string(&line, "shares the RAM");
    } else if (gpu->memory_kind == LF_MEMORY_PARTITION) {
        lf_text_add_string(&line, "slice of a card");
    }
    if (gpu->driver != NULL) {
        lf_text_format(&line, "%sdriver %s", line.length == 0 ? "" : ", ", gpu->driver);
    }
    if (gpu->compute != NULL) {
        lf_text_format(&line, "%scompute %s", line.length == 0 ? "" : ", ", gpu->compute);
    }
    if (line.length > 0) {
        add_row(table, "  kind", lf_text_string(&line), NULL);
    }
    lf_text_clear(&line);
}

static void add_gpu(struct lf_table *table, const struct lf_accelerator *gpu, size_t number)
{
    char label[LF_CELL_BYTES];
    struct lf_text name = {0};
    if (gpu->name == NULL || !lf_text_contains_nocase(gpu->name, gpu->vendor)) {
        lf_text_format(&name, "%s ", gpu->vendor);
    }
    lf_text_add_string(&name, gpu->name == NULL ? "GPU" : gpu->name);
    snprintf(label, sizeof label, "GPU %zu", number);
    lf_table_add(table, LF_PAINT_FAINT, label);
    lf_table_add(table, LF_PAINT_STRONG, lf_text_string(&name));
    lf_table_format(table, LF_PAINT_FAINT, "%s%s%s", gpu->id, gpu->pci_id == NULL ? "" : " ",
                    gpu->pci_id == NULL ? "" : gpu->pci_id);
    lf_text_clear(&name);
    add_gpu_kind(table, gpu);
    if (gpu->is_integrated && !lf_known(gpu->total_bytes)) {
        return;
    }
    add_size(table, "  memory", gpu->total_bytes);
    if (gpu->memory_kind == LF_MEMORY_UNIFIED) {
        add_size(table, "  ceiling", gpu->usable_bytes);
    }
    if (lf_known(gpu->free_bytes)) {
        add_size(table, "  free now", gpu->free_bytes);
    }
    add_rate(table, "  bandwidth", gpu->bandwidth_bps);
}

static void add_disks(struct lf_table *table, const struct lf_machine *machine)
{
    for (size_t i = 0; i < machine->disk_count; i++) {
        const struct lf_disk *disk = &machine->disks[i];
        char size[LF_SIZE_TEXT_BYTES];
        char line[LINE_BYTES];
        snprintf(line, sizeof line, "%s free at %s%s%s",
                 lf_known(disk->free_bytes) ? lf_size_format(size, disk->free_bytes.value)
                                            : "unknown",
                 disk->path, disk->kind == NULL ? "" : ", ", disk->kind == NULL ? "" : disk->kind);
        add_row(table, "Disk", line, &disk->free_bytes);
    }
}

void lf_text_system(const struct lf_machine *machine, const struct lf_catalog *catalog,
                    const struct lf_style *style, struct lf_text *out)
{
    (void)catalog;
    size_t start = out->length;
    struct lf_table table = {.columns = columns, .column_count = COLUMN_COUNT, .runs_on = true};
    if (machine->board != NULL) {
        add_row(&table, "Computer", machine->board, NULL);
    }
    add_cpu(&table, &machine->cpu);
    add_memory(&table, &machine->memory);
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        add_gpu(&table, &machine->accelerators[i], i);
    }
    if (machine->accelerator_count == 0) {
        bool is_unsure = lf_machine_has_gap(machine, LF_GAP_ACCELERATORS);
        add_row(&table, "GPU", is_unsure ? "unknown" : "none", NULL);
    }
    add_disks(&table, machine);
    lf_table_render(&table, style, out);
    lf_table_clear(&table);
    if (machine->diagnostic_count > 0) {
        lf_text_add(out, "\n", 1);
    }
    for (size_t i = 0; i < machine->diagnostic_count; i++) {
        const struct lf_reason note = {.text = machine->diagnostics[i].text};
        lf_text_warnings(&note, 1, style, out);
    }
    lf_layout_finish(out, style, start);
}
