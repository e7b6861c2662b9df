#include <windows.h>

#include "net/curl.h"

/* Beside the program or in System32: not in the current folder, not along PATH. */
static const char *const libraries[] = {"libcurl.dll", "libcurl-x64.dll"};

void *lf_curl_library_open(const char **name)
{
    *name = libraries[0];
    HMODULE library = NULL;
    for (size_t i = 0; library == NULL && i < sizeof libraries / sizeof libraries[0]; i++) {
        library = LoadLibraryExA(
            libraries[i], NULL, LOAD_LIBRARY_SEARCH_APPLICATION_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
    }
    return library;
}

void *lf_curl_library_find(void *library, const char *symbol)
{
    return (void *)GetProcAddress(library, symbol);
}
