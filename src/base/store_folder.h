/* What each system does its own way when a file is kept in a folder of the user's. */
#ifndef LLMFIT_BASE_STORE_FOLDER_H
#define LLMFIT_BASE_STORE_FOLDER_H

#include <stdbool.h>

#include "base/store.h"

enum { LF_STORE_PLACES_MOST = 3 };

/* A place to look for a store's folder: below what a variable of the environment says. */
struct lf_store_place {
    const char *variable; /* NULL: no more places */
    const char *below;    /* "" for llmfit's own variable, which comes first */
};

/* The places of each store, the first that is set counts. */
extern const struct lf_store_place lf_store_places[LF_STORE_COUNT][LF_STORE_PLACES_MOST];

/* What may stand between two folders of a path. */
extern const char lf_store_separators[];

bool lf_store_is_absolute(const char *path);

/* Makes one folder for the user alone. Returns 0, or -1 with errno set. */
int lf_store_make_folder(const char *path);

/* Why that folder is not to be used, as words behind its path; NULL when it is good. */
const char *lf_store_folder_fault(const char *path);

/* Opens a file for reading, or makes one for writing that must not be there yet, for the user
 * alone; neither follows a link. Return the handle, or -1 with errno set. */
int lf_store_open(const char *path);
int lf_store_create(const char *path);

/* Sees to it that what was written survives a loss of power. Returns 0, or -1 with errno set. */
int lf_store_sync(int handle);

/* Gives a file the name of another, which goes away in the same instant. Returns 0, or -1 with
 * errno set. */
int lf_store_rename(const char *from, const char *to);

#endif
