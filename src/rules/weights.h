/* Bytes of a model's weights: which type a mix gives each tensor, and what that takes. */
#ifndef LLMFIT_RULES_WEIGHTS_H
#define LLMFIT_RULES_WEIGHTS_H

#include "base/form.h"
#include "rules/terms.h"

/* The engine the sizes hold for; the rules say so where an older one differed. */
#define LF_ENGINE_NAME "llama.cpp"
#define LF_ENGINE_VERSION "v0.5.0"

/* One layer's weights. Paddings are what a CUDA buffer adds. */
struct lf_layer_weights {
    uint64_t always_bytes; /* read for every token */
    uint64_t always_padding_bytes;
    uint64_t expert_bytes; /* all routed experts */
    uint64_t expert_padding_bytes;
};

struct lf_weights {
    enum lf_mix mix;
    uint64_t file_bytes;   /* every tensor once: what the file holds, without its metadata */
    uint64_t mtp_bytes;    /* of which MTP layers, left on disk unless they draft */
    uint64_t input_bytes;  /* input embeddings: looked up, they stay in host memory */
    bool has_input_on_gpu; /* or, with this engine, do not */
    uint64_t output_bytes; /* the output matrix, and what else belongs to no layer */
    uint64_t output_padding_bytes;
    uint64_t duplicate_bytes; /* a tied embedding: loaded a second time where the output is not in
                                 host memory; 0 when not tied */
    uint64_t duplicate_padding_bytes;
    uint64_t projector_bytes; /* of the file with the vision and audio part; 0: not loaded */
    bool projector_in_ram;    /* it stays there, whatever room the GPUs have */
    uint64_t staged_bytes;    /* largest expert tensor: staged on a GPU for prompts when in RAM */
    struct lf_layer_weights *layers; /* [form->layers], the caller's */
};

/* Sizes the model's tensors in a mix, as llama-quantize of llama.cpp v0.5.0 would type them.
 *
 *     bytes = sum over tensors of rows * (ne[0] / block elements) * block bytes
 *
 * An MoE routes each token through some experts, but which ones is known only at run time, so all
 * of them are counted. The mix rules count tensors of a role along the layers, so a tensor's type
 * depends on those before it. A row that is not a whole number of blocks falls back to a type with
 * blocks of 32, else to F16. Tensors stored quantized (gpt-oss's MXFP4 experts) stay as they are.
 *
 * imatrix  whether the file was made with an importance matrix
 * layers   [form->layers], filled; weights->layers points to it
 * terms    gets those file_bytes is the sum of, with its arena set; NULL: not wanted
 * returns  bytes, in *weights; the catalog's bounds make overflow impossible
 * error    0 on all 1,094 sizes of 46 measured models (tests/accuracy)
 * source   src/rules/mixes.c, each row */
void lf_weights_size(const struct lf_form *form, enum lf_mix mix, bool imatrix,
                     struct lf_layer_weights *layers, struct lf_weights *weights,
                     struct lf_weight_terms *terms);

/* Bytes a tensor takes in a CUDA buffer: quantized rows are padded to 512 elements (one row's
 * padding at the end of the tensor), and every tensor starts at a multiple of 128 bytes.
 * source  ggml/src/ggml-cuda/ggml-cuda.cu, get_alloc_size and get_alignment */
uint64_t lf_cuda_tensor_bytes(enum lf_type type, const uint64_t ne[4]);

#endif
