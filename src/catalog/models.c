/* The list of models, and its index of ids. */
#include <string.h>

#include "catalog/model.h"

enum { FIRST_CAPACITY = 128, SLOTS_A_MODEL = 4 };

/* FNV-1a. */
static size_t hash(const char *id)
{
    uint64_t value = UINT64_C(14695981039346656037);
    for (; *id != '\0'; id++) {
        value = (value ^ (unsigned char)*id) * UINT64_C(1099511628211);
    }
    return (size_t)value;
}

/* The slot of that id, or the free one where it belongs. There is always a free one. */
static uint32_t *find_slot(const struct lf_models *models, const char *id)
{
    size_t slot = hash(id) % models->slot_count;
    while (models->slots[slot] != 0 && strcmp(models->items[models->slots[slot] - 1].id, id) != 0) {
        slot = (slot + 1) % models->slot_count;
    }
    return &models->slots[slot];
}

static void grow(struct lf_models *models, struct lf_arena *arena)
{
    struct lf_model *before = models->items;
    models->capacity = models->capacity == 0 ? FIRST_CAPACITY : models->capacity * 2;
    models->items = lf_arena_alloc(arena, models->capacity, sizeof *models->items);
    models->slot_count = models->capacity * SLOTS_A_MODEL;
    models->slots = lf_arena_alloc(arena, models->slot_count, sizeof *models->slots);
    for (size_t i = 0; i < models->count; i++) {
        models->items[i] = before[i];
        *find_slot(models, models->items[i].id) = (uint32_t)i + 1;
        before[i] = (struct lf_model){0}; /* nothing in an arena points out of it for good */
    }
}

void lf_models_add(struct lf_models *models, const struct lf_model *model, struct lf_arena *arena)
{
    if (models->count == models->capacity) {
        grow(models, arena);
    }
    models->items[models->count++] = *model;
    *find_slot(models, model->id) = (uint32_t)models->count;
}

const struct lf_model *lf_models_find_id(const struct lf_models *models, const char *id)
{
    uint32_t number = models->slot_count == 0 ? 0 : *find_slot(models, id);
    return number == 0 ? NULL : &models->items[number - 1];
}
