#include "catalog/disk.h"

#include <string.h>

#define LEAST_BPS 1000000
#define MOST_BPS 1000000000000
#define LEAST_FRAC 0.001

#define FIELD(type, key_, kind_) \
    .key = #key_, .offset = offsetof(type, key_), .kind = (kind_), .required = true
#define RATE(key_)                                                                              \
    {                                                                                           \
        FIELD(struct lf_disk_kind, key_, LF_JSON_INTEGER), .least = LEAST_BPS, .most = MOST_BPS \
    }
static const struct lf_json_field kind_fields[] = {
    {FIELD(struct lf_disk_kind, kind, LF_JSON_STRING)},
    RATE(low_bps),
    RATE(typical_bps),
    RATE(high_bps),
    {FIELD(struct lf_disk_kind, source, LF_JSON_STRING)},
    {FIELD(struct lf_disk_kind, checked, LF_JSON_STRING)},
};
#undef RATE
static const struct lf_json_shape kind_shape = LF_JSON_SHAPE(kind_fields);

#define SHARE(key_, member)                                                                      \
    {                                                                                            \
        .key = (key_), .offset = offsetof(struct lf_disk_kinds, member), .kind = LF_JSON_NUMBER, \
        .required = true, .least = LEAST_FRAC, .most = 1                                         \
    }
#define IGNORED(key_)                                            \
    {                                                            \
        .key = (key_), .kind = LF_JSON_IGNORED, .required = true \
    }
static const struct lf_json_field mapped_fields[] = {
    SHARE("low", mapped_frac.low),
    SHARE("typical", mapped_frac.typical),
    SHARE("high", mapped_frac.high),
    IGNORED("confidence"),
    IGNORED("source"),
    IGNORED("checked"),
};
static const struct lf_json_shape mapped_shape = LF_JSON_SHAPE(mapped_fields);

static const struct lf_json_field reuse_fields[] = {
    SHARE("missed_frac", reuse_missed_frac),
    IGNORED("confidence"),
    IGNORED("source"),
    IGNORED("checked"),
};
static const struct lf_json_shape reuse_shape = LF_JSON_SHAPE(reuse_fields);
#undef IGNORED
#undef SHARE

struct disks_text {
    const cJSON *disks;
    const cJSON *mapped_frac;
    const cJSON *reuse;
};

static const struct lf_json_field file_fields[] = {
    {.key = "schema", .kind = LF_JSON_IGNORED},
    {.key = "schema_version", .kind = LF_JSON_IGNORED},
    {FIELD(struct disks_text, disks, LF_JSON_ARRAY)},
    {FIELD(struct disks_text, mapped_frac, LF_JSON_OBJECT)},
    {FIELD(struct disks_text, reuse, LF_JSON_OBJECT)},
};
static const struct lf_json_shape file_shape = LF_JSON_SHAPE(file_fields);
#undef FIELD

static const struct lf_disk_kind *find(const struct lf_disk_kinds *kinds, const char *kind)
{
    for (size_t i = 0; kind != NULL && i < kinds->count; i++) {
        if (strcmp(kinds->items[i].kind, kind) == 0) {
            return &kinds->items[i];
        }
    }
    return NULL;
}

static enum lf_status read_kind(const struct lf_json *json, const cJSON *node,
                                struct lf_arena *arena, struct lf_disk_kinds *kinds,
                                struct lf_error *err)
{
    struct lf_disk_kind kind = {0};
    enum lf_status status = lf_json_read(json, node, &kind_shape, &kind, arena, err);
    if (status != LF_OK) {
        return status;
    }
    if (kind.low_bps > kind.typical_bps || kind.typical_bps > kind.high_bps) {
        return lf_json_fail(json, node, err, "low_bps, typical_bps and high_bps must ascend");
    }
    if (find(kinds, kind.kind) != NULL) {
        return lf_json_fail(json, lf_json_find(node, "kind"), err, "kind \"%.64s\" appears twice",
                            kind.kind);
    }
    if (kinds->count == LF_DISK_KINDS_MOST) {
        return lf_json_fail(json, node, err, "more than %d disks", LF_DISK_KINDS_MOST);
    }
    kinds->items[kinds->count++] = kind;
    return LF_OK;
}

enum lf_status lf_disk_kinds_read(const struct lf_json *json, struct lf_arena *arena,
                                  struct lf_disk_kinds *kinds, struct lf_error *err)
{
    struct disks_text text = {0};
    *kinds = (struct lf_disk_kinds){.count = 0};
    enum lf_status status = lf_json_check_schema(json, "llmfit.disks", err);
    if (status == LF_OK) {
        status = lf_json_read(json, json->root, &file_shape, &text, arena, err);
    }
    if (status == LF_OK) {
        status = lf_json_read(json, text.mapped_frac, &mapped_shape, kinds, arena, err);
    }
    if (status == LF_OK) {
        status = lf_json_read(json, text.reuse, &reuse_shape, kinds, arena, err);
    }
    if (status == LF_OK && text.disks->child == NULL) {
        status = lf_json_fail(json, text.disks, err, "disks is empty");
    }
    const cJSON *node = status == LF_OK ? text.disks->child : NULL;
    for (; node != NULL; node = node->next) {
        status = read_kind(json, node, arena, kinds, err);
        if (lf_json_ends(json, status)) {
            return status;
        }
    }
    return status;
}

/* The rates of a disk of no known kind: the slowest, the fastest, and the typical one between. */
static struct lf_disk_kind unknown_kind(const struct lf_disk_kinds *kinds)
{
    struct lf_disk_kind all = kinds->items[0];
    for (size_t i = 1; i < kinds->count; i++) {
        const struct lf_disk_kind *one = &kinds->items[i];
        all.low_bps = one->low_bps < all.low_bps ? one->low_bps : all.low_bps;
        all.high_bps = one->high_bps > all.high_bps ? one->high_bps : all.high_bps;
    }
    all.typical_bps = kinds->items[kinds->count / 2].typical_bps;
    return all;
}

struct lf_disk_reading lf_disk_reading_of(const struct lf_disk_kinds *kinds, const char *kind,
                                          uint64_t given_bps)
{
    if (kinds->count == 0) {
        return (struct lf_disk_reading){.is_assumed = true};
    }
    const struct lf_disk_kind *known = find(kinds, kind);
    struct lf_disk_kind rates = known == NULL ? unknown_kind(kinds) : *known;
    if (given_bps != 0) {
        rates.low_bps = given_bps;
        rates.typical_bps = given_bps;
        rates.high_bps = given_bps;
    }
    return (struct lf_disk_reading){
        .low_bps = (double)rates.low_bps * kinds->mapped_frac.low,
        .mid_bps = (double)rates.typical_bps * kinds->mapped_frac.typical,
        .high_bps = (double)rates.high_bps * kinds->mapped_frac.high,
        .reuse_missed_frac = kinds->reuse_missed_frac,
        .is_assumed = known == NULL && given_bps == 0,
    };
}
