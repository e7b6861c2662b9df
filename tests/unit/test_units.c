#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>

#include <cmocka.h>

#include "base/units.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void sizes_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } rows[] = {
        {"0", 0},
        {"4096", 4096},
        {"1B", 1},
        {"16G", 16 * LF_GIB},
        {"16g", 16 * LF_GIB},
        {"16GiB", 16 * LF_GIB},
        {"16GB", UINT64_C(16000000000)},
        {"16gb", UINT64_C(16000000000)},
        {"512M", 512 * LF_MIB},
        {"512MB", UINT64_C(512000000)},
        {"8k", 8 * LF_KIB},
        {"8KB", 8000},
        {"1.5T", UINT64_C(1536) * LF_GIB},
        {"2TB", UINT64_C(2000000000000)},
        {"23.99G", UINT64_C(25759066357)},
        {"0.1K", 102},
        {".5G", LF_GIB / 2},
        {"1.999999999", 1},
        {"16777215T", UINT64_C(16777215) << 40},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t bytes = 0;
        if (!lf_size_parse(rows[i].text, &bytes)) {
            fail_msg("%s is not read", rows[i].text);
        }
        assert_int_equal(bytes, rows[i].bytes);
    }
}

static void what_is_no_size_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        " ",
        "G",
        "16 G",
        " 16G",
        "16G ",
        "-1",
        "+1",
        "1e9",
        "1..5G",
        "1.5.2G",
        "1.G",
        ".",
        "0x10",
        "16X",
        "16GBs",
        "16,5G",
        "inf",
        "nan",
        "1.0000000001G",
        "16777216T",
        "99999999T",
        "18446744073709551616",
        "99999999999999999999999999",
        "16\xC2\xA0G",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t bytes = 42;
        if (lf_size_parse(rows[i], &bytes)) {
            fail_msg("\"%s\" is read as %llu", rows[i], (unsigned long long)bytes);
        }
        assert_int_equal(bytes, 42);
    }
}

static void tokens_count_in_1024s(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t tokens;
    } rows[] = {
        {"4096", 4096}, {"8k", 8192}, {"128K", 131072}, {"1M", 1048576}, {"0.5k", 512},
    };
    static const char *const wrong[] = {"", "k", "8kB", "8G", "-8k", "8 k"};
    uint64_t tokens = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(lf_tokens_parse(rows[i].text, &tokens));
        assert_int_equal(tokens, rows[i].tokens);
    }
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_false(lf_tokens_parse(wrong[i], &tokens));
    }
}

static void counts_and_numbers_are_plain_decimals(void **state)
{
    (void)state;
    static const char *const no_counts[] = {"", "1.0", "-1", "1k", " 1", "99999999999999999999"};
    static const char *const no_numbers[] = {"", "1e3", "-1", "+1", "nan", "inf", "1.", "1.5x"};
    uint64_t count = 0;
    double number = 0;
    assert_true(lf_count_parse("0012", &count));
    assert_int_equal(count, 12);
    assert_true(lf_number_parse("7.5", &number));
    assert_true(number == 7.5);
    assert_true(lf_number_parse("10", &number));
    assert_true(number == 10);
    for (size_t i = 0; i < COUNT(no_counts); i++) {
        assert_false(lf_count_parse(no_counts[i], &count));
    }
    for (size_t i = 0; i < COUNT(no_numbers); i++) {
        assert_false(lf_number_parse(no_numbers[i], &number));
    }
    assert_int_equal(count, 12);
    assert_true(number == 10);
}

