#include "support.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "rules/weights.h"

enum { TENSORS_MOST = 16 };

int catalog_set_up(void **state, unsigned parts)
{
    static struct lf_catalog catalog;
    struct lf_error err = {0};
    lf_catalog_init(&catalog, NULL);
    *state = &catalog;
    if (lf_catalog_load(&catalog, parts, &err) != LF_OK) {
        fprintf(stderr, "%s\n", err.text);
        return -1;
    }
    return 0;
}

int catalog_tear_down(void **state)
{
    lf_catalog_clear(*state);
    return 0;
}

/* Adds a tensor; dimensions of 0 count as 1. */
static void add(struct lf_layer_kind *kind, struct lf_tensor *tensors, const char *name,
                uint64_t ne0, uint64_t ne1, uint64_t ne2)
{
    struct lf_tensor *tensor = &tensors[kind->count++];
    bool stays_f32 = ne1 == 0 || strcmp(name, "ffn_gate_inp.weight") == 0;
    *tensor = (struct lf_tensor){
        .name = name,
        .stored = stays_f32 ? LF_F32 : LF_F16,
        .ne = {ne0, ne1 == 0 ? 1 : ne1, ne2 == 0 ? 1 : ne2, 1},
    };
    lf_tensor_classify(tensor);
    kind->tensors = tensors;
}

static struct lf_layer_kind make_layer(const struct toy *toy, struct lf_arena *arena)
{
    struct lf_tensor *tensors = lf_arena_alloc(arena, TENSORS_MOST, sizeof *tensors);
    struct lf_layer_kind kind = {0};
    uint64_t q = toy->heads * toy->head_dim;
    uint64_t kv = toy->kv_heads * toy->head_dim;
    add(&kind, tensors, "attn_norm.weight", toy->embd, 0, 0);
    add(&kind, tensors, "attn_q.weight", toy->embd, q, 0);
    add(&kind, tensors, "attn_k.weight", toy->embd, kv, 0);
    add(&kind, tensors, "attn_v.weight", toy->embd, kv, 0);
    add(&kind, tensors, "attn_output.weight", q, toy->embd, 0);
    add(&kind, tensors, "ffn_norm.weight", toy->embd, 0, 0);
    if (toy->experts > 0) {
        add(&kind, tensors, "ffn_gate_inp.weight", toy->embd, toy->experts, 0);
        add(&kind, tensors, "ffn_gate_exps.weight", toy->embd, toy->ff, toy->experts);
        add(&kind, tensors, "ffn_up_exps.weight", toy->embd, toy->ff, toy->experts);
        add(&kind, tensors, "ffn_down_exps.weight", toy->ff, toy->embd, toy->experts);
    } else {
        add(&kind, tensors, "ffn_gate.weight", toy->embd, toy->ff, 0);
        add(&kind, tensors, "ffn_up.weight", toy->embd, toy->ff, 0);
        add(&kind, tensors, "ffn_down.weight", toy->ff, toy->embd, 0);
    }
    lf_tensors_sort(tensors, kind.count);
    return kind;
}

static struct lf_layer_kind make_outside(const struct toy *toy, struct lf_arena *arena)
{
    struct lf_tensor *tensors = lf_arena_alloc(arena, TENSORS_MOST, sizeof *tensors);
    struct lf_layer_kind kind = {0};
    add(&kind, tensors, "token_embd.weight", toy->embd, toy->vocab, 0);
    add(&kind, tensors, "output_norm.weight", toy->embd, 0, 0);
    if (!toy->is_tied) {
        add(&kind, tensors, "output.weight", toy->embd, toy->vocab, 0);
    }
    lf_tensors_sort(tensors, kind.count);
    return kind;
}

static void count_params(const struct toy *toy, const struct lf_layer_kind *kind, uint64_t times,
                         bool is_read, struct lf_form *form)
{
    for (size_t i = 0; i < kind->count; i++) {
        uint64_t elements = times * lf_tensor_elements(&kind->tensors[i]);
        form->params_total += elements;
        if (is_read) {
            form->params_active += kind->tensors[i].is_expert && toy->experts > 0
                                       ? elements / toy->experts * toy->used
                                       : elements;
        }
    }
}

void toy_make(const struct toy *toy, struct lf_arena *arena, struct lf_form *form)
{
    uint64_t layers = toy->layers + toy->mtp_layers;
    enum { TRUNK, MTP, KINDS };
    struct lf_layer_kind *kinds = lf_arena_alloc(arena, KINDS, sizeof *kinds);
    struct lf_cache_layer *cache = lf_arena_alloc(arena, KINDS, sizeof *cache);
    uint8_t *layer_kinds = lf_arena_alloc(arena, layers, 1);
    kinds[TRUNK] = kinds[MTP] = make_layer(toy, arena);
    memset(layer_kinds + toy->layers, MTP, toy->mtp_layers);
    cache[TRUNK] = (struct lf_cache_layer){
        .k_width = toy->kv_heads * toy->head_dim,
        .v_width = toy->kv_heads * toy->head_dim,
        .window_tokens = toy->window_tokens,
        .state_bytes = toy->state_bytes,
    };
    *form = (struct lf_form){
        .arch = toy->arch == NULL ? "toy" : toy->arch,
        .outside = make_outside(toy, arena),
        .kinds = kinds,
        .kind_count = KINDS,
        .layer_kinds = layer_kinds,
        .cache = cache,
        .layers = layers,
        .trunk_layers = toy->layers,
        .embd = toy->embd,
        .vocab = toy->vocab,
        .experts = toy->experts,
        .experts_used = toy->used,
        .first_heads = toy->heads,
        .first_kv_heads = toy->kv_heads,
        .widths = {.heads = toy->heads,
                   .q = toy->heads * toy->head_dim,
                   .ff = toy->experts > 0 ? 0 : 3 * toy->ff,
                   .expert_ff = toy->experts > 0 ? toy->ff : 0,
                   .expert_live = toy->experts > 0 ? 3 * toy->ff : 0,
                   .expert_result = toy->experts > 0 ? toy->embd : 0},
        .is_tied = toy->is_tied,
        .state_layers = toy->state_bytes > 0 ? toy->layers : 0,
        .is_hybrid = toy->state_bytes > 0,
    };
    count_params(toy, &form->outside, 1, true, form);
    count_params(toy, &kinds[TRUNK], toy->layers, true, form);
    count_params(toy, &kinds[MTP], toy->mtp_layers, false, form);
}

