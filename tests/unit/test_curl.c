/* What is written out here of libcurl's interface, against its own header where that is at hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/curl.h"

#ifdef LLMFIT_HAS_CURL_HEADERS
#include <curl/curl.h>

#define SAME(name)                      \
    {                                   \
        (long)(name), (long)(LF_##name) \
    }

static const struct {
    long curl;
    long ours;
} values[] = {
    SAME(CURLOPT_WRITEDATA),
    SAME(CURLOPT_URL),
    SAME(CURLOPT_PROXY),
    SAME(CURLOPT_ERRORBUFFER),
    SAME(CURLOPT_POSTFIELDS),
    SAME(CURLOPT_USERAGENT),
    SAME(CURLOPT_HTTPHEADER),
    SAME(CURLOPT_XFERINFODATA),
    SAME(CURLOPT_WRITEFUNCTION),
    SAME(CURLOPT_XFERINFOFUNCTION),
    SAME(CURLOPT_NOPROGRESS),
    SAME(CURLOPT_FOLLOWLOCATION),
    SAME(CURLOPT_POSTFIELDSIZE),
    SAME(CURLOPT_NOSIGNAL),
    SAME(CURLOPT_TIMEOUT_MS),
    {181, LF_CURLOPT_PROTOCOLS},
    SAME(CURLPROTO_HTTP),
    SAME(CURLPROTO_HTTPS),
    SAME(CURLINFO_RESPONSE_CODE),
    SAME(CURLE_OK),
    SAME(CURLE_COULDNT_CONNECT),
    SAME(CURLE_OPERATION_TIMEDOUT),
    SAME(CURLE_WRITE_ERROR),
    SAME(CURLE_ABORTED_BY_CALLBACK),
    {CURL_ERROR_SIZE, LF_CURL_ERROR_BYTES},
};

static void values_are_those_of_curls_header(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_int_equal(values[i].curl, values[i].ours);
    }
}
#endif

static void a_library_that_is_there_has_every_call(void **state)
{
    (void)state;
    struct lf_curl curl = {0};
    const char *name = NULL;
    if (lf_curl_open(&curl, &name)) {
        assert_non_null(curl.easy_setopt);
        assert_non_null(curl.slist_free_all);
    }
    assert_non_null(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef LLMFIT_HAS_CURL_HEADERS
        cmocka_unit_test(values_are_those_of_curls_header),
#endif
        cmocka_unit_test(a_library_that_is_there_has_every_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
