#include "sysctl_player.h"

#include <string.h>

bool play_sysctl_of(const struct played_sysctl sysctls[SYSCTLS_MOST], const char *name, void *value,
                    size_t *bytes)
{
    for (size_t i = 0; i < SYSCTLS_MOST && sysctls[i].name != NULL; i++) {
        if (strcmp(sysctls[i].name, name) == 0) {
            const char *text = sysctls[i].text;
            const void *from = text == NULL ? (const void *)&sysctls[i].number : text;
            size_t size = text == NULL ? sysctls[i].bytes : strlen(text) + 1;
            *bytes = size < *bytes ? size : *bytes;
            memcpy(value, from, *bytes);
            return true;
        }
    }
    return false;
}
