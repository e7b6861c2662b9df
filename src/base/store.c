#include "base/store.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_open.h"
#include "base/store_folder.h"

enum {
    TEMPORARY_NAMES_MOST =
        100, /* of a file being written; all taken only if as many writers died */
    PIECE_BYTES = 64 * 1024,
};

static enum lf_status find_folder(enum lf_store store, struct lf_text *folder, struct lf_error *err)
{
    const struct lf_store_place *places = lf_store_places[store];
    struct lf_text names = {0};
    for (size_t i = 0; i < LF_STORE_PLACES_MOST && places[i].variable != NULL; i++) {
        const char *value = getenv(places[i].variable);
        bool is_own = places[i].below[0] == '\0';
        lf_text_format(&names, "%s%s", i > 0 ? ", " : "", places[i].variable);
        if (value == NULL || value[0] == '\0') {
            continue;
        }
        if (lf_store_is_absolute(value)) {
            lf_text_format(folder, "%s%s", value, places[i].below);
            lf_text_clear(&names);
            return LF_OK;
        }
        if (is_own) {
            lf_text_clear(&names);
            return lf_fail(err, LF_OUTPUT, "%s: %s is no absolute path", places[i].variable, value);
        }
    }
    lf_fail(err, LF_OUTPUT, "there is no folder to keep a file in: nothing is set of %s",
            lf_text_string(&names));
    lf_text_clear(&names);
    return LF_OUTPUT;
}

static void add_name(struct lf_text *path, const char *name)
{
    assert(name[0] != '\0' && strpbrk(name, lf_store_separators) == NULL);
    lf_text_format(path, "%c%s", lf_store_separators[0], name);
}

enum lf_status lf_store_path(enum lf_store store, const char *name, struct lf_text *path,
                             struct lf_error *err)
{
    enum lf_status status = find_folder(store, path, err);
    if (status == LF_OK) {
        add_name(path, name);
    }
    return status;
}

static enum lf_status read_file(const char *path, size_t limit, struct lf_text *content,
                                struct lf_error *err)
{
    int handle = lf_store_open(path);
    if (handle < 0 && errno == ENOENT) {
        return LF_OK;
    }
    if (handle < 0) {
        return lf_fail_at(err, LF_BAD_INPUT, path, 0, 0, "%s", strerror(errno));
    }
    return lf_file_read_handle(handle, path, limit, content, err);
}

enum lf_status lf_store_read(enum lf_store store, const char *name, size_t limit,
                             struct lf_text *content, struct lf_error *err)
{
    struct lf_text path = {0};
    enum lf_status status = LF_OK;
    if (find_folder(store, &path, NULL) == LF_OK && lf_file_is_there(lf_text_string(&path))) {
        const char *fault = lf_store_folder_fault(lf_text_string(&path));
        if (fault != NULL) {
            status = lf_fail_at(err, LF_BAD_INPUT, lf_text_string(&path), 0, 0, "%s", fault);
        } else {
            add_name(&path, name);
            status = read_file(lf_text_string(&path), limit, content, err);
        }
    }
    lf_text_clear(&path);
    return status;
}

/* Makes a folder and those it lies in, as far as they lack, and sees that it may be used. */
static enum lf_status make_folder(const char *path, struct lf_error *err)
{
    struct lf_text part = {0};
    enum lf_status status = LF_OK;
    for (size_t at = 1; status == LF_OK && path[at - 1] != '\0'; at++) {
        bool is_end = path[at] == '\0' || strchr(lf_store_separators, path[at]) != NULL;
        lf_text_clear(&part);
        lf_text_add(&part, path, at);
        if (is_end && !lf_file_is_there(lf_text_string(&part)) &&
            lf_store_make_folder(lf_text_string(&part)) != 0 && errno != EEXIST) {
            status = lf_fail_at(err, LF_OUTPUT, lf_text_string(&part), 0, 0, "%s", strerror(errno));
        }
    }
    lf_text_clear(&part);
    const char *fault = status == LF_OK ? lf_store_folder_fault(path) : NULL;
    return fault != NULL ? lf_fail_at(err, LF_OUTPUT, path, 0, 0, "%s", fault) : status;
}

/* Makes a file beside path, its name in *name. Returns its handle, or -1 with errno set. */
static int create_beside(const char *path, struct lf_text *name)
{
    int handle = -1;
    errno = EEXIST;
    for (unsigned i = 0; handle < 0 && errno == EEXIST && i < TEMPORARY_NAMES_MOST; i++) {
        lf_text_clear(name);
        lf_text_format(name, "%s.%ld-%u", path, (long)getpid(), i);
        handle = lf_store_create(lf_text_string(name));
    }
    return handle;
}

static bool write_all(int handle, const char *bytes, size_t length)
{
    while (length > 0) {
        unsigned piece = length < PIECE_BYTES ? (unsigned)length : PIECE_BYTES;
        ssize_t sent = write(handle, bytes, piece);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return false;
        }
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

static enum lf_status replace(const char *path, const char *bytes, size_t length,
                              struct lf_error *err)
{
    struct lf_text name = {0};
    enum lf_status status = LF_OK;
    int handle = create_beside(path, &name);
    bool is_written = handle >= 0 && write_all(handle, bytes, length) && lf_store_sync(handle) == 0;
    int fault = is_written ? 0 : errno;
    if (handle >= 0 && close(handle) != 0 && fault == 0) {
        fault = errno;
    }
    if (fault == 0 && lf_store_rename(lf_text_string(&name), path) != 0) {
        fault = errno;
    }
    if (fault != 0) {
        status = lf_fail_at(err, LF_OUTPUT, path, 0, 0, "%s", strerror(fault));
    }
    if (handle >= 0 && fault != 0) {
        unlink(lf_text_string(&name));
    }
    lf_text_clear(&name);
    return status;
}

enum lf_status lf_store_replace(enum lf_store store, const char *name, const char *bytes,
                                size_t length, struct lf_error *err)
{
    struct lf_text path = {0};
    enum lf_status status = find_folder(store, &path, err);
    if (status == LF_OK) {
        status = make_folder(lf_text_string(&path), err);
    }
    if (status == LF_OK) {
        add_name(&path, name);
        status = replace(lf_text_string(&path), bytes, length, err);
    }
    lf_text_clear(&path);
    return status;
}
