#include "catalog/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "catalog/files.h"
#include "catalog/name.h"

/* A stated count of active parameters is a name as much as a figure ("A3B"), and vendors leave the
 * embeddings out, or count a vision tower. */
#define ACTIVE_TOLERANCE 0.05

/* Half a unit of the last digit that is not zero: 12,000,000,000 was rounded to 10^9. */
static double half_unit(uint64_t stated)
{
    uint64_t unit = 1;
    while (stated != 0 && stated % (unit * 10) == 0) {
        unit *= 10;
    }
    return (double)unit / 2;
}

static void verify_active(const struct lf_model *model, const struct lf_form *form)
{
    uint64_t stated = model->params_active_stated;
    uint64_t outside = 0;
    for (size_t i = 0; i < form->outside.count; i++) {
        outside += lf_tensor_elements(&form->outside.tensors[i]);
    }
    double least = (double)(form->params_active - outside) * (1 - ACTIVE_TOLERANCE);
    double most = (double)form->params_active * (1 + ACTIVE_TOLERANCE);
    if (stated != 0 &&
        ((double)stated + half_unit(stated) < least || (double)stated - half_unit(stated) > most)) {
        lf_json_fail(model->json, lf_json_find(model->node, "params_active_stated"), NULL,
                     "params_active_stated: %s states %llu parameters read for a token, its shape "
                     "has %llu, %llu of them embeddings",
                     model->id, (unsigned long long)stated, (unsigned long long)form->params_active,
                     (unsigned long long)outside);
    }
}

/* Tensors are in order of their names, so that a part listed twice shows. */
static void verify_tensors(const struct lf_model *model, const struct lf_form *form)
{
    for (size_t k = 0; k < form->kind_count; k++) {
        const struct lf_layer_kind *kind = &form->kinds[k];
        for (size_t i = 1; i < kind->count; i++) {
            if (strcmp(kind->tensors[i - 1].name, kind->tensors[i].name) == 0) {
                lf_json_fail(model->json, lf_json_find(model->node, "kinds"), NULL,
                             "kinds: a layer has %s twice", kind->tensors[i].name);
                return;
            }
        }
    }
}

/* "owner/name", where it is known. */
static void verify_repository(const struct lf_model *model, const char *key, const char *name)
{
    const char *slash = name == NULL ? NULL : strchr(name, '/');
    bool is_one = slash != NULL && slash > name && slash[1] != '\0' &&
                  strchr(slash + 1, '/') == NULL && strchr(name, ' ') == NULL;
    if (name != NULL && !is_one) {
        lf_json_fail(model->json, lf_json_find(model->node, key), NULL,
                     "%s: \"%.64s\" is not of the form owner/name", key, name);
    }
}

/* "2026-11" or "2026-11-22". */
static bool is_month_or_day(const char *text)
{
    enum { MONTH_LENGTH = 7, DAY_LENGTH = 10 };
    char day[DAY_LENGTH + 1] = "";
    int64_t number = 0;
    size_t length = strlen(text);
    if (length != MONTH_LENGTH && length != DAY_LENGTH) {
        return false;
    }
    memcpy(day, text, length);
    memcpy(day + length, "-01", DAY_LENGTH - length);
    return lf_date_parse(day, &number);
}

static void verify_release(const struct lf_json *json, const cJSON *node, const char *today)
{
    const cJSON *date = lf_json_find(node, "released");
    if (!cJSON_IsString(date)) {
        return;
    }
    if (!is_month_or_day(date->valuestring)) {
        lf_json_fail(json, date, NULL, "released must be a date, \"YYYY-MM\" or \"YYYY-MM-DD\"");
    } else if (today != NULL && strcmp(date->valuestring, today) > 0) {
        lf_json_fail(json, date, NULL, "released: %s is after today, %s", date->valuestring, today);
    }
}

