#include "base/ggml.h"

#include "base/text.h"
#include "base/units.h"

static const struct {
    const char *name;
    uint64_t elements;
    uint64_t bytes;
} types[LF_TYPE_COUNT] = {
#define LF_TYPE_ROW(name, elements, bytes) [LF_##name] = {#name, elements, bytes},
    LF_TYPES(LF_TYPE_ROW)
#undef LF_TYPE_ROW
};

const char *lf_type_name(enum lf_type type)
{
    return types[type].name;
}

uint64_t lf_type_block_elements(enum lf_type type)
{
    return types[type].elements;
}

uint64_t lf_type_block_bytes(enum lf_type type)
{
    return types[type].bytes;
}

bool lf_type_is_quantized(enum lf_type type)
{
    return types[type].elements > 1;
}

bool lf_type_is_packed(enum lf_type type)
{
    return types[type].bytes < 2 * types[type].elements;
}

bool lf_type_find(const char *name, enum lf_type *type)
{
    for (int i = 0; i < LF_TYPE_COUNT; i++) {
        if (lf_text_equal_nocase(name, types[i].name)) {
            *type = (enum lf_type)i;
            return true;
        }
    }
    return false;
}

uint64_t lf_tensor_bytes(enum lf_type type, const uint64_t ne[4])
{
    uint64_t rows = lf_mul(lf_mul(ne[1], ne[2]), ne[3]);
    return lf_mul(rows, lf_mul(ne[0] / types[type].elements, types[type].bytes));
}
