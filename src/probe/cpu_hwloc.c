/* Topology through hwloc: cores and threads this process may run on. hwloc is steered by
 * environment variables, some of them a user's stray ones, and reads a recording's files without
 * asking what they are; so it runs in a child with an environment of its own. */
#include <stdint.h>
#include <stdlib.h>

#include <hwloc.h>

#include "base/clock.h"
#include "probe/backends.h"
#include "probe/child.h"

/* What need not be found out: kinds of cores would take several files of every processor. */
#if HWLOC_API_VERSION >= 0x00020800
#define FLAGS_LESS                                                        \
    (HWLOC_TOPOLOGY_FLAG_NO_DISTANCES | HWLOC_TOPOLOGY_FLAG_NO_MEMATTRS | \
     HWLOC_TOPOLOGY_FLAG_NO_CPUKINDS)
#else
#define FLAGS_LESS 0UL
#endif

struct topology {
    uint32_t cores;   /* 0: unknown */
    uint32_t threads; /* 0: hwloc failed */
};

extern char **environ;

/* Plugins cost 4 ms and find nothing we ask for; the linux component alone reads /proc and /sys,
 * where the x86 one would ask this processor about a recorded machine. */
static void set_environment(const struct lf_probe *probe)
{
    /* Emptied, not added to: a stray HWLOC_* of the user's would change what is read. */
    environ[0] = NULL;
    setenv("HWLOC_PLUGINS_PATH", "/nonexistent", 1);
    setenv("HWLOC_COMPONENTS", "linux,stop", 1);
    setenv("HWLOC_HIDE_ERRORS", "2", 1);
    if (probe->is_recording) {
        setenv("HWLOC_FSROOT", probe->root[0] == '\0' ? "/" : probe->root, 1);
        setenv("HWLOC_DUMPED_HWDATA_DIR", "/var/run/hwloc", 1);
    }
}

static unsigned long flags_for(const struct lf_probe *probe)
{
    unsigned long live =
        HWLOC_TOPOLOGY_FLAG_IS_THISSYSTEM | HWLOC_TOPOLOGY_FLAG_RESTRICT_TO_CPUBINDING;
    return FLAGS_LESS | (probe->is_recording ? 0 : live);
}

/* In the child. */
static void discover(const struct lf_child_outlet *outlet, const void *context)
{
    const struct lf_probe *probe = context;
    struct topology found = {0};
    hwloc_topology_t topology = NULL;
    set_environment(probe);
    if (hwloc_topology_init(&topology) != 0) {
        return;
    }
    /* Caches and such cost time to read and are not asked for. */
    hwloc_topology_set_all_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE);
    hwloc_topology_set_type_filter(topology, HWLOC_OBJ_CORE, HWLOC_TYPE_FILTER_KEEP_ALL);
    hwloc_topology_set_flags(topology, flags_for(probe));
    if (hwloc_topology_load(topology) != 0) {
        return;
    }
    int cores = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE);
    int threads = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PU);
    found.cores = cores > 0 ? (uint32_t)cores : 0;
    found.threads = threads > 0 ? (uint32_t)threads : 0;
    lf_child_send(outlet, &found);
}

static enum lf_step_status run(struct lf_probe *probe)
{
    struct topology found = {0};
    size_t count = 0;
    /* The drivers need the other half of the time. */
    double now_ms = lf_clock_now_ms();
    double deadline_ms = now_ms + (probe->deadline_ms - now_ms) / 2;
    enum lf_child_end end =
        lf_child_run(discover, probe, &found, sizeof found, 1, &count, deadline_ms);
    if (count == 0 || found.threads == 0 || found.threads > LF_THREADS_MOST) {
        lf_machine_diagnose(probe->machine, LF_GAP_NONE, "topology-unknown",
                            "hwloc %s; processors are counted from /proc and /sys",
                            end == LF_CHILD_TIMEOUT ? "took too long" : "found no processors");
        return end == LF_CHILD_TIMEOUT ? LF_STEP_TIMEOUT : LF_STEP_FAILED;
    }
    struct lf_cpu *cpu = &probe->machine->cpu;
    cpu->threads = lf_amount(found.threads, LF_MEASURED, "hwloc");
    if (found.cores > 0 && found.cores <= found.threads) {
        cpu->cores = lf_amount(found.cores, LF_MEASURED, "hwloc");
    }
    return LF_STEP_OK;
}

const struct lf_backend lf_backend_cpu = {.name = "cpu", .source = "hwloc", .run = run};
