#include "base/amount.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = {
    [LF_UNKNOWN] = "unknown", [LF_MEASURED] = "measured", [LF_LISTED] = "listed",
    [LF_GIVEN] = "given",     [LF_COMPUTED] = "computed",
};

const char *lf_origin_name(enum lf_origin origin)
{
    return names[origin];
}

enum lf_origin lf_origin_find(const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            return (enum lf_origin)i;
        }
    }
    return LF_UNKNOWN;
}
