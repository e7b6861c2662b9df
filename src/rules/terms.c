#include "rules/terms.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "rules/mixes.h"

const char *lf_type_choice_name(const struct lf_type_choice *choice)
{
    return lf_mix_packing(choice->packing).bits == 0 ? lf_type_name(choice->type)
                                                     : lf_mix_name(choice->packing);
}

const char *lf_type_reason_id(enum lf_type_reason reason)
{
    static const char *const ids[LF_TYPE_REASON_COUNT] = {
#define LF_TYPE_REASON_ID(name, id) [LF_TYPE_##name] = id,
        LF_TYPE_REASONS(LF_TYPE_REASON_ID)
#undef LF_TYPE_REASON_ID
    };
    return ids[reason];
}

const char *lf_type_when_words(unsigned when)
{
    /* Of several conditions the one that tells layers apart is said. */
    static const struct {
        unsigned when;
        const char *words;
    } rows[] = {
        {LF_WHEN_FIRST2, "the first two"},
        {LF_WHEN_FIRST4, "the first four"},
        {LF_WHEN_FIRST_EIGHTH, "the first eighth"},
        {LF_WHEN_FIRST_SIXTEENTH, "the first sixteenth"},
        {LF_WHEN_MIDDLE, "all but the outer eighths"},
        {LF_WHEN_MORE_BITS, "outer eighths, every third"},
        {LF_WHEN_GQA4, "4 heads share it"},
        {LF_WHEN_EXPERTS8, "8 experts"},
        {LF_WHEN_EXPERTS4, "4 experts or more"},
        {LF_WHEN_BROKEN_ROW, "no whole blocks"},
        {LF_WHEN_STACKED, "experts"},
        {LF_WHEN_IMATRIX, "with an imatrix"},
        {LF_WHEN_NO_IMATRIX, "without an imatrix"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((when & rows[i].when) != 0) {
            return rows[i].words;
        }
    }
    return "";
}

static bool is_same(const struct lf_type_choice *a, const struct lf_type_choice *b)
{
    return a->type == b->type && a->reason == b->reason && a->when == b->when &&
           a->packing == b->packing;
}

void lf_weight_terms_add(struct lf_weight_terms *terms, size_t kind, const struct lf_tensor *tensor,
                         struct lf_type_choice choice, uint64_t layers, uint64_t bytes)
{
    size_t i = 0;
    while (i < terms->count && (terms->items[i].tensor != tensor || terms->items[i].kind != kind ||
                                !is_same(&terms->items[i].choice, &choice))) {
        i++;
    }
    if (i == terms->capacity) {
        size_t capacity = terms->capacity == 0 ? 64 : terms->capacity * 2;
        struct lf_weight_term *items = lf_arena_alloc(terms->arena, capacity, sizeof *items);
        if (terms->count > 0) {
            memcpy(items, terms->items, terms->count * sizeof *items);
        }
        terms->items = items;
        terms->capacity = capacity;
    }
    if (i == terms->count) {
        terms->items[terms->count++] =
            (struct lf_weight_term){.tensor = tensor, .kind = kind, .choice = choice};
    }
    terms->items[i].layers += layers;
    terms->items[i].bytes += lf_mul(layers, bytes);
}

static int compare(const void *left, const void *right)
{
    const struct lf_weight_term *a = left;
    const struct lf_weight_term *b = right;
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    int order = strcmp(a->tensor->name, b->tensor->name);
    return order != 0 ? order
                      : (a->choice.type > b->choice.type) - (a->choice.type < b->choice.type);
}

void lf_weight_terms_sort(struct lf_weight_terms *terms)
{
    if (terms->count > 1) {
        qsort(terms->items, terms->count, sizeof *terms->items, compare);
    }
}
