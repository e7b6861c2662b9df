#include <dlfcn.h>

#include "net/curl.h"

/* Linux and FreeBSD; distributions that build it with another TLS library; macOS. */
static const char *const libraries[] = {
    "libcurl.so.4",
    "libcurl-gnutls.so.4",
    "libcurl.4.dylib",
};

void *lf_curl_library_open(const char **name)
{
    *name = libraries[0];
    void *library = NULL;
    for (size_t i = 0; library == NULL && i < sizeof libraries / sizeof libraries[0]; i++) {
        library = dlopen(libraries[i], RTLD_NOW | RTLD_LOCAL);
    }
    return library;
}

void *lf_curl_library_find(void *library, const char *symbol)
{
    return dlsym(library, symbol);
}
