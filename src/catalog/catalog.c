#include "catalog/catalog.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "catalog/builtin.h"
#include "catalog/files.h"
#include "catalog/origin.h"

enum { FILE_LIMIT_BYTES = 16 * 1024 * 1024 };

const char lf_catalog_version[] = LLMFIT_VERSION;

static const char models_folder[] = "models/";

/* A document that was read; models keep pointers into it. */
struct document {
    struct document *next;
    const char *file;       /* its name below data/ */
    struct lf_text content; /* empty for a built-in file */
    struct lf_json json;
};

struct lf_catalog_files {
    struct document *documents;
    struct lf_strings models; /* "models/x.json" of the folder, in order of their bytes */
};

/* A part, its file, and how the part is read once the file is open. */
struct part {
    enum lf_catalog_part part;
    const char *file;
    enum lf_status (*read)(struct lf_catalog *catalog, const struct lf_json *json,
                           struct lf_error *err);
};

/* Where findings are collected, a fault ends a file and not the load. */
static enum lf_status go_on(const struct lf_catalog *catalog, enum lf_status status)
{
    return status == LF_BAD_INPUT && catalog->findings != NULL ? LF_OK : status;
}

static enum lf_status read_models(struct lf_catalog *catalog, const struct lf_json *json,
                                  struct lf_error *err);

static enum lf_status read_devices(struct lf_catalog *catalog, const struct lf_json *json,
                                   struct lf_error *err)
{
    return lf_devices_read(json, &catalog->arena, &catalog->devices, err);
}

static enum lf_status read_cpus(struct lf_catalog *catalog, const struct lf_json *json,
                                struct lf_error *err)
{
    return lf_devices_read(json, &catalog->arena, &catalog->cpus, err);
}

static enum lf_status read_classes(struct lf_catalog *catalog, const struct lf_json *json,
                                   struct lf_error *err)
{
    return lf_classes_read(json, &catalog->devices, &catalog->cpus, &catalog->arena,
                           &catalog->classes, err);
}

static enum lf_status read_quality(struct lf_catalog *catalog, const struct lf_json *json,
                                   struct lf_error *err)
{
    return lf_quality_read(json, &catalog->arena, &catalog->quality, err);
}

static enum lf_status read_quants(struct lf_catalog *catalog, const struct lf_json *json,
                                  struct lf_error *err)
{
    return lf_quants_read(json, &catalog->arena, &catalog->quants, err);
}

static enum lf_status read_tiers(struct lf_catalog *catalog, const struct lf_json *json,
                                 struct lf_error *err)
{
    return lf_tiers_read(json, &catalog->arena, &catalog->tiers, err);
}

static enum lf_status read_runtimes(struct lf_catalog *catalog, const struct lf_json *json,
                                    struct lf_error *err)
{
    return lf_runtimes_read(json, &catalog->arena, &catalog->runtimes, err);
}

static enum lf_status read_machines(struct lf_catalog *catalog, const struct lf_json *json,
                                    struct lf_error *err)
{
    return lf_listed_machines_read(json, &catalog->arena, &catalog->machines, err);
}

static enum lf_status read_prices(struct lf_catalog *catalog, const struct lf_json *json,
                                  struct lf_error *err)
{
    return lf_prices_read(json, &catalog->arena, &catalog->prices, err);
}

static const struct part parts[] = {
    {LF_CATALOG_MODELS, "architectures.json", read_models},
    {LF_CATALOG_DEVICES, "devices.json", read_devices},
    {LF_CATALOG_CPUS, "cpus.json", read_cpus},
    {LF_CATALOG_CLASSES, "classes.json", read_classes},
    {LF_CATALOG_QUALITY, "quality.json", read_quality},
    {LF_CATALOG_QUANTS, "quants.json", read_quants},
    {LF_CATALOG_TIERS, "tiers.json", read_tiers},
    {LF_CATALOG_RUNTIMES, "runtimes.json", read_runtimes},
    {LF_CATALOG_MACHINES, "machines.json", read_machines},
    {LF_CATALOG_PRICES, "prices.json", read_prices},
};
enum { PART_COUNT = sizeof parts / sizeof parts[0] };

static const char *path_of(struct lf_catalog *catalog, const char *name)
{
    return lf_arena_format(&catalog->arena, "%s/%s", catalog->directory, name);
}

static bool folder_holds(struct lf_catalog *catalog, const char *name)
{
    return catalog->directory != NULL && lf_file_is_there(path_of(catalog, name));
}

