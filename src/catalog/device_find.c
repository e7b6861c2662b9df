/* Which row a GPU's PCI id or name means. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "catalog/device.h"
#include "catalog/device_name.h"
#include "catalog/letter.h"
#include "catalog/nearest.h"

enum { CANDIDATES_MOST = 64 };

_Static_assert((int)LF_NEAREST_KEPT == (int)LF_NEAREST_DEVICES_MOST,
               "the nearest devices are those kept");

/* Rows that may be meant; each step leaves out those that fit worse than others. */
struct candidates {
    const struct lf_device *items[CANDIDATES_MOST];
    size_t count;
};

static void add(struct candidates *candidates, const struct lf_device *device)
{
    if (candidates->count < CANDIDATES_MOST) {
        candidates->items[candidates->count++] = device;
    }
}

/* How badly a row fits a query: 0 is best. */
typedef uint64_t misfit(const struct lf_device *device, const void *query);

/* Keeps the rows that fit best. */
static void keep_best(struct candidates *candidates, misfit *misfit_of, const void *query)
{
    uint64_t best = UINT64_MAX;
    size_t kept = 0;
    for (size_t i = 0; i < candidates->count; i++) {
        uint64_t fit = misfit_of(candidates->items[i], query);
        if (fit < best) {
            best = fit;
            kept = 0;
        }
        if (fit == best) {
            candidates->items[kept++] = candidates->items[i];
        }
    }
    candidates->count = kept;
}

static bool is_cpu(const struct lf_device *device)
{
    return strcmp(device->kind, "cpu") == 0;
}

static bool holds(const struct lf_strings *ids, const char *id)
{
    for (size_t i = 0; i < ids->count; i++) {
        if (lf_text_equal_nocase(ids->items[i], id)) {
            return true;
        }
    }
    return false;
}

/* "1002:744c" is the device of "744c:c8". */
static bool has_amd_device(const struct lf_device *device, const char *pci_id)
{
    static const char amd[] = "1002:";
    if (!lf_text_starts_with(pci_id, amd)) {
        return false;
    }
    const char *id = pci_id + strlen(amd);
    for (size_t i = 0; i < device->amd_rev.count; i++) {
        char pair[8];
        snprintf(pair, sizeof pair, "%.4s", device->amd_rev.items[i]);
        if (lf_text_equal_nocase(pair, id)) {
            return true;
        }
    }
    return false;
}

static void collect_pci(const struct lf_devices *devices, const char *pci_id,
                        struct candidates *candidates)
{
    for (size_t i = 0; i < devices->count; i++) {
        if (holds(&devices->items[i].pci, pci_id) || has_amd_device(&devices->items[i], pci_id)) {
            add(candidates, &devices->items[i]);
        }
    }
}

/* Whether the row is that of another size than the name says: a "GTX 1060 3GB" is not the 6 GB
 * row. The row's own names may say another figure than its memory ("GH200 480GB"). */
static bool differs_in_memory(const struct lf_device *device, const struct lf_name *wanted,
                              const struct lf_name *own)
{
    uint64_t gib = device->memory_bytes / LF_GIB;
    bool is_told = gib > 0 || own->memory_gib > 0;
    return wanted->memory_gib > 0 && is_told && wanted->memory_gib != gib &&
           wanted->memory_gib != own->memory_gib;
}

static bool differs_in_cores(const struct lf_device *device, const struct lf_name *wanted)
{
    return wanted->gpu_cores > 0 && device->gpu_cores > 0 && wanted->gpu_cores != device->gpu_cores;
}

/* How a row answers to a name, best first. */
enum answer { BY_NAME, BY_DRIVER_NAME, BY_ALIAS, BY_BRIEF_NAME, NOT_AT_ALL };

/* A row's names: its own, its driver's, its aliases, in the order of enum answer. */
static size_t names_of(const struct lf_device *device)
{
    return BY_ALIAS + device->aliases.count;
}

static const char *name_at(const struct lf_device *device, size_t place)
{
    return place == BY_NAME          ? device->name
           : place == BY_DRIVER_NAME ? device->driver_name
                                     : device->aliases.items[place - BY_ALIAS];
}

