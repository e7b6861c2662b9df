/* A build without the network (LLMFIT_WITH_CURL=OFF). */
#include "net/curl.h"

void *lf_curl_library_open(const char **name)
{
    *name = "libcurl";
    return NULL;
}

void *lf_curl_library_find(void *library, const char *symbol)
{
    (void)library;
    (void)symbol;
    return NULL;
}
