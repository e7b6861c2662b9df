#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/status.h"

static void exit_codes_and_words_are_a_contract(void **state)
{
    (void)state;
    static const struct {
        enum lf_status status;
        int exit_code;
        const char *code;
    } rows[] = {
        {LF_OK, 0, "ok"},
        {LF_NO, 1, "no"},
        {LF_USAGE, 2, "usage"},
        {LF_BAD_INPUT, 3, "bad-input"},
        {LF_NO_PROBE, 4, "no-probe"},
        {LF_NETWORK, 5, "network"},
        {LF_INTERNAL, 70, "internal"},
        {LF_OUTPUT, 74, "output"},
        {LF_INTERRUPTED, 130, "interrupted"},
    };
    assert_int_equal(sizeof rows / sizeof rows[0], LF_STATUS_COUNT);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(lf_status_exit_code(rows[i].status), rows[i].exit_code);
        assert_string_equal(lf_status_code(rows[i].status), rows[i].code);
        assert_true(strlen(lf_status_words(rows[i].status)) > 0);
    }
}

static void a_failure_carries_its_sentence(void **state)
{
    (void)state;
    struct lf_error err = {.line = 9, .file = "old"};
    assert_int_equal(lf_fail(&err, LF_USAGE, "--context: %d is too small", 5), LF_USAGE);
    assert_int_equal(err.status, LF_USAGE);
    assert_string_equal(err.text, "--context: 5 is too small");
    assert_string_equal(err.file, "");
    assert_int_equal(err.line, 0);
}

static void a_failure_in_a_file_begins_with_its_place(void **state)
{
    (void)state;
    struct lf_error err = {0};
    assert_int_equal(lf_fail_at(&err, LF_BAD_INPUT, "a.json", 3, 7, "%s is missing", "id"),
                     LF_BAD_INPUT);
    assert_string_equal(err.text, "a.json:3:7: id is missing");
    assert_string_equal(err.file, "a.json");
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 7);
    lf_fail_at(&err, LF_BAD_INPUT, "a.json", 0, 0, "cannot be opened");
    assert_string_equal(err.text, "a.json: cannot be opened");
}

static void nobody_has_to_listen(void **state)
{
    (void)state;
    assert_int_equal(lf_fail(NULL, LF_NETWORK, "%s", "x"), LF_NETWORK);
    assert_int_equal(lf_fail_at(NULL, LF_BAD_INPUT, "f", 1, 1, "%s", "x"), LF_BAD_INPUT);
}

static void what_is_too_long_is_cut_and_ends(void **state)
{
    (void)state;
    char name[1000];
    struct lf_error err = {0};
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    lf_fail_at(&err, LF_BAD_INPUT, name, 1, 1, "%s", name);
    assert_int_equal(strlen(err.file), LF_ERROR_FILE_BYTES - 1);
    assert_int_equal(strlen(err.text), LF_ERROR_TEXT_BYTES - 1);
    lf_fail(&err, LF_USAGE, "%s", name);
    assert_int_equal(strlen(err.text), LF_ERROR_TEXT_BYTES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_codes_and_words_are_a_contract),
        cmocka_unit_test(a_failure_carries_its_sentence),
        cmocka_unit_test(a_failure_in_a_file_begins_with_its_place),
        cmocka_unit_test(nobody_has_to_listen),
        cmocka_unit_test(what_is_too_long_is_cut_and_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
