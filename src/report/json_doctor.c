#include "report/json.h"

static void write_system(struct lf_json_writer *writer, const struct lf_doctor_system *system)
{
    lf_json_open_object(writer, "system");
    lf_json_string(writer, "name", system->name);
    lf_json_string(writer, "release", system->release);
    lf_json_string(writer, "architecture", system->architecture);
    lf_json_close_object(writer);
}

static void write_parts(struct lf_json_writer *writer, const struct lf_machine *machine)
{
    lf_json_string(writer, "board", machine->board);
    lf_json_open_object(writer, "cpu");
    lf_json_string(writer, "name", machine->cpu.name);
    lf_json_strings(writer, "isa", &machine->cpu.isa);
    lf_json_close_object(writer);
    lf_json_open_array(writer, "accelerators");
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        const struct lf_accelerator *accelerator = &machine->accelerators[i];
        lf_json_open_object(writer, NULL);
        lf_json_string(writer, "id", accelerator->id);
        lf_json_string(writer, "vendor", accelerator->vendor);
        lf_json_string(writer, "name", accelerator->name);
        lf_json_string(writer, "pci_id", accelerator->pci_id);
        lf_json_string(writer, "pci_revision", accelerator->pci_revision);
        lf_json_string(writer, "driver", accelerator->driver);
        lf_json_string(writer, "compute", accelerator->compute);
        lf_json_string(writer, "memory_kind", lf_memory_kind_name(accelerator->memory_kind));
        lf_json_bool(writer, "is_integrated", accelerator->is_integrated);
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
}

static void write_figures(struct lf_json_writer *writer, const struct lf_doctor_report *report)
{
    lf_json_open_array(writer, "figures");
    for (size_t i = 0; i < report->figure_count; i++) {
        const struct lf_doctor_figure *figure = &report->figures[i];
        bool is_known = lf_known(figure->amount);
        lf_json_open_object(writer, NULL);
        lf_json_string(writer, "name", figure->name);
        lf_json_amount(writer, "value", figure->amount);
        lf_json_string(writer, "from", is_known ? lf_origin_name(figure->amount.origin) : NULL);
        lf_json_string(writer, "source", is_known ? figure->amount.source : NULL);
        lf_json_string(writer, "help", figure->help);
        lf_json_close_object(writer);
    }
    lf_json_close_array(writer);
}

void lf_json_doctor(const struct lf_doctor_report *report, const struct lf_style *style,
                    struct lf_text *out)
{
    (void)style;
    struct lf_json_writer writer = {.out = out};
    lf_json_begin(&writer, "doctor", NULL, report->catalog, NULL, 0);
    write_system(&writer, &report->system);
    lf_json_steps(&writer, report->steps, report->step_count);
    lf_json_diagnostics(&writer, report->diagnostics, report->diagnostic_count);
    write_parts(&writer, report->machine);
    write_figures(&writer, report);
    lf_json_close_object(&writer);
}
