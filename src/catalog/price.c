#include "catalog/price.h"

#include <string.h>

#include "base/date.h"
#include "catalog/unique.h"

/* Bounds no price comes near: USD per million tokens, of a machine, and watts. */
#define LEAST_USD 1e-6
#define MOST_USD 1e5
#define MOST_MACHINE_USD 1e7
#define MOST_WATTS 1e6
enum { MOST_HOSTS = 1000, MOST_COUNT = 64, MOST_GIB = 1024 * 1024, MOST_RATIO = 1000 };

#define FIELD(type, key_, kind_, required_, least_, most_)                                      \
    {                                                                                           \
        .key = #key_, .offset = offsetof(type, key_), .kind = (kind_), .required = (required_), \
        .least = (least_), .most = (most_)                                                      \
    }
#define TEXT(type, key_) FIELD(type, key_, LF_JSON_STRING, true, 0, 0)
#define NUMBER(type, key_, least_, most_) FIELD(type, key_, LF_JSON_NUMBER, true, least_, most_)
#define WHOLE(type, key_, most_) FIELD(type, key_, LF_JSON_INTEGER, true, 1, most_)
#define OBJECT(type, key_, required_) FIELD(type, key_, LF_JSON_OBJECT, required_, 0, 0)
#define ARRAY(type, key_) FIELD(type, key_, LF_JSON_ARRAY, true, 0, 0)

/* A rate as written: a median tells its hosts, a cheapest rate its one host. */
struct rate_text {
    double input_usd;
    double output_usd;
    const char *date;
    uint64_t hosts;
    const char *host;
};

#define RATE_FIELDS                                           \
    NUMBER(struct rate_text, input_usd, LEAST_USD, MOST_USD), \
        NUMBER(struct rate_text, output_usd, LEAST_USD, MOST_USD), TEXT(struct rate_text, date)
static const struct lf_json_field vendor_fields[] = {RATE_FIELDS};
static const struct lf_json_field median_fields[] = {RATE_FIELDS,
                                                     WHOLE(struct rate_text, hosts, MOST_HOSTS)};
static const struct lf_json_field cheapest_fields[] = {RATE_FIELDS, TEXT(struct rate_text, host)};
#undef RATE_FIELDS
static const struct lf_json_shape vendor_shape = LF_JSON_SHAPE(vendor_fields);
static const struct lf_json_shape median_shape = LF_JSON_SHAPE(median_fields);
static const struct lf_json_shape cheapest_shape = LF_JSON_SHAPE(cheapest_fields);

/* A price as written. */
struct price_text {
    const char *id;
    const char *name;
    const cJSON *vendor;
    const cJSON *median;
    const cJSON *cheapest;
    const char *source;
    const char *checked;
};

#define PRICE_FIELDS                                                                   \
    OBJECT(struct price_text, vendor, false), OBJECT(struct price_text, median, true), \
        OBJECT(struct price_text, cheapest, true), TEXT(struct price_text, source),    \
        TEXT(struct price_text, checked)
static const struct lf_json_field model_fields[] = {TEXT(struct price_text, id), PRICE_FIELDS};
static const struct lf_json_field paid_fields[] = {TEXT(struct price_text, name), PRICE_FIELDS};
#undef PRICE_FIELDS
static const struct lf_json_shape model_shape = LF_JSON_SHAPE(model_fields);
static const struct lf_json_shape paid_shape = LF_JSON_SHAPE(paid_fields);

static const struct lf_json_field power_fields[] = {
    TEXT(struct lf_power, device),
    WHOLE(struct lf_power, count, MOST_COUNT),
    NUMBER(struct lf_power, generating_watts, 1, MOST_WATTS),
    FIELD(struct lf_power, idle_watts, LF_JSON_NUMBER, false, 1, MOST_WATTS),
    {.key = "confidence", .offset = offsetof(struct lf_power, basis_name), .required = true},
    TEXT(struct lf_power, source),
    TEXT(struct lf_power, checked),
};
static const struct lf_json_shape power_shape = LF_JSON_SHAPE(power_fields);

