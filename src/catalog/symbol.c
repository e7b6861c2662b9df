#include "catalog/symbol.h"

#include <string.h>

static const struct {
    const char *name;
    size_t length;
    uint32_t absent;
} rows[LF_SYMBOL_COUNT] = {
#define LF_SYMBOL_ROW(name, absent) {#name, sizeof #name - 1, absent},
    LF_SYMBOLS(LF_SYMBOL_ROW)
#undef LF_SYMBOL_ROW
};

const char *lf_symbol_name(enum lf_symbol symbol)
{
    return rows[symbol].name;
}

bool lf_symbol_find(const char *name, size_t length, enum lf_symbol *symbol)
{
    for (int i = 0; i < LF_SYMBOL_COUNT; i++) {
        if (rows[i].length == length && memcmp(rows[i].name, name, length) == 0) {
            *symbol = (enum lf_symbol)i;
            return true;
        }
    }
    return false;
}

void lf_symbols_resolve(struct lf_symbols *resolved, const struct lf_symbols *model,
                        const struct lf_symbols *part)
{
    for (int i = 0; i < LF_SYMBOL_COUNT; i++) {
        const struct lf_symbols *from = part != NULL && part->given[i] ? part : model;
        resolved->given[i] = from->given[i];
        resolved->value[i] = from->given[i] ? from->value[i] : rows[i].absent;
    }
    if (!resolved->given[LF_SYMBOL_v_dim]) {
        resolved->value[LF_SYMBOL_v_dim] = resolved->value[LF_SYMBOL_head_dim];
    }
}
