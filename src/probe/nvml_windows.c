#include <windows.h>

#include "probe/nvml.h"

/* Drivers since 2019 install it into System32, older ones beside nvidia-smi. It is looked for
 * nowhere else: not in the current folder, not along PATH. */
static const char library_name[] = "nvml.dll";
static const char old_path[] = "%ProgramFiles%\\NVIDIA Corporation\\NVSMI\\nvml.dll";

void *lf_nvml_open(const char **name)
{
    *name = library_name;
    HMODULE library = LoadLibraryExA(library_name, NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    char path[MAX_PATH];
    DWORD length = ExpandEnvironmentStringsA(old_path, path, sizeof path);
    if (library == NULL && length > 0 && length <= sizeof path) {
        library = LoadLibraryExA(path, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    }
    return library;
}

void *lf_nvml_find(void *library, const char *symbol)
{
    return (void *)GetProcAddress(library, symbol);
}
