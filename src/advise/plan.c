#include "advise/plan.h"

#include <stdlib.h>
#include <string.h>

#include "advise/plan_machine.h"
#include "base/units.h"

static const char *const kind_ids[LF_PLAN_KIND_COUNT] = {
#define LF_PLAN_KIND_ROW(name, id, words) [LF_PLAN_##name] = id,
    LF_PLAN_KINDS(LF_PLAN_KIND_ROW)
#undef LF_PLAN_KIND_ROW
};

const char *lf_plan_kind_id(enum lf_plan_kind kind)
{
    return kind_ids[kind];
}

/* The machines that run the model, as they are found. */
struct candidates {
    struct lf_plan_row *items;
    size_t *ranks; /* [count] once they are thinned out: a row's place within its kind */
    size_t count;
    size_t capacity;
    size_t considered;
};

static enum lf_plan_kind kind_of(const struct lf_plan_row *row)
{
    const struct lf_device *device = row->class->device;
    if (device == NULL) {
        return LF_PLAN_CPU;
    }
    if (device->is_unified) {
        return strcmp(device->vendor, "Apple") == 0 ? LF_PLAN_APPLE : LF_PLAN_UNIFIED;
    }
    return !row->prospect.is_whole ? LF_PLAN_GPU_AND_RAM
           : row->copies == 1      ? LF_PLAN_ONE_GPU
                                   : LF_PLAN_SEVERAL_GPUS;
}

/* Whether all of the machine is of use: nobody buys a card to leave it idle. */
static bool uses_all(const struct lf_plan_row *row)
{
    return row->class->device == NULL || row->prospect.gpus == row->copies;
}

/* What the row's machine is sold for; only of those that are sold as a whole is that known. */
static const struct lf_machine_price *price_of(const struct lf_planner *planner,
                                               const struct lf_plan_row *row)
{
    const struct lf_class *class = row->class;
    return class->sold_as == NULL || class->device == NULL
               ? NULL
               : lf_machine_price_find_sold(&planner->catalog->prices, class->sold_as,
                                            class->device, row->memory_bytes);
}

/* Plans the row's machine, and keeps it where it runs the model as wished. */
static enum lf_status consider(const struct lf_planner *planner, struct lf_plan_row *row,
                               struct candidates *found)
{
    enum lf_status status = lf_plan_machine(planner, row);
    found->considered++;
    if (status != LF_OK || !row->prospect.is_fast_enough || !uses_all(row)) {
        return status;
    }
    if (found->count == found->capacity) {
        found->capacity = found->capacity == 0 ? 64 : found->capacity * 2;
        found->items = lf_resize(found->items, found->capacity, sizeof *found->items);
    }
    row->kind = kind_of(row);
    row->price = price_of(planner, row);
    found->items[found->count++] = *row;
    return LF_OK;
}

/* More RAM is tried only where the GPUs do not hold it all. */
static enum lf_status consider_host(const struct lf_planner *planner, const struct lf_class *class,
                                    const struct lf_host *host, uint64_t copies,
                                    struct candidates *found)
{
    enum lf_status status = LF_OK;
    for (size_t i = 0; i < host->ram_gib.count && status == LF_OK; i++) {
        struct lf_plan_row row = {
            .class = class,
            .host = host,
            .copies = copies,
            .memory_bytes = host->ram_gib.items[i] * LF_GIB,
        };
        status = consider(planner, &row, found);
        if (row.prospect.is_whole) {
            break;
        }
    }
    return status;
}

static enum lf_status consider_class(const struct lf_planner *planner, const struct lf_class *class,
                                     struct candidates *found)
{
    static const struct lf_numbers one = {{1}, 1};
    bool is_unified = class->device != NULL && class->device->is_unified;
    const struct lf_numbers *copies = class->copies.count == 0 ? &one : &class->copies;
    enum lf_status status = LF_OK;
    for (size_t i = 0; is_unified && i < class->memory_gib.count && status == LF_OK; i++) {
        struct lf_plan_row row = {
            .class = class,
            .copies = 1,
            .memory_bytes = class->memory_gib.items[i] * LF_GIB,
        };
        status = consider(planner, &row, found);
    }
    for (size_t c = 0; !is_unified && c < copies->count && status == LF_OK; c++) {
        for (size_t h = 0; h < class->host_count && status == LF_OK; h++) {
            const struct lf_host *host = class->hosts[h];
            uint64_t count = class->device == NULL ? 0 : copies->items[c];
            if (count <= host->gpus_most) {
                status = consider_host(planner, class, host, count, found);
            }
        }
    }
    return status;
}

