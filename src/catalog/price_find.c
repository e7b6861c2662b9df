/* Which price, power or ratio is meant. */
#include <string.h>

#include "base/units.h"
#include "catalog/device_name.h"
#include "catalog/letter.h"
#include "catalog/price.h"

const struct lf_price *lf_price_find(const struct lf_prices *prices, const char *id)
{
    for (size_t i = 0; i < prices->model_count; i++) {
        if (strcmp(prices->models[i].id, id) == 0) {
            return &prices->models[i];
        }
    }
    return NULL;
}

/* The next letter or digit at *text in lower case, '\0' at the end. */
static char next_letter(const char **text)
{
    while (**text != '\0' && !lf_is_letter(**text) && !lf_is_digit(**text)) {
        (*text)++;
    }
    return **text == '\0' ? '\0' : lf_fold(*(*text)++);
}

static bool is_named(const char *name, const char *wanted)
{
    char letter;
    do {
        letter = next_letter(&name);
        if (letter != next_letter(&wanted)) {
            return false;
        }
    } while (letter != '\0');
    return true;
}

const struct lf_price *lf_price_find_named(const struct lf_prices *prices, const char *name)
{
    for (size_t i = 0; i < prices->paid_count; i++) {
        if (is_named(prices->paid[i].name, name)) {
            return &prices->paid[i];
        }
    }
    for (size_t i = 0; i < prices->model_count; i++) {
        if (is_named(prices->models[i].id, name)) {
            return &prices->models[i];
        }
    }
    return NULL;
}

static bool is_device(const char *row, const struct lf_name *wanted)
{
    struct lf_name own;
    lf_name_split(&own, row);
    return lf_name_equal(&own, wanted);
}

const struct lf_power *lf_power_find(const struct lf_prices *prices, const char *device,
                                     uint64_t count)
{
    struct lf_name wanted;
    lf_name_split(&wanted, device);
    for (size_t i = 0; i < prices->power_count; i++) {
        if (prices->powers[i].count == count && is_device(prices->powers[i].device, &wanted)) {
            return &prices->powers[i];
        }
    }
    return NULL;
}

const struct lf_machine_price *lf_machine_price_find(const struct lf_prices *prices,
                                                     const char *device, uint64_t memory_bytes)
{
    struct lf_name wanted;
    lf_name_split(&wanted, device);
    for (size_t i = 0; i < prices->machine_count; i++) {
        const struct lf_machine_price *row = &prices->machines[i];
        if (row->memory_gib * LF_GIB == memory_bytes && is_device(row->device, &wanted)) {
            return row;
        }
    }
    return NULL;
}

const struct lf_machine_price *lf_machine_price_find_sold(const struct lf_prices *prices,
                                                          const char *sold_as,
                                                          const struct lf_device *device,
                                                          uint64_t memory_bytes)
{
    const char *names[] = {device->name, device->driver_name};
    for (size_t n = 0; n < sizeof names / sizeof names[0] && names[n] != NULL; n++) {
        struct lf_name wanted;
        lf_name_split(&wanted, names[n]);
        for (size_t i = 0; i < prices->machine_count; i++) {
            const struct lf_machine_price *row = &prices->machines[i];
            if (strcmp(row->name, sold_as) == 0 && is_device(row->device, &wanted) &&
                row->memory_gib * LF_GIB == memory_bytes) {
                return row;
            }
        }
    }
    return NULL;
}

double lf_input_ratio_find(const struct lf_prices *prices, const char *use_case)
{
    for (size_t i = 0; i < prices->input_ratio_count; i++) {
        if (strcmp(prices->input_ratios[i].use_case, use_case) == 0) {
            return prices->input_ratios[i].input_ratio;
        }
    }
    return 0;
}
