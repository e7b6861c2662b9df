#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/text.h"
#include "base/units.h"
#include "catalog/catalog.h"
#include "folder.h"
#include "support.h"

static int load_catalog(void **state)
{
    return catalog_set_up(state, LF_CATALOG_PRICES | LF_CATALOG_CLASSES | LF_CATALOG_MODELS |
                                     LF_CATALOG_QUALITY | LF_CATALOG_DEVICES);
}

static void every_price_is_of_a_model_that_is_there_and_is_in_order(void **state)
{
    const struct lf_catalog *catalog = *state;
    const struct lf_prices *prices = &catalog->prices;
    assert_true(prices->model_count > 100);
    for (size_t i = 0; i < prices->model_count; i++) {
        const struct lf_price *price = &prices->models[i];
        if (lf_models_find_id(&catalog->models, price->id) == NULL) {
            fail_msg("there is no model %s", price->id);
        }
        /* The cheapest of four tokens read for each one written is not above the median host, which
         * is one of them when their number is odd. */
        double cheapest = 4 * price->cheapest.input_usd + price->cheapest.output_usd;
        double median = 4 * price->median.input_usd + price->median.output_usd;
        if (price->hosts == 1 ? cheapest != median : cheapest > median * 1.001) {
            fail_msg("%s: cheapest %g, median %g", price->id, cheapest, median);
        }
        /* Both ISO dates, so the later one is the greater. */
        assert_true(strcmp(price->cheapest.date, price->median.date) <= 0);
    }
}

static void the_paid_models_that_others_are_compared_with_have_prices(void **state)
{
    const struct lf_catalog *catalog = *state;
    size_t found = 0;
    for (size_t i = 0; i < catalog->quality.paid_count; i++) {
        const char *name = catalog->quality.paid[i].name;
        const struct lf_price *price = lf_price_find_named(&catalog->prices, name);
        found += price != NULL && price->name != NULL && strcmp(price->name, name) == 0;
    }
    /* "Claude Haiku 4.5 without thinking" is sold as Claude Haiku 4.5. */
    assert_int_equal(found, catalog->quality.paid_count - 1);
}

static void a_price_is_found_by_id_and_by_what_people_write(void **state)
{
    const struct lf_catalog *catalog = *state;
    const struct lf_prices *prices = &catalog->prices;
    const struct lf_price *luna = lf_price_find_named(prices, "gpt 6 luna");
    assert_non_null(luna);
    assert_string_equal(luna->name, "GPT-6 Luna");
    assert_null(luna->id);
    assert_ptr_equal(lf_price_find_named(prices, "GPT-6-LUNA"), luna);
    assert_ptr_equal(lf_price_find_named(prices, "Qwen3 32B"), lf_price_find(prices, "qwen3-32b"));
    assert_string_equal(lf_price_find(prices, "qwen3-32b")->id, "qwen3-32b");
    assert_null(lf_price_find(prices, "qwen3-32"));
    assert_null(lf_price_find_named(prices, "gpt-6 lun"));
    assert_null(lf_price_find_named(prices, "gpt-6 luna 2"));
    assert_null(lf_price_find_named(prices, ""));
}

static void power_is_that_of_the_device_and_the_number_of_them(void **state)
{
    const struct lf_catalog *catalog = *state;
    const struct lf_prices *prices = &catalog->prices;
    const struct lf_power *one = lf_power_find(prices, "NVIDIA GeForce RTX 3090", 1);
    const struct lf_power *two = lf_power_find(prices, "RTX 3090", 2);
    assert_non_null(one);
    assert_non_null(two);
    assert_true(two->generating_watts > one->generating_watts);
    assert_int_equal(one->basis, LF_POWER_GUESS);
    assert_int_equal(two->basis, LF_POWER_MEASURED);
    assert_non_null(lf_power_find(prices, "Apple M4 Max (40-core GPU)", 1));
    assert_non_null(lf_power_find(prices, "AMD Radeon 8060S Graphics", 1));
    /* Neither a laptop's chip nor a Ti is the card. */
    assert_null(lf_power_find(prices, "NVIDIA GeForce RTX 4090 Laptop GPU", 1));
    assert_null(lf_power_find(prices, "NVIDIA GeForce RTX 3090 Ti", 1));
    assert_null(lf_power_find(prices, "NVIDIA GeForce RTX 3090", 3));
}

