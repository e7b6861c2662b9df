/* Where the machine of an answer comes from. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "advise/bench_memory.h"
#include "advise/complete.h"
#include "advise/measured.h"
#include "base/file.h"
#include "cli/nearest.h"
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

/* Says what --machine could have meant. */
static enum lf_status fail_unknown(const struct lf_listed_machines *machines, const char *name,
                                   struct lf_error *err)
{
    const struct lf_listed_machine *near[LF_NEAREST_MACHINES_MOST];
    struct lf_nearest nearest = {.count = lf_listed_machine_nearest(machines, name, near)};
    struct lf_text names = {0};
    for (size_t i = 0; i < nearest.count; i++) {
        nearest.names[i] = near[i]->id;
    }
    lf_nearest_format(&nearest, "", &names);
    enum lf_status status =
        lf_fail(err, LF_USAGE,
                "--machine: \"%.128s\" is neither a file nor a listed machine; the nearest are %s "
                "(--machine help lists them)",
                name, lf_text_string(&names));
    lf_text_clear(&names);
    return status;
}

static enum lf_status make_listed(struct lf_session *session, struct lf_error *err)
{
    struct lf_catalog *catalog = &session->catalog;
    enum lf_status status =
        lf_catalog_load(catalog, LF_CATALOG_MACHINES | LF_CATALOG_DEVICES | LF_CATALOG_CPUS, err);
    if (status != LF_OK) {
        return status;
    }
    const struct lf_listed_machine *listed =
        lf_listed_machine_find(&catalog->machines, session->options.machine);
    return listed == NULL ? fail_unknown(&catalog->machines, session->options.machine, err)
                          : lf_machine_make(&session->machine, catalog, listed, err);
}

/* Whether --machine can only be the name of a listed machine: no such file is there, nor does it
 * look like one. */
static bool is_name(const char *machine)
{
    size_t length = strlen(machine);
    bool looks_like_file =
        strchr(machine, '/') != NULL || (length > 5 && strcmp(machine + length - 5, ".json") == 0);
    return strcmp(machine, "-") != 0 && !looks_like_file && access(machine, F_OK) != 0 &&
           errno == ENOENT;
}

static bool is_simulated(const struct lf_options *options)
{
    return options->gpus.count > 0 || options->vram_bytes != 0 || options->ram_bytes != 0 ||
           options->cpu_cores != 0;
}

/* What was measured on this computer counts where nothing else tells its memory's speed. */
static void recall_bandwidth(struct lf_machine *machine)
{
    struct lf_remembered remembered = {0};
    struct lf_error err = {0};
    if (lf_known(machine->memory.bandwidth_bps)) {
        return;
    }
    if (lf_remembered_read(&remembered, &machine->arena, &err) == LF_OK) {
        lf_machine_recall(machine, &remembered);
    } else {
        lf_machine_diagnose(machine, LF_GAP_NONE, "remembered-unreadable",
                            "what llmfit bench --memory measured cannot be read: %s", err.text);
    }
}

enum lf_status lf_session_open_machine(struct lf_session *session, struct lf_error *err)
{
    const struct lf_options *options = &session->options;
    struct lf_machine *machine = &session->machine;
    enum lf_status status = LF_OK;
    if (options->machine != NULL) {
        status = is_name(options->machine) ? make_listed(session, err) : read_file(session, err);
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
    if (options->from_disk) {
        parts |= LF_CATALOG_DISKS;
    }
    if (status == LF_OK) {
        status = lf_catalog_load(&session->catalog, parts, err);
    }
    if (status == LF_OK) {
        lf_machine_complete(machine, &session->catalog);
    }
    if (status == LF_OK && options->machine == NULL && options->root == NULL &&
        !options->bench_memory) {
        recall_bandwidth(machine);
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

bool lf_session_is_here(const struct lf_session *session)
{
    const struct lf_options *options = &session->options;
    return options->machine == NULL && options->root == NULL && !is_simulated(options);
}

void lf_session_open_own(struct lf_session *session)
{
    if (lf_session_is_here(session)) {
        struct lf_arena *arena = &session->machine.arena;
        lf_own_read(arena, &session->own);
        lf_measured_keep(&session->own, &session->machine, arena);
        session->request.own = &session->own;
        session->request.own_machine = &session->machine;
    }
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
