#include "catalog/nearest.h"

void lf_nearest_offer(struct lf_nearest *nearest, const void *item, size_t distance)
{
    size_t place = nearest->count;
    while (place > 0 && nearest->distances[place - 1] > distance) {
        place--;
    }
    if (place == LF_NEAREST_KEPT) {
        return;
    }
    if (nearest->count < LF_NEAREST_KEPT) {
        nearest->count++;
    }
    for (size_t i = nearest->count - 1; i > place; i--) {
        nearest->items[i] = nearest->items[i - 1];
        nearest->distances[i] = nearest->distances[i - 1];
    }
    nearest->items[place] = item;
    nearest->distances[place] = distance;
}
