#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void an_empty_text_reads_as_an_empty_string(void **state)
{
    (void)state;
    struct lf_text text = {0};
    assert_string_equal(lf_text_string(&text), "");
    lf_text_clear(&text);
    lf_text_add(&text, "", 0);
    assert_string_equal(lf_text_string(&text), "");
    lf_text_clear(&text);
    assert_null(text.bytes);
}

static void a_text_grows_with_what_is_added(void **state)
{
    (void)state;
    struct lf_text text = {0};
    for (int i = 0; i < 1000; i++) {
        lf_text_add_string(&text, "abc");
    }
    lf_text_format(&text, "%d %s", 42, "end");
    assert_int_equal(text.length, 3006);
    assert_int_equal(strlen(text.bytes), text.length);
    assert_string_equal(text.bytes + 2997, "abc42 end");
    assert_false(text.truncated);
    lf_text_clear(&text);
}

static void a_long_format_is_not_cut(void **state)
{
    (void)state;
    struct lf_text text = {0};
    lf_text_format(&text, "%0*d", 1000, 7);
    assert_int_equal(text.length, 1000);
    assert_int_equal(text.bytes[999], '7');
    lf_text_clear(&text);
}

static void what_passes_the_cap_is_dropped_and_told(void **state)
{
    (void)state;
    struct lf_text text = {.limit = 5};
    lf_text_add_string(&text, "abcde");
    assert_false(text.truncated);
    lf_text_add_string(&text, "f");
    assert_true(text.truncated);
    assert_string_equal(lf_text_string(&text), "abcde");
    lf_text_format(&text, "%0*d", 1000, 7);
    assert_string_equal(lf_text_string(&text), "abcde");
    lf_text_clear(&text);
    assert_false(text.truncated);
}

static void case_of_ascii_letters_does_not_matter(void **state)
{
    (void)state;
    assert_true(lf_text_equal_nocase("Q4_K_m", "q4_k_M"));
    assert_true(lf_text_equal_nocase("", ""));
    assert_false(lf_text_equal_nocase("abc", "ab"));
    assert_false(lf_text_equal_nocase("ab", "abc"));
    assert_false(lf_text_equal_nocase("[", "{"));
    assert_false(lf_text_equal_nocase("\xC3\x89", "\xC3\xA9"));
    assert_true(lf_text_contains_nocase("GeForce RTX 4090", "rtx"));
    assert_true(lf_text_contains_nocase("aab", "AB"));
    assert_true(lf_text_contains_nocase("x", ""));
    assert_true(lf_text_contains_nocase("", ""));
    assert_false(lf_text_contains_nocase("", "x"));
    assert_false(lf_text_contains_nocase("rt", "rtx"));
}

static void a_prefix_is_matched_with_case(void **state)
{
    (void)state;
    assert_true(lf_text_starts_with("--quant", "--"));
    assert_true(lf_text_starts_with("a", ""));
    assert_false(lf_text_starts_with("-", "--"));
    assert_false(lf_text_starts_with("Quant", "quant"));
}

static void distance_counts_edits(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        size_t edits;
    } rows[] = {
        {"", "", 0},
        {"abc", "", 3},
        {"", "abc", 3},
        {"same", "SAME", 0},
        {"kitten", "sitting", 3},
        {"contxt", "context", 1},
        {"quants", "quant", 1},
        {"ab", "ba", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(lf_text_distance(rows[i].a, rows[i].b), rows[i].edits);
    }
}

static void distance_looks_at_the_first_128_bytes(void **state)
{
    (void)state;
    char a[400];
    char b[400];
    memset(a, 'a', sizeof a);
    memset(b, 'a', sizeof b);
    a[399] = b[399] = '\0';
    b[300] = 'b';
    assert_int_equal(lf_text_distance(a, b), 0);
    a[0] = 'b';
    assert_int_equal(lf_text_distance(a, b), 1);
}

static void columns_are_code_points(void **state)
{
    (void)state;
    assert_int_equal(lf_text_columns(""), 0);
    assert_int_equal(lf_text_columns("abc"), 3);
    assert_int_equal(lf_text_columns("\xC3\xA9t\xC3\xA9"), 3);
    assert_int_equal(lf_text_columns("\xE2\x80\xA6"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_text_reads_as_an_empty_string),
        cmocka_unit_test(a_text_grows_with_what_is_added),
        cmocka_unit_test(a_long_format_is_not_cut),
        cmocka_unit_test(what_passes_the_cap_is_dropped_and_told),
        cmocka_unit_test(case_of_ascii_letters_does_not_matter),
        cmocka_unit_test(a_prefix_is_matched_with_case),
        cmocka_unit_test(distance_counts_edits),
        cmocka_unit_test(distance_looks_at_the_first_128_bytes),
        cmocka_unit_test(columns_are_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
