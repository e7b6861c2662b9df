#include "catalog/catalog.h"

#include <string.h>

#include "base/file.h"
#include "catalog/builtin.h"
#include "catalog/files.h"
#include "catalog/image.h"
#include "catalog/origin.h"

enum { FILE_LIMIT_BYTES = 16 * 1024 * 1024 };

const char lf_catalog_version[] = LLMFIT_VERSION;

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

static enum lf_status read_benchmarks(struct lf_catalog *catalog, const struct lf_json *json,
                                      struct lf_error *err)
{
    return lf_benchmarks_read(json, &catalog->models, &catalog->arena, &catalog->benchmarks, err);
}

static enum lf_status read_disks(struct lf_catalog *catalog, const struct lf_json *json,
                                 struct lf_error *err)
{
    return lf_disk_kinds_read(json, &catalog->arena, &catalog->disks, err);
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
    {LF_CATALOG_BENCHMARKS, "benchmarks.json", read_benchmarks},
    {LF_CATALOG_DISKS, "disks.json", read_disks},
};
enum { PART_COUNT = sizeof parts / sizeof parts[0] };
_Static_assert(sizeof parts / sizeof parts[0] == LF_CATALOG_PARTS, "every part has a row");

const char *lf_catalog_part_file(size_t number)
{
    return parts[number].file;
}

static struct lf_document *add_document(struct lf_catalog *catalog, const char *file)
{
    struct lf_document *document = lf_arena_alloc(&catalog->reading, 1, sizeof *document);
    document->next = catalog->files->documents;
    document->file = file;
    catalog->files->documents = document;
    return document;
}

/* Goes on with a document that was parsed, or keeps what keeps it from being one. */
static enum lf_status finish(struct lf_catalog *catalog, struct lf_document *document,
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
    struct lf_document *document = add_document(catalog, file->name);
    *json = &document->json;
    enum lf_status status = lf_json_parse_scanned(&document->json, file->name,
                                                  (const char *)file->bytes, file->size, err);
    return finish(catalog, document, status, err);
}

