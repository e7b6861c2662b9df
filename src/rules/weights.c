#include "rules/weights.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"
#include "rules/mixes.h"

enum { CUDA_ALIGNMENT = 128, CUDA_ROW_ELEMENTS = 512 };

enum { MIX_RULES_MOST = 32 };

/* What the rules look at besides the tensor, and the rules of the mix. */
struct counting {
    const struct lf_form *form;
    enum lf_mix mix;
    const struct lf_mix_rule *rules[MIX_RULES_MOST]; /* those of the mix, in order */
    size_t rule_count;
    unsigned asked;  /* conditions any of them asks for */
    unsigned always; /* those that hold for every tensor of the model */
    uint64_t gqa;    /* query heads a KV head in layer 0; 0 without attention there */
    uint64_t value_count;
    uint64_t seen_value; /* tensors of the role so far */
    uint64_t seen_down;
    uint64_t seen_gate;
    uint64_t seen_up;
    struct lf_weight_terms *terms; /* NULL: not asked for */
};

/* A tensor's place among those of its role, and their number. */
struct place {
    uint64_t i;
    uint64_t n;
};

static bool is_value(enum lf_role role)
{
    return role == LF_ROLE_V || role == LF_ROLE_QKV || role == LF_ROLE_KV_B;
}

static bool is_counting_down(const struct counting *counting)
{
    return (lf_mixes_counting_down >> counting->mix & 1U) != 0;
}

/* Values count attention tensors, the feed-forward counts tensors too, except that a model with
 * experts goes by the layer number in the name. Tensors no mix touches are not counted. */
static struct place place_of(struct counting *counting, const struct lf_tensor *tensor,
                             uint64_t layer)
{
    struct place place = {0, counting->form->layers};
    bool has_experts = counting->form->experts > 1;
    if (!tensor->is_quantizable) {
        return place;
    }
    if (is_value(tensor->role)) {
        place = (struct place){counting->seen_value++, counting->value_count};
    } else if (tensor->role == LF_ROLE_DOWN) {
        place.i = has_experts && !is_counting_down(counting) ? layer : counting->seen_down;
        counting->seen_down++;
    } else if (tensor->role == LF_ROLE_GATE) {
        place.i = has_experts ? layer : counting->seen_gate;
        counting->seen_gate++;
    } else if (tensor->role == LF_ROLE_UP) {
        place.i = has_experts ? layer : counting->seen_up;
        counting->seen_up++;
    }
    return place;
}

static bool gets_more_bits(struct place place)
{
    return place.i < place.n / 8 || place.i >= 7 * place.n / 8 || (place.i - place.n / 8) % 3 == 2;
}

/* The conditions the model itself meets. */
static unsigned model_conditions(const struct lf_form *form, uint64_t gqa, bool imatrix)
{
    unsigned held = imatrix ? LF_WHEN_IMATRIX : LF_WHEN_NO_IMATRIX;
    held |= gqa >= 4 ? LF_WHEN_GQA4 : 0U;
    held |= form->experts >= 4 ? LF_WHEN_EXPERTS4 : 0U;
    held |= form->experts == 8 ? LF_WHEN_EXPERTS8 : 0U;
    return held;
}

/* MLA's K and V halves have as many dimensions as experts do; Ling 3 alone tells them apart. */
static bool is_stacked(const struct lf_form *form, const struct lf_tensor *tensor)
{
    return tensor->ne[2] > 1 && (tensor->is_expert || strcmp(form->arch, "bailingmoe3") != 0);
}

/* The conditions that hold for a tensor, as bits; those no rule of the mix asks for are left out.
 */
static unsigned conditions(const struct counting *counting, const struct lf_tensor *tensor,
                           struct place place)
{
    uint64_t block = lf_type_block_elements(lf_mix_base(counting->mix));
    unsigned held = counting->always;
    held |= place.i < 2 ? LF_WHEN_FIRST2 : 0U;
    held |= place.i < 4 ? LF_WHEN_FIRST4 : 0U;
    held |= place.i < place.n / 8 ? LF_WHEN_FIRST_EIGHTH : 0U;
    held |= place.i < place.n / 16 ? LF_WHEN_FIRST_SIXTEENTH : 0U;
    held |= place.i >= place.n / 8 && place.i < 7 * place.n / 8 ? LF_WHEN_MIDDLE : 0U;
    held |= gets_more_bits(place) ? LF_WHEN_MORE_BITS : 0U;
    held |= tensor->ne[0] % block != 0 ? LF_WHEN_BROKEN_ROW : 0U;
    held |= is_stacked(counting->form, tensor) ? LF_WHEN_STACKED : 0U;
    return held & counting->asked;
}

