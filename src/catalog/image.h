/* The built-in catalog as it lies in memory once it is read: made by freeze.c when the program is
 * built, and taken over whole instead of reading the files again. Where none could be made (the
 * program is built for another system) the files are read; the answers are the same. */
#ifndef LLMFIT_CATALOG_IMAGE_H
#define LLMFIT_CATALOG_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "catalog/catalog.h"

/* A memory image that begins with a struct lf_catalog, all its parts loaded. Pointers in it are
 * kept as offsets from its beginning. */
struct lf_catalog_image {
    const uint64_t *words;    /* [word_count] */
    size_t word_count;        /* 0: there is no image */
    size_t hardware_words;    /* the first words, which hold LF_CATALOG_HARDWARE by themselves */
    const uint32_t *pointers; /* [pointer_count], which words are pointers */
    size_t pointer_count;
};

extern const struct lf_catalog_image lf_catalog_image;

/* The first words of the image, unpacked into the arena; parts that lie behind them are not there.
 */
const struct lf_catalog *lf_catalog_thaw(const struct lf_catalog_image *image, size_t word_count,
                                         struct lf_arena *arena);

#endif
