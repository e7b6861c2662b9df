#include "report/json.h"

#include <stdio.h>

enum { PATH_BYTES = 96, RATE_DECIMALS = 3, TIME_DECIMALS = 3 };

static void write_cpu(struct lf_json_writer *writer, const struct lf_cpu *cpu)
{
    lf_json_open_object(writer, "cpu");
    lf_json_string(writer, "name", cpu->name);
    lf_json_amount(writer, "cores", cpu->cores);
    lf_json_amount(writer, "threads", cpu->threads);
    lf_json_strings(writer, "isa", &cpu->isa);
    lf_json_open_object(writer, "preview");
    lf_json_amount(writer, "performance_cores", cpu->performance_cores);
    lf_json_amount(writer, "efficiency_cores", cpu->efficiency_cores);
    lf_json_amount(writer, "quota_millis", cpu->quota_millis);
    lf_json_close_object(writer);
    lf_json_close_object(writer);
}

static void write_memory(struct lf_json_writer *writer, const struct lf_memory *memory)
{
    lf_json_open_object(writer, "memory");
    lf_json_amount(writer, "total_bytes", memory->total_bytes);
    lf_json_amount(writer, "available_bytes", memory->available_bytes);
    lf_json_amount(writer, "limit_bytes", memory->limit_bytes);
    lf_json_amount(writer, "usable_bytes", memory->usable_bytes);
    lf_json_amount(writer, "bandwidth_bps", memory->bandwidth_bps);
    lf_json_open_object(writer, "preview");
    lf_json_amount(writer, "speed_mtps", memory->speed_mtps);
    lf_json_amount(writer, "hugepages_bytes", memory->hugepages_bytes);
    lf_json_amount(writer, "swap_bytes", memory->swap_bytes);
    lf_json_amount(writer, "zram_bytes", memory->zram_bytes);
    lf_json_close_object(writer);
    lf_json_close_object(writer);
}

static void write_tflops(struct lf_json_writer *writer, const char *key, double tflops)
{
    if (tflops > 0) {
        lf_json_number(writer, key, tflops, RATE_DECIMALS);
    } else {
        lf_json_null(writer, key);
    }
}

static void write_accelerator(struct lf_json_writer *writer,
                              const struct lf_accelerator *accelerator)
{
    lf_json_open_object(writer, NULL);
    lf_json_string(writer, "id", accelerator->id);
    lf_json_string(writer, "vendor", accelerator->vendor);
    lf_json_string(writer, "name", accelerator->name);
    lf_json_string(writer, "pci_id", accelerator->pci_id);
    lf_json_string(writer, "memory_kind", lf_memory_kind_name(accelerator->memory_kind));
    lf_json_amount(writer, "total_bytes", accelerator->total_bytes);
    lf_json_amount(writer, "free_bytes", accelerator->free_bytes);
    lf_json_amount(writer, "usable_bytes", accelerator->usable_bytes);
    lf_json_amount(writer, "bandwidth_bps", accelerator->bandwidth_bps);
    lf_json_open_object(writer, "preview");
    lf_json_string(writer, "driver", accelerator->driver);
    lf_json_string(writer, "pci_revision", accelerator->pci_revision);
    lf_json_amount(writer, "partition_count", accelerator->partition_count);
    lf_json_amount(writer, "link_bps", accelerator->link_bps);
    lf_json_amount(writer, "nvlink_count", accelerator->nvlink_count);
    lf_json_string(writer, "compute", accelerator->compute);
    write_tflops(writer, "fp16_tflops", accelerator->fp16_tflops);
    write_tflops(writer, "fp32_tflops", accelerator->fp32_tflops);
    lf_json_bool(writer, "is_integrated", accelerator->is_integrated);
    lf_json_close_object(writer);
    lf_json_close_object(writer);
}

