#include "catalog/class.h"

#include <string.h>

enum { GIB_MOST = 65536, COPIES_MOST = 16, LATENCY_MOST_US = 1000 * 1000 };

/* The tables that rows name each other from. */
struct reader {
    const struct lf_json *json;
    const struct lf_devices *devices;
    const struct lf_devices *cpus;
    struct lf_arena *arena;
    struct lf_classes *classes;
    struct lf_error *err;
};

#define TEXT(type, key_, member_, required_)                                      \
    {                                                                             \
        .key = (key_), .offset = offsetof(type, member_), .required = (required_) \
    }
#define COUNT(type, key_, member_, required_, most_)                               \
    {                                                                              \
        .key = (key_), .offset = offsetof(type, member_), .kind = LF_JSON_INTEGER, \
        .required = (required_), .least = 1, .most = (most_)                       \
    }
#define ARRAY(type, key_, member_, required_)                                    \
    {                                                                            \
        .key = (key_), .offset = offsetof(type, member_), .kind = LF_JSON_ARRAY, \
        .required = (required_)                                                  \
    }

/* Whole numbers from 1 to most, ascending. */
static enum lf_status read_numbers(const struct reader *reader, const cJSON *array, double most,
                                   struct lf_numbers *numbers)
{
    numbers->count = 0;
    for (const cJSON *node = array == NULL ? NULL : array->child; node != NULL; node = node->next) {
        double value = cJSON_IsNumber(node) ? node->valuedouble : 0;
        uint64_t number = value >= 1 && value <= most ? (uint64_t)value : 0;
        if (number == 0 || (double)number != value || numbers->count == LF_NUMBERS_MOST ||
            (numbers->count > 0 && number <= numbers->items[numbers->count - 1])) {
            return lf_json_fail(reader->json, node, reader->err,
                                "at most %d whole numbers from 1 to %.0f, ascending, belong here",
                                LF_NUMBERS_MOST, most);
        }
        numbers->items[numbers->count++] = number;
    }
    return LF_OK;
}

static enum lf_status find_device(const struct reader *reader, const cJSON *node, const char *name,
                                  const struct lf_devices *devices, const char *file,
                                  const struct lf_device **device)
{
    for (size_t i = 0; i < devices->count; i++) {
        if (strcmp(devices->items[i].name, name) == 0) {
            *device = &devices->items[i];
            return LF_OK;
        }
    }
    return lf_json_fail(reader->json, node, reader->err, "\"%.64s\" is not in %s", name, file);
}

struct host_text {
    struct lf_host host;
    const char *ram;
    const cJSON *ram_gib;
};

static const struct lf_json_field host_fields[] = {
    TEXT(struct host_text, "id", host.id, true),
    TEXT(struct host_text, "short", host.short_name, true),
    TEXT(struct host_text, "name", host.name, true),
    TEXT(struct host_text, "ram", ram, true),
    ARRAY(struct host_text, "ram_gib", ram_gib, true),
    COUNT(struct host_text, "gpus_most", host.gpus_most, true, COPIES_MOST),
    TEXT(struct host_text, "source", host.source, true),
    TEXT(struct host_text, "checked", host.checked, true),
};
static const struct lf_json_shape host_shape = LF_JSON_SHAPE(host_fields);

static enum lf_status read_host(const struct reader *reader, const cJSON *node, void *row)
{
    struct host_text text = {0};
    struct lf_host *host = row;
    enum lf_status status =
        lf_json_read(reader->json, node, &host_shape, &text, reader->arena, reader->err);
    if (status == LF_OK) {
        *host = text.host;
        status = find_device(reader, lf_json_find(node, "ram"), text.ram, reader->cpus, "cpus.json",
                             &host->ram);
    }
    if (status == LF_OK) {
        status = read_numbers(reader, text.ram_gib, GIB_MOST, &host->ram_gib);
    }
    reader->classes->host_count += status == LF_OK;
    return status;
}

struct class_text {
    struct lf_class class;
    const char *device;
    struct lf_strings hosts;
    const cJSON *copies;
    const cJSON *memory_gib;
};

static const struct lf_json_field class_fields[] = {
    TEXT(struct class_text, "name", class.name, true),
    TEXT(struct class_text, "device", device, false),
    TEXT(struct class_text, "sold_as", class.sold_as, false),
    {.key = "others", .offset = offsetof(struct class_text, class.others), .kind = LF_JSON_STRINGS},
    {.key = "hosts", .offset = offsetof(struct class_text, hosts), .kind = LF_JSON_STRINGS},
    ARRAY(struct class_text, "copies", copies, false),
    ARRAY(struct class_text, "memory_gib", memory_gib, false),
    TEXT(struct class_text, "source", class.source, true),
    TEXT(struct class_text, "checked", class.checked, true),
};
static const struct lf_json_shape class_shape = LF_JSON_SHAPE(class_fields);