static uint32_t role_bits(const struct lf_form *form, const struct lf_tensor *tensor)
{
    bool is_head = tensor->role == LF_ROLE_OUTPUT || (form->is_tied && lf_tensor_is_input(tensor));
    return is_head ? LF_ROLE_HEAD_BIT : UINT32_C(1) << tensor->role;
}

static void collect_rules(struct counting *counting)
{
    for (size_t r = 0; r < lf_mix_rule_count; r++) {
        const struct lf_mix_rule *rule = &lf_mix_rules[r];
        if ((rule->mixes >> counting->mix & 1U) != 0 && counting->rule_count < MIX_RULES_MOST) {
            counting->rules[counting->rule_count++] = rule;
            counting->asked |= rule->when;
        }
    }
}

static struct lf_type_choice look_up(const struct counting *counting, uint32_t roles, unsigned held)
{
    const struct lf_type_choice base = {lf_mix_base(counting->mix), LF_TYPE_BASE, 0, 0};
    for (size_t r = 0; r < counting->rule_count; r++) {
        const struct lf_mix_rule *rule = counting->rules[r];
        if ((rule->roles & roles) != 0 && (rule->when & held) == rule->when) {
            return rule->type == LF_TYPE_COUNT
                       ? base
                       : (struct lf_type_choice){rule->type, LF_TYPE_RULE, rule->when, 0};
        }
    }
    return base;
}

/* Llama-2-70B and its like share each value matrix among 8 query heads; llama.cpp gives them more
 * at next to no cost in size. */
static bool is_big_grouped_llama(const struct counting *counting)
{
    const struct lf_form *form = counting->form;
    return form->layers == 80 && counting->gqa > 1 &&
           (strcmp(form->arch, "llama") == 0 || strcmp(form->arch, "qwen2") == 0 ||
            strcmp(form->arch, "deci") == 0);
}

/* The tensor's type, where those conditions hold. */
static struct lf_type_choice choose(const struct counting *counting, const struct lf_tensor *tensor,
                                    unsigned held)
{
    if (!tensor->is_quantizable || lf_type_is_quantized(tensor->stored)) {
        return (struct lf_type_choice){tensor->stored, LF_TYPE_KEPT, 0, 0};
    }
    if (counting->mix == LF_MIX_F16 || counting->mix == LF_MIX_BF16) {
        return (struct lf_type_choice){lf_mix_base(counting->mix), LF_TYPE_BASE, 0, 0};
    }
    struct lf_type_choice choice = look_up(counting, role_bits(counting->form, tensor), held);
    if (is_value(tensor->role) && (choice.type == LF_Q3_K || choice.type == LF_Q4_K) &&
        !is_counting_down(counting) && is_big_grouped_llama(counting)) {
        choice = (struct lf_type_choice){LF_Q5_K, LF_TYPE_GROUPED, 0, 0};
    }
    if (tensor->ne[0] % lf_type_block_elements(choice.type) != 0 &&
        lf_type_block_elements(choice.type) == 256) {
        choice = (struct lf_type_choice){lf_mix_fallback(choice.type), LF_TYPE_FALLBACK, 0, 0};
    }
    return tensor->ne[0] % lf_type_block_elements(choice.type) != 0
               ? (struct lf_type_choice){LF_F16, LF_TYPE_FALLBACK, 0, 0}
               : choice;
}

/* Adds so many layers' tensor to the terms, when they are asked for. */
static void note(const struct counting *counting, size_t kind, const struct lf_tensor *tensor,
                 unsigned held, uint64_t layers)
{
    if (counting->terms != NULL) {
        struct lf_type_choice choice = choose(counting, tensor, held);
        lf_weight_terms_add(counting->terms, kind, tensor, choice, layers,
                            lf_tensor_bytes(choice.type, tensor->ne));
    }
}

enum { ANSWERS_MOST = 4 };

/* A tensor of a kind that has to be looked at in every layer, with its last answers: what it takes
 * where those conditions hold. */