static void verify_model(const struct lf_model *model, const char *today, struct lf_arena *arena)
{
    struct lf_form form;
    enum lf_mix mix;
    if (model->shape != NULL && lf_model_expand(model, arena, &form, NULL) == LF_OK) {
        verify_active(model, &form);
        if (model->shape_id == NULL) {
            verify_tensors(model, &form);
        }
    }
    verify_repository(model, "hf", model->hf);
    verify_repository(model, "gguf", model->gguf);
    verify_repository(model, "mlx", model->mlx);
    verify_release(model->json, model->node, today);
    const char *quant = model->recommended.quant;
    if (quant != NULL && !lf_mix_find(quant, &mix)) {
        lf_json_fail(model->json, lf_json_find(model->node, "recommended_quant"), NULL,
                     "recommended_quant: \"%.64s\" is not a mix", quant);
    }
}

/* A name as it is compared, and where it stands. */
struct name {
    char *squeezed;
    const struct lf_model *model;
    const cJSON *node;
};

static int compare_names(const void *left, const void *right)
{
    const struct name *a = left;
    const struct name *b = right;
    int order = strcmp(a->squeezed, b->squeezed);
    return order != 0 ? order : (a->model > b->model) - (a->model < b->model);
}

/* Adds the text at node to names, where it is one; returns how many that adds. */
static size_t add_name(const struct lf_model *model, const cJSON *node, struct lf_arena *arena,
                       struct name *name)
{
    if (!cJSON_IsString(node)) {
        return 0;
    }
    size_t length = strlen(node->valuestring);
    char *squeezed = lf_arena_alloc(arena, length + 1, 1);
    memcpy(squeezed, node->valuestring, length);
    lf_name_squeeze(squeezed);
    *name = (struct name){squeezed, model, node};
    return 1;
}

/* Adds the names that mean this model alone: not its files', which finetunes may share. */
static size_t add_names(const struct lf_model *model, struct lf_arena *arena, struct name *names)
{
    static const char *const keys[] = {"id", "name", "hf", "ollama"};
    size_t count = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        count += add_name(model, lf_json_find(model->node, keys[i]), arena, &names[count]);
    }
    for (size_t i = 0; i < model->aliases.count; i++) {
        const cJSON *node = cJSON_GetArrayItem(lf_json_find(model->node, "aliases"), (int)i);
        count += add_name(model, node, arena, &names[count]);
    }
    return count;
}

/* Whether the model was read from the folder: then a clash with a built-in one is its own. */
static bool is_own(const struct lf_catalog *catalog, const struct lf_model *model)
{
    return catalog->directory != NULL && lf_text_starts_with(model->json->name, catalog->directory);
}

static void tell_clash(const struct name *name, const struct lf_model *other)
{
    lf_json_fail(name->model->json, name->node, NULL, "\"%.64s\" means this model and %.64s",
                 name->node->valuestring, other->id);
}

/* A name that two models go by would answer for neither. */
static void verify_names(const struct lf_catalog *catalog, struct lf_arena *arena)
{
    enum { NAMES_OF_A_MODEL = 4 };
    const struct lf_models *models = &catalog->models;
    size_t most = 0;
    size_t count = 0;
    for (size_t i = 0; i < models->count; i++) {
        most += NAMES_OF_A_MODEL + models->items[i].aliases.count;
    }
    struct name *names = lf_alloc(most, sizeof *names);
    for (size_t i = 0; i < models->count; i++) {
        count += add_names(&models->items[i], arena, &names[count]);
    }
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 1; i < count; i++) {
        const struct name *a = &names[i - 1];
        const struct name *b = &names[i];
        if (a->model == b->model || strcmp(a->squeezed, b->squeezed) != 0) {
            continue;
        }
        if (is_own(catalog, a->model) && !is_own(catalog, b->model)) {
            tell_clash(a, b->model);
        } else {
            tell_clash(b, a->model);
        }
    }
    free(names);
}

