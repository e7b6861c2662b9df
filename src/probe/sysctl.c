#include "probe/sysctl.h"

#include <string.h>

#include "probe/systext.h"

bool lf_sysctl_number(lf_sysctl *sysctl, const void *context, const char *name, uint64_t *number)
{
    unsigned char value[sizeof(int64_t)];
    size_t bytes = sizeof value;
    if (!sysctl(context, name, value, &bytes)) {
        return false;
    }
    int32_t narrow = 0;
    int64_t wide = -1;
    if (bytes == sizeof narrow) {
        memcpy(&narrow, value, sizeof narrow);
        wide = narrow;
    } else if (bytes == sizeof wide) {
        memcpy(&wide, value, sizeof wide);
    }
    if (wide < 0) {
        return false;
    }
    *number = (uint64_t)wide;
    return true;
}

const char *lf_sysctl_text(lf_sysctl *sysctl, const void *context, const char *name,
                           struct lf_arena *arena)
{
    char value[256];
    size_t bytes = sizeof value;
    if (!sysctl(context, name, value, &bytes)) {
        return NULL;
    }
    const char *end = memchr(value, '\0', bytes);
    return lf_sys_clean(arena, value, end == NULL ? bytes : (size_t)(end - value));
}