static enum lf_status find_hosts(const struct reader *reader, const cJSON *node,
                                 const struct lf_strings *ids, struct lf_class *class)
{
    const struct lf_classes *classes = reader->classes;
    for (size_t i = 0; i < ids->count; i++) {
        size_t h = 0;
        while (h < classes->host_count && strcmp(classes->hosts[h].id, ids->items[i]) != 0) {
            h++;
        }
        if (h == classes->host_count || class->host_count == LF_CLASS_HOSTS_MOST) {
            return lf_json_fail(reader->json, lf_json_find(node, "hosts"), reader->err,
                                "hosts: \"%.64s\" is no host, or there are more than %d",
                                ids->items[i], LF_CLASS_HOSTS_MOST);
        }
        class->hosts[class->host_count++] = &classes->hosts[h];
    }
    return LF_OK;
}

static enum lf_status read_class(const struct reader *reader, const cJSON *node, void *row)
{
    struct class_text text = {0};
    struct lf_class *class = row;
    enum lf_status status =
        lf_json_read(reader->json, node, &class_shape, &text, reader->arena, reader->err);
    if (status != LF_OK) {
        return status;
    }
    *class = text.class;
    if (text.device != NULL) {
        status = find_device(reader, lf_json_find(node, "device"), text.device, reader->devices,
                             "devices.json", &class->device);
    }
    if (status == LF_OK) {
        status = find_hosts(reader, node, &text.hosts, class);
    }
    if (status == LF_OK) {
        status = read_numbers(reader, text.copies, COPIES_MOST, &class->copies);
    }
    if (status == LF_OK) {
        status = read_numbers(reader, text.memory_gib, GIB_MOST, &class->memory_gib);
    }
    bool is_unified = class->device != NULL && class->device->is_unified;
    if (status == LF_OK && (is_unified ? class->memory_gib.count == 0 : class->host_count == 0)) {
        status = lf_json_fail(reader->json, node, reader->err, "%s",
                              is_unified ? "memory_gib is missing: its device shares the RAM"
                                         : "hosts is missing");
    }
    reader->classes->count += status == LF_OK;
    return status;
}

static const struct lf_json_field link_fields[] = {
    TEXT(struct lf_link, "id", id, true),
    TEXT(struct lf_link, "name", name, true),
    COUNT(struct lf_link, "bandwidth_bps", bandwidth_bps, true, 0),
    {.key = "latency_us",
     .offset = offsetof(struct lf_link, latency_us),
     .kind = LF_JSON_NUMBER,
     .required = true,
     .most = LATENCY_MOST_US},
    TEXT(struct lf_link, "confidence", confidence, true),
    TEXT(struct lf_link, "source", source, true),
    TEXT(struct lf_link, "checked", checked, true),
};
static const struct lf_json_shape link_shape = LF_JSON_SHAPE(link_fields);

static enum lf_status read_link(const struct reader *reader, const cJSON *node, void *row)
{
    enum lf_status status =
        lf_json_read(reader->json, node, &link_shape, row, reader->arena, reader->err);
    reader->classes->link_count += status == LF_OK;
    return status;
}

struct cluster_text {
    struct lf_cluster cluster;
    const char *machine;
    const char *link;
    const cJSON *steps;
};

static const struct lf_json_field cluster_fields[] = {
    TEXT(struct cluster_text, "machine", machine, true),
    COUNT(struct cluster_text, "memory_gib", cluster.memory_gib, true, GIB_MOST),
    COUNT(struct cluster_text, "copies", cluster.copies, false, COPIES_MOST),
    TEXT(struct cluster_text, "link", link, true),
    TEXT(struct cluster_text, "runtime", cluster.runtime, true),
    COUNT(struct cluster_text, "nodes_most", cluster.nodes_most, true, COPIES_MOST),
    TEXT(struct cluster_text, "note", cluster.note, true),
    ARRAY(struct cluster_text, "steps", steps, true),
    TEXT(struct cluster_text, "source", cluster.source, true),
    TEXT(struct cluster_text, "checked", cluster.checked, true),
};
static const struct lf_json_shape cluster_shape = LF_JSON_SHAPE(cluster_fields);

static const struct lf_json_field step_fields[] = {
    TEXT(struct lf_cluster_step, "on", on, true),
    {.key = "argv",
     .offset = offsetof(struct lf_cluster_step, argv),
     .kind = LF_JSON_STRINGS,
     .required = true},
};
static const struct lf_json_shape step_shape = LF_JSON_SHAPE(step_fields);

