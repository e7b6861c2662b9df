#include "base/mix.h"

#include "base/text.h"
#include "base/units.h"

static const struct {
    const char *name;
    enum lf_type base;
    unsigned format;
    struct lf_packing packing;
} mixes[LF_MIX_COUNT] = {
#define LF_MIX_ROW(name, base) [LF_MIX_##name] = {#name, LF_##base, LF_FORMAT_GGUF, {0}},
    LF_MIXES(LF_MIX_ROW)
#undef LF_MIX_ROW
#define LF_MIX_ROW(name, id, format, bits, group, scale, zero) \
    [LF_MIX_##name] = {id, LF_F16, LF_FORMAT_##format, {bits, group, scale, zero}},
        LF_PACKED_MIXES(LF_MIX_ROW)
#undef LF_MIX_ROW
};

const char *lf_mix_name(enum lf_mix mix)
{
    return mixes[mix].name;
}

enum lf_type lf_mix_base(enum lf_mix mix)
{
    return mixes[mix].base;
}

unsigned lf_mix_formats(enum lf_mix mix)
{
    return mix == LF_MIX_BF16 ? LF_FORMAT_GGUF | LF_FORMAT_MLX | LF_FORMAT_SAFETENSORS
                              : mixes[mix].format;
}

struct lf_packing lf_mix_packing(enum lf_mix mix)
{
    return mixes[mix].packing;
}

bool lf_mix_find(const char *name, enum lf_mix *mix)
{
    for (int i = 0; i < LF_MIX_COUNT; i++) {
        if (lf_text_equal_nocase(name, mixes[i].name)) {
            *mix = (enum lf_mix)i;
            return true;
        }
    }
    return false;
}

uint64_t lf_packing_bytes(struct lf_packing packing, const uint64_t ne[4])
{
    uint64_t rows = lf_mul(lf_mul(ne[1], ne[2]), ne[3]);
    uint64_t groups = packing.group > 1 ? ne[0] / packing.group : 0;
    uint64_t row_bits = ne[0] * packing.bits + groups * (packing.scale_bits + packing.zero_bits);
    return lf_mul(rows, row_bits) / 8;
}