static void sizes_are_written_in_three_digits_of_a_unit_that_fits(void **state)
{
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {
        {0, "0 B"},
        {1, "1 B"},
        {999, "999 B"},
        {1000, "0.98 KiB"},
        {1023, "1.00 KiB"},
        {1024, "1.00 KiB"},
        {LF_MIB - 1, "1.00 MiB"},
        {LF_MIB, "1.00 MiB"},
        {999 * LF_MIB, "999 MiB"},
        {1000 * LF_MIB, "0.98 GiB"},
        {LF_GIB - 1, "1.00 GiB"},
        {LF_GIB, "1.00 GiB"},
        {UINT64_C(10726934364), "9.99 GiB"},
        {UINT64_C(10735000000), "10.0 GiB"},
        {UINT64_C(16428249088), "15.3 GiB"},
        {UINT64_C(107357000000), "100 GiB"},
        {UINT64_C(1536) << 30, "1.50 TiB"},
        {UINT64_MAX, "16.0 EiB"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char buffer[LF_SIZE_TEXT_BYTES];
        assert_string_equal(lf_size_format(buffer, rows[i].bytes), rows[i].text);
    }
}

static void no_size_reads_1024_of_a_unit(void **state)
{
    (void)state;
    for (unsigned shift = 10; shift < 64; shift++) {
        for (int64_t around = -2; around <= 2; around++) {
            char buffer[LF_SIZE_TEXT_BYTES];
            uint64_t bytes = (UINT64_C(1) << shift) + (uint64_t)around;
            lf_size_format(buffer, bytes);
            assert_null(strstr(buffer, "1024"));
            assert_null(strstr(buffer, "1000"));
            assert_true(strcspn(buffer, " ") <= 4);
        }
    }
}

static void what_is_written_is_read_again_within_a_percent(void **state)
{
    (void)state;
    for (uint64_t bytes = 1; bytes < UINT64_C(1) << 60; bytes += bytes / 7 + 1) {
        char buffer[LF_SIZE_TEXT_BYTES];
        char packed[LF_SIZE_TEXT_BYTES] = "";
        uint64_t again = 0;
        lf_size_format(buffer, bytes);
        size_t blank = strcspn(buffer, " ");
        memcpy(packed, buffer, blank);
        memcpy(packed + blank, buffer + blank + 1, strlen(buffer + blank + 1));
        if (strstr(buffer, "PiB") != NULL || strstr(buffer, "EiB") != NULL) {
            continue; /* written, but nobody asks for so much */
        }
        assert_true(lf_size_parse(packed, &again));
        assert_in_range(again, bytes - bytes / 100, bytes + bytes / 100 + 1);
    }
}

static void the_other_units_are_written_for_people(void **state)
{
    (void)state;
    char buffer[LF_SIZE_TEXT_BYTES];
    assert_string_equal(lf_gib_format(buffer, UINT64_C(16428249088)), "15.3");
    assert_string_equal(lf_gib_format(buffer, 0), "0.0");
    assert_string_equal(lf_gib_format(buffer, 2048 * LF_GIB), "2048");
    assert_string_equal(lf_tokens_format(buffer, 512), "512");
    assert_string_equal(lf_tokens_format(buffer, 4096), "4k");
    assert_string_equal(lf_tokens_format(buffer, 40960), "40k");
    assert_string_equal(lf_tokens_format(buffer, 1048576), "1M");
    assert_string_equal(lf_tokens_format(buffer, 10485760), "10M");
    assert_string_equal(lf_tokens_format(buffer, 5000), "5000");
    assert_string_equal(lf_tokens_format(buffer, 0), "0");
    assert_string_equal(lf_rate_format(buffer, UINT64_C(1008000000000)), "1008 GB/s");
    assert_string_equal(lf_rate_format(buffer, UINT64_C(51200000000)), "51.2 GB/s");
    assert_string_equal(lf_rate_format(buffer, UINT64_C(99960000000)), "100 GB/s");
    assert_string_equal(lf_params_format(buffer, UINT64_C(596049920)), "0.6B");
    assert_string_equal(lf_params_format(buffer, UINT64_C(8190735360)), "8.2B");
    assert_string_equal(lf_params_format(buffer, UINT64_C(671026419200)), "671B");
    assert_string_equal(lf_params_format(buffer, UINT64_C(999600000000)), "1.00T");
    assert_string_equal(lf_params_format(buffer, UINT64_C(1026000000000)), "1.03T");
}

static void money_is_written_in_three_digits_or_so(void **state)
{
    (void)state;
    char buffer[LF_SIZE_TEXT_BYTES];
    assert_string_equal(lf_usd_format(buffer, 0), "$0.000");
    assert_string_equal(lf_usd_format(buffer, 0.0614), "$0.061");
    assert_string_equal(lf_usd_format(buffer, 0.0996), "$0.10");
    assert_string_equal(lf_usd_format(buffer, 0.524), "$0.52");
    assert_string_equal(lf_usd_format(buffer, 9.994), "$9.99");
    assert_string_equal(lf_usd_format(buffer, 9.996), "$10.0");
    assert_string_equal(lf_usd_format(buffer, 99.94), "$99.9");
    assert_string_equal(lf_usd_format(buffer, 99.96), "$100");
    assert_string_equal(lf_usd_format(buffer, 2500), "$2500");
    assert_string_equal(lf_usd_format(buffer, NAN), "unknown");
    assert_string_equal(lf_usd_format(buffer, INFINITY), "never");
}

static void arithmetic_stays_at_the_top_instead_of_wrapping(void **state)
{
    (void)state;
    assert_int_equal(lf_mul(UINT64_C(1) << 32, UINT64_C(1) << 31), UINT64_C(1) << 63);
    assert_int_equal(lf_mul(UINT64_C(1) << 32, UINT64_C(1) << 32), UINT64_MAX);
    assert_int_equal(lf_mul(UINT64_MAX, 0), 0);
    assert_int_equal(lf_mul(0, UINT64_MAX), 0);
    assert_int_equal(lf_mul(UINT64_MAX, 1), UINT64_MAX);
    assert_int_equal(lf_add(UINT64_MAX - 1, 1), UINT64_MAX);
    assert_int_equal(lf_add(UINT64_MAX, 1), UINT64_MAX);
    assert_int_equal(lf_sub(5, 3), 2);
    assert_int_equal(lf_sub(3, 5), 0);
    assert_int_equal(lf_round_up(0, 256), 0);
    assert_int_equal(lf_round_up(1, 256), 256);
    assert_int_equal(lf_round_up(256, 256), 256);
    assert_int_equal(lf_round_up(UINT64_MAX, 256), UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_read_as_people_write_them),
        cmocka_unit_test(what_is_no_size_is_refused_and_changes_nothing),
        cmocka_unit_test(tokens_count_in_1024s),
        cmocka_unit_test(counts_and_numbers_are_plain_decimals),
        cmocka_unit_test(sizes_are_written_in_three_digits_of_a_unit_that_fits),
        cmocka_unit_test(no_size_reads_1024_of_a_unit),
        cmocka_unit_test(what_is_written_is_read_again_within_a_percent),
        cmocka_unit_test(the_other_units_are_written_for_people),
        cmocka_unit_test(money_is_written_in_three_digits_or_so),
        cmocka_unit_test(arithmetic_stays_at_the_top_instead_of_wrapping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
