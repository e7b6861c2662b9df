#include "net/curl.h"

#include <string.h>

#define CALL(member, symbol)                     \
    {                                            \
        offsetof(struct lf_curl, member), symbol \
    }

static const struct {
    size_t offset;
    const char *name;
} symbols[] = {
    CALL(easy_init, "curl_easy_init"),           CALL(easy_setopt, "curl_easy_setopt"),
    CALL(easy_perform, "curl_easy_perform"),     CALL(easy_getinfo, "curl_easy_getinfo"),
    CALL(easy_strerror, "curl_easy_strerror"),   CALL(easy_reset, "curl_easy_reset"),
    CALL(easy_cleanup, "curl_easy_cleanup"),     CALL(slist_append, "curl_slist_append"),
    CALL(slist_free_all, "curl_slist_free_all"),
};

bool lf_curl_open(struct lf_curl *curl, const char **name)
{
    void *library = lf_curl_library_open(name);
    if (library == NULL) {
        return false;
    }
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *symbol = lf_curl_library_find(library, symbols[i].name);
        if (symbol == NULL) {
            *name = symbols[i].name;
            return false;
        }
        /* POSIX and Windows make an object pointer hold a function; C does not convert them. */
        memcpy((char *)curl + symbols[i].offset, &symbol, sizeof symbol);
    }
    return true;
}
