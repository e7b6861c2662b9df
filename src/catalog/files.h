/* The catalog's files while they are read: the folder they lie in, and the documents, for those
 * that look across them. Inner header of the catalog. */
#ifndef LLMFIT_CATALOG_FILES_H
#define LLMFIT_CATALOG_FILES_H

#include "base/text.h"
#include "catalog/catalog.h"

/* A document that was read; models keep pointers into it. */
struct lf_document {
    struct lf_document *next;
    const char *file;       /* its name below data/ */
    struct lf_text content; /* empty for a built-in file */
    struct lf_json json;
};

struct lf_catalog_files {
    struct lf_document *documents;
    struct lf_strings models; /* "models/x.json" of the folder, in order of their bytes */
};

/* "models/". */
extern const char lf_models_folder[];

/* Looks at the folder once: it must be one, and hold something of ours. Fills catalog->files. */
enum lf_status lf_folder_open(struct lf_catalog *catalog, struct lf_error *err);

/* The path of a file of the folder. */
const char *lf_folder_path(struct lf_catalog *catalog, const char *name);

/* Whether there is a folder, and a file of that name in it. */
bool lf_folder_holds(struct lf_catalog *catalog, const char *name);

/* The file of a part ("devices.json"); number < LF_CATALOG_PARTS. */
const char *lf_catalog_part_file(size_t number);

/* The document read for the file of that name below data/; NULL when there is none. */
const struct lf_json *lf_catalog_file(const struct lf_catalog *catalog, const char *file);

#endif