struct remembered {
    const struct lf_tensor *tensor;
    struct {
        unsigned held;
        struct lf_layer_weights bytes;
    } answers[ANSWERS_MOST];
    size_t answer_count;
};

/* A kind of layer, sized: what is the same in every layer, and what is not. */
struct sized_kind {
    struct lf_layer_weights same;
    struct remembered *positional; /* [positional_count] */
    size_t positional_count;
};

static void add(struct lf_layer_weights *sum, const struct lf_layer_weights *bytes)
{
    sum->always_bytes += bytes->always_bytes;
    sum->always_padding_bytes += bytes->always_padding_bytes;
    sum->expert_bytes += bytes->expert_bytes;
    sum->expert_padding_bytes += bytes->expert_padding_bytes;
}

static struct lf_layer_weights size_tensor(const struct counting *counting,
                                           const struct lf_tensor *tensor, unsigned held,
                                           struct lf_weights *weights)
{
    enum lf_type type = choose(counting, tensor, held).type;
    uint64_t bytes = lf_tensor_bytes(type, tensor->ne);
    uint64_t padded = lf_cuda_tensor_bytes(type, tensor->ne);
    if (!tensor->is_expert) {
        return (struct lf_layer_weights){bytes, padded - bytes, 0, 0};
    }
    weights->staged_bytes = padded > weights->staged_bytes ? padded : weights->staged_bytes;
    return (struct lf_layer_weights){0, 0, bytes, padded - bytes};
}

/* Whether the tensor's place among others counted with it bears on a type: some rule of the mix
 * asks for places of their roles. */
static bool is_positional(const struct counting *counting, const struct lf_tensor *tensor)
{
    static const unsigned places = LF_WHEN_FIRST2 | LF_WHEN_FIRST4 | LF_WHEN_FIRST_EIGHTH |
                                   LF_WHEN_FIRST_SIXTEENTH | LF_WHEN_MIDDLE | LF_WHEN_MORE_BITS;
    static const uint32_t values =
        UINT32_C(1) << LF_ROLE_V | UINT32_C(1) << LF_ROLE_QKV | UINT32_C(1) << LF_ROLE_KV_B;
    uint32_t roles = is_value(tensor->role) ? values : role_bits(counting->form, tensor);
    for (size_t r = 0; r < counting->rule_count; r++) {
        const struct lf_mix_rule *rule = counting->rules[r];
        if ((rule->roles & roles) != 0 && (rule->when & places) != 0) {
            return true;
        }
    }
    return false;
}

static void prepare_kind(const struct counting *counting, size_t number, struct sized_kind *sized,
                         struct lf_weights *weights)
{
    const struct lf_layer_kind *kind = &counting->form->kinds[number];
    struct place nowhere = {0, counting->form->layers};
    for (size_t i = 0; i < kind->count; i++) {
        const struct lf_tensor *tensor = &kind->tensors[i];
        if (is_positional(counting, tensor)) {
            struct remembered *remembered = &sized->positional[sized->positional_count++];
            remembered->tensor = tensor;
            remembered->answer_count = 0;
            continue;
        }
        unsigned held = conditions(counting, tensor, nowhere);
        struct lf_layer_weights bytes = size_tensor(counting, tensor, held, weights);
        add(&sized->same, &bytes);
        if (counting->terms != NULL) {
            uint64_t layers = lf_form_layers_of(counting->form, number);
            note(counting, number, tensor, held, layers);
        }
    }
}

static struct lf_layer_weights recall(const struct counting *counting,
                                      struct remembered *remembered, unsigned held,
                                      struct lf_weights *weights)
{
    size_t slot = 0;
    while (slot < remembered->answer_count && remembered->answers[slot].held != held) {
        slot++;
    }
    if (slot == remembered->answer_count) {
        slot = slot < ANSWERS_MOST ? slot : 0;
        remembered->answer_count += remembered->answer_count < ANSWERS_MOST;
        remembered->answers[slot].held = held;
        remembered->answers[slot].bytes = size_tensor(counting, remembered->tensor, held, weights);
    }
    return remembered->answers[slot].bytes;
}