static struct document *add_document(struct lf_catalog *catalog, const char *file)
{
    struct document *document = lf_arena_alloc(&catalog->arena, 1, sizeof *document);
    document->next = catalog->files->documents;
    document->file = file;
    catalog->files->documents = document;
    return document;
}

/* Goes on with a document that was parsed, or keeps what keeps it from being one. */
static enum lf_status finish(struct lf_catalog *catalog, struct document *document,
                             enum lf_status status, struct lf_error *err)
{
    if (status != LF_OK && catalog->findings != NULL) {
        lf_findings_add(catalog->findings, LF_SEVERITY_ERROR, err);
    }
    if (status != LF_OK) {
        return status;
    }
    document->json.findings = catalog->findings;
    return lf_origins_check(&document->json, catalog->today, &catalog->checked, err);
}

static enum lf_status open_builtin(struct lf_catalog *catalog, const struct lf_builtin_file *file,
                                   const struct lf_json **json, struct lf_error *err)
{
    struct document *document = add_document(catalog, file->name);
    *json = &document->json;
    enum lf_status status = lf_json_parse_scanned(&document->json, file->name,
                                                  (const char *)file->bytes, file->size, err);
    return finish(catalog, document, status, err);
}

static enum lf_status open_file(struct lf_catalog *catalog, const char *name, const char *path,
                                const struct lf_json **json, struct lf_error *err)
{
    struct document *document = add_document(catalog, name);
    *json = &document->json;
    enum lf_status status = lf_file_read(path, FILE_LIMIT_BYTES, &document->content, err);
    if (status == LF_OK) {
        status = lf_json_parse(&document->json, path, lf_text_string(&document->content),
                               document->content.length, err);
    }
    return finish(catalog, document, status, err);
}

static enum lf_status open_part(struct lf_catalog *catalog, const struct part *part,
                                const struct lf_json **json, struct lf_error *err)
{
    const char *name = part->file;
    if (part->part == LF_CATALOG_QUALITY && catalog->quality_file != NULL) {
        return open_file(catalog, name, catalog->quality_file, json, err);
    }
    if (folder_holds(catalog, name)) {
        return open_file(catalog, name, path_of(catalog, name), json, err);
    }
    for (size_t i = 0; i < lf_builtin_file_count; i++) {
        if (strcmp(lf_builtin_files[i].name, name) == 0) {
            return open_builtin(catalog, &lf_builtin_files[i], json, err);
        }
    }
    return lf_fail(err, LF_INTERNAL, "%s is not built in", name);
}

/* Whether the folder has a file that takes the place of this one. */
static bool is_replaced(const struct lf_catalog *catalog, const char *name)
{
    for (size_t i = 0; i < catalog->files->models.count; i++) {
        if (strcmp(catalog->files->models.items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* The folder's files come first: a built-in model of an id that is there already is left out. */
static enum lf_status read_models(struct lf_catalog *catalog, const struct lf_json *json,
                                  struct lf_error *err)
{
    const struct lf_strings *own = &catalog->files->models;
    const struct lf_architectures *architectures = &catalog->architectures;
    lf_models_clear(&catalog->models);
    enum lf_status status =
        lf_architectures_read(json, &catalog->arena, &catalog->architectures, err);
    for (size_t i = 0; i < own->count && status == LF_OK; i++) {
        status = open_file(catalog, own->items[i], path_of(catalog, own->items[i]), &json, err);
        if (status == LF_OK) {
            status =
                lf_models_read(&catalog->models, json, architectures, false, &catalog->arena, err);
        }
        status = go_on(catalog, status);
    }
    for (size_t i = 0; i < lf_builtin_file_count && status == LF_OK; i++) {
        const struct lf_builtin_file *file = &lf_builtin_files[i];
        if (!lf_text_starts_with(file->name, models_folder) || is_replaced(catalog, file->name)) {
            continue;
        }
        status = open_builtin(catalog, file, &json, err);
        if (status == LF_OK) {
            status = lf_models_read(&catalog->models, json, architectures,
                                    catalog->directory != NULL, &catalog->arena, err);
        }
        status = go_on(catalog, status);
    }
    return status == LF_OK ? lf_models_link(&catalog->models, err) : status;
}

static int compare_names(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;
    return strcmp(*a, *b);
}

static bool is_json_file(const char *name)
{
    static const char suffix[] = ".json";
    size_t length = strlen(name);
    return name[0] != '.' && length >= sizeof suffix &&
           strcmp(name + length - (sizeof suffix - 1), suffix) == 0;
}

/* Lists the folder's models/; a folder without one has no models. */
static enum lf_status list_models(struct lf_catalog *catalog, struct lf_strings *models,
                                  struct lf_error *err)
{
    if (!folder_holds(catalog, models_folder)) {
        return LF_OK;
    }
    const char *path = path_of(catalog, models_folder);
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return lf_fail_at(err, LF_BAD_INPUT, path, 0, 0, "%s", strerror(errno));
    }
    const char **names = NULL;
    size_t count = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (is_json_file(entry->d_name)) {
            names = lf_resize(names, count + 1, sizeof *names);
            names[count++] = lf_arena_format(&catalog->arena, "%s%s", models_folder, entry->d_name);
        }
    }
    closedir(folder);
    if (count > 0) {
        qsort(names, count, sizeof *names, compare_names);
        const char **kept = lf_arena_alloc(&catalog->arena, count, sizeof *kept);
        memcpy(kept, names, count * sizeof *kept);
        *models = (struct lf_strings){kept, count};
    }
    free(names);
    return LF_OK;
}

static bool is_part_file(const char *name)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (strcmp(parts[i].file, name) == 0) {
            return true;
        }
    }
    return false;
}

