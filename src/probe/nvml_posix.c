#include <dlfcn.h>
#include <stddef.h>

#include "probe/nvml.h"

/* The versioned name first: on WSL the plain one may be a stub of the CUDA toolkit. */
static const char *const libraries[] = {
    "libnvidia-ml.so.1",
    "libnvidia-ml.so",
    "/usr/lib/wsl/lib/libnvidia-ml.so.1",
};

void *lf_nvml_open(const char **name)
{
    *name = libraries[0];
    void *library = NULL;
    for (size_t i = 0; library == NULL && i < sizeof libraries / sizeof libraries[0]; i++) {
        library = dlopen(libraries[i], RTLD_LAZY | RTLD_LOCAL);
    }
    return library;
}

void *lf_nvml_find(void *library, const char *symbol)
{
    return dlsym(library, symbol);
}