/* The longest word of digits; NULL when there is none. */
static const struct lf_name_word *find_digits(const struct lf_name *name)
{
    const struct lf_name_word *longest = NULL;
    for (size_t i = 0; i < name->count; i++) {
        const struct lf_name_word *word = &name->words[i];
        bool is_longer = longest == NULL || word->length > longest->length;
        longest = lf_is_digit(word->start[0]) && is_longer ? word : longest;
    }
    return longest;
}

/* Whether the digits stand somewhere in a text; true when there are none. */
static bool holds_digits(const char *text, const struct lf_name_word *digits)
{
    if (digits == NULL) {
        return true;
    }
    const char *at = text == NULL ? NULL : strchr(text, digits->start[0]);
    while (at != NULL && strncmp(at, digits->start, digits->length) != 0) {
        at = strchr(at + 1, digits->start[0]);
    }
    return at != NULL;
}

static enum answer answer_by(const struct lf_device *device, const struct lf_name *wanted,
                             const char *name, enum answer answer)
{
    struct lf_name own;
    lf_name_split(&own, name);
    if (differs_in_memory(device, wanted, &own) || differs_in_cores(device, wanted)) {
        return NOT_AT_ALL;
    }
    if (lf_name_equal(wanted, &own)) {
        return answer;
    }
    return lf_name_is_brief(wanted, &own) ? BY_BRIEF_NAME : NOT_AT_ALL;
}

static enum answer answer_to(const struct lf_device *device, const struct lf_name *wanted)
{
    const struct lf_name_word *digits = find_digits(wanted);
    enum answer best = NOT_AT_ALL;
    for (size_t i = 0; i < names_of(device); i++) {
        const char *name = name_at(device, i);
        /* Digits are the same in every spelling: a name without them needs no taking apart. */
        if (holds_digits(name, digits)) {
            enum answer answer =
                answer_by(device, wanted, name, i < BY_ALIAS ? (enum answer)i : BY_ALIAS);
            best = answer < best ? answer : best;
        }
    }
    return best;
}

/* A laptop's driver may print the desktop's name, so a row's own name goes before it. */
static void collect_named(const struct lf_devices *devices, const char *vendor,
                          const struct lf_name *wanted, struct candidates *candidates)
{
    enum answer best = BY_BRIEF_NAME;
    for (size_t i = 0; i < devices->count; i++) {
        const struct lf_device *device = &devices->items[i];
        if (is_cpu(device) || (vendor != NULL && !lf_text_equal_nocase(device->vendor, vendor))) {
            continue;
        }
        enum answer answer = answer_to(device, wanted);
        if (answer < best) {
            best = answer;
            candidates->count = 0;
        }
        if (answer == best) {
            add(candidates, device);
        }
    }
}

/* A row that lists other revisions of the device is another product; one that lists none may be it.
 */
static uint64_t misfit_revision(const struct lf_device *device, const void *query)
{
    enum { LISTED, NOT_TOLD, OTHER };
    const struct lf_device_query *wanted = query;
    char pair[16];
    const char *id = strchr(wanted->pci_id, ':');
    snprintf(pair, sizeof pair, "%.4s:%.2s", id == NULL ? "" : id + 1, wanted->pci_revision);
    return holds(&device->amd_rev, pair)            ? LISTED
           : has_amd_device(device, wanted->pci_id) ? OTHER
                                                    : NOT_TOLD;
}

static uint64_t misfit_name(const struct lf_device *device, const void *name)
{
    return answer_to(device, name);
}

static uint64_t misfit_memory(const struct lf_device *device, const void *bytes)
{
    const uint64_t *wanted = bytes;
    struct lf_name own;
    lf_name_split(&own, device->name);
    uint64_t memory = device->memory_bytes > 0 ? device->memory_bytes : own.memory_gib * LF_GIB;
    return memory > *wanted ? memory - *wanted : *wanted - memory;
}

