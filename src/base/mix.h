/* The ways a model's weights are packed: the mixes llama-quantize makes of a GGUF file, and what
 * other engines load.
 *
 * Names are the field's: llama-quantize's spelling, and what publishers put behind the model's name
 * for the others ("-4bit", "-AWQ", "-FP8"). */
#ifndef LLMFIT_BASE_MIX_H
#define LLMFIT_BASE_MIX_H

#include "base/ggml.h"

/* Kinds of files, as bits. */
enum {
    LF_FORMAT_GGUF = 1 << 0,
    LF_FORMAT_MLX = 1 << 1,         /* safetensors as mlx-lm writes them */
    LF_FORMAT_SAFETENSORS = 1 << 2, /* as published on Hugging Face */
};

/* llama-quantize's mixes: name as it spells it, the type most tensors get */
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

/* Packings of matrices in groups along a row: id, format, bits of a weight, weights of a group,
 * bits of a group's scale, bits of its zero point or bias.
 * source  mlx 0.32 mx.quantize (affine); AutoAWQ and GPTQ as vLLM 0.33 reads them; NVFP4 and MXFP4:
 *         the OCP formats with E4M3 and E8M0 scales; FP8: E4M3 with an F32 scale for a square of
 *         128 x 128, which the sizing adds */
#define LF_PACKED_MIXES(X)                      \
    X(MLX_8BIT, "mlx-8bit", MLX, 8, 64, 16, 16) \
    X(MLX_6BIT, "mlx-6bit", MLX, 6, 64, 16, 16) \
    X(MLX_5BIT, "mlx-5bit", MLX, 5, 64, 16, 16) \
    X(MLX_4BIT, "mlx-4bit", MLX, 4, 64, 16, 16) \
    X(FP8, "fp8", SAFETENSORS, 8, 1, 0, 0)      \
    X(AWQ, "awq", SAFETENSORS, 4, 128, 16, 4)   \
    X(GPTQ, "gptq", SAFETENSORS, 4, 128, 16, 4) \
    X(NVFP4, "nvfp4", SAFETENSORS, 4, 16, 8, 0) \
    X(MXFP4, "mxfp4", SAFETENSORS, 4, 32, 8, 0)

/* llama-quantize's come first: their rules keep them as bits. */
enum lf_mix {
#define LF_MIX_ENUM(name, base) LF_MIX_##name,
    LF_MIXES(LF_MIX_ENUM)
#undef LF_MIX_ENUM
#define LF_MIX_ENUM(name, id, format, bits, group, scale, zero) LF_MIX_##name,
        LF_PACKED_MIXES(LF_MIX_ENUM)
#undef LF_MIX_ENUM
            LF_MIX_COUNT
};
enum { LF_GGUF_MIX_COUNT = LF_MIX_IQ1_S + 1 };

/* How a packed mix stores a matrix. */
struct lf_packing {
    uint64_t bits;
    uint64_t group; /* weights that share a scale; 1: the tensor has scales of its own kind */
    uint64_t scale_bits;
    uint64_t zero_bits;
};

const char *lf_mix_name(enum lf_mix mix);

/* The type most tensors of one of llama-quantize's mixes get; F16 for the others. */
enum lf_type lf_mix_base(enum lf_mix mix);

/* The formats that hold the mix; BF16 is in all of them. */
unsigned lf_mix_formats(enum lf_mix mix);

/* How a packed mix stores a matrix; bits 0 for llama-quantize's. */
struct lf_packing lf_mix_packing(enum lf_mix mix);

/* Finds a mix by name, case ignored ("q4_k_m"); returns false when there is none. */
bool lf_mix_find(const char *name, enum lf_mix *mix);

/* Bytes of a tensor ne[4] in a packing; ne[0] must be a whole number of groups. */
uint64_t lf_packing_bytes(struct lf_packing packing, const uint64_t ne[4]);

#endif
