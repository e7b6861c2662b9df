#include "probe/cpuid.h"

enum { EAX, EBX, ECX, EDX, REGISTERS };

/* Parts of XCR0: SSE and AVX registers; with them those of AVX-512; those of AMX. */
enum { AVX = 0x6, AVX512 = 0xe6, AMX = 0x60000 };

/* One by one: AVX2 does not imply FMA.
 * source  Intel 64 and IA-32 Architectures Software Developer's Manual, CPUID */
static const struct {
    const char *name;
    uint32_t leaf;
    uint32_t subleaf;
    unsigned register_number;
    unsigned bit;
    uint64_t needs; /* of XCR0 */
} rows[] = {
    {"sse4_2", 1, 0, ECX, 20, 0},          {"avx", 1, 0, ECX, 28, AVX},
    {"avx2", 7, 0, EBX, 5, AVX},           {"fma", 1, 0, ECX, 12, AVX},
    {"f16c", 1, 0, ECX, 29, AVX},          {"avx_vnni", 7, 1, EAX, 4, AVX},
    {"avx512f", 7, 0, EBX, 16, AVX512},    {"avx512bw", 7, 0, EBX, 30, AVX512},
    {"avx512vl", 7, 0, EBX, 31, AVX512},   {"avx512_vnni", 7, 0, ECX, 11, AVX512},
    {"avx512_bf16", 7, 1, EAX, 5, AVX512}, {"avx512_fp16", 7, 0, EDX, 23, AVX512},
    {"amx_int8", 7, 0, EDX, 25, AMX},      {"amx_bf16", 7, 0, EDX, 22, AMX},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

struct lf_strings lf_cpuid_isa(lf_cpuid *ask, const void *context, uint64_t enabled,
                               struct lf_arena *arena)
{
    const char **names = lf_arena_alloc(arena, ROWS, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        uint32_t registers[REGISTERS] = {0};
        if ((enabled & rows[i].needs) == rows[i].needs &&
            ask(context, rows[i].leaf, rows[i].subleaf, registers) &&
            (registers[rows[i].register_number] >> rows[i].bit & 1) != 0) {
            names[count++] = rows[i].name;
        }
    }
    return (struct lf_strings){names, count};
}
