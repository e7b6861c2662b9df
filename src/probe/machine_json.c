#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "probe/machine_shapes.h"

/* A document gives this value nowhere: integers end at 2^53. */
#define ABSENT UINT64_MAX

enum { MOST_ORIGINS = 1024, PATH_BYTES = 96 };

/* Every integer field of the shapes lands in an amount, by its first member. */
static_assert(offsetof(struct lf_amount, value) == 0, "an amount starts with its value");

struct reader {
    struct lf_machine *machine;
    struct lf_json json;
    const cJSON *origins; /* NULL when the document has none */
    struct lf_error *err;
};

/* Gives an amount that was read its origin; one that was not becomes unknown. */
static enum lf_status settle(struct reader *reader, const char *path, struct lf_amount *amount)
{
    if (amount->value == ABSENT) {
        *amount = (struct lf_amount){0};
        return LF_OK;
    }
    amount->origin = LF_GIVEN;
    amount->source = reader->machine->label;
    const cJSON *node = lf_json_find(reader->origins, path);
    if (node == NULL || cJSON_IsNull(node)) {
        return LF_OK;
    }
    struct lf_origin_record record = {0};
    enum lf_status status = lf_json_read(&reader->json, node, &lf_origin_shape, &record,
                                         &reader->machine->arena, reader->err);
    if (status != LF_OK) {
        return status;
    }
    amount->origin = lf_origin_find(record.from);
    amount->source = record.source;
    if (amount->origin == LF_UNKNOWN) {
        return lf_json_fail(&reader->json, node, reader->err,
                            "from must be measured, listed, given or computed");
    }
    return LF_OK;
}

/* Reads node into *into, and the origins of its amounts, whose paths start with prefix. */
static enum lf_status read_object(struct reader *reader, const cJSON *node,
                                  const struct lf_json_shape *shape, const char *prefix, void *into)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (shape->fields[i].kind == LF_JSON_INTEGER) {
            *(uint64_t *)(void *)((char *)into + shape->fields[i].offset) = ABSENT;
        }
    }
    enum lf_status status =
        lf_json_read(&reader->json, node, shape, into, &reader->machine->arena, reader->err);
    for (size_t i = 0; status == LF_OK && i < shape->count; i++) {
        if (shape->fields[i].kind == LF_JSON_INTEGER) {
            char path[PATH_BYTES];
            snprintf(path, sizeof path, "%s.%s", prefix, shape->fields[i].key);
            status = settle(reader, path, (void *)((char *)into + shape->fields[i].offset));
        }
    }
    return status;
}

/* Reads node and the object under its "preview" (if there is one) into *into. */
static enum lf_status read_both(struct reader *reader, const cJSON *node,
                                const struct lf_json_shape *shape,
                                const struct lf_json_shape *preview_shape, const char *prefix,
                                void *into)
{
    enum lf_status status = read_object(reader, node, shape, prefix, into);
    const cJSON *preview = lf_json_find(node, "preview");
    if (status != LF_OK || preview == NULL || cJSON_IsNull(preview)) {
        return status;
    }
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s.preview", prefix);
    return read_object(reader, preview, preview_shape, path, into);
}

static enum lf_status check_usable(struct reader *reader, const cJSON *node,
                                   struct lf_amount total_bytes, struct lf_amount usable_bytes)
{
    if (lf_known_or(usable_bytes, 0) > lf_known_or(total_bytes, UINT64_MAX)) {
        return lf_json_fail(&reader->json, node, reader->err,
                            "usable_bytes is more than total_bytes");
    }
    return LF_OK;
}

static enum lf_status find_memory_kind(struct reader *reader, const cJSON *node, const char *word,
                                       enum lf_memory_kind *found)
{
    for (unsigned kind = LF_MEMORY_DEDICATED; kind <= LF_MEMORY_PARTITION; kind++) {
        if (strcmp(lf_memory_kind_name((enum lf_memory_kind)kind), word) == 0) {
            *found = (enum lf_memory_kind)kind;
            return LF_OK;
        }
    }
    return lf_json_fail(&reader->json, node, reader->err,
                        "memory_kind must be dedicated, unified or partition");
}

static enum lf_status check_accelerator(struct reader *reader, const cJSON *node,
                                        const struct lf_accelerator *accelerator)
{
    if (accelerator->id[0] == '\0') {
        return lf_json_fail(&reader->json, node, reader->err, "id is empty");
    }
    for (size_t i = 0; i + 1 < reader->machine->accelerator_count; i++) {
        if (strcmp(reader->machine->accelerators[i].id, accelerator->id) == 0) {
            return lf_json_fail(&reader->json, node, reader->err, "id \"%.64s\" is used twice",
                                accelerator->id);
        }
    }
    return check_usable(reader, node, accelerator->total_bytes, accelerator->usable_bytes);
}

static enum lf_status read_accelerator(struct reader *reader, const cJSON *node, const char *prefix)
{
    struct lf_accelerator *accelerator = lf_machine_add_accelerator(reader->machine);
    struct lf_accelerator_record record = {.it = *accelerator};
    enum lf_status status = read_both(reader, node, &lf_accelerator_shape,
                                      &lf_accelerator_preview_shape, prefix, &record);
    if (status == LF_OK && record.memory_kind != NULL) {
        status = find_memory_kind(reader, lf_json_find(node, "memory_kind"), record.memory_kind,
                                  &record.it.memory_kind);
    }
    *accelerator = record.it;
    return status == LF_OK ? check_accelerator(reader, node, accelerator) : status;
}

static enum lf_status read_disk(struct reader *reader, const cJSON *node, const char *prefix)
{
    struct lf_disk *disk = &reader->machine->disks[reader->machine->disk_count++];
    return read_object(reader, node, &lf_disk_shape, prefix, disk);
}

