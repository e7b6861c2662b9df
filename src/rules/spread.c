#include "rules/spread.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/units.h"

uint64_t lf_cut_compute_bytes(const struct lf_cut *cut, size_t place, size_t count)
{
    const struct lf_load *load = cut->load;
    uint64_t plain = load->compute.device_bytes;
    uint64_t compute = plain;
    if (count > 1) {
        compute = place == 0           ? load->split.first_bytes
                  : place + 1 == count ? load->split.last_bytes
                                       : load->split.middle_bytes;
    }
    return cut->ram_expert_layers == 0 ? compute
                                       : lf_add(compute, lf_sub(load->staged_compute_bytes, plain));
}

uint64_t lf_cut_projector_bytes(const struct lf_cut *cut)
{
    const struct lf_weights *weights = cut->load->weights;
    bool is_on_gpu = cut->gpu_count > 0 && cut->output_on_gpu && !weights->projector_in_ram;
    return is_on_gpu ? weights->projector_bytes : 0;
}

/* Where a GPU stands among those in use. */
enum place { PLACE_ONLY, PLACE_FIRST, PLACE_MIDDLE, PLACE_LAST, PLACE_COUNT };

/* A cut and its sums, with what a GPU in each place holds beside its layers. */
struct task {
    const struct lf_cut *cut;
    const struct lf_layer_sum *sums; /* of the cut's load */
    uint64_t first;                  /* layer */
    uint64_t end;                    /* behind the last layer */
    uint64_t beside_bytes[PLACE_COUNT];
    double beside_read[PLACE_COUNT];
};

static struct task task_of(const struct lf_cut *cut)
{
    /* The number of a place among three GPUs, and how many there are. */
    static const size_t places[PLACE_COUNT][2] = {[PLACE_ONLY] = {0, 1},
                                                  [PLACE_FIRST] = {0, 3},
                                                  [PLACE_MIDDLE] = {1, 3},
                                                  [PLACE_LAST] = {2, 3}};
    const struct lf_weights *weights = cut->load->weights;
    struct task task = {.cut = cut,
                        .sums = cut->load->sums,
                        .first = cut->first_gpu_layer,
                        .end = cut->load->layer_count};
    for (int p = 0; p < PLACE_COUNT; p++) {
        uint64_t compute = lf_cut_compute_bytes(cut, places[p][0], places[p][1]);
        uint64_t beside = compute == 0 ? 0 : lf_add(compute, LF_COMPUTE_ALLOWANCE_BYTES);
        if (cut->output_on_gpu && (p == PLACE_ONLY || p == PLACE_LAST)) {
            beside = lf_add(beside, weights->output_bytes + weights->output_padding_bytes);
            beside = lf_add(beside, weights->duplicate_bytes);
            beside = lf_add(beside,
                            weights->duplicate_bytes == 0 ? 0 : weights->duplicate_padding_bytes);
            task.beside_read[p] = (double)(weights->output_bytes + weights->duplicate_bytes);
        }
        if (p == PLACE_ONLY || p == PLACE_FIRST) {
            beside = lf_add(beside, lf_cut_projector_bytes(cut));
        }
        task.beside_bytes[p] = beside;
    }
    return task;
}

/* Bytes of the layers [from, to) in that place. */
static uint64_t need(const struct task *task, enum place place, uint64_t from, uint64_t to)
{
    const struct lf_layer_sum *sums = task->sums;
    uint64_t in_ram = task->cut->ram_expert_layers;
    const struct lf_layer_sum *a = &sums[lf_larger(from, in_ram)];
    const struct lf_layer_sum *b = &sums[lf_larger(to, in_ram)];
    uint64_t bytes = sums[to].gpu_bytes - sums[from].gpu_bytes;
    bytes = lf_add(bytes, b->expert_bytes - a->expert_bytes);
    bytes = lf_add(bytes, b->expert_padding_bytes - a->expert_padding_bytes);
    return lf_add(bytes, task->beside_bytes[place]);
}

static bool fits(const struct task *task, size_t gpu, enum place place, uint64_t from, uint64_t to)
{
    return need(task, place, from, to) <= task->cut->gpus[gpu].budget_bytes;
}

/* The end of the longest run from a layer that fits and leaves another GPU a layer; `from` itself
 * when none does. */
static uint64_t reach(const struct task *task, size_t gpu, enum place place, uint64_t from)
{
    uint64_t least = from;
    uint64_t most = task->end - 1;
    while (least < most) {
        uint64_t middle = least + (most - least + 1) / 2;
        if (fits(task, gpu, place, from, middle)) {
            least = middle;
        } else {
            most = middle - 1;
        }
    }
    return least;
}