static enum lf_status read_steps(const struct reader *reader, const cJSON *array,
                                 struct lf_cluster *cluster)
{
    enum lf_status status = LF_OK;
    for (const cJSON *node = array->child; node != NULL && status == LF_OK; node = node->next) {
        if (cluster->step_count == LF_STEPS_OF_CLUSTER_MOST) {
            return lf_json_fail(reader->json, node, reader->err, "more than %d steps",
                                LF_STEPS_OF_CLUSTER_MOST);
        }
        status = lf_json_read(reader->json, node, &step_shape, &cluster->steps[cluster->step_count],
                              reader->arena, reader->err);
        cluster->step_count++;
    }
    return status;
}

static enum lf_status read_cluster(const struct reader *reader, const cJSON *node, void *row)
{
    const struct lf_classes *classes = reader->classes;
    struct cluster_text text = {.cluster = {.copies = 1}};
    struct lf_cluster *cluster = row;
    enum lf_status status =
        lf_json_read(reader->json, node, &cluster_shape, &text, reader->arena, reader->err);
    if (status != LF_OK) {
        return status;
    }
    *cluster = text.cluster;
    for (size_t i = 0; i < classes->count; i++) {
        if (strcmp(classes->items[i].name, text.machine) == 0) {
            cluster->class = &classes->items[i];
        }
    }
    for (size_t i = 0; i < classes->link_count; i++) {
        if (strcmp(classes->links[i].id, text.link) == 0) {
            cluster->link = &classes->links[i];
        }
    }
    if (cluster->class == NULL || cluster->class->device == NULL || cluster->link == NULL) {
        return lf_json_fail(reader->json, node, reader->err,
                            "machine and link must name a class with a device and a link");
    }
    reader->classes->cluster_count++;
    return read_steps(reader, text.steps, cluster);
}

struct file_text {
    const cJSON *hosts;
    const cJSON *classes;
    const cJSON *links;
    const cJSON *clusters;
};

static const struct lf_json_field file_fields[] = {
    {.key = "schema", .kind = LF_JSON_IGNORED},
    {.key = "schema_version", .kind = LF_JSON_IGNORED},
    ARRAY(struct file_text, "hosts", hosts, true),
    ARRAY(struct file_text, "classes", classes, true),
    ARRAY(struct file_text, "links", links, true),
    ARRAY(struct file_text, "clusters", clusters, true),
};
static const struct lf_json_shape file_shape = LF_JSON_SHAPE(file_fields);

static void *rows_of(const cJSON *array, size_t row_bytes, struct lf_arena *arena)
{
    return lf_arena_alloc(arena, (size_t)cJSON_GetArraySize(array), row_bytes);
}

/* Later tables name rows of earlier ones, so all of them are there before any is read. */
static enum lf_status read_tables(const struct reader *reader, const struct file_text *text)
{
    struct lf_host *hosts = rows_of(text->hosts, sizeof *hosts, reader->arena);
    struct lf_class *items = rows_of(text->classes, sizeof *items, reader->arena);
    struct lf_link *links = rows_of(text->links, sizeof *links, reader->arena);
    struct lf_cluster *clusters = rows_of(text->clusters, sizeof *clusters, reader->arena);
    const struct {
        const cJSON *array;
        char *row;
        size_t row_bytes;
        enum lf_status (*read)(const struct reader *reader, const cJSON *node, void *row);
    } tables[] = {
        {text->hosts, (char *)hosts, sizeof *hosts, read_host},
        {text->classes, (char *)items, sizeof *items, read_class},
        {text->links, (char *)links, sizeof *links, read_link},
        {text->clusters, (char *)clusters, sizeof *clusters, read_cluster},
    };
    *reader->classes =
        (struct lf_classes){.hosts = hosts, .items = items, .links = links, .clusters = clusters};
    enum lf_status status = LF_OK;
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        char *row = tables[t].row;
        const cJSON *node = tables[t].array->child;
        for (; node != NULL && status == LF_OK; node = node->next) {
            status = tables[t].read(reader, node, row);
            row += tables[t].row_bytes;
        }
    }
    return status;
}

enum lf_status lf_classes_read(const struct lf_json *json, const struct lf_devices *devices,
                               const struct lf_devices *cpus, struct lf_arena *arena,
                               struct lf_classes *classes, struct lf_error *err)
{
    const struct reader reader = {json, devices, cpus, arena, classes, err};
    struct file_text text = {0};
    *classes = (struct lf_classes){0};
    enum lf_status status = lf_json_check_schema(json, "llmfit.classes", err);
    if (status == LF_OK) {
        status = lf_json_read(json, json->root, &file_shape, &text, arena, err);
    }
    return status == LF_OK ? read_tables(&reader, &text) : status;
}
