#include "probe/probe.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "probe/backends.h"
#include "probe/sysfile.h"

static void run(struct lf_probe *probe, const struct lf_backend *backend)
{
    struct lf_machine *machine = probe->machine;
    assert(machine->step_count < LF_STEPS_MOST);
    double start_ms = lf_clock_now_ms();
    enum lf_step_status status = backend->run(probe);
    machine->steps[machine->step_count++] = (struct lf_step){
        .name = backend->name,
        .source = backend->source,
        .status = status,
        .elapsed_ms = lf_clock_now_ms() - start_ms,
    };
}

void lf_machine_probe(struct lf_machine *machine, const struct lf_probe_options *options)
{
    unsigned timeout_ms = options->timeout_ms == 0 ? LF_PROBE_TIMEOUT_MS : options->timeout_ms;
    struct lf_probe probe = {
        .root = "",
        .deadline_ms = lf_clock_now_ms() + timeout_ms,
        .machine = machine,
    };
    machine->label = "this computer";
    if (options->root != NULL && options->root[0] != '\0') {
        machine->label = lf_arena_copy(&machine->arena, options->root, strlen(options->root));
        probe.is_recording = true;
        if (!lf_sys_set_root(&probe, options->root)) {
            lf_machine_diagnose(machine, LF_GAP_MEMORY, "root-missing", "%s: %s", options->root,
                                strerror(errno));
            return;
        }
    }
    /* What can take long (child processes, the PCI bus) keeps the deadline itself; the rest always
     * runs. */
    for (size_t i = 0; i < lf_backend_count; i++) {
        run(&probe, lf_backends[i]);
    }
    lf_machine_derive(machine);
}
