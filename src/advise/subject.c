/* What the adviser starts from: the machine's budget, the engine, and a model spelled out. */
#include "advise/choice.h"

#include <stddef.h>
#include <string.h>

#include "advise/projector.h"
#include "advise/same_device.h"
#include "advise/runtime.h"
#include "rules/engine.h"

static const char *const exactness_names[] = {
    [LF_EXACTNESS_MEASURED_ARCH] = "measured-arch",
    [LF_EXACTNESS_RULE] = "rule",
    [LF_EXACTNESS_ESTIMATED] = "estimated",
};

const char *lf_exactness_name(enum lf_exactness exactness)
{
    return exactness_names[exactness];
}

enum lf_exactness lf_model_exactness(const struct lf_model *model, const struct lf_engine *engine)
{
    if (model->confidence == LF_CONFIDENCE_LOW) {
        return LF_EXACTNESS_ESTIMATED;
    }
    return engine == &lf_engine_gguf && model->shape->architecture->is_measured
               ? LF_EXACTNESS_MEASURED_ARCH
               : LF_EXACTNESS_RULE;
}

bool lf_disk_holds(const struct lf_machine *machine, uint64_t bytes)
{
    return machine->disk_count > 0 && lf_known(machine->disks[0].free_bytes) &&
           machine->disks[0].free_bytes.value >= bytes;
}

/* Where the GPU's pool is all that may be used of RAM, no more of it is kept than the pool. */
static void keep_within_pool(struct lf_budget *budget)
{
    struct lf_pool *ram = &budget->ram;
    uint64_t pool_bytes = budget->gpus[0].budget_bytes;
    if (budget->ram_is_pool && pool_bytes < ram->budget_bytes) {
        ram->reserve_bytes += ram->budget_bytes - pool_bytes;
        ram->budget_bytes = pool_bytes;
    }
}

/* Lets weights stay on the disk where models would be kept. */
static enum lf_status add_disk(const struct lf_advice_context *context, struct lf_budget *budget,
                               struct lf_error *err)
{
    const struct lf_machine *machine = context->machine;
    if (!context->runtime->reads_from_disk) {
        return lf_fail(err, LF_USAGE,
                       "--from-disk: %s loads whole models only; llama.cpp reads "
                       "what RAM does not hold from the disk",
                       context->runtime->name);
    }
    budget->maps_files = true;
    keep_within_pool(budget);
    budget->disk = lf_disk_reading_of(&context->catalog->disks,
                                      machine->disk_count > 0 ? machine->disks[0].kind : NULL,
                                      context->request->disk_bandwidth_bps);
    return LF_OK;
}

enum lf_status lf_advice_prepare(const struct lf_catalog *catalog, const struct lf_machine *machine,
                                 const struct lf_request *request, struct lf_budget *budget,
                                 struct lf_advice_context *context, struct lf_error *err)
{
    lf_budget_make(machine, request->uses_free, budget);
    *context = (struct lf_advice_context){
        .catalog = catalog,
        .machine = machine,
        .request = request,
        .budget = budget,
        .tables = {&catalog->quality, &catalog->quants, &catalog->tiers,
                   lf_use_case_skill(request->use_case)},
    };
    enum lf_status status = lf_runtime_prepare(catalog, request, &context->runtime, err);
    if (status == LF_OK && machine == request->own_machine) {
        lf_measured_make(&context->measured, request->own, context->runtime->id);
    }
    if (status == LF_OK && context->runtime->gpu_memory_share > 0) {
        lf_budget_cap(budget, context->runtime->gpu_memory_share);
    }
    if (status == LF_OK) {
        lf_same_device_prepare(context);
    }
    return status == LF_OK && request->from_disk ? add_disk(context, budget, err) : status;
}

static size_t choice_bytes(size_t share_count)
{
    return offsetof(struct lf_choice, placement.shares) + share_count * sizeof(struct lf_share);
}

void lf_choice_reset(struct lf_choice *choice)
{
    memset(choice, 0, choice_bytes(0));
}

void lf_choice_copy(struct lf_choice *to, const struct lf_choice *from)
{
    memcpy(to, from, choice_bytes(from->placement.share_count));
}

struct lf_choice *lf_choice_keep(const struct lf_choice *choice, struct lf_arena *arena)
{
    struct lf_choice *kept = lf_arena_alloc(arena, 1, choice_bytes(choice->placement.share_count));
    lf_choice_copy(kept, choice);
    return kept;
}

enum lf_status lf_subject_make(const struct lf_model *model, struct lf_arena *arena,
                               struct lf_subject *subject, struct lf_error *err)
{
    subject->model = model;
    return lf_model_expand(model, arena, &subject->form, err);
}

void lf_subject_weigh(const struct lf_advice_context *context, const struct lf_subject *subject,
                      enum lf_mix mix, struct lf_layer_weights *layers, struct lf_weights *weights,
                      struct lf_weight_terms *terms)
{
    const struct lf_engine *engine = lf_runtime_engine(context->runtime, mix);
    engine->size_weights(&subject->form, mix, !context->request->no_imatrix, layers, weights,
                         terms);
    struct lf_projector projector = lf_projector_of(context, subject->model, mix);
    weights->projector_bytes = projector.file == NULL ? 0 : projector.file->bytes;
    weights->projector_in_ram = projector.stays_in_ram;
}
