#include "advise/plan_machine.h"

#include <stdlib.h>
#include <string.h>

#include "advise/complete.h"
#include "base/units.h"

/* Plans the model on planner->machine. */
static enum lf_status plan_here(const struct lf_planner *planner, struct lf_prospect *prospect)
{
    struct lf_advice_context context;
    enum lf_status status = lf_advice_prepare(planner->catalog, planner->machine, planner->request,
                                              planner->budget, &context, planner->err);
    if (status == LF_OK) {
        *prospect = lf_prospect_seek(&context, planner->subject);
    }
    return status;
}

/* An empty machine with so much RAM. */
static void begin_machine(const struct lf_planner *planner, uint64_t ram_bytes,
                          uint64_t bandwidth_bps)
{
    struct lf_memory *memory = &planner->machine->memory;
    lf_machine_clear(planner->machine);
    memory->total_bytes = lf_amount(ram_bytes, LF_LISTED, "classes.json");
    if (bandwidth_bps != 0) {
        memory->bandwidth_bps = lf_amount(bandwidth_bps, LF_LISTED, "cpus.json");
    }
}

enum lf_status lf_plan_machine(const struct lf_planner *planner, struct lf_plan_row *row)
{
    const struct lf_device *device = row->class->device;
    bool is_unified = device != NULL && device->is_unified;
    uint64_t ram_bps = is_unified ? device->bandwidth_bps : row->host->ram->bandwidth_bps;
    begin_machine(planner, row->memory_bytes, ram_bps);
    for (uint64_t i = 0; i < row->copies; i++) {
        lf_machine_add_listed(planner->machine, device);
    }
    lf_machine_complete(planner->machine, planner->catalog);
    row->gpu_bytes = device == NULL || is_unified ? 0 : row->copies * device->memory_bytes;
    row->bandwidth_bps = device == NULL ? ram_bps : device->bandwidth_bps;
    return plan_here(planner, &row->prospect);
}

/* One node's GPUs, as if they stood in one machine. A unified node gives what its driver grants,
 * as a card of that memory would. */
static void add_node(const struct lf_planner *planner, const struct lf_cluster *cluster,
                     uint64_t granted_bytes)
{
    struct lf_machine *machine = planner->machine;
    for (uint64_t i = 0; i < cluster->copies; i++) {
        lf_machine_add_listed(machine, cluster->class->device);
        if (granted_bytes != 0) {
            struct lf_accelerator *gpu = &machine->accelerators[machine->accelerator_count - 1];
            gpu->memory_kind = LF_MEMORY_DEDICATED;
            gpu->total_bytes = lf_amount(granted_bytes, LF_COMPUTED, "classes.json");
        }
    }
}

/* What the driver of a unified part grants its GPU of so much memory; 0 for a card. */
static uint64_t granted_of(const struct lf_planner *planner, const struct lf_cluster *cluster)
{
    const struct lf_device *device = cluster->class->device;
    if (!device->is_unified) {
        return 0;
    }
    begin_machine(planner, cluster->memory_gib * LF_GIB, device->bandwidth_bps);
    lf_machine_add_listed(planner->machine, device);
    lf_machine_complete(planner->machine, planner->catalog);
    return lf_known_or(planner->machine->accelerators[0].usable_bytes, 0);
}

/* What the network makes of a speed. */
static struct lf_estimate over_network(const struct lf_estimate *estimate, double network_seconds,
                                       const struct lf_runtime *runtime)
{
    const struct lf_band *band = lf_band_find(runtime, "poor");
    if (estimate->mid <= 0) {
        return *estimate;
    }
    double mid = 1.0 / (1.0 / estimate->mid + network_seconds);
    return (struct lf_estimate){
        .low = band == NULL ? mid / 2 : mid * band->low,
        .mid = mid,
        .high = band == NULL ? mid * 2 : mid * band->high,
        .basis = "network",
    };
}

