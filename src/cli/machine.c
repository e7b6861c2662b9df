/* Where the machine of an answer comes from. */
#include <string.h>

#include "advise/complete.h"
#include "base/file.h"
#include "cli/session.h"
#include "probe/probe.h"

enum { MACHINE_FILE_BYTES = 16 * 1024 * 1024 };

static enum lf_status read_file(struct lf_session *session, struct lf_error *err)
{
    const char *path = session->options.machine;
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    struct lf_text content = {0};
    enum lf_status status = lf_file_read(path, MACHINE_FILE_BYTES, &content, err);
    if (status == LF_OK) {
        status =
            lf_machine_read(&session->machine, name, lf_text_string(&content), content.length, err);
    }
    lf_text_clear(&content);
    return status;
}

static bool is_simulated(const struct lf_options *options)
{
    return options->gpus.count > 0 || options->vram_bytes != 0 || options->ram_bytes != 0 ||
           options->cpu_cores != 0;
}

enum lf_status lf_session_open_machine(struct lf_session *session, struct lf_error *err)
{
    const struct lf_options *options = &session->options;
    struct lf_machine *machine = &session->machine;
    enum lf_status status = LF_OK;
    if (options->machine != NULL) {
        status = read_file(session, err);
    } else {
        const struct lf_probe_options probe = {
            .root = options->root,
            .timeout_ms = (unsigned)options->timeout_ms,
        };
        lf_machine_probe(machine, &probe);
    }
    unsigned parts = lf_machine_missing_parts(machine);
    if (is_simulated(options)) {
        parts |= LF_CATALOG_DEVICES;
    }
    if (status == LF_OK) {
        status = lf_catalog_load(&session->catalog, parts, err);
    }
    if (status == LF_OK) {
        lf_machine_complete(machine, &session->catalog);
    }
    if (status == LF_OK && is_simulated(options)) {
        const struct lf_simulation simulation = {
            .gpus = options->gpus.items,
            .gpu_count = options->gpus.count,
            .vram_bytes = options->vram_bytes,
            .ram_bytes = options->ram_bytes,
            .cpu_cores = options->cpu_cores,
        };
        status = lf_machine_simulate(machine, &session->catalog, &simulation, err);
    }
    return status;
}

enum lf_status lf_session_check_probe(const struct lf_session *session, struct lf_error *err)
{
    const struct lf_machine *machine = &session->machine;
    bool has_sized_gpu = false;
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        has_sized_gpu = has_sized_gpu || lf_known(machine->accelerators[i].usable_bytes);
    }
    if (!lf_known(machine->memory.usable_bytes) && !has_sized_gpu) {
        return lf_fail(err, LF_NO_PROBE,
                       "this machine's memory could not be read; --ram SIZE states it");
    }
    if (lf_machine_has_gap(machine, LF_GAP_ACCELERATORS)) {
        return lf_fail(err, LF_NO_PROBE,
                       "this machine's GPUs could not be read in full; --gpu NAME states them");
    }
    return LF_OK;
}