static const struct lf_json_field machine_fields[] = {
    TEXT(struct lf_machine_price, name),
    TEXT(struct lf_machine_price, device),
    WHOLE(struct lf_machine_price, memory_gib, MOST_GIB),
    NUMBER(struct lf_machine_price, price_usd, 1, MOST_MACHINE_USD),
    TEXT(struct lf_machine_price, date),
    TEXT(struct lf_machine_price, source),
    TEXT(struct lf_machine_price, checked),
};
static const struct lf_json_shape machine_shape = LF_JSON_SHAPE(machine_fields);

static const struct lf_json_field ratio_fields[] = {
    TEXT(struct lf_input_ratio, use_case),
    NUMBER(struct lf_input_ratio, input_ratio, 0, MOST_RATIO),
    TEXT(struct lf_input_ratio, source),
    TEXT(struct lf_input_ratio, checked),
};
static const struct lf_json_shape ratio_shape = LF_JSON_SHAPE(ratio_fields);

struct default_text {
    const char *id;
    double value;
    const char *source;
    const char *checked;
};

static const struct lf_json_field default_fields[] = {
    TEXT(struct default_text, id),
    NUMBER(struct default_text, value, 0, MOST_USD),
    TEXT(struct default_text, source),
    TEXT(struct default_text, checked),
};
static const struct lf_json_shape default_shape = LF_JSON_SHAPE(default_fields);

struct prices_text {
    const cJSON *defaults;
    const cJSON *input_ratios;
    const cJSON *models;
    const cJSON *paid;
    const cJSON *power;
    const cJSON *machines;
};

static const struct lf_json_field file_fields[] = {
    {.key = "schema", .kind = LF_JSON_IGNORED}, {.key = "schema_version", .kind = LF_JSON_IGNORED},
    ARRAY(struct prices_text, defaults),        ARRAY(struct prices_text, input_ratios),
    ARRAY(struct prices_text, models),          ARRAY(struct prices_text, paid),
    ARRAY(struct prices_text, power),           ARRAY(struct prices_text, machines),
};
static const struct lf_json_shape file_shape = LF_JSON_SHAPE(file_fields);
#undef ARRAY
#undef OBJECT
#undef WHOLE
#undef NUMBER
#undef TEXT
#undef FIELD

static const char *const basis_names[] = {
    [LF_POWER_MEASURED] = "measured",
    [LF_POWER_MAXIMUM] = "maximum",
    [LF_POWER_GUESS] = "guess",
};
enum { BASIS_COUNT = sizeof basis_names / sizeof basis_names[0] };

const char *lf_power_basis_name(enum lf_power_basis basis)
{
    return basis_names[basis];
}

static enum lf_status check_date(const struct lf_json *json, const cJSON *node, const char *date,
                                 struct lf_error *err)
{
    int64_t day;
    if (lf_date_parse(date, &day)) {
        return LF_OK;
    }
    return lf_json_fail(json, lf_json_find(node, "date"), err,
                        "date: \"%.32s\" is not a day (\"YYYY-MM-DD\")", date);
}

static enum lf_status read_rate(const struct lf_json *json, const cJSON *node,
                                const struct lf_json_shape *shape, struct lf_arena *arena,
                                struct rate_text *text, struct lf_rate *rate, struct lf_error *err)
{
    enum lf_status status = lf_json_read(json, node, shape, text, arena, err);
    *rate = (struct lf_rate){text->input_usd, text->output_usd, text->date};
    return status == LF_OK ? check_date(json, node, text->date, err) : status;
}

/* Reads one row into its place. */
typedef enum lf_status read_row(const struct lf_json *json, const cJSON *node,
                                struct lf_arena *arena, void *item, struct lf_error *err);