/* Rows of models that are not there are told in one note. */
static void verify_ids(const struct lf_catalog *catalog, const struct lf_json *json)
{
    enum { NAMED_MOST = 3 };
    struct lf_text named = {0};
    const cJSON *first = NULL;
    size_t count = 0;
    for (const cJSON *node = lf_json_find(json->root, "models")->child; node != NULL;
         node = node->next) {
        const cJSON *id = lf_json_find(node, "id");
        if (!cJSON_IsString(id) || lf_models_find_id(&catalog->models, id->valuestring) != NULL) {
            continue;
        }
        first = first == NULL ? id : first;
        if (count++ < NAMED_MOST) {
            lf_text_format(&named, "%s%.64s", count == 1 ? "" : ", ", id->valuestring);
        }
    }
    if (count > 0) {
        lf_json_note(json, first, "%zu row%s of models that the catalog does not have: %s%s", count,
                     count == 1 ? "" : "s", lf_text_string(&named),
                     count > NAMED_MOST ? " ..." : "");
    }
    lf_text_clear(&named);
}

static void verify_quality(const struct lf_catalog *catalog, const struct lf_json *json)
{
    bool has_best = false;
    for (size_t i = 0; i < catalog->quality.paid_count; i++) {
        has_best =
            has_best || (catalog->quality.best_paid != NULL &&
                         strcmp(catalog->quality.paid[i].name, catalog->quality.best_paid) == 0);
    }
    if (!has_best && catalog->quality.best_paid != NULL) {
        const cJSON *snapshot = lf_json_find(json->root, "snapshot");
        lf_json_fail(json, lf_json_find(snapshot, "best_paid"), NULL,
                     "best_paid: \"%.64s\" is not among the paid models",
                     catalog->quality.best_paid);
    }
}

static void verify_quants(const struct lf_quants *quants, const struct lf_json *json)
{
    struct lf_text missing = {0};
    for (int mix = 0; mix < LF_MIX_COUNT; mix++) {
        if (quants->rows[mix].rank == 0) {
            lf_text_format(&missing, " %s", lf_mix_name((enum lf_mix)mix));
        }
    }
    if (missing.length > 0) {
        lf_json_fail(json, lf_json_find(json->root, "mixes"), NULL, "mixes: not there:%s",
                     lf_text_string(&missing));
    }
    lf_text_clear(&missing);
}

static void verify_devices(const struct lf_json *json, const char *today)
{
    for (const cJSON *node = lf_json_find(json->root, "devices")->child; node != NULL;
         node = node->next) {
        verify_release(json, node, today);
    }
}

/* The document of a file, when its rows could be read. */
static const struct lf_json *rows_of(const struct lf_catalog *catalog, const char *file,
                                     const char *key)
{
    const struct lf_json *json = lf_catalog_file(catalog, file);
    return json != NULL && cJSON_IsArray(lf_json_find(json->root, key)) ? json : NULL;
}

void lf_catalog_verify(const struct lf_catalog *catalog)
{
    struct lf_arena arena = {0};
    for (size_t i = 0; i < catalog->models.count; i++) {
        verify_model(&catalog->models.items[i], catalog->today, &arena);
        lf_arena_clear(&arena);
    }
    verify_names(catalog, &arena);
    lf_arena_clear(&arena);
    const struct lf_json *quality = rows_of(catalog, "quality.json", "models");
    const struct lf_json *prices = rows_of(catalog, "prices.json", "models");
    const struct lf_json *quants = rows_of(catalog, "quants.json", "mixes");
    const struct lf_json *devices = rows_of(catalog, "devices.json", "devices");
    const struct lf_json *cpus = rows_of(catalog, "cpus.json", "devices");
    if (quality != NULL) {
        verify_ids(catalog, quality);
        verify_quality(catalog, quality);
    }
    if (prices != NULL) {
        verify_ids(catalog, prices);
    }
    if (quants != NULL) {
        verify_quants(&catalog->quants, quants);
    }
    if (devices != NULL) {
        verify_devices(devices, catalog->today);
    }
    if (cpus != NULL) {
        verify_devices(cpus, catalog->today);
    }
    lf_benchmarks_verify(catalog);
}