static uint64_t misfit_cores(const struct lf_device *device, const void *cores)
{
    const uint64_t *wanted = cores;
    return device->gpu_cores != *wanted;
}

/* The day of release, "2021-01-12" as 20210112; a row that does not know comes last. */
static uint64_t misfit_release(const struct lf_device *device, const void *unused)
{
    (void)unused;
    uint64_t day = 0;
    for (const char *c = device->released; c != NULL && *c != '\0'; c++) {
        day = *c >= '0' && *c <= '9' ? day * 10 + (uint64_t)(*c - '0') : day;
    }
    return day > 0 ? day : UINT64_MAX;
}

/* The slowest, so that nothing is promised; a row that does not know comes last. */
static uint64_t misfit_bandwidth(const struct lf_device *device, const void *unused)
{
    (void)unused;
    return device->bandwidth_bps > 0 ? device->bandwidth_bps : UINT64_MAX;
}

static uint64_t misfit_size(const struct lf_device *device, const void *unused)
{
    (void)unused;
    return device->memory_bytes > 0 ? device->memory_bytes : device->gpu_cores;
}

const struct lf_device *lf_device_find(const struct lf_devices *devices,
                                       const struct lf_device_query *query)
{
    struct candidates candidates = {.count = 0};
    struct lf_name name;
    lf_name_split(&name, query->name);
    if (query->pci_id != NULL) {
        collect_pci(devices, query->pci_id, &candidates);
    }
    bool by_id = candidates.count > 0;
    if (!by_id) {
        collect_named(devices, query->vendor, &name, &candidates);
    }
    if (candidates.count == 0 && lf_name_take_memory(&name)) {
        collect_named(devices, query->vendor, &name, &candidates);
    }
    if (by_id && query->pci_revision != NULL) {
        keep_best(&candidates, misfit_revision, query);
    }
    uint64_t memory_bytes =
        query->memory_bytes > 0 ? query->memory_bytes : name.memory_gib * LF_GIB;
    if (memory_bytes > 0) {
        keep_best(&candidates, misfit_memory, &memory_bytes);
    }
    if (by_id) {
        keep_best(&candidates, misfit_name, &name);
    }
    if (query->gpu_cores > 0) {
        keep_best(&candidates, misfit_cores, &query->gpu_cores);
    }
    if (!by_id && memory_bytes == 0) {
        keep_best(&candidates, misfit_release, NULL);
    }
    keep_best(&candidates, misfit_bandwidth, NULL);
    keep_best(&candidates, misfit_size, NULL);
    return candidates.count == 0 ? NULL : candidates.items[0];
}

uint64_t lf_device_pool_bytes(const struct lf_device *device, const char *name)
{
    struct lf_name wanted;
    lf_name_split(&wanted, name);
    if (answer_to(device, &wanted) == NOT_AT_ALL) {
        lf_name_take_memory(&wanted);
    }
    uint64_t gib = wanted.memory_gib;
    for (size_t i = 0; gib == 0 && i < names_of(device); i++) {
        struct lf_name own;
        lf_name_split(&own, name_at(device, i));
        gib = own.memory_gib;
    }
    return gib * LF_GIB;
}

size_t lf_device_nearest(const struct lf_devices *devices, const char *name,
                         const struct lf_device *nearest[LF_NEAREST_DEVICES_MOST])
{
    /* A word that is not there weighs more than a few letters that differ. */
    enum { MISSING_WORD = 8 };
    struct lf_nearest best = {.count = 0};
    struct lf_name wanted;
    lf_name_split(&wanted, name);
    for (size_t i = 0; i < devices->count && wanted.count > 0; i++) {
        if (is_cpu(&devices->items[i])) {
            continue;
        }
        struct lf_name own;
        lf_name_split(&own, devices->items[i].name);
        lf_nearest_offer(&best, &devices->items[i],
                         MISSING_WORD * lf_name_missing(&wanted, &own) +
                             lf_text_distance(wanted.text, own.text));
    }
    for (size_t i = 0; i < best.count; i++) {
        nearest[i] = best.items[i];
    }
    return best.count;
}
