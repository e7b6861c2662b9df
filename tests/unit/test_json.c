#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* A text of known length, so that a NUL can stand in it. */
#define TEXT(literal) (literal), sizeof(literal) - 1

static void every_fault_is_refused_where_it_stands(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t length;
        const char *error;
    } rows[] = {
        {TEXT(""), "f.json:1:1: text ends in the middle"},
        {TEXT(" \n "), "f.json:2:2: text ends in the middle"},
        {TEXT("{\n  \"a\": 1,\n  \"a\": 2\n}"), "f.json:3:3: key appears twice"},
        {TEXT("[{\"a\": 1}, {\"b\": {\"a\": 1}, \"b\": 2}]"), "f.json:1:28: key appears twice"},
        {TEXT("{\"\\u0061\": 1}"), "f.json:1:3: escape in a key"},
        {TEXT("{a: 1}"), "f.json:1:2: a key in quotes is missing"},
        {TEXT("{\"a\": 1,}"), "f.json:1:9: a key in quotes is missing"},
        {TEXT("{\"a\" 1}"), "f.json:1:6: ':' is missing"},
        {TEXT("{\"a\": 1"), "f.json:1:8: ',' or '}' is missing"},
        {TEXT("[1 2]"), "f.json:1:4: ',' or ']' is missing"},
        {TEXT("[1,]"), "f.json:1:4: not a value"},
        {TEXT("[1] x"), "f.json:1:5: text after the end of the document"},
        {TEXT("{}{}"), "f.json:1:3: text after the end of the document"},
        {TEXT("{}\0"), "f.json:1:3: text after the end of the document"},
        {TEXT("\xEF\xBB\xBF{}"), "f.json:1:1: not a value"},
        {TEXT("nul"), "f.json:1:1: not a value"},
        {TEXT("NaN"), "f.json:1:1: not a value"},
        {TEXT("// no\n1"), "f.json:1:1: not a value"},
        {TEXT("[01]"), "f.json:1:2: not a JSON number"},
        {TEXT("[-]"), "f.json:1:2: not a JSON number"},
        {TEXT("[1.]"), "f.json:1:2: not a JSON number"},
        {TEXT("[.5]"), "f.json:1:2: not a value"},
        {TEXT("[+1]"), "f.json:1:2: not a value"},
        {TEXT("[1e]"), "f.json:1:2: not a JSON number"},
        {TEXT("[0x10]"), "f.json:1:3: ',' or ']' is missing"},
        {TEXT("[1e999]"), "f.json:1:2: number is out of range"},
        {TEXT("[-1e999]"), "f.json:1:2: number is out of range"},
        {TEXT("[9007199254740993]"), "f.json:1:2: integer above 2^53 cannot be kept exactly"},
        {TEXT("[-9007199254740993]"), "f.json:1:2: integer above 2^53 cannot be kept exactly"},
        {TEXT("[90071992547409920]"), "f.json:1:2: integer above 2^53 cannot be kept exactly"},
        {TEXT("[0.0000000000000000000000000000000000000000000000000000000000000001]"),
         "f.json:1:2: number of more than 63 characters"},
        {TEXT("\"a"), "f.json:1:1: string without an end"},
        {TEXT("\"a\tb\""), "f.json:1:3: control character in a string"},
        {TEXT("\"a\nb\""), "f.json:1:3: control character in a string"},
        {TEXT("\"a\0b\""), "f.json:1:3: control character in a string"},
        {TEXT("\"a\\u0000\""), "f.json:1:3: NUL in a string"},
        {TEXT("\"\\x41\""), "f.json:1:2: unknown escape in a string"},
        {TEXT("\"\\"), "f.json:1:2: unknown escape in a string"},
        {TEXT("\"\\u12\""), "f.json:1:2: broken \\u escape in a string"},
        {TEXT("\"\\u12G4\""), "f.json:1:2: broken \\u escape in a string"},
        {TEXT("\"\\ud800\""), "f.json:1:2: half a surrogate pair in a string"},
        {TEXT("\"\\udc00\""), "f.json:1:2: half a surrogate pair in a string"},
        {TEXT("\"\\ud800\\u0041\""), "f.json:1:2: half a surrogate pair in a string"},
        {TEXT("\"\xFF\""), "f.json:1:2: bytes that are not UTF-8"},
        {TEXT("\"\xC0\x80\""), "f.json:1:2: bytes that are not UTF-8"},
        {TEXT("\"\xED\xA0\x80\""), "f.json:1:2: bytes that are not UTF-8"},
        {TEXT("\"\xF4\x90\x80\x80\""), "f.json:1:2: bytes that are not UTF-8"},
        {TEXT("\"\xE2\x82\""), "f.json:1:2: bytes that are not UTF-8"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_error err = {0};
        struct lf_json json;
        assert_int_equal(lf_json_scan("f.json", rows[i].text, rows[i].length, &err), LF_BAD_INPUT);
        assert_string_equal(err.text, rows[i].error);
        assert_string_equal(err.file, "f.json");
        assert_true(err.line > 0 && err.column > 0);
        assert_int_equal(lf_json_parse(&json, "f.json", rows[i].text, rows[i].length, NULL),
                         LF_BAD_INPUT);
        assert_null(json.root);
    }
}

