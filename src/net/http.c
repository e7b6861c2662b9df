#include "net/http.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "net/curl.h"

struct lf_http {
    struct lf_curl curl;
    void *easy; /* kept, and with it the connection, from one request to the next */
};

enum lf_status lf_http_open(struct lf_http **http, struct lf_error *err)
{
    struct lf_curl curl;
    const char *name = NULL;
    if (!lf_curl_open(&curl, &name)) {
        return lf_fail(err, LF_NETWORK,
                       "%s was not found: without libcurl llmfit cannot speak to an engine", name);
    }
    void *easy = curl.easy_init();
    if (easy == NULL) {
        return lf_fail(err, LF_NETWORK, "libcurl could not be started");
    }
    *http = lf_alloc(1, sizeof **http);
    **http = (struct lf_http){.curl = curl, .easy = easy};
    return LF_OK;
}

void lf_http_close(struct lf_http *http)
{
    if (http != NULL) {
        http->curl.easy_cleanup(http->easy);
        free(http);
    }
}

/* What the callbacks of one exchange work on. */
struct exchange {
    const struct lf_http *http;
    const struct lf_http_request *request;
    struct lf_http_answer *answer;
    size_t got_bytes;
    bool is_too_long;
    bool is_enough; /* the taker of lines has all it wanted */
};

static bool is_success(const struct exchange *exchange)
{
    long code = 0;
    exchange->http->curl.easy_getinfo(exchange->http->easy, LF_CURLINFO_RESPONSE_CODE, &code);
    return code >= 200 && code < 300;
}

/* Hands over the whole lines that the body begins with and keeps the rest. */
static bool hand_lines(struct exchange *exchange)
{
    struct lf_text *body = &exchange->answer->body;
    char *start = body->bytes;
    bool goes_on = true;
    for (;;) {
        char *end = memchr(start, '\n', body->length - (size_t)(start - body->bytes));
        if (end == NULL || !goes_on) {
            break;
        }
        *end = '\0';
        if (end > start && end[-1] == '\r') {
            end[-1] = '\0';
        }
        goes_on = exchange->request->take_line(start, exchange->request->context);
        start = end + 1;
    }
    body->length -= (size_t)(start - body->bytes);
    memmove(body->bytes, start, body->length + 1);
    return goes_on;
}

/* The last line may lack its end. */
static void hand_rest(const struct exchange *exchange)
{
    const struct lf_text *body = &exchange->answer->body;
    if (exchange->request->take_line != NULL && body->length > 0 && !exchange->is_enough &&
        is_success(exchange)) {
        exchange->request->take_line(body->bytes, exchange->request->context);
    }
}

/* libcurl's write callback: any other number than size ends the exchange. */
static size_t take(char *bytes, size_t one, size_t size, void *context)
{
    (void)one; /* always 1 */
    struct exchange *exchange = context;
    exchange->got_bytes += size;
    exchange->is_too_long = exchange->got_bytes > exchange->request->limit_bytes;
    if (exchange->is_too_long || size == 0) {
        return 0;
    }
    lf_text_add(&exchange->answer->body, bytes, size);
    if (exchange->request->take_line != NULL && is_success(exchange)) {
        exchange->is_enough = !hand_lines(exchange);
    }
    return exchange->is_enough ? 0 : size;
}

/* libcurl's progress callback. */
static int ask_interrupted(void *context, long long download, long long down, long long upload,
                           long long up)
{
    (void)download;
    (void)down;
    (void)upload;
    (void)up;
    const struct exchange *exchange = context;
    return exchange->request->is_interrupted != NULL && exchange->request->is_interrupted();
}

