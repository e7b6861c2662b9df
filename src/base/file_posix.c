#include "base/file_open.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include "base/file.h"

enum { PIPE_WAIT_MS = 10 * 1000 };

int lf_file_open(const char *path)
{
    return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

bool lf_file_wait(int handle)
{
    struct pollfd wanted = {.fd = handle, .events = POLLIN};
    return poll(&wanted, 1, PIPE_WAIT_MS) > 0;
}

bool lf_file_is_there(const char *path)
{
    struct stat facts;
    return lstat(path, &facts) == 0 || (errno != ENOENT && errno != ENOTDIR);
}