static void every_device_of_a_power_or_a_machine_is_a_listed_one(void **state)
{
    const struct lf_catalog *catalog = *state;
    const struct lf_prices *prices = &catalog->prices;
    for (size_t i = 0; i < prices->power_count + prices->machine_count; i++) {
        const char *name = i < prices->power_count
                               ? prices->powers[i].device
                               : prices->machines[i - prices->power_count].device;
        const struct lf_device_query query = {.name = name};
        if (lf_device_find(&catalog->devices, &query) == NULL) {
            fail_msg("there is no device %s", name);
        }
    }
}

static void a_machine_has_a_price_for_each_size_of_its_memory(void **state)
{
    const struct lf_catalog *catalog = *state;
    const struct lf_prices *prices = &catalog->prices;
    const struct lf_machine_price *small =
        lf_machine_price_find(prices, "AMD Radeon 8060S", 64 * LF_GIB);
    const struct lf_machine_price *large =
        lf_machine_price_find(prices, "Radeon 8060S Graphics", 128 * LF_GIB);
    assert_non_null(small);
    assert_non_null(large);
    assert_true(large->price_usd > small->price_usd);
    assert_null(lf_machine_price_find(prices, "AMD Radeon 8060S", 96 * LF_GIB));
}

static void a_chip_is_priced_as_the_machine_it_is_sold_in(void **state)
{
    const struct lf_catalog *catalog = *state;
    const struct lf_prices *prices = &catalog->prices;
    const struct lf_device chip = {.name = "Apple M5 Ultra (80-core GPU)",
                                   .driver_name = "Apple M5 Ultra"};
    const struct lf_machine_price *studio =
        lf_machine_price_find_sold(prices, "Mac Studio", &chip, 256 * LF_GIB);
    assert_non_null(studio);
    assert_int_equal(studio->memory_gib, 256);
    assert_null(lf_machine_price_find_sold(prices, "MacBook Pro", &chip, 256 * LF_GIB));
    assert_null(lf_machine_price_find_sold(prices, "Mac Studio", &chip, 128 * LF_GIB));
}

static void every_class_that_is_said_to_be_sold_has_a_price(void **state)
{
    const struct lf_catalog *catalog = *state;
    size_t sold = 0;
    for (size_t i = 0; i < catalog->classes.count; i++) {
        const struct lf_class *class = &catalog->classes.items[i];
        for (size_t m = 0; class->sold_as != NULL && m < class->memory_gib.count; m++) {
            assert_non_null(lf_machine_price_find_sold(&catalog->prices, class->sold_as,
                                                       class->device,
                                                       class->memory_gib.items[m] * LF_GIB));
            sold++;
        }
    }
    assert_true(sold > 0);
}

#define FILE_OF(defaults, models, power)                                                          \
    "{\"schema\": \"llmfit.prices\", \"schema_version\": 1, \"input_ratios\": [], \"paid\": [], " \
    "\"machines\": [],\n\"defaults\": [" defaults "],\n\"models\": [" models                      \
    "],\n\"power\": [" power "]}"
#define ORIGIN "\"source\": \"s\", \"checked\": \"2026-01-02\"}"
#define DEFAULT(id, value) "{\"id\": \"" id "\", \"value\": " value ", " ORIGIN
#define DEFAULTS                              \
    DEFAULT("electricity_usd_per_kwh", "0.1") \
    "," DEFAULT("hours_per_day", "2") "," DEFAULT("years", "3") "," DEFAULT("resale_frac", "0")
#define MODEL(id, input, date)                                                          \
    "{\"id\": \"" id "\", \"median\": {\"input_usd\": " input                           \
    ", \"output_usd\": 1, \"date\": \"" date                                            \
    "\", \"hosts\": 1}, \"cheapest\": {\"input_usd\": 1, \"output_usd\": 1, \"date\": " \
    "\"2026-01-01\", \"host\": \"h\"}, " ORIGIN
