#define _DARWIN_C_SOURCE /* O_NOFOLLOW, which Macs do not show to programs of POSIX alone */

#include "base/store_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char lf_store_separators[] = "/";

bool lf_store_is_absolute(const char *path)
{
    return path[0] == '/';
}

int lf_store_make_folder(const char *path)
{
    return mkdir(path, S_IRWXU);
}

const char *lf_store_folder_fault(const char *path)
{
    struct stat facts;
    if (lstat(path, &facts) != 0) {
        return strerror(errno);
    }
    if (!S_ISDIR(facts.st_mode)) {
        return S_ISLNK(facts.st_mode) ? "is a link" : "is not a folder";
    }
    return facts.st_uid == geteuid() ? NULL : "belongs to another user";
}

int lf_store_open(const char *path)
{
    return open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

int lf_store_create(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
}

int lf_store_sync(int handle)
{
    return fsync(handle);
}

int lf_store_rename(const char *from, const char *to)
{
    return rename(from, to);
}
