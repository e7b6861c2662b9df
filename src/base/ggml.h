/* The vocabulary of GGUF files: block types and the mixes llama-quantize makes of them.
 *
 * A block type is part of the file format and never changes once released, so it is law, not data:
 *
 *     bytes of a row = ne[0] / block elements * block bytes
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
    X(MXFP4, 32, 17)

enum lf_type {
#define LF_TYPE_ENUM(name, elements, bytes) LF_##name,
    LF_TYPES(LF_TYPE_ENUM)
#undef LF_TYPE_ENUM
        LF_TYPE_COUNT
};

/* name as llama-quantize spells it, the type most tensors get */
#define LF_MIXES(X)     \
    X(F16, F16)         \
    X(BF16, BF16)       \
    X(Q8_0, Q8_0)       \
    X(Q6_K, Q6_K)       \
    X(Q5_K_M, Q5_K)     \
    X(Q5_K_S, Q5_K)     \
    X(Q5_0, Q5_0)       \
    X(Q4_K_M, Q4_K)     \
    X(Q4_K_S, Q4_K)     \
    X(Q4_1, Q4_1)       \
    X(Q4_0, Q4_0)       \
    X(IQ4_NL, IQ4_NL)   \
    X(IQ4_XS, IQ4_XS)   \
    X(MXFP4_MOE, MXFP4) \
    X(Q3_K_L, Q3_K)     \
    X(Q3_K_M, Q3_K)     \
    X(Q3_K_S, Q3_K)     \
    X(IQ3_M, IQ3_S)     \
    X(IQ3_S, IQ3_S)     \
    X(IQ3_XS, IQ3_S)    \
    X(IQ3_XXS, IQ3_XXS) \
    X(Q2_K, Q2_K)       \
    X(Q2_K_S, Q2_K)     \
    X(IQ2_M, IQ2_S)     \
    X(IQ2_XXS, IQ2_XXS) \
    X(IQ1_S, IQ1_S)

enum lf_mix {
#define LF_MIX_ENUM(name, base) LF_MIX_##name,
    LF_MIXES(LF_MIX_ENUM)
#undef LF_MIX_ENUM
        LF_MIX_COUNT
};

const char *lf_type_name(enum lf_type type);

/* Elements and bytes of one block. */
uint64_t lf_type_block_elements(enum lf_type type);
uint64_t lf_type_block_bytes(enum lf_type type);

/* Whether rows are stored in blocks of more than one element. */
bool lf_type_is_quantized(enum lf_type type);

/* Finds a type by name, case ignored ("q8_0"); returns false when there is none. */
bool lf_type_find(const char *name, enum lf_type *type);

const char *lf_mix_name(enum lf_mix mix);

/* The type most of the mix's tensors get. */
enum lf_type lf_mix_base(enum lf_mix mix);

/* Finds a mix by name, case ignored ("q4_k_m"); returns false when there is none. */
bool lf_mix_find(const char *name, enum lf_mix *mix);

/* Bytes of a tensor ne[4] in that type. ne[0] must be a whole number of blocks; overflow gives
 * UINT64_MAX. */
uint64_t lf_tensor_bytes(enum lf_type type, const uint64_t ne[4]);

#endif
