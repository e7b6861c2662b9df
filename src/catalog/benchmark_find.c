/* Which device's published speeds are meant. */
#include "catalog/benchmark.h"

#include <stdlib.h>
#include <string.h>

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool has_words(const char *text, const char *words)
{
    size_t length = strlen(words);
    for (const char *at = strstr(text, words); at != NULL; at = strstr(at + 1, words)) {
        if ((at == text || !is_word(at[-1])) && !is_word(at[length])) {
            return true;
        }
    }
    return false;
}

/* Without what stands in parentheses: "Intel(R) Core(TM) i7-8700 CPU". */
static char *plain_name(const char *name)
{
    char *plain = lf_alloc(strlen(name) + 1, 1);
    size_t length = 0;
    bool is_inside = false;
    for (const char *c = name; *c != '\0'; c++) {
        is_inside = *c == '(' || (is_inside && *c != ')');
        if (!is_inside && *c != ')') {
            plain[length++] = *c;
        }
    }
    return plain;
}

/* The devices, each once, with where its rows begin. */
struct listing {
    struct lf_device *devices; /* [count] */
    size_t *first;             /* [count + 1] */
    size_t count;
};

/* Names are told apart within a vendor; whose a device is does not matter. */
static struct listing list_devices(const struct lf_benchmarks *benchmarks, const char *vendor)
{
    struct listing listing = {0};
    listing.devices = lf_alloc(benchmarks->count, sizeof *listing.devices);
    listing.first = lf_alloc(benchmarks->count + 1, sizeof *listing.first);
    for (size_t i = 0; i < benchmarks->count; i++) {
        const char *device = benchmarks->items[i].device;
        if (i == 0 || device != benchmarks->items[i - 1].device) {
            listing.first[listing.count] = i;
            listing.devices[listing.count++] =
                (struct lf_device){.vendor = vendor, .name = device, .kind = "gpu"};
        }
    }
    listing.first[listing.count] = benchmarks->count;
    return listing;
}

static const struct lf_device *find_cpu(const struct listing *listing, const char *name)
{
    const struct lf_device *found = NULL;
    char *plain = plain_name(name);
    for (size_t i = 0; i < listing->count && found == NULL; i++) {
        found = has_words(plain, listing->devices[i].name) ? &listing->devices[i] : NULL;
    }
    free(plain);
    return found;
}

struct lf_benchmarks lf_benchmarks_of(const struct lf_benchmarks *benchmarks,
                                      const struct lf_device_query *part)
{
    if (part->name == NULL || benchmarks->count == 0) {
        return (struct lf_benchmarks){0};
    }
    struct lf_benchmarks rows = {0};
    struct listing listing = list_devices(benchmarks, part->vendor);
    const struct lf_devices devices = {listing.devices, listing.count};
    const struct lf_device *device =
        part->vendor == NULL ? find_cpu(&listing, part->name) : lf_device_find(&devices, part);
    if (device != NULL) {
        size_t number = (size_t)(device - listing.devices);
        rows.items = &benchmarks->items[listing.first[number]];
        rows.count = listing.first[number + 1] - listing.first[number];
    }
    free(listing.first);
    free(listing.devices);
    return rows;
}