static enum lf_status open_file(struct lf_catalog *catalog, const char *name, const char *path,
                                const struct lf_json **json, struct lf_error *err)
{
    struct lf_document *document = add_document(catalog, name);
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
    if (lf_folder_holds(catalog, name)) {
        return open_file(catalog, name, lf_folder_path(catalog, name), json, err);
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
    catalog->models = (struct lf_models){0};
    enum lf_status status = lf_architectures_read(json, &catalog->arena, &catalog->reading,
                                                  &catalog->architectures, err);
    for (size_t i = 0; i < own->count && status == LF_OK; i++) {
        status =
            open_file(catalog, own->items[i], lf_folder_path(catalog, own->items[i]), &json, err);
        if (status == LF_OK) {
            status =
                lf_models_read(&catalog->models, json, architectures, false, &catalog->arena, err);
        }
        status = go_on(catalog, status);
    }
    for (size_t i = 0; i < lf_builtin_file_count && status == LF_OK; i++) {
        const struct lf_builtin_file *file = &lf_builtin_files[i];
        if (!lf_text_starts_with(file->name, lf_models_folder) ||
            is_replaced(catalog, file->name)) {
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

void lf_catalog_init(struct lf_catalog *catalog, const char *directory)
{
    *catalog = (struct lf_catalog){.directory = directory};
}

/* Reads a part from its file. */
static enum lf_status load_part(struct lf_catalog *catalog, size_t number, struct lf_error *err)
{
    const struct lf_json *json = NULL;
    catalog->checked = NULL;
    enum lf_status status = open_part(catalog, &parts[number], &json, err);
    if (status == LF_OK) {
        status = parts[number].read(catalog, json, err);
    }
    if (catalog->checked != NULL) {
        catalog->checked_of[number] =
            lf_arena_copy(&catalog->arena, catalog->checked, strlen(catalog->checked));
    }
    return go_on(catalog, status);
}

static void take_hardware(const struct lf_catalog *frozen, struct lf_catalog *catalog)
{
    catalog->devices = frozen->devices;
    catalog->cpus = frozen->cpus;
    catalog->machines = frozen->machines;
    catalog->classes = frozen->classes;
    catalog->disks = frozen->disks;
    memcpy(catalog->checked_of, frozen->checked_of, sizeof catalog->checked_of);
}

static void take_models(const struct lf_catalog *frozen, struct lf_catalog *catalog)
{
    catalog->architectures = frozen->architectures;
    catalog->models = frozen->models;
    catalog->quality = frozen->quality;
    catalog->quants = frozen->quants;
    catalog->tiers = frozen->tiers;
    catalog->runtimes = frozen->runtimes;
    catalog->prices = frozen->prices;
    catalog->benchmarks = frozen->benchmarks;
}

/* Takes over what was read when the program was built, if nothing else is asked for. What is
 * borrowed from a first taking of the hardware stays where it is. */
static bool thaw(struct lf_catalog *catalog, unsigned wanted)
{
    const struct lf_catalog_image *image = catalog->image;
    if (image == NULL || image->word_count == 0 || catalog->directory != NULL ||
        catalog->quality_file != NULL || catalog->findings != NULL) {
        return false;
    }
    bool is_hardware = (wanted & ~(unsigned)LF_CATALOG_HARDWARE) == 0;
    size_t words = is_hardware ? image->hardware_words : image->word_count;
    if (words > catalog->thawed_words) {
        const struct lf_catalog *frozen = lf_catalog_thaw(image, words, &catalog->arena);
        take_hardware(frozen, catalog);
        if (!is_hardware) {
            take_models(frozen, catalog);
        }
        catalog->thawed_words = words;
    }
    return true;
}

enum lf_status lf_catalog_load(struct lf_catalog *catalog, unsigned wanted, struct lf_error *err)
{
    bool is_there = thaw(catalog, wanted);
    enum lf_status status =
        is_there || catalog->files != NULL ? LF_OK : lf_folder_open(catalog, err);
    if ((wanted & LF_CATALOG_CLASSES) != 0) {
        wanted |= LF_CATALOG_DEVICES | LF_CATALOG_CPUS;
    }
    if ((wanted & LF_CATALOG_BENCHMARKS) != 0) {
        wanted |= LF_CATALOG_MODELS;
    }
    for (size_t i = 0; i < PART_COUNT && status == LF_OK; i++) {
        if ((wanted & ~catalog->loaded & (unsigned)parts[i].part) == 0) {
            continue;
        }
        status = is_there ? LF_OK : load_part(catalog, i, err);
        if (status == LF_OK) {
            catalog->loaded |= (unsigned)parts[i].part;
        }
    }
    catalog->checked = NULL;
    for (size_t i = 0; i < PART_COUNT; i++) {
        const char *one =
            (catalog->loaded & (unsigned)parts[i].part) != 0 ? catalog->checked_of[i] : NULL;
        bool is_newer =
            one != NULL && (catalog->checked == NULL || strcmp(one, catalog->checked) > 0);
        catalog->checked = is_newer ? one : catalog->checked;
    }
    return status;
}

const struct lf_json *lf_catalog_file(const struct lf_catalog *catalog, const char *file)
{
    const struct lf_document *document = catalog->files == NULL ? NULL : catalog->files->documents;
    while (document != NULL && strcmp(document->file, file) != 0) {
        document = document->next;
    }
    return document == NULL || document->json.root == NULL ? NULL : &document->json;
}

void lf_catalog_clear(struct lf_catalog *catalog)
{
    struct lf_document *document = catalog->files == NULL ? NULL : catalog->files->documents;
    for (; document != NULL; document = document->next) {
        lf_json_clear(&document->json);
        lf_text_clear(&document->content);
    }
    lf_arena_clear(&catalog->reading);
    lf_arena_clear(&catalog->arena);
    *catalog = (struct lf_catalog){0};
}