static struct lf_layer_weights size_layer(struct counting *counting, struct sized_kind *kind,
                                          uint64_t layer, struct lf_weights *weights)
{
    struct lf_layer_weights sum = kind->same;
    for (size_t i = 0; i < kind->positional_count; i++) {
        struct remembered *remembered = &kind->positional[i];
        struct place place = place_of(counting, remembered->tensor, layer);
        unsigned held = conditions(counting, remembered->tensor, place);
        struct lf_layer_weights bytes = recall(counting, remembered, held, weights);
        add(&sum, &bytes);
        note(counting, counting->form->layer_kinds[layer], remembered->tensor, held, 1);
    }
    return sum;
}

static void size_outside(const struct counting *counting, struct lf_weights *weights)
{
    const struct lf_form *form = counting->form;
    for (size_t i = 0; i < form->outside.count; i++) {
        const struct lf_tensor *tensor = &form->outside.tensors[i];
        unsigned held = conditions(counting, tensor, (struct place){0, form->layers});
        struct lf_layer_weights bytes = size_tensor(counting, tensor, held, weights);
        note(counting, form->kind_count, tensor, held, 1);
        weights->file_bytes += bytes.always_bytes;
        if (!lf_tensor_is_input(tensor)) {
            weights->output_bytes += bytes.always_bytes;
            weights->output_padding_bytes += bytes.always_padding_bytes;
            continue;
        }
        weights->input_bytes += bytes.always_bytes;
        if (form->is_tied && strcmp(tensor->name, "token_embd.weight") == 0) {
            weights->duplicate_bytes += bytes.always_bytes;
            weights->duplicate_padding_bytes += bytes.always_padding_bytes;
        }
    }
}

static uint64_t count_values(const struct lf_form *form)
{
    uint64_t count = 0;
    for (size_t k = 0; k < form->kind_count; k++) {
        uint64_t of_kind = 0;
        for (size_t i = 0; i < form->kinds[k].count; i++) {
            of_kind += is_value(form->kinds[k].tensors[i].role);
        }
        count += of_kind == 0 ? 0 : of_kind * lf_form_layers_of(form, k);
    }
    return count;
}

void lf_weights_size(const struct lf_form *form, enum lf_mix mix, bool imatrix,
                     struct lf_layer_weights *layers, struct lf_weights *weights,
                     struct lf_weight_terms *terms)
{
    assert(mix < LF_GGUF_MIX_COUNT);
    struct counting counting = {.form = form, .mix = mix, .terms = terms};
    struct sized_kind *kinds = lf_alloc(form->kind_count, sizeof *kinds);
    size_t tensors = 0;
    for (size_t k = 0; k < form->kind_count; k++) {
        tensors += form->kinds[k].count;
    }
    /* Not zeroed: answers count from answer_count. */
    struct remembered *positional = lf_resize(NULL, tensors, sizeof *positional);
    *weights = (struct lf_weights){.mix = mix, .layers = layers};
    counting.gqa = form->first_kv_heads == 0 ? 0 : form->first_heads / form->first_kv_heads;
    counting.value_count = count_values(form);
    counting.always = model_conditions(form, counting.gqa, imatrix);
    collect_rules(&counting);
    size_outside(&counting, weights);
    for (size_t k = 0, used = 0; k < form->kind_count; k++) {
        kinds[k].positional = positional + used;
        prepare_kind(&counting, k, &kinds[k], weights);
        used += kinds[k].positional_count;
    }
    for (uint64_t layer = 0; layer < form->layers; layer++) {
        layers[layer] = size_layer(&counting, &kinds[form->layer_kinds[layer]], layer, weights);
        uint64_t bytes = layers[layer].always_bytes + layers[layer].expert_bytes;
        weights->file_bytes += bytes;
        weights->mtp_bytes += layer >= form->trunk_layers ? bytes : 0;
    }
    free(positional);
    free(kinds);
}

uint64_t lf_cuda_tensor_bytes(enum lf_type type, const uint64_t ne[4])
{
    uint64_t bytes = lf_tensor_bytes(type, ne);
    uint64_t over = ne[0] % CUDA_ROW_ELEMENTS;
    if (lf_type_is_quantized(type) && over != 0) {
        bytes +=
            (CUDA_ROW_ELEMENTS - over) / lf_type_block_elements(type) * lf_type_block_bytes(type);
    }
    return lf_round_up(bytes, CUDA_ALIGNMENT);
}