static enum lf_status read_price(const struct lf_json *json, const cJSON *node,
                                 const struct lf_json_shape *shape, struct lf_arena *arena,
                                 struct lf_price *price, struct lf_error *err)
{
    struct price_text text = {0};
    struct rate_text vendor = {0};
    struct rate_text median = {0};
    struct rate_text cheapest = {0};
    enum lf_status status = lf_json_read(json, node, shape, &text, arena, err);
    if (status == LF_OK && text.vendor != NULL) {
        status = read_rate(json, text.vendor, &vendor_shape, arena, &vendor, &price->vendor, err);
    }
    if (status == LF_OK) {
        status = read_rate(json, text.median, &median_shape, arena, &median, &price->median, err);
    }
    if (status == LF_OK) {
        status = read_rate(json, text.cheapest, &cheapest_shape, arena, &cheapest, &price->cheapest,
                           err);
    }
    price->id = text.id;
    price->name = text.name;
    price->hosts = median.hosts;
    price->host = cheapest.host;
    price->source = text.source;
    price->checked = text.checked;
    return status;
}

static enum lf_status read_model(const struct lf_json *json, const cJSON *node,
                                 struct lf_arena *arena, void *item, struct lf_error *err)
{
    return read_price(json, node, &model_shape, arena, item, err);
}

static enum lf_status read_paid(const struct lf_json *json, const cJSON *node,
                                struct lf_arena *arena, void *item, struct lf_error *err)
{
    return read_price(json, node, &paid_shape, arena, item, err);
}

static enum lf_status read_power(const struct lf_json *json, const cJSON *node,
                                 struct lf_arena *arena, void *item, struct lf_error *err)
{
    struct lf_power *power = item;
    enum lf_status status = lf_json_read(json, node, &power_shape, power, arena, err);
    if (status != LF_OK) {
        return status;
    }
    for (int basis = 0; basis < BASIS_COUNT; basis++) {
        if (strcmp(power->basis_name, basis_names[basis]) == 0) {
            power->basis = (enum lf_power_basis)basis;
            return LF_OK;
        }
    }
    return lf_json_fail(json, lf_json_find(node, "confidence"), err,
                        "confidence: \"%.32s\" is not measured, maximum or guess",
                        power->basis_name);
}

static enum lf_status read_machine(const struct lf_json *json, const cJSON *node,
                                   struct lf_arena *arena, void *item, struct lf_error *err)
{
    struct lf_machine_price *machine = item;
    enum lf_status status = lf_json_read(json, node, &machine_shape, machine, arena, err);
    return status == LF_OK ? check_date(json, node, machine->date, err) : status;
}

static enum lf_status read_ratio(const struct lf_json *json, const cJSON *node,
                                 struct lf_arena *arena, void *item, struct lf_error *err)
{
    return lf_json_read(json, node, &ratio_shape, item, arena, err);
}

/* Reads an array into *count items of item_bytes each, which are in the arena; a faulty row is
 * left out where faults are collected. */
static enum lf_status read_list(const struct lf_json *json, const cJSON *array, read_row *read,
                                size_t item_bytes, struct lf_arena *arena, void **items,
                                size_t *count, struct lf_error *err)
{
    char *item = lf_arena_alloc(arena, (size_t)cJSON_GetArraySize(array), item_bytes);
    *items = item;
    *count = 0;
    for (const cJSON *node = array->child; node != NULL; node = node->next) {
        memset(item, 0, item_bytes);
        enum lf_status status = read(json, node, arena, item, err);
        if (lf_json_ends(json, status)) {
            return status;
        }
        if (status == LF_OK) {
            item += item_bytes;
            (*count)++;
        }
    }
    return LF_OK;
}

/* Where a default goes; value is NULL once it is there. */
struct place {
    const char *id;
    double *value;
    double least;
    double most;
};

