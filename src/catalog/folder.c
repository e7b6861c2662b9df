/* The folder that --catalog names. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "catalog/files.h"

const char lf_models_folder[] = "models/";

const char *lf_folder_path(struct lf_catalog *catalog, const char *name)
{
    return lf_arena_format(&catalog->reading, "%s/%s", catalog->directory, name);
}

bool lf_folder_holds(struct lf_catalog *catalog, const char *name)
{
    return catalog->directory != NULL && lf_file_is_there(lf_folder_path(catalog, name));
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
    if (!lf_folder_holds(catalog, lf_models_folder)) {
        return LF_OK;
    }
    const char *path = lf_folder_path(catalog, lf_models_folder);
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return lf_fail_at(err, LF_BAD_INPUT, path, 0, 0, "%s", strerror(errno));
    }
    const char **names = NULL;
    size_t count = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (is_json_file(entry->d_name)) {
            names = lf_resize(names, count + 1, sizeof *names);
            names[count++] =
                lf_arena_format(&catalog->reading, "%s%s", lf_models_folder, entry->d_name);
        }
    }
    closedir(folder);
    if (count > 0) {
        qsort(names, count, sizeof *names, compare_names);
        const char **kept = lf_arena_alloc(&catalog->reading, count, sizeof *kept);
        memcpy(kept, names, count * sizeof *kept);
        *models = (struct lf_strings){kept, count};
    }
    free(names);
    return LF_OK;
}

static bool is_part_file(const char *name)
{
    for (size_t i = 0; i < LF_CATALOG_PARTS; i++) {
        if (strcmp(lf_catalog_part_file(i), name) == 0) {
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
            lf_fail_at(&error, LF_BAD_INPUT, lf_folder_path(catalog, entry->d_name), 0, 0,
                       "no file of a catalog has this name");
            lf_findings_add(catalog->findings, LF_SEVERITY_ERROR, &error);
        }
    }
}

/* Looks at the folder once: it must be one, and hold something of ours. */
enum lf_status lf_folder_open(struct lf_catalog *catalog, struct lf_error *err)
{
    struct lf_catalog_files *files = lf_arena_alloc(&catalog->reading, 1, sizeof *files);
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
        for (size_t i = 0; i < LF_CATALOG_PARTS && !is_ours; i++) {
            is_ours = lf_folder_holds(catalog, lf_catalog_part_file(i));
        }
        if (!is_ours) {
            return lf_fail_at(err, LF_BAD_INPUT, catalog->directory, 0, 0,
                              "holds no file of a catalog (devices.json, models/*.json ...)");
        }
    }
    catalog->files = files;
    return LF_OK;
}
