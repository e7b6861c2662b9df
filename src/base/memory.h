/* Memory that cannot fail to arrive, and an arena for things that die together. */
#ifndef LLMFIT_BASE_MEMORY_H
#define LLMFIT_BASE_MEMORY_H

#include <stddef.h>

/* Zeroed memory for count items; out of memory (or a count that overflows) ends the program with
 * one line on stderr and exit code 70: nothing has been written to stdout by then, because answers
 * are written in one piece at the end. */
void *lf_alloc(size_t count, size_t item_bytes);

/* Resizes to count items, as lf_alloc; what is added is not zeroed. */
void *lf_resize(void *memory, size_t count, size_t item_bytes);

/* An arena: many allocations, one clear. All-zero is an empty arena. */
struct lf_arena {
    struct lf_arena_block *blocks;
};

/* Makes room for so many bytes; what is allocated next lies there, one after the other. */
void lf_arena_reserve(struct lf_arena *arena, size_t bytes);

/* Zeroed memory that lives until the arena is cleared. */
void *lf_arena_alloc(struct lf_arena *arena, size_t count, size_t item_bytes);

/* A copy of text[length], terminated. */
const char *lf_arena_copy(struct lf_arena *arena, const char *text, size_t length);

/* A formatted, terminated text. */
const char *lf_arena_format(struct lf_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Frees everything; the arena is empty and usable again. */
void lf_arena_clear(struct lf_arena *arena);

#endif