void lf_json_diagnostics(struct lf_json_writer *writer, const struct lf_diagnostic diagnostics[],
                         size_t count)
{
    lf_json_open_array(writer, "diagnostics");
    for (size_t i = 0; i < count; i++) {
        lf_json_open_object(writer, NULL);
        lf_json_string(writer, "code", diagnostics[i].code);
        lf_json_string(writer, "text", diagnostics[i].text);
        lf_json_string(writer, "gap", lf_gap_name(diagnostics[i].gap));
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
}

void lf_json_steps(struct lf_json_writer *writer, const struct lf_step steps[], size_t count)
{
    lf_json_open_array(writer, "steps");
    for (size_t i = 0; i < count; i++) {
        lf_json_open_object(writer, NULL);
        lf_json_string(writer, "name", steps[i].name);
        lf_json_string(writer, "source", steps[i].source);
        lf_json_string(writer, "status", lf_step_status_name(steps[i].status));
        lf_json_number(writer, "elapsed_ms", steps[i].elapsed_ms, TIME_DECIMALS);
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
}

static void write_lists(struct lf_json_writer *writer, const struct lf_machine *machine)
{
    lf_json_open_array(writer, "disks");
    for (size_t i = 0; i < machine->disk_count; i++) {
        const struct lf_disk *disk = &machine->disks[i];
        lf_json_open_object(writer, NULL);
        lf_json_string(writer, "path", disk->path);
        lf_json_string(writer, "kind", disk->kind);
        lf_json_amount(writer, "free_bytes", disk->free_bytes);
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
    lf_json_diagnostics(writer, machine->diagnostics, machine->diagnostic_count);
    lf_json_steps(writer, machine->steps, machine->step_count);
}

/* One origin, when the amount is known. */
static void write_origin(struct lf_json_writer *writer, const char *prefix, const char *key,
                         struct lf_amount amount)
{
    if (!lf_known(amount)) {
        return;
    }
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s.%s", prefix, key);
    lf_json_open_object(writer, path);
    lf_json_string(writer, "from", lf_origin_name(amount.origin));
    lf_json_string(writer, "source", amount.source);
    lf_json_close_object(writer);
}

static void write_origins(struct lf_json_writer *writer, const struct lf_machine *machine)
{
    const struct lf_cpu *cpu = &machine->cpu;
    const struct lf_memory *memory = &machine->memory;
    lf_json_open_object(writer, "origins");
    write_origin(writer, "cpu", "cores", cpu->cores);
    write_origin(writer, "cpu", "threads", cpu->threads);
    write_origin(writer, "cpu.preview", "performance_cores", cpu->performance_cores);
    write_origin(writer, "cpu.preview", "efficiency_cores", cpu->efficiency_cores);
    write_origin(writer, "cpu.preview", "quota_millis", cpu->quota_millis);
    write_origin(writer, "memory", "total_bytes", memory->total_bytes);
    write_origin(writer, "memory", "available_bytes", memory->available_bytes);
    write_origin(writer, "memory", "limit_bytes", memory->limit_bytes);
    write_origin(writer, "memory", "usable_bytes", memory->usable_bytes);
    write_origin(writer, "memory", "bandwidth_bps", memory->bandwidth_bps);
    write_origin(writer, "memory.preview", "speed_mtps", memory->speed_mtps);
    write_origin(writer, "memory.preview", "hugepages_bytes", memory->hugepages_bytes);
    write_origin(writer, "memory.preview", "swap_bytes", memory->swap_bytes);
    write_origin(writer, "memory.preview", "zram_bytes", memory->zram_bytes);
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        const struct lf_accelerator *accelerator = &machine->accelerators[i];
        char prefix[PATH_BYTES / 2];
        snprintf(prefix, sizeof prefix, "accelerators.%zu", i);
        write_origin(writer, prefix, "total_bytes", accelerator->total_bytes);
        write_origin(writer, prefix, "free_bytes", accelerator->free_bytes);
        write_origin(writer, prefix, "usable_bytes", accelerator->usable_bytes);
        write_origin(writer, prefix, "bandwidth_bps", accelerator->bandwidth_bps);
        snprintf(prefix, sizeof prefix, "accelerators.%zu.preview", i);
        write_origin(writer, prefix, "partition_count", accelerator->partition_count);
        write_origin(writer, prefix, "link_bps", accelerator->link_bps);
        write_origin(writer, prefix, "nvlink_count", accelerator->nvlink_count);
    }
    for (size_t i = 0; i < machine->disk_count; i++) {
        char prefix[PATH_BYTES / 2];
        snprintf(prefix, sizeof prefix, "disks.%zu", i);
        write_origin(writer, prefix, "free_bytes", machine->disks[i].free_bytes);
    }
    lf_json_close_object(writer);
}

void lf_json_machine(struct lf_json_writer *writer, const struct lf_machine *machine)
{
    lf_json_open_object(writer, "machine");
    write_cpu(writer, &machine->cpu);
    write_memory(writer, &machine->memory);
    lf_json_open_array(writer, "accelerators");
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        write_accelerator(writer, &machine->accelerators[i]);
    }
    lf_json_close_array(writer);
    write_lists(writer, machine);
    write_origins(writer, machine);
    lf_json_open_object(writer, "preview");
    lf_json_string(writer, "board", machine->board);
    lf_json_close_object(writer);
    lf_json_close_object(writer);
}

/* The machine alone decides every byte, so that reading the document back gives it again. */
void lf_json_system(const struct lf_machine *machine, const struct lf_catalog *catalog,
                    const struct lf_style *style, struct lf_text *out)
{
    (void)style;
    struct lf_reason warnings[LF_DIAGNOSTICS_MOST];
    size_t count = 0;
    for (size_t i = 0; i < machine->diagnostic_count; i++) {
        const struct lf_diagnostic *diagnostic = &machine->diagnostics[i];
        if (diagnostic->gap != LF_GAP_NONE) {
            warnings[count++] =
                (struct lf_reason){.code = diagnostic->code, .text = diagnostic->text};
        }
    }
    struct lf_json_writer writer = {.out = out};
    lf_json_begin(&writer, "system", NULL, catalog, warnings, count);
    lf_json_machine(&writer, machine);
    lf_json_close_object(&writer);
}