static void everything_the_standard_allows_is_taken(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "null",
        " \t\r\n true \n",
        "-0",
        "[0, -1, 1.5, 1e3, 1E-3, -0.0, 9007199254740992, -9007199254740992]",
        "1e300",
        "\"\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00 \x7F \xC3\xA9 \xF0\x9F\x98\x80\"",
        "[]",
        "{}",
        "[{\"a\": {\"a\": [1]}}, {\"a\": null, \"A\": false, \"\": \"\"}]",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_error err = {0};
        struct lf_json json;
        if (lf_json_parse(&json, "f.json", rows[i], strlen(rows[i]), &err) != LF_OK) {
            fail_msg("%s: %s", rows[i], err.text);
        }
        lf_json_clear(&json);
        assert_null(json.root);
    }
}

static void containers_nest_thirty_two_levels_and_no_deeper(void **state)
{
    (void)state;
    char text[2 * (LF_JSON_DEPTH + 1)];
    struct lf_error err = {0};
    memset(text, '[', LF_JSON_DEPTH);
    memset(text + LF_JSON_DEPTH, ']', LF_JSON_DEPTH);
    assert_int_equal(lf_json_scan("f.json", text, (size_t)2 * LF_JSON_DEPTH, &err), LF_OK);
    memset(text, '[', LF_JSON_DEPTH + 1);
    memset(text + LF_JSON_DEPTH + 1, ']', LF_JSON_DEPTH + 1);
    assert_int_equal(lf_json_scan("f.json", text, sizeof text, &err), LF_BAD_INPUT);
    assert_string_equal(err.text, "f.json:1:33: nested too deeply (more than 32 levels)");
}

/* A row of every kind of field. */
struct row {
    const char *name;
    uint64_t count;
    double share;
    bool is_good;
    enum lf_answer sings;
    struct lf_strings tags;
    const cJSON *object;
    const cJSON *array;
};

#define FIELD(member) .key = #member, .offset = offsetof(struct row, member)

static const struct lf_json_field fields[] = {
    {FIELD(name), .kind = LF_JSON_STRING, .required = true},
    {FIELD(count), .kind = LF_JSON_INTEGER, .least = 1, .most = 100},
    {FIELD(share), .kind = LF_JSON_NUMBER, .least = 0, .most = 1},
    {FIELD(is_good), .kind = LF_JSON_BOOL},
    {FIELD(sings), .kind = LF_JSON_ANSWER},
    {FIELD(tags), .kind = LF_JSON_STRINGS},
    {FIELD(object), .kind = LF_JSON_OBJECT},
    {FIELD(array), .kind = LF_JSON_ARRAY},
    {.key = "note", .kind = LF_JSON_IGNORED},
};
static const struct lf_json_shape shape = LF_JSON_SHAPE(fields);
static const struct lf_json_shape open_shape = LF_JSON_OPEN_SHAPE(fields);

static enum lf_status read_row(const char *text, const struct lf_json_shape *as, struct row *row,
                               struct lf_arena *arena, struct lf_error *err)
{
    struct lf_json json;
    enum lf_status status = lf_json_parse(&json, "f.json", text, strlen(text), err);
    if (status == LF_OK) {
        status = lf_json_read(&json, json.root, as, row, arena, err);
    }
    lf_json_clear(&json);
    /* These lie in the document, which is gone. */
    row->object = NULL;
    row->array = NULL;
    return status;
}