static enum lf_status read_default(const struct lf_json *json, const cJSON *node,
                                   struct lf_arena *arena, struct place places[], size_t count,
                                   struct lf_error *err)
{
    struct default_text text = {0};
    enum lf_status status = lf_json_read(json, node, &default_shape, &text, arena, err);
    if (status != LF_OK) {
        return status;
    }
    size_t i = 0;
    while (i < count && strcmp(places[i].id, text.id) != 0) {
        i++;
    }
    if (i == count || places[i].value == NULL) {
        return lf_json_fail(json, lf_json_find(node, "id"), err,
                            "id: \"%.64s\" is no default, or appears twice", text.id);
    }
    if (text.value < places[i].least || text.value > places[i].most) {
        return lf_json_fail(json, lf_json_find(node, "value"), err, "%s is out of range (%g to %g)",
                            text.id, places[i].least, places[i].most);
    }
    *places[i].value = text.value;
    places[i].value = NULL;
    return LF_OK;
}

/* Reads each default once. */
static enum lf_status read_defaults(const struct lf_json *json, const cJSON *array,
                                    struct lf_arena *arena, struct lf_cost_defaults *defaults,
                                    struct lf_error *err)
{
    struct place places[] = {
#define PLACE(id, least, most) {#id, &defaults->id, least, most},
        LF_COST_DEFAULTS(PLACE)
#undef PLACE
    };
    enum { PLACE_COUNT = sizeof places / sizeof places[0] };
    enum lf_status status = LF_OK;
    for (const cJSON *node = array->child; node != NULL && !lf_json_ends(json, status);
         node = node->next) {
        status = read_default(json, node, arena, places, PLACE_COUNT, err);
    }
    for (size_t i = 0; i < PLACE_COUNT && !lf_json_ends(json, status); i++) {
        if (places[i].value != NULL) {
            status = lf_json_fail(json, array, err, "defaults: %s is missing", places[i].id);
        }
    }
    return lf_json_ends(json, status) ? status : LF_OK;
}

static enum lf_status read_lists(const struct lf_json *json, const struct prices_text *text,
                                 struct lf_arena *arena, struct lf_prices *prices,
                                 struct lf_error *err)
{
    enum { RATIOS, MODELS, PAID, POWERS, MACHINES, LIST_COUNT };
    void *items[LIST_COUNT] = {NULL};
    const struct {
        const cJSON *array;
        read_row *read;
        size_t item_bytes;
        size_t *count;
        const char *unique; /* the key no two rows share; NULL: none */
    } lists[LIST_COUNT] = {
        [RATIOS] = {text->input_ratios, read_ratio, sizeof *prices->input_ratios,
                    &prices->input_ratio_count, "use_case"},
        [MODELS] = {text->models, read_model, sizeof *prices->models, &prices->model_count, "id"},
        [PAID] = {text->paid, read_paid, sizeof *prices->paid, &prices->paid_count, "name"},
        [POWERS] = {text->power, read_power, sizeof *prices->powers, &prices->power_count, NULL},
        [MACHINES] = {text->machines, read_machine, sizeof *prices->machines,
                      &prices->machine_count, NULL},
    };
    enum lf_status status = LF_OK;
    for (size_t i = 0; i < LIST_COUNT && !lf_json_ends(json, status); i++) {
        status = read_list(json, lists[i].array, lists[i].read, lists[i].item_bytes, arena,
                           &items[i], lists[i].count, err);
        if (status == LF_OK && lists[i].unique != NULL) {
            status = lf_check_unique(json, lists[i].array, lists[i].unique, err);
        }
    }
    prices->input_ratios = items[RATIOS];
    prices->models = items[MODELS];
    prices->paid = items[PAID];
    prices->powers = items[POWERS];
    prices->machines = items[MACHINES];
    return lf_json_ends(json, status) ? status : LF_OK;
}

enum lf_status lf_prices_read(const struct lf_json *json, struct lf_arena *arena,
                              struct lf_prices *prices, struct lf_error *err)
{
    struct prices_text text = {0};
    *prices = (struct lf_prices){0};
    enum lf_status status = lf_json_check_schema(json, "llmfit.prices", err);
    if (status == LF_OK) {
        status = lf_json_read(json, json->root, &file_shape, &text, arena, err);
    }
    if (status == LF_OK) {
        status = read_defaults(json, text.defaults, arena, &prices->defaults, err);
    }
    return status == LF_OK ? read_lists(json, &text, arena, prices, err) : status;
}
