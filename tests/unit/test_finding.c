#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

static void add(struct lf_findings *findings, enum lf_severity severity, const char *file,
                unsigned line, unsigned column)
{
    struct lf_error error;
    lf_fail_at(&error, LF_BAD_INPUT, file, line, column, "x");
    lf_findings_add(findings, severity, &error);
}

static void errors_come_before_notes_in_the_order_of_their_places(void **state)
{
    static const char *const expected[] = {"a:2:1: x", "a:2:9: x", "a:10:1: x", "b:1:1: x",
                                           "a:1:1: x"};
    struct lf_findings findings = {0};
    (void)state;
    add(&findings, LF_SEVERITY_NOTE, "a", 1, 1);
    add(&findings, LF_SEVERITY_ERROR, "b", 1, 1);
    add(&findings, LF_SEVERITY_ERROR, "a", 10, 1);
    add(&findings, LF_SEVERITY_ERROR, "a", 2, 9);
    add(&findings, LF_SEVERITY_ERROR, "a", 2, 1);
    lf_findings_sort(&findings);
    assert_int_equal(findings.count, 5);
    for (size_t i = 0; i < findings.count; i++) {
        assert_string_equal(findings.items[i].error.text, expected[i]);
    }
    assert_string_equal(lf_severity_name(findings.items[4].severity), "note");
    lf_findings_clear(&findings);
    assert_int_equal(findings.count, 0);
}

static void what_is_found_twice_is_told_once(void **state)
{
    struct lf_findings findings = {0};
    (void)state;
    add(&findings, LF_SEVERITY_ERROR, "a", 1, 1);
    add(&findings, LF_SEVERITY_ERROR, "a", 1, 2);
    add(&findings, LF_SEVERITY_ERROR, "a", 1, 1);
    lf_findings_sort(&findings);
    assert_int_equal(findings.count, 2);
    assert_int_equal(findings.seen[LF_SEVERITY_ERROR], 2);
    lf_findings_clear(&findings);
}

static void beyond_the_bound_findings_are_counted_only(void **state)
{
    struct lf_findings findings = {0};
    (void)state;
    for (unsigned i = 1; i <= LF_FINDINGS_MOST + 7; i++) {
        add(&findings, LF_SEVERITY_ERROR, "a", i, 1);
    }
    add(&findings, LF_SEVERITY_NOTE, "a", 1, 1);
    assert_int_equal(findings.count, LF_FINDINGS_MOST + 1);
    assert_int_equal(findings.seen[LF_SEVERITY_ERROR], LF_FINDINGS_MOST + 7);
    assert_false(lf_findings_has_room(&findings, LF_SEVERITY_ERROR));
    assert_true(lf_findings_has_room(&findings, LF_SEVERITY_NOTE));
    lf_findings_clear(&findings);
}

struct row {
    const char *name;
    uint64_t count;
};

/* Reads {"name": text, "count": number} and returns how many faults are kept. */
static size_t faults_of(const char *text, bool collects, struct lf_error *err)
{
    static const struct lf_json_field fields[] = {
        {.key = "name", .offset = offsetof(struct row, name), .required = true},
        {.key = "count",
         .offset = offsetof(struct row, count),
         .kind = LF_JSON_INTEGER,
         .required = true},
    };
    static const struct lf_json_shape shape = LF_JSON_SHAPE(fields);
    struct lf_findings findings = {0};
    struct lf_arena arena = {0};
    struct lf_json json;
    struct row row = {0};
    assert_int_equal(lf_json_parse(&json, "a", text, strlen(text), err), LF_OK);
    json.findings = collects ? &findings : NULL;
    assert_int_equal(lf_json_read(&json, json.root, &shape, &row, &arena, err), LF_BAD_INPUT);
    size_t count = findings.count;
    lf_findings_clear(&findings);
    lf_arena_clear(&arena);
    lf_json_clear(&json);
    return count;
}

static void all_faults_of_an_object_are_told_where_they_are_collected(void **state)
{
    static const char text[] = "{\"name\": 1, \"colour\": 2}";
    struct lf_error err = {0};
    (void)state;
    assert_int_equal(faults_of(text, true, &err), 3);
    assert_int_equal(faults_of(text, false, &err), 0);
    assert_string_equal(err.text, "a:1:10: name must be a string");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_come_before_notes_in_the_order_of_their_places),
        cmocka_unit_test(what_is_found_twice_is_told_once),
        cmocka_unit_test(beyond_the_bound_findings_are_counted_only),
        cmocka_unit_test(all_faults_of_an_object_are_told_where_they_are_collected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
