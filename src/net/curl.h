/* libcurl, opened at run time: the program neither links it nor pays for it. Inner header of net.
 *
 * The interface is written out here as libcurl documents it; its values are part of an ABI that has
 * been kept since 2006 (libcurl.so.4), and a test compares them with curl's header.
 * source  curl 7.88 include/curl/curl.h; https://curl.se/libcurl/abi.html */
#ifndef LLMFIT_NET_CURL_H
#define LLMFIT_NET_CURL_H

#include <stdbool.h>
#include <stddef.h>

enum lf_curl_option {
    LF_CURLOPT_WRITEDATA = 10001,
    LF_CURLOPT_URL = 10002,
    LF_CURLOPT_PROXY = 10004,
    LF_CURLOPT_ERRORBUFFER = 10010,
    LF_CURLOPT_POSTFIELDS = 10015,
    LF_CURLOPT_USERAGENT = 10018,
    LF_CURLOPT_HTTPHEADER = 10023,
    LF_CURLOPT_XFERINFODATA = 10057,
    LF_CURLOPT_WRITEFUNCTION = 20011,
    LF_CURLOPT_XFERINFOFUNCTION = 20219,
    LF_CURLOPT_NOPROGRESS = 43,
    LF_CURLOPT_FOLLOWLOCATION = 52,
    LF_CURLOPT_POSTFIELDSIZE = 60,
    LF_CURLOPT_NOSIGNAL = 99,
    LF_CURLOPT_TIMEOUT_MS = 155,
    LF_CURLOPT_PROTOCOLS = 181, /* of old versions too, where the newer one takes a text */
};

enum { LF_CURLINFO_RESPONSE_CODE = 0x200002 };

enum { LF_CURLPROTO_HTTP = 1 << 0, LF_CURLPROTO_HTTPS = 1 << 1 };

enum lf_curl_code {
    LF_CURLE_OK = 0,
    LF_CURLE_COULDNT_CONNECT = 7,
    LF_CURLE_WRITE_ERROR = 23,
    LF_CURLE_OPERATION_TIMEDOUT = 28,
    LF_CURLE_ABORTED_BY_CALLBACK = 42,
};

enum { LF_CURL_ERROR_BYTES = 256 };

struct lf_curl_list;

/* The calls that are used; none is NULL once the library is open. */
struct lf_curl {
    void *(*easy_init)(void);
    int (*easy_setopt)(void *easy, int option, ...);
    int (*easy_perform)(void *easy);
    int (*easy_getinfo)(void *easy, int info, ...);
    const char *(*easy_strerror)(int code);
    void (*easy_reset)(void *easy);
    void (*easy_cleanup)(void *easy);
    struct lf_curl_list *(*slist_append)(struct lf_curl_list *list, const char *text);
    void (*slist_free_all)(struct lf_curl_list *list);
};

/* Opens the library and finds its calls; false when it or one of them is not there. It stays open.
 * *name is what was looked for. */
bool lf_curl_open(struct lf_curl *curl, const char **name);

/* What each system does its own way: the library, or NULL; a function of it, or NULL. */
void *lf_curl_library_open(const char **name);
void *lf_curl_library_find(void *library, const char *symbol);

#endif
