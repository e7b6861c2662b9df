#include "base/file_open.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>

#include "base/file.h"

int lf_file_open(const char *path)
{
    return _open(path, _O_RDONLY | _O_BINARY | _O_NOINHERIT);
}

bool lf_file_wait(int handle)
{
    /* Handles are opened to block, so that no read asks to wait. */
    (void)handle;
    return false;
}

bool lf_file_is_there(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 || errno != ENOENT;
}
