#include "base/file.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_open.h"

enum { CHUNK_BYTES = 16 * 1024 };

static enum lf_status read_all(int handle, const char *path, size_t limit, struct lf_text *content,
                               struct lf_error *err)
{
    char chunk[CHUNK_BYTES];
    size_t total = 0;
    for (;;) {
        ssize_t got = read(handle, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && lf_file_wait(handle)) {
            continue;
        }
        if (got < 0) {
            bool is_late = errno == EAGAIN || errno == EWOULDBLOCK;
            return lf_fail_at(err, LF_BAD_INPUT, path, 0, 0, "%s",
                              is_late ? "nothing came through the pipe" : strerror(errno));
        }
        if (got == 0) {
            return LF_OK;
        }
        total += (size_t)got;
        if (total > limit) {
            return lf_fail_at(err, LF_BAD_INPUT, path, 0, 0, "is larger than %zu bytes", limit);
        }
        lf_text_add(content, chunk, (size_t)got);
    }
}

enum lf_status lf_file_read_handle(int handle, const char *path, size_t limit,
                                   struct lf_text *content, struct lf_error *err)
{
    enum lf_status status = LF_OK;
    struct stat facts;
    if (fstat(handle, &facts) != 0) {
        status = lf_fail_at(err, LF_BAD_INPUT, path, 0, 0, "%s", strerror(errno));
    } else if (!S_ISREG(facts.st_mode) && !S_ISFIFO(facts.st_mode)) {
        status = lf_fail_at(err, LF_BAD_INPUT, path, 0, 0, "is not a regular file");
    } else {
        status = read_all(handle, path, limit, content, err);
    }
    close(handle);
    return status;
}

enum lf_status lf_file_read(const char *path, size_t limit, struct lf_text *content,
                            struct lf_error *err)
{
    if (strcmp(path, "-") == 0) {
        return read_all(STDIN_FILENO, "standard input", limit, content, err);
    }
    int handle = lf_file_open(path);
    if (handle < 0) {
        return lf_fail_at(err, LF_BAD_INPUT, path, 0, 0, "%s", strerror(errno));
    }
    return lf_file_read_handle(handle, path, limit, content, err);
}
