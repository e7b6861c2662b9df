#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/json_write.h"

static void a_document_is_indented_by_two_and_ends_its_line(void **state)
{
    (void)state;
    struct lf_text text = {0};
    struct lf_json_writer writer = {.out = &text};
    lf_json_open_object(&writer, NULL);
    lf_json_string(&writer, "name", "x");
    lf_json_open_array(&writer, "list");
    lf_json_integer(&writer, NULL, 1);
    lf_json_bool(&writer, NULL, false);
    lf_json_open_object(&writer, NULL);
    lf_json_close_object(&writer);
    lf_json_close_array(&writer);
    lf_json_open_array(&writer, "empty");
    lf_json_close_array(&writer);
    lf_json_null(&writer, "nothing");
    lf_json_close_object(&writer);
    assert_string_equal(lf_text_string(&text), "{\n"
                                               "  \"name\": \"x\",\n"
                                               "  \"list\": [\n"
                                               "    1,\n"
                                               "    false,\n"
                                               "    {}\n"
                                               "  ],\n"
                                               "  \"empty\": [],\n"
                                               "  \"nothing\": null\n"
                                               "}\n");
    lf_text_clear(&text);
}

/* What a value becomes as the only item of an array. */
static const char *written(struct lf_text *text)
{
    /* "[\n  " in front and "\n]\n" behind. */
    text->bytes[text->length - 3] = '\0';
    return text->bytes + 4;
}

static void strings_are_escaped_and_mended(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        const char *json;
    } rows[] = {
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"\"\\/", "\"\\\"\\\\/\""},
        {"a\nb\tc\x01", "\"a\\nb\\u0009c\\u0001\""},
        {"\x7F", "\"\\u007f\""},
        {"\x1B[31m", "\"\\u001b[31m\""},
        {"\xC3\xA9\xF0\x9F\x98\x80", "\"\xC3\xA9\xF0\x9F\x98\x80\""},
        {"a\xFF z", "\"a\xEF\xBF\xBD z\""},
        {"a\xE2\x82", "\"a\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xE0\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xF4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {NULL, "null"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lf_text text = {0};
        struct lf_json_writer writer = {.out = &text};
        lf_json_open_array(&writer, NULL);
        lf_json_string(&writer, NULL, rows[i].value);
        lf_json_close_array(&writer);
        struct lf_error err = {0};
        if (lf_json_scan("out", text.bytes, text.length, &err) != LF_OK) {
            fail_msg("row %zu: %s", i, err.text);
        }
        assert_string_equal(written(&text), rows[i].json);
        lf_text_clear(&text);
    }
}

static void integers_are_exact(void **state)
{
    (void)state;
    struct lf_text text = {0};
    struct lf_json_writer writer = {.out = &text};
    lf_json_integer(&writer, NULL, 9007199254740991);
    assert_string_equal(lf_text_string(&text), "9007199254740991");
    lf_text_clear(&text);
}

static void numbers_are_rounded_and_lose_their_zeros(void **state)
{
    (void)state;
    static const struct {
        double value;
        int decimals;
        const char *json;
    } rows[] = {
        {1.0, 2, "1"},         {1.5, 2, "1.5"},        {0.125, 2, "0.12"},
        {0.999, 2, "1"},       {100.0, 0, "100"},      {1000.0, 3, "1000"},
        {-0.001, 2, "0"},      {-1.25, 1, "-1.2"},     {1e20, 1, "100000000000000000000"},
        {INFINITY, 2, "null"}, {-INFINITY, 2, "null"}, {NAN, 2, "null"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lf_text text = {0};
        struct lf_json_writer writer = {.out = &text};
        lf_json_number(&writer, NULL, rows[i].value, rows[i].decimals);
        assert_string_equal(lf_text_string(&text), rows[i].json);
        lf_text_clear(&text);
    }
}

static void what_is_unknown_is_null_and_a_known_zero_is_not(void **state)
{
    (void)state;
    struct lf_text text = {0};
    struct lf_json_writer writer = {.out = &text};
    lf_json_open_object(&writer, NULL);
    lf_json_amount(&writer, "unknown", (struct lf_amount){0});
    lf_json_amount(&writer, "zero", lf_amount(0, LF_MEASURED, NULL));
    lf_json_answer(&writer, "unsaid", LF_ANSWER_UNKNOWN);
    lf_json_answer(&writer, "no", LF_ANSWER_NO);
    lf_json_answer(&writer, "yes", LF_ANSWER_YES);
    lf_json_close_object(&writer);
    assert_string_equal(lf_text_string(&text),
                        "{\n  \"unknown\": null,\n  \"zero\": 0,\n  \"unsaid\": null,\n"
                        "  \"no\": false,\n  \"yes\": true\n}\n");
    lf_text_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_is_indented_by_two_and_ends_its_line),
        cmocka_unit_test(strings_are_escaped_and_mended),
        cmocka_unit_test(integers_are_exact),
        cmocka_unit_test(numbers_are_rounded_and_lose_their_zeros),
        cmocka_unit_test(what_is_unknown_is_null_and_a_known_zero_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