#define POWER(confidence)                                                                      \
    "{\"device\": \"d\", \"count\": 1, \"generating_watts\": 1, \"confidence\": \"" confidence \
    "\", " ORIGIN

static void a_bad_file_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
    } rows[] = {
        {FILE_OF(DEFAULTS, MODEL("a", "0", "2026-01-01"), ""), "input_usd is 0, less than 1e-06"},
        {FILE_OF(DEFAULTS, MODEL("a", "1", "2026-02-30"), ""),
         "date: \"2026-02-30\" is not a day (\"YYYY-MM-DD\")"},
        {FILE_OF(DEFAULTS, MODEL("a", "1", "2026-01-01") "," MODEL("a", "1", "2026-01-01"), ""),
         "id \"a\" appears twice"},
        {FILE_OF(DEFAULTS, "", POWER("rumour")),
         "confidence: \"rumour\" is not measured, maximum or guess"},
        {FILE_OF(DEFAULT("years", "0"), "", ""), "years is out of range (0.1 to 100)"},
        {FILE_OF(DEFAULT("months", "1"), "", ""), "id: \"months\" is no default, or appears twice"},
        {FILE_OF(DEFAULT("years", "3"), "", ""), "defaults: electricity_usd_per_kwh is missing"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct folder folder;
        struct lf_catalog catalog;
        struct lf_error err = {0};
        folder_make(&folder);
        folder_write(&folder, "prices.json", rows[i].text);
        lf_catalog_init(&catalog, folder.path);
        assert_int_equal(lf_catalog_load(&catalog, LF_CATALOG_PRICES, &err), LF_BAD_INPUT);
        assert_true(err.line >= 2);
        if (strstr(err.text, rows[i].expected) == NULL) {
            fail_msg("%s, expected %s", err.text, rows[i].expected);
        }
        lf_catalog_clear(&catalog);
        folder_remove(&folder);
    }
}

static void all_that_is_wrong_can_be_collected(void **state)
{
    (void)state;
    struct folder folder;
    struct lf_catalog catalog;
    struct lf_findings findings = {0};
    struct lf_error err = {0};
    folder_make(&folder);
    folder_write(&folder, "prices.json",
                 FILE_OF(DEFAULT("years", "0"),
                         MODEL("a", "0", "2026-01-01") "," MODEL("b", "1", "2026-01-01"),
                         POWER("rumour")));
    lf_catalog_init(&catalog, folder.path);
    catalog.findings = &findings;
    lf_catalog_load(&catalog, LF_CATALOG_PRICES, &err);
    /* Years, the four defaults that are not there, a price, and a power. */
    assert_int_equal(findings.seen[LF_SEVERITY_ERROR], 1 + 4 + 1 + 1);
    assert_int_equal(catalog.prices.model_count, 1);
    assert_string_equal(catalog.prices.models[0].id, "b");
    assert_int_equal(catalog.prices.power_count, 0);
    lf_findings_clear(&findings);
    lf_catalog_clear(&catalog);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_price_is_of_a_model_that_is_there_and_is_in_order),
        cmocka_unit_test(the_paid_models_that_others_are_compared_with_have_prices),
        cmocka_unit_test(a_price_is_found_by_id_and_by_what_people_write),
        cmocka_unit_test(power_is_that_of_the_device_and_the_number_of_them),
        cmocka_unit_test(every_device_of_a_power_or_a_machine_is_a_listed_one),
        cmocka_unit_test(a_machine_has_a_price_for_each_size_of_its_memory),
        cmocka_unit_test(a_chip_is_priced_as_the_machine_it_is_sold_in),
        cmocka_unit_test(every_class_that_is_said_to_be_sold_has_a_price),
        cmocka_unit_test(a_bad_file_is_refused_with_its_place),
        cmocka_unit_test(all_that_is_wrong_can_be_collected),
    };
    return cmocka_run_group_tests(tests, load_catalog, catalog_tear_down);
}
