/* Recordings are of Linux machines; what reads them is built on Linux only. */
#include <errno.h>

#include "probe/sysfile.h"

bool lf_sys_set_root(struct lf_probe *probe, const char *root)
{
    (void)probe;
    (void)root;
    errno = ENOSYS;
    return false;
}