static void every_kind_of_field_is_stored(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct lf_error err = {0};
    struct row row = {0};
    assert_int_equal(read_row("{\"name\": \"a\\u00e9\", \"count\": 100, \"share\": 0.25,"
                              " \"is_good\": true, \"tags\": [\"x\", \"y\"], \"object\": {},"
                              " \"array\": [], \"note\": [1, {}]}",
                              &shape, &row, &arena, &err),
                     LF_OK);
    assert_string_equal(row.name, "a\xC3\xA9");
    assert_int_equal(row.count, 100);
    assert_true(row.share == 0.25);
    assert_true(row.is_good);
    assert_int_equal(row.tags.count, 2);
    assert_string_equal(row.tags.items[1], "y");
    lf_arena_clear(&arena);
}

static void a_null_leaves_the_field_as_it_was(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct row row = {.count = 7, .share = 0.5, .is_good = true};
    assert_int_equal(
        read_row("{\"name\": \"a\", \"count\": null, \"share\": null, \"is_good\": null,"
                 " \"tags\": null, \"object\": null, \"array\": null}",
                 &shape, &row, &arena, NULL),
        LF_OK);
    assert_int_equal(row.count, 7);
    assert_true(row.share == 0.5 && row.is_good);
    assert_int_equal(row.tags.count, 0);
    lf_arena_clear(&arena);
}

static void an_answer_is_yes_no_or_unknown(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum lf_answer answer;
    } rows[] = {
        {"{\"name\": \"a\", \"sings\": true}", LF_ANSWER_YES},
        {"{\"name\": \"a\", \"sings\": false}", LF_ANSWER_NO},
        {"{\"name\": \"a\", \"sings\": null}", LF_ANSWER_UNKNOWN},
        {"{\"name\": \"a\"}", LF_ANSWER_UNKNOWN},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_arena arena = {0};
        struct row row = {0};
        assert_int_equal(read_row(rows[i].text, &shape, &row, &arena, NULL), LF_OK);
        assert_int_equal(row.sings, rows[i].answer);
        lf_arena_clear(&arena);
    }
}

static void a_field_that_does_not_meet_its_row_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        {"[]", "f.json:1:1: must be an object"},
        {"\n  {}", "f.json:2:3: name is missing"},
        {"{\"name\": null}", "f.json:1:10: name must be a string"},
        {"{\"name\": 1}", "f.json:1:10: name must be a string"},
        {"{\"Name\": \"a\"}", "f.json:1:10: unknown key \"Name\""},
        {"{\"name\": \"a\",\n \"size\": 1}", "f.json:2:10: unknown key \"size\""},
        {"{\"name\": \"a\\u0007\"}", "f.json:1:10: name holds a control character"},
        {"{\"name\": \"a\\u007f\"}", "f.json:1:10: name holds a control character"},
        {"{\"name\": \"a\", \"count\": 0}", "f.json:1:24: count is 0, less than 1"},
        {"{\"name\": \"a\", \"count\": 101}", "f.json:1:24: count is 101, more than 100"},
        {"{\"name\": \"a\", \"count\": -1}",
         "f.json:1:24: count must be a whole number from 0 to 2^53"},
        {"{\"name\": \"a\", \"count\": 1.5}",
         "f.json:1:24: count must be a whole number from 0 to 2^53"},
        {"{\"name\": \"a\", \"count\": 1e16}",
         "f.json:1:24: count must be a whole number from 0 to 2^53"},
        {"{\"name\": \"a\", \"count\": \"1\"}",
         "f.json:1:24: count must be a whole number from 0 to 2^53"},
        {"{\"name\": \"a\", \"share\": 1.01}", "f.json:1:24: share is 1.01, more than 1"},
        {"{\"name\": \"a\", \"share\": -0.5}", "f.json:1:24: share is -0.5, less than 0"},
        {"{\"name\": \"a\", \"share\": true}", "f.json:1:24: share must be a number"},
        {"{\"name\": \"a\", \"is_good\": 1}", "f.json:1:26: is_good must be true or false"},
        {"{\"name\": \"a\", \"sings\": 0}", "f.json:1:24: sings must be true, false or null"},
        {"{\"name\": \"a\", \"tags\": \"x\"}", "f.json:1:23: tags must be an array of strings"},
        {"{\"name\": \"a\", \"tags\": [\"x\", {\"b\": \"]\"}]}",
         "f.json:1:29: tags must be a string"},
        {"{\"name\": \"a\", \"object\": []}", "f.json:1:25: object must be an object"},
        {"{\"name\": \"a\", \"array\": {}}", "f.json:1:24: array must be an array"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_arena arena = {0};
        struct lf_error err = {0};
        struct row row = {0};
        assert_int_equal(read_row(rows[i].text, &shape, &row, &arena, &err), LF_BAD_INPUT);
        assert_string_equal(err.text, rows[i].error);
        lf_arena_clear(&arena);
    }
}

