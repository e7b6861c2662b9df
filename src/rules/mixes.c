/* Which type llama-quantize gives a tensor in each mix.
 *
 * source  llama.cpp v0.5.0 (de3ff815) src/llama-quant.cpp, llama_tensor_get_type_impl; checked
 *         against the dry runs of 46 models */
#include "rules/mixes.h"

#define MIX(name) (UINT32_C(1) << LF_MIX_##name)
#define ROLE(name) (UINT32_C(1) << LF_ROLE_##name)
#define ANY_MIX UINT32_MAX
#define ANY_ROLE UINT32_MAX
#define HEAD LF_ROLE_HEAD_BIT
#define EMBD ROLE(EMBD)
#define VALUE (ROLE(V) | ROLE(QKV) | ROLE(KV_B))
#define KEY ROLE(K)
#define QUERY ROLE(Q)
#define OUT ROLE(O)
#define DOWN ROLE(DOWN)
#define GATE_UP (ROLE(GATE) | ROLE(UP))
#define TWO_BIT (MIX(IQ2_XXS) | MIX(IQ2_M) | MIX(IQ1_S))

const uint32_t lf_mixes_counting_down = TWO_BIT;

const struct lf_mix_rule lf_mix_rules[] = {
    /* The output matrix is read for every token and errs most. */
    {MIX(MXFP4_MOE) | MIX(Q8_0), HEAD, 0, LF_Q8_0},
    {ANY_MIX, HEAD, LF_WHEN_BROKEN_ROW, LF_Q8_0},
    {TWO_BIT | MIX(IQ3_XXS), HEAD, 0, LF_Q5_K},
    {ANY_MIX, HEAD, 0, LF_Q6_K},

    {MIX(MXFP4_MOE), ANY_ROLE, LF_WHEN_STACKED, LF_MXFP4},
    {MIX(MXFP4_MOE), ANY_ROLE, 0, LF_Q8_0},

    {MIX(IQ2_XXS) | MIX(IQ1_S), EMBD, 0, LF_Q2_K},
    {MIX(IQ2_M) | MIX(IQ3_XXS), EMBD, 0, LF_IQ3_S},

    /* Below three bits a weight the attention values keep more. */
    {TWO_BIT, VALUE, LF_WHEN_GQA4, LF_Q4_K},
    {TWO_BIT, VALUE, LF_WHEN_EXPERTS4, LF_Q4_K},
    {MIX(IQ2_M), VALUE, 0, LF_IQ3_S},
    {TWO_BIT, VALUE, 0, LF_Q2_K},
    {TWO_BIT, KEY, LF_WHEN_EXPERTS8, LF_Q4_K},
    {MIX(IQ2_M), DOWN, LF_WHEN_FIRST_EIGHTH, LF_IQ3_S},
    {TWO_BIT, DOWN, LF_WHEN_FIRST_EIGHTH, LF_Q2_K},
    {TWO_BIT, OUT, LF_WHEN_EXPERTS8, LF_Q5_K},
    {MIX(IQ1_S), OUT, 0, LF_IQ2_XXS},
    {MIX(IQ2_M), OUT, 0, LF_IQ3_S},

    /* With eight experts attention is a small share of the file. */
    {ANY_MIX & ~TWO_BIT, VALUE | KEY, LF_WHEN_EXPERTS8, LF_Q8_0},

    {MIX(Q2_K), VALUE, LF_WHEN_GQA4, LF_Q4_K},
    {MIX(Q2_K), VALUE, 0, LF_Q3_K},
    {MIX(Q2_K_S), VALUE, LF_WHEN_GQA4, LF_Q4_K},
    {MIX(IQ3_XXS), VALUE, LF_WHEN_GQA4, LF_Q4_K},
    {MIX(IQ3_XXS), VALUE, LF_WHEN_NO_IMATRIX, LF_IQ3_S},
    {MIX(IQ3_XS) | MIX(IQ3_S), VALUE, LF_WHEN_GQA4, LF_Q4_K},
    {MIX(IQ3_M), VALUE, 0, LF_Q4_K},
    {MIX(Q3_K_M), VALUE, LF_WHEN_FIRST2, LF_Q5_K},
    {MIX(Q3_K_M), VALUE, 0, LF_Q4_K},
    {MIX(Q3_K_L), VALUE, 0, LF_Q5_K},
    {MIX(IQ4_NL) | MIX(IQ4_XS), VALUE, LF_WHEN_GQA4, LF_Q5_K},
    {MIX(Q4_K_M) | MIX(Q5_K_M), VALUE, LF_WHEN_MORE_BITS, LF_Q6_K},
    {MIX(Q4_K_S), VALUE, LF_WHEN_FIRST4, LF_Q5_K},

    {MIX(IQ3_XS), KEY | QUERY, 0, LF_IQ3_XXS},
    {MIX(IQ3_XXS), KEY | QUERY, 0, LF_IQ2_S},

    {MIX(Q2_K), DOWN, 0, LF_Q3_K},
    {MIX(Q2_K_S), DOWN, LF_WHEN_FIRST_EIGHTH, LF_Q4_K},
    {MIX(IQ3_XXS), DOWN, LF_WHEN_NO_IMATRIX | LF_WHEN_FIRST_EIGHTH, LF_Q4_K},
    {MIX(IQ3_XXS), DOWN, LF_WHEN_NO_IMATRIX, LF_Q3_K},
    {MIX(Q3_K_M), DOWN, LF_WHEN_FIRST_SIXTEENTH, LF_Q5_K},
    {MIX(Q3_K_M), DOWN, 0, LF_Q4_K},
    {MIX(IQ3_M), DOWN, LF_WHEN_FIRST_EIGHTH, LF_Q4_K},
    {MIX(IQ3_M), DOWN, LF_WHEN_EXPERTS8 | LF_WHEN_MORE_BITS, LF_Q4_K},
    {MIX(Q3_K_L), DOWN, 0, LF_Q5_K},
    {MIX(Q4_K_M) | MIX(Q5_K_M), DOWN, LF_WHEN_MORE_BITS, LF_Q6_K},
    {MIX(IQ4_NL) | MIX(IQ4_XS), DOWN, LF_WHEN_NO_IMATRIX | LF_WHEN_FIRST_EIGHTH, LF_Q5_K},
    {MIX(Q4_0), DOWN, LF_WHEN_IMATRIX | LF_WHEN_FIRST_EIGHTH, LF_Q4_1},
    {MIX(Q5_0), DOWN, LF_WHEN_IMATRIX | LF_WHEN_FIRST_EIGHTH, LF_Q5_1},
    {MIX(Q4_K_S), DOWN, LF_WHEN_FIRST_EIGHTH, LF_Q5_K},

    {MIX(Q2_K) | MIX(IQ3_XS) | MIX(IQ3_XXS) | MIX(Q3_K_S) | MIX(Q3_K_M) | MIX(IQ4_NL) |
         MIX(Q4_K_S) | MIX(Q4_K_M) | MIX(IQ3_S) | MIX(IQ3_M) | MIX(IQ4_XS),
     OUT, LF_WHEN_EXPERTS8, LF_Q5_K},
    {ANY_MIX, OUT, LF_WHEN_EXPERTS8, LF_TYPE_COUNT},
    {MIX(Q2_K), OUT, 0, LF_Q3_K},
    {MIX(IQ3_XXS), OUT, 0, LF_IQ3_S},
    {MIX(Q3_K_M) | MIX(IQ3_M), OUT, 0, LF_Q4_K},
    {MIX(Q3_K_L), OUT, 0, LF_Q5_K},

    {MIX(IQ3_XS), GATE_UP, LF_WHEN_MIDDLE, LF_IQ3_XXS},
};

const size_t lf_mix_rule_count = sizeof lf_mix_rules / sizeof lf_mix_rules[0];

enum lf_type lf_mix_fallback(enum lf_type type)
{
    switch (type) {
    case LF_Q2_K:
    case LF_Q3_K:
        return LF_Q4_0;
    case LF_Q4_K:
        return LF_Q5_0;
    case LF_Q5_K:
        return LF_Q5_1;
    case LF_Q6_K:
        return LF_Q8_0;
    default:
        return LF_IQ4_NL;
    }
}
