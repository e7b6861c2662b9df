#include "report/words.h"

#include <stdio.h>

const char *lf_cache_type_format(char buffer[LF_CACHE_TYPE_BYTES], enum lf_type type)
{
    snprintf(buffer, LF_CACHE_TYPE_BYTES, "%s", lf_type_name(type));
    for (char *p = buffer; *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z') {
            *p = (char)(*p - 'A' + 'a');
        }
    }
    return buffer;
}

const char *lf_cache_types_format(char buffer[LF_CACHE_TYPES_BYTES], enum lf_type type_k,
                                  enum lf_type type_v)
{
    char k[LF_CACHE_TYPE_BYTES];
    char v[LF_CACHE_TYPE_BYTES];
    lf_cache_type_format(k, type_k);
    if (type_k == type_v) {
        snprintf(buffer, LF_CACHE_TYPES_BYTES, "%s", k);
    } else {
        snprintf(buffer, LF_CACHE_TYPES_BYTES, "%s,%s", k, lf_cache_type_format(v, type_v));
    }
    return buffer;
}
