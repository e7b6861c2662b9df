#include "base/form.h"

#include <stdlib.h>
#include <string.h>

/* In this order: "attn_q" is part of "attn_qkv". */
static const struct {
    const char *part;
    enum lf_role role;
} role_rows[] = {
    {"attn_qkv.weight", LF_ROLE_QKV}, {"attn_kv_b.weight", LF_ROLE_KV_B},
    {"attn_v.weight", LF_ROLE_V},     {"attn_k.weight", LF_ROLE_K},
    {"attn_q.weight", LF_ROLE_Q},     {"attn_output.weight", LF_ROLE_O},
    {"ffn_up", LF_ROLE_UP},           {"ffn_gate", LF_ROLE_GATE},
    {"ffn_down", LF_ROLE_DOWN},
};

/* Names llama-quantize leaves alone whatever their shape.
 * source  src/llama-quant.cpp, tensor_allows_quantization */
static const char *const never_quantized[] = {
    "_norm.weight",
    "ffn_gate_inp.weight",
    "ffn_gate_tid2eid.weight",
    "altup",
    "laurel",
    "per_layer_model_proj",
    "ssm_conv1d",
    "shortconv.conv.weight",
    "indexer.k_proj.weight",
    "indexer.q_proj.weight",
};

static enum lf_role role_of(const char *name)
{
    if (strcmp(name, "output.weight") == 0) {
        return LF_ROLE_OUTPUT;
    }
    if (strcmp(name, "token_embd.weight") == 0 ||
        strcmp(name, "per_layer_token_embd.weight") == 0) {
        return LF_ROLE_EMBD;
    }
    for (size_t i = 0; i < sizeof role_rows / sizeof role_rows[0]; i++) {
        if (strstr(name, role_rows[i].part) != NULL) {
            return role_rows[i].role;
        }
    }
    return LF_ROLE_OTHER;
}

static bool ends_with_weight(const char *name)
{
    size_t length = strlen(name);
    return length >= 6 && strcmp(name + length - 6, "weight") == 0;
}

static bool may_be_quantized(const struct lf_tensor *tensor)
{
    bool is_matrix = tensor->ne[1] > 1 || tensor->ne[2] > 1 || tensor->ne[3] > 1;
    if (!is_matrix || !ends_with_weight(tensor->name)) {
        return false;
    }
    for (size_t i = 0; i < sizeof never_quantized / sizeof never_quantized[0]; i++) {
        if (strstr(tensor->name, never_quantized[i]) != NULL) {
            return false;
        }
    }
    return true;
}

void lf_tensor_classify(struct lf_tensor *tensor)
{
    tensor->role = role_of(tensor->name);
    tensor->is_quantizable = may_be_quantized(tensor);
    tensor->is_expert = strstr(tensor->name, "_exps.") != NULL;
}

bool lf_tensor_is_input(const struct lf_tensor *tensor)
{
    return tensor->role == LF_ROLE_EMBD;
}

uint64_t lf_form_layers_of(const struct lf_form *form, size_t kind)
{
    uint64_t count = 0;
    for (uint64_t layer = 0; layer < form->layers; layer++) {
        count += form->layer_kinds[layer] == kind;
    }
    return count;
}

uint64_t lf_tensor_elements(const struct lf_tensor *tensor)
{
    return tensor->ne[0] * tensor->ne[1] * tensor->ne[2] * tensor->ne[3];
}

static int compare(const void *a, const void *b)
{
    const struct lf_tensor *left = a;
    const struct lf_tensor *right = b;
    return strcmp(left->name, right->name);
}

void lf_tensors_sort(struct lf_tensor *tensors, size_t count)
{
    if (count > 1) {
        qsort(tensors, count, sizeof *tensors, compare);
    }
}
