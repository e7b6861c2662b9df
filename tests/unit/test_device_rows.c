#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "catalog/device.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const char head[] =
    "{\"schema\": \"llmfit.devices\", \"schema_version\": 1, \"devices\": [\n";
static const char tail[] = "]}";
#define GOOD_ROW(name)                                                                             \
    "{\"vendor\": \"NVIDIA\", \"name\": \"" name "\", \"kind\": \"desktop\", \"unified\": false, " \
    "\"source\": \"s\", \"checked\": \"2026-11-22\"}"

/* Reads rows between head and tail, and tells the outcome in err. */
static enum lf_status read_rows(const char *rows, struct lf_error *err)
{
    struct lf_text text = {0};
    struct lf_json json = {0};
    struct lf_arena arena = {0};
    struct lf_devices devices;
    lf_text_format(&text, "%s%s%s", head, rows, tail);
    enum lf_status status =
        lf_json_parse(&json, "devices.json", lf_text_string(&text), text.length, err);
    if (status == LF_OK) {
        status = lf_devices_read(&json, &arena, &devices, err);
    }
    lf_json_clear(&json);
    lf_arena_clear(&arena);
    lf_text_clear(&text);
    return status;
}

static void a_bad_row_is_refused_with_its_place(void **state)
{
    static const char *const rows[][2] = {
        {GOOD_ROW("A") ",\n" GOOD_ROW("A"), "devices.json:3:30: name \"A\" appears twice"},
        {"{\"vendor\": \"NVIDIA\", \"name\": \"A\", \"kind\": \"desktop\", \"unified\": false, "
         "\"checked\": \"2026-11-22\"}",
         "devices.json:2:1: source is missing"},
        {"{\"vendor\": \"NVIDIA\", \"name\": \"A\", \"kind\": \"desktop\", \"unified\": false, "
         "\"source\": \"s\"}",
         "devices.json:2:1: checked is missing"},
        {"{\"vendor\": \"NVIDIA\", \"vram\": 1}", "devices.json:2:30: unknown key \"vram\""},
        {"{\"vendor\": \"NVIDIA\", \"name\": \"A\", \"kind\": \"desktop\", \"unified\": false, "
         "\"pci\": [\"10de:2684\", \"10DE:2684\"], \"source\": \"s\", \"checked\": "
         "\"2026-11-22\"}",
         "devices.json:2:93: pci: \"10DE:2684\" is not of the form xxxx:xxxx in lower-case hex "
         "digits"},
        {"{\"memory_bytes\": -1}",
         "devices.json:2:18: memory_bytes must be a whole number from 0 to 2^53"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_error err = {0};
        assert_int_equal(read_rows(rows[i][0], &err), LF_BAD_INPUT);
        assert_string_equal(err.text, rows[i][1]);
    }
}

static void a_row_may_leave_figures_out(void **state)
{
    (void)state;
    struct lf_error err = {0};
    assert_int_equal(read_rows(GOOD_ROW("A") "," GOOD_ROW("B"), &err), LF_OK);
    assert_int_equal(read_rows("", &err), LF_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_row_is_refused_with_its_place),
        cmocka_unit_test(a_row_may_leave_figures_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