/* A misspelt file would be passed over in silence. */
static void find_strays(struct lf_catalog *catalog, DIR *folder)
{
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (is_json_file(entry->d_name) && !is_part_file(entry->d_name)) {
            struct lf_error error;
            lf_fail_at(&error, LF_BAD_INPUT, path_of(catalog, entry->d_name), 0, 0,
                       "no file of a catalog has this name");
            lf_findings_add(catalog->findings, LF_SEVERITY_ERROR, &error);
        }
    }
}

/* Looks at the folder once: it must be one, and hold something of ours. */
static enum lf_status open_folder(struct lf_catalog *catalog, struct lf_error *err)
{
    struct lf_catalog_files *files = lf_arena_alloc(&catalog->arena, 1, sizeof *files);
    if (catalog->directory != NULL) {
        DIR *folder = opendir(catalog->directory);
        if (folder == NULL) {
            return lf_fail_at(err, LF_BAD_INPUT, catalog->directory, 0, 0, "%s", strerror(errno));
        }
        if (catalog->findings != NULL) {
            find_strays(catalog, folder);
        }
        closedir(folder);
        enum lf_status status = list_models(catalog, &files->models, err);
        if (status != LF_OK) {
            return status;
        }
        bool is_ours = files->models.count > 0;
        for (size_t i = 0; i < PART_COUNT && !is_ours; i++) {
            is_ours = folder_holds(catalog, parts[i].file);
        }
        if (!is_ours) {
            return lf_fail_at(err, LF_BAD_INPUT, catalog->directory, 0, 0,
                              "holds no file of a catalog (devices.json, models/*.json ...)");
        }
    }
    catalog->files = files;
    return LF_OK;
}

void lf_catalog_init(struct lf_catalog *catalog, const char *directory)
{
    *catalog = (struct lf_catalog){.directory = directory};
}

enum lf_status lf_catalog_load(struct lf_catalog *catalog, unsigned wanted, struct lf_error *err)
{
    enum lf_status status = catalog->files == NULL ? open_folder(catalog, err) : LF_OK;
    if ((wanted & LF_CATALOG_CLASSES) != 0) {
        wanted |= LF_CATALOG_DEVICES | LF_CATALOG_CPUS;
    }
    for (size_t i = 0; i < PART_COUNT && status == LF_OK; i++) {
        if ((wanted & ~catalog->loaded & (unsigned)parts[i].part) == 0) {
            continue;
        }
        const struct lf_json *json = NULL;
        status = open_part(catalog, &parts[i], &json, err);
        if (status == LF_OK) {
            status = parts[i].read(catalog, json, err);
        }
        status = go_on(catalog, status);
        if (status == LF_OK) {
            catalog->loaded |= (unsigned)parts[i].part;
        }
    }
    return status;
}

const struct lf_json *lf_catalog_file(const struct lf_catalog *catalog, const char *file)
{
    const struct document *document = catalog->files == NULL ? NULL : catalog->files->documents;
    while (document != NULL && strcmp(document->file, file) != 0) {
        document = document->next;
    }
    return document == NULL || document->json.root == NULL ? NULL : &document->json;
}

void lf_catalog_clear(struct lf_catalog *catalog)
{
    struct document *document = catalog->files == NULL ? NULL : catalog->files->documents;
    for (; document != NULL; document = document->next) {
        lf_json_clear(&document->json);
        lf_text_clear(&document->content);
    }
    lf_models_clear(&catalog->models);
    lf_arena_clear(&catalog->arena);
    *catalog = (struct lf_catalog){0};
}
