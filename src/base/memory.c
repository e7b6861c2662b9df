#include "base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

enum { BLOCK_BYTES = 64 * 1024, ALIGNMENT = 16 };

struct lf_arena_block {
    struct lf_arena_block *next;
    size_t used;
    size_t size;
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

static _Noreturn void out_of_memory(void)
{
    fputs("llmfit: out of memory\n", stderr);
    _Exit(lf_status_exit_code(LF_INTERNAL));
}

void *lf_alloc(size_t count, size_t item_bytes)
{
    void *memory = calloc(count == 0 ? 1 : count, item_bytes == 0 ? 1 : item_bytes);
    if (memory == NULL) {
        out_of_memory();
    }
    return memory;
}

void *lf_resize(void *memory, size_t count, size_t item_bytes)
{
    if (item_bytes != 0 && count > SIZE_MAX / item_bytes) {
        out_of_memory();
    }
    void *resized = realloc(memory, count * item_bytes == 0 ? 1 : count * item_bytes);
    if (resized == NULL) {
        out_of_memory();
    }
    return resized;
}

void lf_arena_reserve(struct lf_arena *arena, size_t bytes)
{
    struct lf_arena_block *block = lf_alloc(1, sizeof *block + bytes);
    block->size = bytes;
    block->next = arena->blocks;
    arena->blocks = block;
}

void *lf_arena_alloc(struct lf_arena *arena, size_t count, size_t item_bytes)
{
    if (item_bytes != 0 && count > (SIZE_MAX - BLOCK_BYTES) / item_bytes) {
        out_of_memory();
    }
    size_t size = (count * item_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct lf_arena_block *block = arena->blocks;
    if (block == NULL || block->size - block->used < size) {
        lf_arena_reserve(arena, size > BLOCK_BYTES ? size : BLOCK_BYTES);
        block = arena->blocks;
    }
    void *memory = block->bytes + block->used;
    block->used += size;
    return memory;
}

const char *lf_arena_copy(struct lf_arena *arena, const char *text, size_t length)
{
    char *copy = lf_arena_alloc(arena, length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

const char *lf_arena_format(struct lf_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = lf_arena_alloc(arena, (size_t)(length < 0 ? 0 : length) + 1, 1);
    if (length >= 0) {
        vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    return text;
}

void lf_arena_clear(struct lf_arena *arena)
{
    struct lf_arena_block *block = arena->blocks;
    while (block != NULL) {
        struct lf_arena_block *next = block->next;
        free(block);
        block = next;
    }
    arena->blocks = NULL;
}