/* Sums that ran over say nothing about runs. */
static bool has_sums(const struct task *task)
{
    const struct lf_layer_sum *all = &task->sums[task->end];
    return all->gpu_bytes != UINT64_MAX && all->expert_bytes != UINT64_MAX &&
           task->first < task->end;
}

/* Whether the layers from that one on, without anything beside them, would fit into the GPUs from
 * that one on if these were a single one. */
static bool may_fit(const struct task *task, size_t gpu, uint64_t layer)
{
    uint64_t room = 0;
    for (size_t g = gpu; g < task->cut->gpu_count; g++) {
        room = lf_add(room, task->cut->gpus[g].budget_bytes);
    }
    return need(task, PLACE_MIDDLE, layer, task->end) - task->beside_bytes[PLACE_MIDDLE] <= room;
}

static bool exists(const struct task *task)
{
    const struct lf_cut *cut = task->cut;
    bool is_possible = has_sums(task) && may_fit(task, 0, task->first);
    uint64_t reached = task->first; /* the farthest that GPUs so far get; first: none is in use */
    for (size_t g = 0; is_possible && g < cut->gpu_count; g++) {
        if (!cut->needs_several && fits(task, g, PLACE_ONLY, task->first, task->end)) {
            return true;
        }
        if (reached > task->first && fits(task, g, PLACE_LAST, reached, task->end)) {
            return true;
        }
        if (g + 1 < cut->gpu_count) {
            uint64_t on = reached > task->first ? reach(task, g, PLACE_MIDDLE, reached) : reached;
            reached = lf_larger(on, reach(task, g, PLACE_FIRST, task->first));
        }
    }
    return false;
}

bool lf_spread_exists(const struct lf_cut *cut)
{
    struct task task = task_of(cut);
    return exists(&task);
}

/* How good a spread is; see lf_spread_find. */
struct merit {
    size_t gpus; /* 0: there is no such spread */
    double read; /* bytes read for a token, as if by the fastest GPU */
    double filling;
};

static bool is_better(const struct merit *a, const struct merit *b)
{
    /* The same bytes at the same speed, added up in another order, differ by less. */
    static const double even = 1e-9;
    if (b->gpus == 0 || a->gpus != b->gpus) {
        return b->gpus == 0 || a->gpus < b->gpus;
    }
    if (fabs(a->read - b->read) > even * b->read) {
        return a->read < b->read;
    }
    return a->filling < b->filling;
}

/* How much slower than the fastest each GPU reads. */
static void find_slowness(const struct lf_cut *cut, double slowness[LF_ACCELERATORS_MOST])
{
    uint64_t fastest = 1;
    uint64_t slowest = UINT64_MAX;
    for (size_t g = 0; g < cut->gpu_count; g++) {
        uint64_t bandwidth_bps = cut->gpus[g].bandwidth_bps;
        fastest = bandwidth_bps > fastest ? bandwidth_bps : fastest;
        slowest = bandwidth_bps != 0 && bandwidth_bps < slowest ? bandwidth_bps : slowest;
    }
    slowest = slowest < fastest ? slowest : fastest;
    for (size_t g = 0; g < cut->gpu_count; g++) {
        uint64_t bandwidth_bps = cut->gpus[g].bandwidth_bps;
        slowness[g] = (double)fastest / (double)(bandwidth_bps == 0 ? slowest : bandwidth_bps);
    }
}

/* The best ways to hold the layers before each one, by the GPUs looked at so far. */
struct search {
    struct task task;
    double slowness[LF_ACCELERATORS_MOST];
    struct merit *best; /* [layers + 1] */
    uint32_t *from;     /* [GPUs][layers + 1]: where the GPU's run begins, plus 1; 0: not in use */
    struct merit whole; /* of all layers */
    uint64_t whole_from;
    size_t whole_last; /* GPU */
};

/* Merit of a spread that goes on with the layers [from, to) on that GPU; 0 GPUs if it does not
 * fit. */
static struct merit go_on(const struct search *search, const struct merit *before, size_t gpu,
                          enum place place, uint64_t from, uint64_t to)
{
    const struct task *task = &search->task;
    const struct lf_layer_sum *sums = task->sums;
    if (!fits(task, gpu, place, from, to)) {
        return (struct merit){0};
    }
    uint64_t in_ram = task->cut->ram_expert_layers;
    double read = (double)(sums[to].always_bytes - sums[from].always_bytes) +
                  (double)(sums[to].cache.kv_read_bytes - sums[from].cache.kv_read_bytes) +
                  (double)(sums[lf_larger(to, in_ram)].experts_read_bytes -
                           sums[lf_larger(from, in_ram)].experts_read_bytes) +
                  task->beside_read[place];
    double filling =
        (double)need(task, place, from, to) / (double)task->cut->gpus[gpu].budget_bytes;
    return (struct merit){
        .gpus = before->gpus + 1,
        .read = before->read + read * search->slowness[gpu],
        .filling = filling > before->filling ? filling : before->filling,
    };
}

