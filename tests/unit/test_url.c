#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/http.h"

static void addresses_of_http_are_plain(void **state)
{
    (void)state;
    static const char *const plain[] = {"http://127.0.0.1:8080", "https://example.org/v1",
                                        "http://[::1]:8080/props", "http://localhost"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        assert_true(lf_url_is_plain(plain[i]));
    }
}

static void anything_else_is_not(void **state)
{
    (void)state;
    static const char *const others[] = {
        "",           "http://",        "http:///etc",        "file:///etc/passwd",
        "HTTP://a",   "127.0.0.1:8080", "http://user@host/",  "http://host/ x",
        "ftp://host", "http://host\\x", "http://h\xC3\xB6st", "http://host/\n",
        "http://?q",  " http://host",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(lf_url_is_plain(others[i]));
    }
}

static void a_long_one_is_not(void **state)
{
    (void)state;
    char url[LF_URL_BYTES + 2];
    memset(url, 'a', sizeof url - 1);
    memcpy(url, "http://", 7);
    url[sizeof url - 1] = '\0';
    assert_false(lf_url_is_plain(url));
    url[sizeof url - 2] = '\0';
    assert_true(lf_url_is_plain(url));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_http_are_plain),
        cmocka_unit_test(anything_else_is_not),
        cmocka_unit_test(a_long_one_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
