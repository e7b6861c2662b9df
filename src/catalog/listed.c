#include "catalog/listed.h"

#include <stdlib.h>

#include "base/text.h"
#include "catalog/device_name.h"
#include "catalog/nearest.h"
#include "catalog/unique.h"

_Static_assert((int)LF_NEAREST_KEPT == (int)LF_NEAREST_MACHINES_MOST,
               "the nearest machines are those kept");

#define MACHINE(key_, kind_, member)                                                          \
    {                                                                                         \
        .key = (key_), .offset = offsetof(struct lf_listed_machine, member), .kind = (kind_), \
        .required = true                                                                      \
    }
static const struct lf_json_field machine_fields[] = {
    MACHINE("id", LF_JSON_STRING, id),
    MACHINE("name", LF_JSON_STRING, name),
    {.key = "aliases",
     .offset = offsetof(struct lf_listed_machine, aliases),
     .kind = LF_JSON_STRINGS},
    MACHINE("cpu", LF_JSON_STRING, cpu),
    {.key = "cores",
     .offset = offsetof(struct lf_listed_machine, cores),
     .kind = LF_JSON_INTEGER,
     .required = true,
     .least = 1,
     .most = 65536},
    {.key = "threads",
     .offset = offsetof(struct lf_listed_machine, threads),
     .kind = LF_JSON_INTEGER,
     .required = true,
     .least = 1,
     .most = 65536},
    {.key = "ram_bytes",
     .offset = offsetof(struct lf_listed_machine, ram_bytes),
     .kind = LF_JSON_INTEGER,
     .required = true,
     .least = 1 << 20},
    {.key = "ram_bandwidth_bps",
     .offset = offsetof(struct lf_listed_machine, ram_bandwidth_bps),
     .kind = LF_JSON_INTEGER},
    MACHINE("gpus", LF_JSON_STRINGS, gpus),
    MACHINE("source", LF_JSON_STRING, source),
    MACHINE("checked", LF_JSON_STRING, checked),
};
#undef MACHINE
static const struct lf_json_shape machine_shape = LF_JSON_SHAPE(machine_fields);

struct machines_text {
    const cJSON *machines;
};

static const struct lf_json_field file_fields[] = {
    {.key = "schema", .kind = LF_JSON_IGNORED},
    {.key = "schema_version", .kind = LF_JSON_IGNORED},
    {.key = "machines",
     .offset = offsetof(struct machines_text, machines),
     .kind = LF_JSON_ARRAY,
     .required = true},
};
static const struct lf_json_shape file_shape = LF_JSON_SHAPE(file_fields);

enum lf_status lf_listed_machines_read(const struct lf_json *json, struct lf_arena *arena,
                                       struct lf_listed_machines *machines, struct lf_error *err)
{
    struct machines_text text = {0};
    *machines = (struct lf_listed_machines){0};
    enum lf_status status = lf_json_check_schema(json, "llmfit.machines", err);
    if (status == LF_OK) {
        status = lf_json_read(json, json->root, &file_shape, &text, arena, err);
    }
    if (status != LF_OK) {
        return status;
    }
    size_t count = (size_t)cJSON_GetArraySize(text.machines);
    struct lf_listed_machine *items = lf_arena_alloc(arena, count, sizeof *items);
    machines->items = items;
    for (const cJSON *node = text.machines->child; node != NULL; node = node->next) {
        status = lf_json_read(json, node, &machine_shape, &items[machines->count], arena, err);
        if (lf_json_ends(json, status)) {
            return status;
        }
        machines->count += status == LF_OK;
    }
    return lf_check_unique(json, text.machines, "id", err);
}

/* Whether both names have the same words and tell the same memory. */
static bool is_same(const struct lf_name *wanted, const char *name)
{
    struct lf_name own;
    lf_name_split(&own, name);
    return lf_name_equal(wanted, &own) && wanted->memory_gib == own.memory_gib;
}

static bool answers(const struct lf_listed_machine *machine, const struct lf_name *wanted)
{
    bool found = is_same(wanted, machine->id) || is_same(wanted, machine->name);
    for (size_t i = 0; i < machine->aliases.count && !found; i++) {
        found = is_same(wanted, machine->aliases.items[i]);
    }
    return found;
}

const struct lf_listed_machine *lf_listed_machine_find(const struct lf_listed_machines *machines,
                                                       const char *name)
{
    struct lf_name wanted;
    lf_name_split(&wanted, name);
    for (size_t i = 0; i < machines->count; i++) {
        if (answers(&machines->items[i], &wanted)) {
            return &machines->items[i];
        }
    }
    return NULL;
}

size_t lf_listed_machine_nearest(const struct lf_listed_machines *machines, const char *name,
                                 const struct lf_listed_machine *nearest[LF_NEAREST_MACHINES_MOST])
{
    /* A word that is not there weighs more than a few letters that differ. */
    enum { MISSING_WORD = 8 };
    struct lf_nearest best = {.count = 0};
    struct lf_name wanted;
    lf_name_split(&wanted, name);
    for (size_t i = 0; i < machines->count; i++) {
        struct lf_name own;
        lf_name_split(&own, machines->items[i].id);
        lf_nearest_offer(&best, &machines->items[i],
                         MISSING_WORD * lf_name_missing(&wanted, &own) +
                             lf_text_distance(wanted.text, own.text));
    }
    for (size_t i = 0; i < best.count; i++) {
        nearest[i] = best.items[i];
    }
    return best.count;
}
