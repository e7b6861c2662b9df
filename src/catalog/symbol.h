/* The symbols in which shapes are described: every key a part or a model may give, and every name
 * an expression of architectures.json may use. One list, so that a misspelt one is found. */
#ifndef LLMFIT_CATALOG_SYMBOL_H
#define LLMFIT_CATALOG_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* name, value where neither the part nor the model gives one */
#define LF_SYMBOLS(X)                                     \
    X(layers, 0)                                          \
    X(embd, 0)                                            \
    X(vocab, 0)                                           \
    X(tied, 0)                                            \
    X(per_layer_embd, 0)                                  \
    X(rope_freqs, 0)                                      \
    X(altup, 0)                                           \
    X(laurel, 0)                                          \
    X(heads, 0)                                           \
    X(kv_heads, 0)                                        \
    X(head_dim, 0)                                        \
    X(v_dim, 0) /* head_dim when absent */                \
    X(window, 0)                                          \
    X(q_gate, 1)                                          \
    X(qk_norm, 0)                                         \
    X(qkv_bias, 0)                                        \
    X(sinks, 0)                                           \
    X(v_from_k, 0)                                        \
    X(has_kv, 1) /* from "kv": own and reuse 1, none 0 */ \
    X(head_gate, 0)                                       \
    X(q_lora, 0)                                          \
    X(o_lora, 0)                                          \
    X(kv_lora, 0)                                         \
    X(nope, 0)                                            \
    X(rope, 0)                                            \
    X(index_heads, 0)                                     \
    X(index_dim, 0)                                       \
    X(index_top_k, 0)                                     \
    X(compress, 0)                                        \
    X(inner, 0)                                           \
    X(groups, 0)                                          \
    X(state, 0)                                           \
    X(dt, 0)                                              \
    X(conv, 0)                                            \
    X(ssm_norm, 0)                                        \
    X(l_cache, 0)                                         \
    X(ff, 0)                                              \
    X(gated, 1)                                           \
    X(experts, 0)                                         \
    X(used, 0)                                            \
    X(shared_ff, 0)                                       \
    X(shared_gate, 0)                                     \
    X(router_bias, 0)                                     \
    X(hashed, 0)                                          \
    X(latent, 0)                                          \
    X(own_embd, 0)

enum lf_symbol {
#define LF_SYMBOL_ENUM(name, absent) LF_SYMBOL_##name,
    LF_SYMBOLS(LF_SYMBOL_ENUM)
#undef LF_SYMBOL_ENUM
        LF_SYMBOL_COUNT
};

/* No dimension of a known model comes near; a product of three stays far below 2^64. */
enum { LF_SYMBOL_MOST = 1 << 24 };

/* Values by symbol; `given` tells those that were written down. */
struct lf_symbols {
    uint32_t value[LF_SYMBOL_COUNT];
    bool given[LF_SYMBOL_COUNT];
};

const char *lf_symbol_name(enum lf_symbol symbol);

/* Finds a symbol by the exact name[length]; returns false when there is none. */
bool lf_symbol_find(const char *name, size_t length, enum lf_symbol *symbol);

/* What a part sees: its own values, else the model's, else what stands in the list. */
void lf_symbols_resolve(struct lf_symbols *resolved, const struct lf_symbols *model,
                        const struct lf_symbols *part);

#endif
