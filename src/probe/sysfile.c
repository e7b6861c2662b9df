/* glibc declares realpath, which POSIX has as an X/Open extension, for this alone. */
#define _XOPEN_SOURCE 700

#include "probe/sysfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { PATH_BYTES = PATH_MAX };

bool lf_sys_set_root(struct lf_probe *probe, const char *root)
{
    char *real = realpath(root, NULL);
    if (real == NULL) {
        return false;
    }
    size_t length = strcmp(real, "/") == 0 ? 0 : strlen(real);
    probe->root = lf_arena_copy(&probe->machine->arena, real, length);
    free(real);
    return true;
}

/* Writes root and the formatted path; returns false when it does not fit. */
static bool join(const struct lf_probe *probe, char path[PATH_BYTES], const char *format,
                 va_list arguments)
{
    size_t root = strlen(probe->root);
    if (root >= PATH_BYTES) {
        return false;
    }
    memcpy(path, probe->root, root);
    int length = vsnprintf(path + root, PATH_BYTES - root, format, arguments);
    return length >= 0 && (size_t)length < PATH_BYTES - root;
}

/* Whether the path of a recording stays inside it, all links followed. */
static bool is_inside(const struct lf_probe *probe, const char *path)
{
    if (!probe->is_recording) {
        return true;
    }
    char *real = realpath(path, NULL);
    size_t root = strlen(probe->root);
    bool inside = real != NULL && strncmp(real, probe->root, root) == 0 &&
                  (real[root] == '/' || real[root] == '\0');
    free(real);
    return inside;
}

static int open_regular(const struct lf_probe *probe, const char *path)
{
    struct stat facts;
    if (!is_inside(probe, path) || stat(path, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return -1;
    }
    return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

static bool read_file(const struct lf_probe *probe, char *buffer, size_t size, const char *format,
                      va_list arguments)
{
    char path[PATH_BYTES];
    buffer[0] = '\0';
    int handle = join(probe, path, format, arguments) ? open_regular(probe, path) : -1;
    if (handle < 0) {
        return false;
    }
    size_t length = 0;
    ssize_t got = 1;
    while (got != 0 && length + 1 < size) {
        got = read(handle, buffer + length, size - 1 - length);
        if (got > 0) {
            length += (size_t)got;
        } else if (got < 0 && errno != EINTR) {
            break;
        }
    }
    close(handle);
    buffer[length] = '\0';
    for (char *nul = buffer; (nul = memchr(nul, '\0', length - (size_t)(nul - buffer))) != NULL;) {
        *nul = '\n';
    }
    return got >= 0;
}

bool lf_sys_read(const struct lf_probe *probe, char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bool found = read_file(probe, buffer, size, format, arguments);
    va_end(arguments);
    return found;
}

bool lf_sys_text(const struct lf_probe *probe, struct lf_text *content, size_t limit,
                 const char *path)
{
    char full[PATH_BYTES];
    int length = snprintf(full, sizeof full, "%s%s", probe->root, path);
    return length >= 0 && (size_t)length < sizeof full && is_inside(probe, full) &&
           lf_file_read(full, limit, content, NULL) == LF_OK;
}

bool lf_sys_number(const struct lf_probe *probe, uint64_t *number, const char *format, ...)
{
    char buffer[64];
    va_list arguments;
    va_start(arguments, format);
    bool found = read_file(probe, buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    const char *end = NULL;
    uint64_t value = 0;
    if (!found ||
        !lf_sys_parse(buffer, lf_text_starts_with(buffer, "0x") ? 16 : 10, &value, &end) ||
        end[strspn(end, " \n")] != '\0') {
        return false;
    }
    *number = value;
    return true;
}

const char *lf_sys_word(const struct lf_probe *probe, const char *format, ...)
{
    char buffer[256];
    va_list arguments;
    va_start(arguments, format);
    bool found = read_file(probe, buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    return found ? lf_sys_clean(&probe->machine->arena, buffer, strcspn(buffer, "\n")) : NULL;
}

const char *lf_sys_link(const struct lf_probe *probe, const char *format, ...)
{
    char path[PATH_BYTES];
    char target[PATH_BYTES];
    va_list arguments;
    va_start(arguments, format);
    bool fits = join(probe, path, format, arguments);
    va_end(arguments);
    ssize_t length = fits ? readlink(path, target, sizeof target - 1) : -1;
    if (length <= 0) {
        return NULL;
    }
    target[length] = '\0';
    const char *slash = strrchr(target, '/');
    const char *last = slash == NULL ? target : slash + 1;
    return lf_sys_clean(&probe->machine->arena, last, strlen(last));
}

bool lf_sys_exists(const struct lf_probe *probe, const char *format, ...)
{
    char path[PATH_BYTES];
    va_list arguments;
    va_start(arguments, format);
    bool fits = join(probe, path, format, arguments);
    va_end(arguments);
    return fits && is_inside(probe, path) && access(path, F_OK) == 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct lf_strings lf_sys_list(const struct lf_probe *probe, const char *format, ...)
{
    struct lf_strings names = {0};
    char path[PATH_BYTES];
    va_list arguments;
    va_start(arguments, format);
    bool fits = join(probe, path, format, arguments);
    va_end(arguments);
    DIR *folder = fits && is_inside(probe, path) ? opendir(path) : NULL;
    if (folder == NULL) {
        return names;
    }
    struct lf_arena *arena = &probe->machine->arena;
    const char **items = NULL;
    size_t room = 0;
    struct dirent *entry = NULL;
    while (names.count < LF_SYS_NAMES_MOST && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        if (names.count == room) {
            room = room == 0 ? 64 : room * 2;
            items = lf_resize(items, room, sizeof *items);
        }
        items[names.count++] = lf_arena_copy(arena, entry->d_name, strlen(entry->d_name));
    }
    closedir(folder);
    if (names.count > 0) {
        qsort(items, names.count, sizeof *items, compare_names);
        const char **kept = lf_arena_alloc(arena, names.count, sizeof *kept);
        memcpy(kept, items, names.count * sizeof *kept);
        names.items = kept;
    }
    free(items);
    return names;
}
