/* The user's own folders: small files that the program keeps between two runs.
 *
 *                   cache: what can be had again     data: what would be missed
 *     set by         LLMFIT_CACHE_DIR                 LLMFIT_DATA_DIR
 *     Linux, FreeBSD $XDG_CACHE_HOME/llmfit           $XDG_DATA_HOME/llmfit
 *                    ~/.cache/llmfit                  ~/.local/share/llmfit
 *     a Mac          ~/Library/Caches/llmfit          ~/Library/Application Support/llmfit
 *     Windows        %LOCALAPPDATA%\llmfit\cache      %LOCALAPPDATA%\llmfit
 *
 * A relative path in XDG_* or HOME counts as not set (XDG Base Directory Specification 0.8); in a
 * variable of llmfit it is an error. A folder that is a link or another user's is not used: it may
 * have been put there so that somebody else's file is read or overwritten. */
#ifndef LLMFIT_BASE_STORE_H
#define LLMFIT_BASE_STORE_H

#include <stddef.h>

#include "base/status.h"
#include "base/text.h"

enum lf_store {
    LF_STORE_CACHE,
    LF_STORE_DATA,
    LF_STORE_COUNT,
};

/* Adds the path of the store's file of that name (a plain file name) to *path, whether or not it is
 * there. LF_OUTPUT when the environment names no folder, which the sentence says. */
enum lf_status lf_store_path(enum lf_store store, const char *name, struct lf_text *path,
                             struct lf_error *err);

/* Adds the content of that file to *content. Nothing is added, and all is well, where there is no
 * such file, no folder yet, or no store. LF_BAD_INPUT when it is there and cannot be read, is
 * larger than limit bytes, a link, no regular file, or in a folder that is not used. */
enum lf_status lf_store_read(enum lf_store store, const char *name, size_t limit,
                             struct lf_text *content, struct lf_error *err);

/* Makes bytes[length] the whole content of that file, readable by the user alone: whoever reads it
 * meanwhile, and whatever interrupts, finds the old content or the new. Makes the folders that lack
 * (0700). LF_OUTPUT when that fails, and the old file stays. */
enum lf_status lf_store_replace(enum lf_store store, const char *name, const char *bytes,
                                size_t length, struct lf_error *err);

#endif
