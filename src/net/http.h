/* One small HTTP client: JSON out, JSON or lines of it in, every answer bounded in time and size.
 *
 * Only http and https, no redirects, no proxies, no credentials, no cookies. What comes back is a
 * stranger's. */
#ifndef LLMFIT_NET_HTTP_H
#define LLMFIT_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "base/text.h"

struct lf_http;

struct lf_http_request {
    const char *url;
    const char *body;   /* JSON to post; NULL: nothing, the request is a GET */
    double timeout_ms;  /* the whole exchange */
    size_t limit_bytes; /* of the answer's body */
    /* Called with every line of the answer as it comes, terminated, without its end; NULL: the body
     * is kept as a whole. false ends the exchange, which then succeeds. */
    bool (*take_line)(const char *line, void *context);
    /* Asked about once a second or more often; true ends the exchange with LF_INTERRUPTED. NULL:
     * nothing interrupts. */
    bool (*is_interrupted)(void);
    void *context;
};

struct lf_http_answer {
    long code;           /* 200 ... */
    struct lf_text body; /* the caller clears it; empty where lines are taken and the code is 2xx */
};

/* Opens libcurl; LF_NETWORK where there is none. */
enum lf_status lf_http_open(struct lf_http **http, struct lf_error *err);

void lf_http_close(struct lf_http *http);

/* Sends a request and waits for its answer, whatever its code. LF_NETWORK, with a sentence that
 * begins with the URL: nobody answers, too late, too long. */
enum lf_status lf_http_send(struct lf_http *http, const struct lf_http_request *request,
                            struct lf_http_answer *answer, struct lf_error *err);

/* Whether the URL is one of http or https with a host, without user or password, of at most
 * LF_URL_BYTES and printable ASCII. */
bool lf_url_is_plain(const char *url);

enum { LF_URL_BYTES = 512 };

#endif
