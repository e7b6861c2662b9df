/* The block types of GGUF files.
 *
 * A block type is part of the file format and never changes once released, so it is law, not data:
 *
 *     bytes of a row = ne[0] / block elements * block bytes
 *
 * FP8 is no type of ggml: vLLM keeps a cache in it.
 *
 * source  ggml/src/ggml-common.h and ggml.c of llama.cpp v0.5.0 (de3ff815) */
#ifndef LLMFIT_BASE_GGML_H
#define LLMFIT_BASE_GGML_H

#include <stdbool.h>
#include <stdint.h>

/* name, elements of a block, bytes of a block */
#define LF_TYPES(X)     \
    X(F32, 1, 4)        \
    X(F16, 1, 2)        \
    X(BF16, 1, 2)       \
    X(Q4_0, 32, 18)     \
    X(Q4_1, 32, 20)     \
    X(Q5_0, 32, 22)     \
    X(Q5_1, 32, 24)     \
    X(Q8_0, 32, 34)     \
    X(Q2_K, 256, 84)    \
    X(Q3_K, 256, 110)   \
    X(Q4_K, 256, 144)   \
    X(Q5_K, 256, 176)   \
    X(Q6_K, 256, 210)   \
    X(IQ1_S, 256, 50)   \
    X(IQ1_M, 256, 56)   \
    X(IQ2_XXS, 256, 66) \
    X(IQ2_XS, 256, 74)  \
    X(IQ2_S, 256, 82)   \
    X(IQ3_XXS, 256, 98) \
    X(IQ3_S, 256, 110)  \
    X(IQ4_NL, 32, 18)   \
    X(IQ4_XS, 256, 136) \
    X(MXFP4, 32, 17)    \
    X(FP8, 1, 1)

enum lf_type {
#define LF_TYPE_ENUM(name, elements, bytes) LF_##name,
    LF_TYPES(LF_TYPE_ENUM)
#undef LF_TYPE_ENUM
        LF_TYPE_COUNT
};

const char *lf_type_name(enum lf_type type);

/* Elements and bytes of one block. */
uint64_t lf_type_block_elements(enum lf_type type);
uint64_t lf_type_block_bytes(enum lf_type type);

/* Whether rows are stored in blocks of more than one element. */
bool lf_type_is_quantized(enum lf_type type);

/* Whether a value takes fewer than 16 bits. */
bool lf_type_is_packed(enum lf_type type);

/* Finds a type by name, case ignored ("q8_0"); returns false when there is none. */
bool lf_type_find(const char *name, enum lf_type *type);

/* Bytes of a tensor ne[4] in that type. ne[0] must be a whole number of blocks; overflow gives
 * UINT64_MAX. */
uint64_t lf_tensor_bytes(enum lf_type type, const uint64_t ne[4]);

#endif