static enum lf_status read_diagnostic(struct reader *reader, const cJSON *node, const char *prefix)
{
    struct lf_diagnostic_record record = {.gap = lf_gap_name(LF_GAP_NONE)};
    enum lf_status status = read_object(reader, node, &lf_diagnostic_shape, prefix, &record);
    if (status != LF_OK) {
        return status;
    }
    for (unsigned gap = LF_GAP_NONE; gap <= LF_GAP_ACCELERATORS; gap++) {
        if (strcmp(lf_gap_name((enum lf_gap)gap), record.gap) == 0) {
            record.it.gap = (enum lf_gap)gap;
            reader->machine->diagnostics[reader->machine->diagnostic_count++] = record.it;
            return LF_OK;
        }
    }
    return lf_json_fail(&reader->json, lf_json_find(node, "gap"), reader->err,
                        "gap must be none, memory or accelerators");
}

static enum lf_status read_step(struct reader *reader, const cJSON *node, const char *prefix)
{
    struct lf_step_record record = {0};
    enum lf_status status = read_object(reader, node, &lf_step_shape, prefix, &record);
    if (status != LF_OK) {
        return status;
    }
    for (unsigned word = LF_STEP_OK; word <= LF_STEP_TIMEOUT; word++) {
        if (strcmp(lf_step_status_name((enum lf_step_status)word), record.status) == 0) {
            record.it.status = (enum lf_step_status)word;
            reader->machine->steps[reader->machine->step_count++] = record.it;
            return LF_OK;
        }
    }
    return lf_json_fail(&reader->json, lf_json_find(node, "status"), reader->err,
                        "status must be ok, nothing, failed or timeout");
}

/* Reads the item of an array whose place is prefix ("disks.0") into the machine. */
typedef enum lf_status read_item_function(struct reader *reader, const cJSON *node,
                                          const char *prefix);

/* Reads every item of an array, of which there may be `most`. */
static enum lf_status read_array(struct reader *reader, const cJSON *array, const char *key,
                                 size_t most, read_item_function *read_item)
{
    size_t index = 0;
    for (const cJSON *item = array->child; item != NULL; item = item->next, index++) {
        if (index == most) {
            return lf_json_fail(&reader->json, item, reader->err, "%s holds more than %zu", key,
                                most);
        }
        char prefix[PATH_BYTES];
        snprintf(prefix, sizeof prefix, "%s.%zu", key, index);
        enum lf_status status = read_item(reader, item, prefix);
        if (status != LF_OK) {
            return status;
        }
    }
    return LF_OK;
}

static enum lf_status read_machine(struct reader *reader)
{
    const cJSON *node = lf_json_find(reader->json.root, "machine");
    if (node == NULL) {
        return lf_json_fail(&reader->json, reader->json.root, reader->err, "machine is missing");
    }
    struct lf_machine *machine = reader->machine;
    struct lf_machine_parts parts = {0};
    enum lf_status status =
        lf_json_read(&reader->json, node, &lf_machine_shape, &parts, &machine->arena, reader->err);
    if (status != LF_OK) {
        return status;
    }
    if (parts.preview != NULL) {
        status = lf_json_read(&reader->json, parts.preview, &lf_machine_preview_shape, machine,
                              &machine->arena, reader->err);
    }
    if (status != LF_OK) {
        return status;
    }
    reader->origins = parts.origins;
    if (cJSON_GetArraySize(parts.origins) > MOST_ORIGINS) {
        return lf_json_fail(&reader->json, parts.origins, reader->err,
                            "origins holds more than %d items", MOST_ORIGINS);
    }
    const struct {
        const char *key;
        const cJSON *array;
        size_t most;
        read_item_function *read_item;
    } arrays[] = {
        {"accelerators", parts.accelerators, LF_ACCELERATORS_MOST, read_accelerator},
        {"disks", parts.disks, LF_DISKS_MOST, read_disk},
        {"diagnostics", parts.diagnostics, LF_DIAGNOSTICS_MOST, read_diagnostic},
        {"steps", parts.steps, LF_STEPS_MOST, read_step},
    };
    if (parts.cpu != NULL) {
        status = read_both(reader, parts.cpu, &lf_cpu_shape, &lf_cpu_preview_shape, "cpu",
                           &machine->cpu);
    }
    struct lf_memory *memory = &machine->memory;
    if (status == LF_OK && parts.memory != NULL) {
        status = read_both(reader, parts.memory, &lf_memory_shape, &lf_memory_preview_shape,
                           "memory", memory);
    }
    if (status == LF_OK) {
        status = check_usable(reader, parts.memory, memory->total_bytes, memory->usable_bytes);
    }
    for (size_t i = 0; status == LF_OK && i < sizeof arrays / sizeof arrays[0]; i++) {
        if (arrays[i].array != NULL) {
            status = read_array(reader, arrays[i].array, arrays[i].key, arrays[i].most,
                                arrays[i].read_item);
        }
    }
    return status;
}

enum lf_status lf_machine_read(struct lf_machine *machine, const char *name, const char *text,
                               size_t length, struct lf_error *err)
{
    machine->label = lf_arena_copy(&machine->arena, name, strlen(name));
    struct reader reader = {.machine = machine, .err = err};
    enum lf_status status = lf_json_parse(&reader.json, name, text, length, err);
    if (status == LF_OK) {
        status = read_machine(&reader);
    }
    lf_json_clear(&reader.json);
    if (status == LF_OK) {
        lf_machine_derive(machine);
    } else {
        lf_machine_clear(machine);
    }
    return status;
}
