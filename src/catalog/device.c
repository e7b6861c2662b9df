#include "catalog/device.h"

#include <string.h>

#include "catalog/unique.h"

#define DEVICE(key_, kind_, member, required_)                                        \
    {                                                                                 \
        .key = (key_), .offset = offsetof(struct lf_device, member), .kind = (kind_), \
        .required = (required_)                                                       \
    }
static const struct lf_json_field device_fields[] = {
    DEVICE("vendor", LF_JSON_STRING, vendor, true),
    DEVICE("name", LF_JSON_STRING, name, true),
    DEVICE("driver_name", LF_JSON_STRING, driver_name, false),
    DEVICE("aliases", LF_JSON_STRINGS, aliases, false),
    DEVICE("kind", LF_JSON_STRING, kind, true),
    DEVICE("arch", LF_JSON_STRING, arch, false),
    DEVICE("released", LF_JSON_STRING, released, false),
    DEVICE("pci", LF_JSON_STRINGS, pci, false),
    DEVICE("amd_rev", LF_JSON_STRINGS, amd_rev, false),
    DEVICE("cpu_match", LF_JSON_STRINGS, cpu_match, false),
    DEVICE("memory_bytes", LF_JSON_INTEGER, memory_bytes, false),
    DEVICE("unified", LF_JSON_BOOL, is_unified, true),
    DEVICE("bandwidth_bps", LF_JSON_INTEGER, bandwidth_bps, false),
    DEVICE("fp16_tflops", LF_JSON_NUMBER, fp16_tflops, false),
    {.key = "fp16_kind", .kind = LF_JSON_IGNORED},
    DEVICE("fp32_tflops", LF_JSON_NUMBER, fp32_tflops, false),
    DEVICE("cuda_cc", LF_JSON_STRING, compute, false),
    DEVICE("gpu_cores", LF_JSON_INTEGER, gpu_cores, false),
    DEVICE("confidence", LF_JSON_STRING, confidence, false),
    DEVICE("source", LF_JSON_STRING, source, true),
    DEVICE("checked", LF_JSON_STRING, checked, true),
};
#undef DEVICE
static const struct lf_json_shape device_shape = LF_JSON_SHAPE(device_fields);

struct devices_text {
    const cJSON *devices;
};

static const struct lf_json_field file_fields[] = {
    {.key = "schema", .kind = LF_JSON_IGNORED},
    {.key = "schema_version", .kind = LF_JSON_IGNORED},
    {.key = "devices",
     .offset = offsetof(struct devices_text, devices),
     .kind = LF_JSON_ARRAY,
     .required = true},
};
static const struct lf_json_shape file_shape = LF_JSON_SHAPE(file_fields);

/* Whether text looks like form, where 'x' stands for a lower-case hex digit. */
static bool has_form(const char *text, const char *form)
{
    for (; *form != '\0'; text++, form++) {
        bool fits = *form == 'x' ? *text != '\0' && strchr("0123456789abcdef", *text) != NULL
                                 : *text == *form;
        if (!fits) {
            return false;
        }
    }
    return *text == '\0';
}

static enum lf_status check_form(const struct lf_json *json, const cJSON *node, const char *key,
                                 const struct lf_strings *ids, const char *form,
                                 struct lf_error *err)
{
    for (size_t i = 0; i < ids->count; i++) {
        if (!has_form(ids->items[i], form)) {
            return lf_json_fail(json, cJSON_GetArrayItem(lf_json_find(node, key), (int)i), err,
                                "%s: \"%.16s\" is not of the form %s in lower-case hex digits", key,
                                ids->items[i], form);
        }
    }
    return LF_OK;
}

static enum lf_status read_device(const struct lf_json *json, const cJSON *node,
                                  struct lf_arena *arena, struct lf_device *device,
                                  struct lf_error *err)
{
    enum lf_status status = lf_json_read(json, node, &device_shape, device, arena, err);
    if (status == LF_OK) {
        status = check_form(json, node, "pci", &device->pci, "xxxx:xxxx", err);
    }
    if (status == LF_OK) {
        status = check_form(json, node, "amd_rev", &device->amd_rev, "xxxx:xx", err);
    }
    return status;
}

enum lf_status lf_devices_read(const struct lf_json *json, struct lf_arena *arena,
                               struct lf_devices *devices, struct lf_error *err)
{
    struct devices_text text = {0};
    *devices = (struct lf_devices){0};
    enum lf_status status = lf_json_check_schema(json, "llmfit.devices", err);
    if (status == LF_OK) {
        status = lf_json_read(json, json->root, &file_shape, &text, arena, err);
    }
    if (status != LF_OK) {
        return status;
    }
    size_t count = (size_t)cJSON_GetArraySize(text.devices);
    struct lf_device *items = lf_arena_alloc(arena, count, sizeof *items);
    devices->items = items;
    for (const cJSON *node = text.devices->child; node != NULL; node = node->next) {
        items[devices->count] = (struct lf_device){0};
        status = read_device(json, node, arena, &items[devices->count], err);
        if (lf_json_ends(json, status)) {
            return status;
        }
        devices->count += status == LF_OK;
    }
    return lf_check_unique(json, text.devices, "name", err);
}
