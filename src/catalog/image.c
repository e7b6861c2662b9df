#include "catalog/image.h"

#include <string.h>

const struct lf_catalog *lf_catalog_thaw(const struct lf_catalog_image *image,
                                         struct lf_arena *arena)
{
    if (image == NULL || image->word_count == 0) {
        return NULL;
    }
    uint64_t *words = lf_arena_alloc(arena, image->word_count, sizeof *words);
    memcpy(words, image->words, image->word_count * sizeof *words);
    for (size_t i = 0; i < image->pointer_count; i++) {
        words[image->pointers[i]] += (uintptr_t)words;
    }
    return (const struct lf_catalog *)words;
}