void toy_load(const struct lf_form *form, enum lf_mix mix, const struct lf_settings *settings,
              size_t gpus, struct lf_arena *arena, struct lf_load *load)
{
    enum { DEPTH_TOKENS = 1024 };
    struct lf_weights *weights = lf_arena_alloc(arena, 1, sizeof *weights);
    struct lf_layer_weights *layers = lf_arena_alloc(arena, form->layers, sizeof *layers);
    struct lf_layer_sum *sums = lf_arena_alloc(arena, form->layers + 1, sizeof *sums);
    lf_weights_size(form, mix, false, layers, weights, NULL);
    lf_load_make(form, weights, settings, gpus, DEPTH_TOKENS, sums, load);
}

static struct lf_amount given(uint64_t value)
{
    return value == 0 ? (struct lf_amount){0} : lf_amount(value, LF_GIVEN, NULL);
}

void machine_set_ram(struct lf_machine *machine, uint64_t bytes, uint64_t bandwidth_bps)
{
    machine->memory.total_bytes = given(bytes);
    machine->memory.usable_bytes = (struct lf_amount){0};
    machine->memory.bandwidth_bps = given(bandwidth_bps);
    lf_machine_derive(machine);
}

struct lf_accelerator *machine_add_gpu(struct lf_machine *machine, const char *vendor,
                                       uint64_t bytes, uint64_t bandwidth_bps)
{
    struct lf_accelerator *gpu = lf_machine_add_accelerator(machine);
    gpu->vendor = vendor;
    gpu->total_bytes = given(bytes);
    gpu->bandwidth_bps = given(bandwidth_bps);
    gpu->fp16_tflops = 100;
    gpu->fp32_tflops = 50;
    lf_machine_derive(machine);
    return gpu;
}

void rig_make(const struct rig *rig, struct lf_machine *machine)
{
    *machine = (struct lf_machine){0};
    machine_set_ram(machine, rig->ram_gib * LF_GIB, rig->ram_gbps * 1000000000);
    for (size_t i = 0; i < rig->gpu_count; i++) {
        uint64_t gib = rig->is_unified ? rig->ram_gib : rig->gpu_gib;
        struct lf_accelerator *gpu = machine_add_gpu(machine, rig->is_unified ? "Apple" : "NVIDIA",
                                                     gib * LF_GIB, rig->gpu_gbps * 1000000000);
        if (rig->is_unified) {
            gpu->memory_kind = LF_MEMORY_UNIFIED;
            gpu->usable_bytes = lf_amount(gib * LF_GIB / 4 * 3, LF_COMPUTED, NULL);
        }
    }
}

struct lf_budget pools_make(uint64_t gpu0_bytes, uint64_t gpu1_bytes, uint64_t ram_bytes)
{
    static const struct lf_accelerator card = {.id = "gpu0", .vendor = "NVIDIA"};
    struct lf_budget budget = {.ram = {.id = "ram", .budget_bytes = ram_bytes},
                               .ram_is_known = true};
    const uint64_t bytes[] = {gpu0_bytes, gpu1_bytes};
    for (size_t i = 0; i < COUNT(bytes) && bytes[i] != 0; i++) {
        budget.gpus[i] =
            (struct lf_pool){.id = "gpu", .accelerator = &card, .budget_bytes = bytes[i]};
        budget.gpu_count++;
    }
    return budget;
}

uint64_t share_used(const struct lf_share *share)
{
    return share->weights_bytes + share->duplicate_bytes + share->kv_bytes + share->state_bytes +
           share->compute_bytes;
}

uint64_t share_needed(const struct lf_share *share)
{
    return share_used(share) + (share->compute_bytes == 0 ? 0 : LF_COMPUTE_ALLOWANCE_BYTES);
}

/* About 1.3 GiB at Q4_K_M; rows of 1,152 elements, so that buffers have to pad. */
const struct toy toy_dense = {.layers = 24,
                              .embd = 1152,
                              .vocab = 65536,
                              .heads = 18,
                              .kv_heads = 3,
                              .head_dim = 64,
                              .ff = 23040,
                              .is_tied = true};

/* About 8 GiB at Q4_K_M, most of it experts, of which an eighth is read for a token. */
const struct toy toy_moe = {.layers = 24,
                            .embd = 1024,
                            .vocab = 65536,
                            .heads = 16,
                            .kv_heads = 4,
                            .head_dim = 64,
                            .ff = 3072,
                            .experts = 64,
                            .used = 8};

struct lf_load toy_load_at_16k(const struct toy *toy, size_t gpus, struct lf_arena *arena)
{
    struct lf_form *form = lf_arena_alloc(arena, 1, sizeof *form);
    struct lf_settings settings = lf_settings_default(16384);
    struct lf_load load;
    settings.type_k = LF_Q8_0;
    settings.type_v = LF_Q8_0;
    toy_make(toy, arena, form);
    toy_load(form, LF_MIX_Q4_K_M, &settings, gpus, arena, &load);
    return load;
}