static bool set_options(const struct lf_http *http, struct exchange *exchange,
                        struct lf_curl_list *headers, char error[LF_CURL_ERROR_BYTES])
{
    const struct lf_http_request *request = exchange->request;
    int (*set)(void *easy, int option, ...) = http->curl.easy_setopt;
    void *easy = http->easy;
    http->curl.easy_reset(easy);
    bool is_set = set(easy, LF_CURLOPT_URL, request->url) == LF_CURLE_OK &&
                  set(easy, LF_CURLOPT_PROTOCOLS, (long)(LF_CURLPROTO_HTTP | LF_CURLPROTO_HTTPS)) ==
                      LF_CURLE_OK &&
                  set(easy, LF_CURLOPT_FOLLOWLOCATION, 0L) == LF_CURLE_OK &&
                  set(easy, LF_CURLOPT_PROXY, "") == LF_CURLE_OK &&
                  set(easy, LF_CURLOPT_NOSIGNAL, 1L) == LF_CURLE_OK &&
                  set(easy, LF_CURLOPT_TIMEOUT_MS, (long)request->timeout_ms + 1) == LF_CURLE_OK &&
                  set(easy, LF_CURLOPT_USERAGENT, "llmfit") == LF_CURLE_OK &&
                  set(easy, LF_CURLOPT_HTTPHEADER, headers) == LF_CURLE_OK &&
                  set(easy, LF_CURLOPT_ERRORBUFFER, error) == LF_CURLE_OK &&
                  set(easy, LF_CURLOPT_WRITEFUNCTION, take) == LF_CURLE_OK &&
                  set(easy, LF_CURLOPT_WRITEDATA, exchange) == LF_CURLE_OK &&
                  set(easy, LF_CURLOPT_NOPROGRESS, 0L) == LF_CURLE_OK &&
                  set(easy, LF_CURLOPT_XFERINFOFUNCTION, ask_interrupted) == LF_CURLE_OK &&
                  set(easy, LF_CURLOPT_XFERINFODATA, exchange) == LF_CURLE_OK;
    if (is_set && request->body != NULL) {
        is_set = set(easy, LF_CURLOPT_POSTFIELDS, request->body) == LF_CURLE_OK &&
                 set(easy, LF_CURLOPT_POSTFIELDSIZE, (long)strlen(request->body)) == LF_CURLE_OK;
    }
    return is_set;
}

static enum lf_status judge(const struct exchange *exchange, int code, const char *error,
                            struct lf_error *err)
{
    const struct lf_http_request *request = exchange->request;
    if (code == LF_CURLE_OK || exchange->is_enough) {
        return LF_OK;
    }
    if (exchange->is_too_long) {
        return lf_fail(err, LF_NETWORK, "%s: the answer is longer than %zu bytes", request->url,
                       request->limit_bytes);
    }
    switch (code) {
    case LF_CURLE_ABORTED_BY_CALLBACK:
        return lf_fail(err, LF_INTERRUPTED, "interrupted");
    case LF_CURLE_OPERATION_TIMEDOUT:
        return lf_fail(err, LF_NETWORK, "%s: no full answer within %.1f s", request->url,
                       request->timeout_ms / 1e3);
    case LF_CURLE_COULDNT_CONNECT:
        return lf_fail(err, LF_NETWORK, "%s: nobody answers there", request->url);
    default:
        return lf_fail(err, LF_NETWORK, "%s: %s", request->url,
                       error[0] != '\0' ? error : exchange->http->curl.easy_strerror(code));
    }
}

enum lf_status lf_http_send(struct lf_http *http, const struct lf_http_request *request,
                            struct lf_http_answer *answer, struct lf_error *err)
{
    struct exchange exchange = {.http = http, .request = request, .answer = answer};
    char error[LF_CURL_ERROR_BYTES] = "";
    *answer = (struct lf_http_answer){0};
    if (!lf_url_is_plain(request->url)) {
        return lf_fail(err, LF_NETWORK,
                       "\"%.128s\" is no address of http or https (http://127.0.0.1:8080)",
                       request->url);
    }
    if (request->timeout_ms <= 0) {
        return lf_fail(err, LF_NETWORK, "%s: no time is left to ask", request->url);
    }
    /* Without the second, libcurl would ask whether a long body is welcome and wait. */
    struct lf_curl_list *headers = http->curl.slist_append(NULL, "Content-Type: application/json");
    headers = http->curl.slist_append(headers, "Expect:");
    enum lf_status status = LF_OK;
    if (set_options(http, &exchange, headers, error)) {
        int code = http->curl.easy_perform(http->easy);
        http->curl.easy_getinfo(http->easy, LF_CURLINFO_RESPONSE_CODE, &answer->code);
        status = judge(&exchange, code, error, err);
        if (status == LF_OK) {
            hand_rest(&exchange);
        }
    } else {
        status = lf_fail(err, LF_NETWORK, "libcurl refuses what llmfit asks of it");
    }
    http->curl.slist_free_all(headers);
    return status;
}

bool lf_url_is_plain(const char *url)
{
    static const char *const schemes[] = {"http://", "https://"};
    const char *host = NULL;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (lf_text_starts_with(url, schemes[i])) {
            host = url + strlen(schemes[i]);
        }
    }
    if (host == NULL || strlen(url) > LF_URL_BYTES || strchr("/:?#", host[0]) != NULL) {
        return false;
    }
    for (const char *c = url; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~') {
            return false;
        }
    }
    return strchr(host, '@') == NULL && strchr(host, '\\') == NULL;
}