static uint64_t bytes_of(const struct lf_plan_row *row)
{
    return lf_add(row->memory_bytes, row->gpu_bytes);
}

/* By memory, then bandwidth; then as listed, which the addresses tell. */
static int compare_rows(const void *a, const void *b)
{
    const struct lf_plan_row *one = a;
    const struct lf_plan_row *other = b;
    if (bytes_of(one) != bytes_of(other)) {
        return bytes_of(one) < bytes_of(other) ? -1 : 1;
    }
    if (one->bandwidth_bps != other->bandwidth_bps) {
        return one->bandwidth_bps < other->bandwidth_bps ? -1 : 1;
    }
    return one->class != other->class ? strcmp(one->class->name, other->class->name)
                                      : (one->copies > other->copies) -
                                            (one->copies < other->copies);
}

/* Whether a larger machine serves so much better that it is worth telling beside a smaller one. */
static bool is_worth_telling(const struct lf_plan_row *row, const struct lf_plan_row *smaller)
{
    static const double more_quality = 0.02;
    static const double as_good = 0.005;
    static const double faster = 1.5;
    const struct lf_expectation *a = &row->prospect.expectation;
    const struct lf_expectation *b = &smaller->prospect.expectation;
    bool is_faster = row->prospect.decode.mid >= faster * smaller->prospect.decode.mid;
    return a->tier > b->tier || a->q_eff >= b->q_eff + more_quality ||
           (is_faster && a->tier == b->tier && a->q_eff >= b->q_eff - as_good);
}

static bool is_datacenter(const struct lf_class *class)
{
    return class->device != NULL && strcmp(class->device->kind, "datacenter") == 0;
}

/* Leaves the rows that are worth telling, sorted and ranked. */
static void thin_out(struct candidates *found)
{
    size_t *ranks = lf_alloc(found->count, sizeof *ranks);
    bool needs_datacenter = true;
    for (size_t i = 0; i < found->count; i++) {
        needs_datacenter =
            needs_datacenter && (is_datacenter(found->items[i].class) ||
                                 found->items[i].copies == 0 || !found->items[i].prospect.is_whole);
    }
    size_t kept = 0;
    qsort(found->items, found->count, sizeof *found->items, compare_rows);
    for (size_t i = 0; i < found->count; i++) {
        const struct lf_plan_row row = found->items[i];
        bool is_told = needs_datacenter || !is_datacenter(row.class);
        size_t rank = 0;
        for (size_t k = 0; k < kept && is_told; k++) {
            if (found->items[k].kind == row.kind) {
                is_told = is_worth_telling(&row, &found->items[k]);
                rank++;
            }
        }
        if (is_told) {
            ranks[kept] = rank;
            found->items[kept++] = row;
        }
    }
    found->count = kept;
    found->ranks = ranks;
}

/* Takes as many as are asked for: of every kind the smallest, then the next. */
static void take(const struct candidates *found, struct lf_plan_report *report)
{
    size_t limit = report->request->limit;
    bool *is_taken = lf_alloc(found->count + 1, sizeof *is_taken);
    size_t taken = 0;
    for (size_t rank = 0; rank < found->count; rank++) {
        for (size_t i = 0; i < found->count && (limit == 0 || taken < limit); i++) {
            if (found->ranks[i] == rank) {
                is_taken[i] = true;
                taken++;
            }
        }
    }
    report->rows = lf_arena_alloc(&report->arena, taken, sizeof *report->rows);
    for (size_t i = 0; i < found->count; i++) {
        if (is_taken[i]) {
            report->rows[report->count++] = found->items[i];
        }
    }
    report->considered = found->considered;
    free(is_taken);
}

static enum lf_status find_rows(const struct lf_planner *planner, struct candidates *found)
{
    const struct lf_classes *classes = &planner->catalog->classes;
    enum lf_status status = LF_OK;
    for (size_t i = 0; i < classes->count && status == LF_OK; i++) {
        status = consider_class(planner, &classes->items[i], found);
    }
    if (status == LF_OK && found->count > 0) {
        thin_out(found);
    }
    return status;
}

/* Whether a single machine holds it whole, as well and as fast: then nobody joins several, unless
 * to do without datacenter cards. */
