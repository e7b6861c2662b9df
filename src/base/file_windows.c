#include "base/file_open.h"

#include <fcntl.h>
#include <io.h>

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
