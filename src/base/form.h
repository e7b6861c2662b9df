/* One form for every model: the tensors of its file and the cache of each layer.
 *
 * The catalog makes it from a described shape, a reader of GGUF or safetensors headers would make
 * it from a file; the rules see nothing else. */
#ifndef LLMFIT_BASE_FORM_H
#define LLMFIT_BASE_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mix.h"

/* What the mix rules call a tensor; told from its name, as llama.cpp does. */
enum lf_role {
    LF_ROLE_OTHER,
    LF_ROLE_OUTPUT, /* output.weight */
    LF_ROLE_EMBD,   /* token_embd, per_layer_token_embd: looked up, not multiplied */
    LF_ROLE_QKV,
    LF_ROLE_KV_B,
    LF_ROLE_V,
    LF_ROLE_K,
    LF_ROLE_Q,
    LF_ROLE_O,
    LF_ROLE_UP,
    LF_ROLE_GATE,
    LF_ROLE_DOWN,
};

struct lf_tensor {
    const char *name; /* without "blk.N."; borrowed from the maker of the form */
    enum lf_role role;
    enum lf_type stored; /* type in a 16-bit file; F32 there stays F32 in every mix */
    bool is_quantizable; /* llama-quantize may change its type */
    bool is_expert;      /* one slice an expert: only some are read for a token */
    uint64_t ne[4];      /* elements per dimension, ne[0] along a row; unused ones are 1 */
};

/* What one layer keeps of the past. Widths are elements of one cell (one token). */
struct lf_cache_layer {
    uint64_t k_width;
    uint64_t v_width;
    uint64_t index_width;   /* indexer key, kept in the K type */
    uint64_t index_v_width; /* what stands beside it in the V type, written or not */
    uint64_t window_tokens; /* 0: the whole context */
    uint64_t far_width;   /* one row for each far_tokens tokens beside the window, in the K type */
    uint64_t far_tokens;  /* not 0: the indexer's keys are that far apart too */
    bool is_apart;        /* every slot has cells of its own, in a unified cache too */
    bool is_bare;         /* no attention and no state, and yet a V where V is stored transposed */
    uint64_t state_bytes; /* of one sequence in F32, whatever the context */
    uint64_t conv_bytes;  /* of which a convolution's last tokens */
};

/* Elements one token takes while a part works on it: the widest part of each type, 0 without one.
 * Only the compute buffer asks. */
struct lf_widths {
    uint64_t heads;         /* of attention, MLA included */
    uint64_t q;             /* attention: heads x head size */
    uint64_t q_beside;      /* what a gated or a fused Q takes beside it */
    uint64_t mla_q;         /* MLA: heads x (plain + rotated) */
    uint64_t mla_joined;    /* heads x (kv_lora + rope): Q on the compressed rows */
    uint64_t mla_v;         /* heads x kv_lora: the result on the compressed rows */
    uint64_t mla_out;       /* heads x V size */
    uint64_t index_picks;   /* F32 values of what indexers picked for a token, in all layers */
    uint64_t index_heads;   /* attention with an indexer: heads that score every cell */
    uint64_t scan_inner;    /* Mamba-2 */
    uint64_t scan_in;       /* its input projection: gate, convolution and time steps */
    uint64_t conv;          /* Mamba-2 and delta net: what goes through the convolution */
    uint64_t state;         /* F32 values of one sequence, whatever the tokens */
    uint64_t ff;            /* dense feed-forward, all that is alive: gate, up, their product */
    uint64_t expert_ff;     /* one routed expert's gate, or up */
    uint64_t expert_live;   /* all that is alive of it before its down projection */
    uint64_t expert_result; /* what its down projection makes */
    uint64_t per_layer;     /* embeddings of all layers, made before the first */
    uint64_t streams;       /* hidden rows kept beside the one in work (AltUp, Laurel) */
    uint64_t hyper_rows;    /* hidden rows a token has instead of one (hyper-connections) */
    bool is_parallel;       /* attention and feed-forward read the same row */
    bool has_shared;        /* a shared expert reads the row after the routed ones */
    bool has_delta;         /* a gated delta net */
    bool has_shortconv;     /* a short convolution */
};

/* The tensors of a layer. Layers of a kind are alike, so they are written down once. */
struct lf_layer_kind {
    const struct lf_tensor *tensors; /* [count], by the bytes of the name, as llama.cpp sorts */
    size_t count;
};

/* All arrays are borrowed from the maker of the form. */
struct lf_form {
    const char *arch;                  /* llama.cpp's name of the architecture */
    struct lf_layer_kind outside;      /* the tensors that belong to no layer */
    const struct lf_layer_kind *kinds; /* [kind_count] */
    size_t kind_count;
    const uint8_t *layer_kinds;         /* [layers], indices into kinds; MTP layers come last */
    const struct lf_cache_layer *cache; /* [kind_count]; MTP layers keep nothing */
    uint64_t layers;                    /* as the file counts them, MTP layers included */
    uint64_t trunk_layers;              /* without MTP layers */
    uint64_t embd;
    uint64_t vocab;
    uint64_t experts; /* routed experts of a layer; 0: dense */
    uint64_t experts_used;
    uint64_t first_heads; /* heads of layer 0, 0 when it has no attention */
    uint64_t first_kv_heads;
    struct lf_widths widths;
    uint64_t params_total;  /* elements of all tensors */
    uint64_t params_active; /* read for one token: MTP layers and idle experts left out */
    bool is_tied;           /* the input embedding serves as output too */
    uint64_t state_layers;  /* of the trunk: they keep a state instead of a cache */
    bool is_hybrid;         /* there are some */
};

/* Fills role, is_quantizable and is_expert from name and ne. */
void lf_tensor_classify(struct lf_tensor *tensor);

/* Whether the tensor stays in host memory when all layers are on a GPU (input embeddings). */
bool lf_tensor_is_input(const struct lf_tensor *tensor);

/* How many layers are of that kind. */
uint64_t lf_form_layers_of(const struct lf_form *form, size_t kind);

/* Elements of a tensor. */
uint64_t lf_tensor_elements(const struct lf_tensor *tensor);

/* Sorts a layer's tensors by name. */
void lf_tensors_sort(struct lf_tensor *tensors, size_t count);

#endif