static bool is_outdone(const struct lf_plan_cluster *plan, const struct candidates *found)
{
    static const double as_good = 0.005;
    for (size_t i = 0; i < found->count; i++) {
        const struct lf_prospect *one = &found->items[i].prospect;
        bool is_like = is_datacenter(plan->cluster->class) || !is_datacenter(found->items[i].class);
        if (is_like && one->is_whole && one->decode.mid >= plan->prospect.decode.mid &&
            one->expectation.q_eff >= plan->prospect.expectation.q_eff - as_good) {
            return true;
        }
    }
    return false;
}

/* The fewest nodes, two at least, where one alone does not hold the model. */
static enum lf_status find_clusters(const struct lf_planner *planner,
                                    const struct candidates *found, struct lf_plan_report *report)
{
    const struct lf_classes *classes = &planner->catalog->classes;
    enum lf_status status = LF_OK;
    report->clusters =
        lf_arena_alloc(&report->arena, classes->cluster_count, sizeof *report->clusters);
    for (size_t i = 0; i < classes->cluster_count && status == LF_OK; i++) {
        const struct lf_cluster *cluster = &classes->clusters[i];
        struct lf_plan_cluster plan = {.cluster = cluster};
        for (plan.nodes = 1; plan.nodes <= cluster->nodes_most && status == LF_OK; plan.nodes++) {
            status = lf_plan_nodes(planner, &plan);
            if (plan.prospect.fits) {
                break;
            }
        }
        bool is_of_use = plan.nodes > 1 && plan.prospect.fits && plan.prospect.is_fast_enough &&
                         !is_outdone(&plan, found);
        if (status == LF_OK && is_of_use) {
            lf_plan_steps(planner->subject, &report->arena, &plan);
            report->clusters[report->cluster_count++] = plan;
        }
    }
    return status;
}

/* What to know of the context asked for. */
static const char *context_text(struct lf_plan_report *report)
{
    uint64_t native = report->subject.model->native_context_tokens;
    return native == 0 || report->request->context_tokens <= native
               ? ""
               : lf_arena_format(&report->arena,
                                 " The context is longer than the model's own %llu tokens.",
                                 (unsigned long long)native);
}

static void make_headline(struct lf_plan_report *report)
{
    const struct lf_model *model = report->subject.model;
    const char *speed =
        report->request->min_tps > 0
            ? lf_arena_format(&report->arena, " at %g tokens/s or more", report->request->min_tps)
            : "";
    if (report->count == 0) {
        report->headline =
            lf_arena_format(&report->arena, "No single machine of the %zu looked at runs %s%s.%s",
                            report->considered, model->name, speed, context_text(report));
        return;
    }
    const struct lf_plan_row *first = &report->rows[0];
    const struct lf_prospect *prospect = &first->prospect;
    char tokens[LF_SIZE_TEXT_BYTES];
    const char *copies = first->copies > 1 ? lf_arena_format(&report->arena, "%llu of ",
                                                             (unsigned long long)first->copies)
                                           : "";
    report->headline = lf_arena_format(
        &report->arena,
        "The smallest machine of the %zu looked at that runs %s%s: %s%s with %llu GiB of %s. "
        "There it is %s, in %s with %s context.%s",
        report->considered, model->name, speed, copies, first->class->name,
        (unsigned long long)(first->memory_bytes / LF_GIB),
        first->host == NULL ? "unified memory" : "RAM",
        report->catalog->tiers.rows[prospect->expectation.tier].label, lf_mix_name(prospect->mix),
        lf_tokens_format(tokens, prospect->context_tokens), context_text(report));
}

enum lf_status lf_plan(const struct lf_catalog *catalog, const struct lf_request *request,
                       const struct lf_model *model, struct lf_plan_report *report,
                       struct lf_error *err)
{
    *report = (struct lf_plan_report){.request = request, .catalog = catalog};
    enum lf_status status = lf_subject_make(model, &report->arena, &report->subject, err);
    if (status != LF_OK) {
        return status;
    }
    const struct lf_planner planner = {
        .catalog = catalog,
        .request = request,
        .subject = &report->subject,
        .machine = lf_alloc(1, sizeof *planner.machine),
        .budget = lf_alloc(1, sizeof *planner.budget),
        .err = err,
    };
    struct candidates found = {0};
    status = find_rows(&planner, &found);
    if (status == LF_OK) {
        status = find_clusters(&planner, &found, report);
    }
    if (status == LF_OK) {
        take(&found, report);
        make_headline(report);
    }
    free(found.ranks);
    free(found.items);
    lf_machine_clear(planner.machine);
    free(planner.machine);
    free(planner.budget);
    return status;
}

void lf_plan_clear(struct lf_plan_report *report)
{
    lf_arena_clear(&report->arena);
}