enum lf_status lf_plan_nodes(const struct lf_planner *planner, struct lf_plan_cluster *plan)
{
    const struct lf_cluster *cluster = plan->cluster;
    const struct lf_request *request = planner->request;
    uint64_t granted = granted_of(planner, cluster);
    begin_machine(planner, lf_sub(cluster->memory_gib * LF_GIB, granted), 0);
    for (uint64_t n = 0; n < plan->nodes; n++) {
        add_node(planner, cluster, granted);
    }
    lf_machine_complete(planner->machine, planner->catalog);
    enum lf_status status = plan_here(planner, &plan->prospect);
    if (status != LF_OK) {
        return status;
    }
    struct lf_prospect *prospect = &plan->prospect;
    const struct lf_runtime *runtime = lf_runtime_find(&planner->catalog->runtimes, LF_ENGINE_NAME);
    plan->token_bytes = planner->subject->form.embd * sizeof(float);
    double hop_seconds = cluster->link->latency_us / 1e6 +
                         (double)plan->token_bytes / (double)cluster->link->bandwidth_bps;
    double seconds = (double)plan->nodes * hop_seconds;
    plan->network_ms = seconds * 1e3;
    prospect->decode = over_network(&prospect->decode, seconds, runtime);
    prospect->is_fast_enough = request->min_tps <= 0 || prospect->decode.mid >= request->min_tps;
    prospect->fits = prospect->is_whole;
    return LF_OK;
}

/* "node2:50052,node3:50052". */
static const char *workers_of(const struct lf_plan_cluster *plan, struct lf_arena *arena)
{
    enum { RPC_PORT = 50052 };
    const char *workers = "";
    for (uint64_t n = 2; n <= plan->nodes; n++) {
        workers = lf_arena_format(arena, "%s%snode%llu:%d", workers, n == 2 ? "" : ",",
                                  (unsigned long long)n, RPC_PORT);
    }
    return workers;
}

/* What {name} stands for; NULL: not known. */
static const char *value_of(const struct lf_subject *subject, const struct lf_plan_cluster *plan,
                            const char *name, size_t length, struct lf_arena *arena)
{
    const struct lf_model *model = subject->model;
    const struct {
        const char *name;
        const char *value;
    } rows[] = {
        {"gguf",
         model->gguf == NULL ? NULL
         : plan->prospect.mix == LF_MIX_MXFP4_MOE
             ? model->gguf
             : lf_arena_format(arena, "%s:%s", model->gguf, lf_mix_name(plan->prospect.mix))},
        {"hf", model->hf},
        {"mlx", model->mlx},
        {"context",
         lf_arena_format(arena, "%llu", (unsigned long long)plan->prospect.context_tokens)},
        {"nodes", lf_arena_format(arena, "%llu", (unsigned long long)plan->nodes)},
        {"gpus", lf_arena_format(arena, "%llu", (unsigned long long)plan->cluster->copies)},
        {"workers", workers_of(plan, arena)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strlen(rows[i].name) == length && strncmp(rows[i].name, name, length) == 0) {
            return rows[i].value;
        }
    }
    return NULL;
}

/* The argument with its one {name}, if any, filled in; NULL when that is not known. */
static const char *fill_in(const struct lf_subject *subject, const struct lf_plan_cluster *plan,
                           const char *argument, struct lf_arena *arena)
{
    const char *open = strchr(argument, '{');
    const char *close = open == NULL ? NULL : strchr(open, '}');
    if (close == NULL) {
        return argument;
    }
    const char *value = value_of(subject, plan, open + 1, (size_t)(close - open - 1), arena);
    return value == NULL ? NULL
                         : lf_arena_format(arena, "%.*s%s%s", (int)(open - argument), argument,
                                           value, close + 1);
}

void lf_plan_steps(const struct lf_subject *subject, struct lf_arena *arena,
                   struct lf_plan_cluster *plan)
{
    const struct lf_cluster *cluster = plan->cluster;
    plan->steps = lf_arena_alloc(arena, cluster->step_count, sizeof *plan->steps);
    for (size_t s = 0; s < cluster->step_count; s++) {
        const struct lf_strings *argv = &cluster->steps[s].argv;
        const char **filled = lf_arena_alloc(arena, argv->count, sizeof *filled);
        for (size_t i = 0; i < argv->count; i++) {
            filled[i] = fill_in(subject, plan, argv->items[i], arena);
            if (filled[i] == NULL) {
                plan->step_count = 0;
                return;
            }
        }
        plan->steps[s] = (struct lf_cluster_step){cluster->steps[s].on, {filled, argv->count}};
        plan->step_count++;
    }
}