/* Ends a spread with that GPU. */
static void try_last(struct search *search, size_t gpu, enum place place, uint64_t from)
{
    struct merit merit = go_on(search, &search->best[from], gpu, place, from, search->task.end);
    if (merit.gpus != 0 && is_better(&merit, &search->whole)) {
        search->whole = merit;
        search->whole_from = from;
        search->whole_last = gpu;
    }
}

/* Whether a spread that goes on from there, and then to a last GPU, has more than one known. */
static bool is_too_many(const struct search *search, uint64_t begin)
{
    return search->whole.gpus != 0 && search->best[begin].gpus + 2 > search->whole.gpus;
}

/* Goes on with that GPU from `begin` to `to`; returns whether so many layers fit. */
static bool try_run(struct search *search, size_t gpu, uint64_t begin, uint64_t to)
{
    if (is_too_many(search, begin)) {
        return true;
    }
    enum place place = begin == search->task.first ? PLACE_FIRST : PLACE_MIDDLE;
    struct merit merit = go_on(search, &search->best[begin], gpu, place, begin, to);
    if (merit.gpus != 0 && is_better(&merit, &search->best[to])) {
        search->best[to] = merit;
        search->from[gpu * (search->task.end + 1) + to] = (uint32_t)(begin + 1);
    }
    return merit.gpus != 0;
}

/* Finds the best way to end with that GPU, or to go on with it to each layer. */
static void look_at(struct search *search, size_t gpu)
{
    const struct task *task = &search->task;
    if (!task->cut->needs_several) {
        try_last(search, gpu, PLACE_ONLY, task->first);
    }
    for (uint64_t layer = task->end - 1; layer > task->first; layer--) {
        if (search->best[layer].gpus != 0) {
            try_last(search, gpu, PLACE_LAST, layer);
        }
    }
    /* From the last layer down, so that what a run goes on from is without this GPU. */
    for (uint64_t to = task->end - 1; to > task->first && may_fit(task, gpu + 1, to); to--) {
        bool has_room = gpu > 0;
        for (uint64_t begin = to - 1; has_room && begin > task->first; begin--) {
            has_room = search->best[begin].gpus == 0 || try_run(search, gpu, begin, to);
        }
        try_run(search, gpu, task->first, to);
    }
}

static void add_run(struct lf_spread *spread, const struct lf_pool *gpu, uint64_t layers)
{
    spread->runs[spread->count].gpu = gpu;
    spread->runs[spread->count].layers = layers;
    spread->count++;
}

/* Reads the runs of the best spread, which are known from the last to the first. */
static void read_back(const struct search *search, struct lf_spread *spread)
{
    const struct task *task = &search->task;
    const struct lf_pool *gpus = task->cut->gpus;
    size_t left = search->whole.gpus;
    uint64_t end = task->end;
    uint64_t begin = search->whole_from;
    size_t gpu = search->whole_last;
    spread->count = left;
    for (;;) {
        left--;
        spread->runs[left].gpu = &gpus[gpu];
        spread->runs[left].layers = end - begin;
        if (left == 0) {
            return;
        }
        end = begin;
        do {
            gpu--;
            begin = search->from[gpu * (task->end + 1) + end];
        } while (begin == 0);
        begin--;
    }
}

/* Nothing fits: fills one GPU after the other. */
static void fill_up(const struct task *task, struct lf_spread *spread)
{
    const struct lf_cut *cut = task->cut;
    uint64_t layer = task->first;
    for (size_t g = 0; g + 1 < cut->gpu_count && has_sums(task) && layer + 1 < task->end; g++) {
        uint64_t end = reach(task, g, spread->count == 0 ? PLACE_FIRST : PLACE_MIDDLE, layer);
        if (end > layer) {
            add_run(spread, &cut->gpus[g], end - layer);
            layer = end;
        }
    }
    add_run(spread, &cut->gpus[cut->gpu_count - 1], task->end - layer);
}

bool lf_spread_find(const struct lf_cut *cut, struct lf_spread *spread)
{
    struct search search = {.task = task_of(cut)};
    uint64_t entries = search.task.end + 1;
    spread->count = 0;
    if (!exists(&search.task)) {
        fill_up(&search.task, spread);
        return false;
    }
    if (cut->gpu_count == 1) {
        add_run(spread, &cut->gpus[0], search.task.end - search.task.first);
        return true;
    }
    search.best = lf_alloc(entries, sizeof *search.best);
    search.from = lf_alloc(cut->gpu_count * entries, sizeof *search.from);
    find_slowness(cut, search.slowness);
    for (size_t g = 0; g < cut->gpu_count; g++) {
        look_at(&search, g);
    }
    read_back(&search, spread);
    free(search.from);
    free(search.best);
    return true;
}
