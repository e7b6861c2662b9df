/* The list of models, and its index of ids. */
#include <stdlib.h>
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

static void grow(struct lf_models *models)
{
    models->capacity = models->capacity == 0 ? FIRST_CAPACITY : models->capacity * 2;
    models->items = lf_resize(models->items, models->capacity, sizeof *models->items);
    models->slot_count = models->capacity * SLOTS_A_MODEL;
    free(models->slots);
    models->slots = lf_alloc(models->slot_count, sizeof *models->slots);
    for (size_t i = 0; i < models->count; i++) {
        *find_slot(models, models->items[i].id) = (uint32_t)i + 1;
    }
}

void lf_models_add(struct lf_models *models, const struct lf_model *model)
{
    if (models->count == models->capacity) {
        grow(models);
    }
    models->items[models->count++] = *model;
    *find_slot(models, model->id) = (uint32_t)models->count;
}

const struct lf_model *lf_models_find_id(const struct lf_models *models, const char *id)
{
    uint32_t number = models->slot_count == 0 ? 0 : *find_slot(models, id);
    return number == 0 ? NULL : &models->items[number - 1];
}

void lf_models_clear(struct lf_models *models)
{
    free(models->slots);
    free(models->items);
    *models = (struct lf_models){0};
}
