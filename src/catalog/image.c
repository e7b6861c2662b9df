#include "catalog/image.h"

#include <string.h>

const struct lf_catalog *lf_catalog_thaw(const struct lf_catalog_image *image, size_t word_count,
                                         struct lf_arena *arena)
{
    uint64_t *words = lf_arena_alloc(arena, word_count, sizeof *words);
    memcpy(words, image->words, word_count * sizeof *words);
    for (size_t i = 0; i < image->pointer_count && image->pointers[i] < word_count; i++) {
        words[image->pointers[i]] += (uintptr_t)words;
    }
    return (const struct lf_catalog *)words;
}