static void an_open_shape_lets_unknown_keys_through(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct row row = {0};
    assert_int_equal(read_row("{\"later\": [1], \"name\": \"a\"}", &open_shape, &row, &arena, NULL),
                     LF_OK);
    assert_string_equal(row.name, "a");
    lf_arena_clear(&arena);
}

static void a_string_of_more_than_4096_bytes_is_refused(void **state)
{
    (void)state;
    char text[4096 + 32];
    for (int extra = 0; extra < 2; extra++) {
        struct lf_arena arena = {0};
        struct row row = {0};
        int length = snprintf(text, sizeof text, "{\"name\": \"%0*d\"}", 4096 + extra, 0);
        assert_in_range(length, 1, sizeof text - 1);
        assert_int_equal(read_row(text, &shape, &row, &arena, NULL),
                         extra == 0 ? LF_OK : LF_BAD_INPUT);
        lf_arena_clear(&arena);
    }
}

static void a_document_says_what_it_is_and_its_version(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *error; /* NULL: none */
    } rows[] = {
        {"{\"schema\": \"llmfit.x\", \"schema_version\": 1, \"more\": 2}", NULL},
        {"{\"schema_version\": 1}", "f.json:1:1: schema is missing"},
        {"{\"schema\": \"llmfit.x\"}", "f.json:1:1: schema_version is missing"},
        {"{\"schema\": \"llmfit.y\", \"schema_version\": 1}",
         "f.json:1:12: schema is \"llmfit.y\", \"llmfit.x\" is wanted"},
        {"{\"schema\": \"llmfit.x\", \"schema_version\": 2}",
         "f.json:1:42: schema_version is 2, this program reads 1"},
        {"[]", "f.json:1:1: must be an object"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_json json;
        struct lf_error err = {0};
        assert_int_equal(lf_json_parse(&json, "f.json", rows[i].text, strlen(rows[i].text), &err),
                         LF_OK);
        enum lf_status status = lf_json_check_schema(&json, "llmfit.x", &err);
        assert_int_equal(status, rows[i].error == NULL ? LF_OK : LF_BAD_INPUT);
        assert_string_equal(err.text, rows[i].error == NULL ? "" : rows[i].error);
        lf_json_clear(&json);
    }
}

static void keys_are_found_with_regard_to_case(void **state)
{
    (void)state;
    static const char text[] = "{\"Key\": 1, \"key\": 2}";
    struct lf_json json;
    assert_int_equal(lf_json_parse(&json, "f.json", text, strlen(text), NULL), LF_OK);
    assert_true(lf_json_find(json.root, "key")->valuedouble == 2);
    assert_null(lf_json_find(json.root, "KEY"));
    lf_json_clear(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault_is_refused_where_it_stands),
        cmocka_unit_test(everything_the_standard_allows_is_taken),
        cmocka_unit_test(containers_nest_thirty_two_levels_and_no_deeper),
        cmocka_unit_test(every_kind_of_field_is_stored),
        cmocka_unit_test(a_null_leaves_the_field_as_it_was),
        cmocka_unit_test(an_answer_is_yes_no_or_unknown),
        cmocka_unit_test(a_field_that_does_not_meet_its_row_is_named),
        cmocka_unit_test(an_open_shape_lets_unknown_keys_through),
        cmocka_unit_test(a_string_of_more_than_4096_bytes_is_refused),
        cmocka_unit_test(a_document_says_what_it_is_and_its_version),
        cmocka_unit_test(keys_are_found_with_regard_to_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
