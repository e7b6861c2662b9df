#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "box.h"
#include "base/text.h"
#include "probe/sysfile.h"

static void a_link_out_of_a_recording_is_not_followed(void **state)
{
    struct box *box = *state;
    char word[32];
    box_file(box, "/proc/inside", "7\n");
    box_link(box, "/proc/within", "inside");
    box_link(box, "/proc/secret", "/etc/passwd");
    box_link(box, "/proc/above", "../../../etc/passwd");
    box_link(box, "/sys/bus", "/proc");
    box_link(box, "/dev/null", "/dev/null");
    assert_true(lf_sys_read(&box->probe, word, sizeof word, "/proc/within"));
    assert_string_equal(word, "7\n");
    assert_false(lf_sys_read(&box->probe, word, sizeof word, "/proc/secret"));
    assert_false(lf_sys_read(&box->probe, word, sizeof word, "/proc/above"));
    assert_false(lf_sys_read(&box->probe, word, sizeof word, "/../../etc/passwd"));
    assert_false(lf_sys_exists(&box->probe, "/sys/bus"));
    assert_false(lf_sys_exists(&box->probe, "/dev/null"));
    assert_int_equal(lf_sys_list(&box->probe, "/sys/bus").count, 0);
    struct lf_text text = {0};
    assert_false(lf_sys_text(&box->probe, &text, 1 << 20, "/proc/secret"));
    lf_text_clear(&text);
}

static void only_a_whole_number_is_a_number(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *content;
        bool is_number;
        uint64_t value;
    } rows[] = {
        {"12\n", true, 12},
        {"0x10de\n", true, 0x10de},
        {"18446744073709551615\n", true, UINT64_MAX},
        {"18446744073709551616\n", false, 0},
        {"99999999999999999999999999999999999999999999999999999999999999999999999\n", false, 0},
        {"-1\n", false, 0},
        {"+1\n", false, 0},
        {"max\n", false, 0},
        {"1 2\n", false, 0},
        {"12abc\n", false, 0},
        {"0x\n", false, 0},
        {"\n", false, 0},
        {"", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t number = 0;
        box_file(box, "/number", rows[i].content);
        if (lf_sys_number(&box->probe, &number, "/number") != rows[i].is_number ||
            number != rows[i].value) {
            fail_msg("\"%s\" gave %llu", rows[i].content, (unsigned long long)number);
        }
    }
}

static void a_name_is_fit_for_a_terminal(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *content;
        const char *word; /* NULL: none */
    } rows[] = {
        {"  NVIDIA RTX \n", "NVIDIA RTX"},
        {"\x1b[2Jboo\n", "[2Jboo"},
        {"a\x1b]0;b\x07"
         "c\n",
         "a?]0;b?c"},
        {"Intel\xc2\xae\n", "Intel??"},
        {"two\nlines\n", "two"},
        {" \t\n", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        box_file(box, "/word", rows[i].content);
        const char *word = lf_sys_word(&box->probe, "/word");
        if (rows[i].word == NULL) {
            assert_null(word);
        } else {
            assert_string_equal(word, rows[i].word);
        }
    }
}

static void names_are_listed_in_order_whatever_the_disk_says(void **state)
{
    struct box *box = *state;
    box_file(box, "/d/10", "");
    box_file(box, "/d/9", "");
    box_file(box, "/d/a", "");
    box_file(box, "/d/.h", "");
    struct lf_strings names = lf_sys_list(&box->probe, "/d");
    assert_int_equal(names.count, 4);
    assert_string_equal(names.items[0], ".h");
    assert_string_equal(names.items[1], "10");
    assert_string_equal(names.items[2], "9");
    assert_string_equal(names.items[3], "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(a_link_out_of_a_recording_is_not_followed),
        BOX_TEST(only_a_whole_number_is_a_number),
        BOX_TEST(a_name_is_fit_for_a_terminal),
        BOX_TEST(names_are_listed_in_order_whatever_the_disk_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
