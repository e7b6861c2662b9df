#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "advise/rank.h"
#include "support.h"

/* A choice as far as its order depends on it. The id is one letter. */
struct row {
    const char *id;
    enum lf_tier tier;
    double q_eff;
    double tps;
    uint64_t total_bytes;
    uint64_t params;
    uint64_t context_tokens;
    const char *released;
};

enum { ROWS_MOST = 8 };

struct stage {
    struct lf_model models[ROWS_MOST];
    struct lf_subject subjects[ROWS_MOST];
    struct lf_choice choices[ROWS_MOST];
    struct lf_choice *order[ROWS_MOST];
};

static void set_up(struct stage *stage, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        stage->models[i] = (struct lf_model){.id = rows[i].id, .released = rows[i].released};
        stage->subjects[i] = (struct lf_subject){.model = &stage->models[i],
                                                 .form = {.params_total = rows[i].params}};
        stage->choices[i] = (struct lf_choice){
            .subject = &stage->subjects[i],
            .expectation = {.tier = rows[i].tier, .q_eff = rows[i].q_eff},
            .decode = {.mid = rows[i].tps},
            .total_bytes = rows[i].total_bytes,
            .settings = {.context_tokens = rows[i].context_tokens},
        };
        stage->order[i] = &stage->choices[i];
    }
}

/* The ids after sorting, from every rotation of the rows, forwards and backwards. */
static void assert_order(const struct row *rows, size_t count, enum lf_sort sort,
                         const char *wanted)
{
    struct stage stage;
    assert_true(count <= ROWS_MOST);
    for (size_t start = 0; start < 2 * count; start++) {
        char ids[ROWS_MOST + 1] = "";
        set_up(&stage, rows, count);
        for (size_t i = 0; i < count; i++) {
            size_t from = start < count ? start + i : start + count - i;
            stage.order[i] = &stage.choices[from % count];
        }
        lf_rank(stage.order, count, sort);
        for (size_t i = 0; i < count; i++) {
            ids[i] = stage.order[i]->subject->model->id[0];
        }
        assert_string_equal(ids, wanted);
    }
}

static void the_tier_goes_before_everything(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {.id = "a", .tier = LF_TIER_USEFUL, .q_eff = 0.9, .tps = 100},
        {.id = "b", .tier = LF_TIER_CAPABLE, .q_eff = 0.6, .tps = 1},
        {.id = "c", .tier = LF_TIER_LEARNING, .q_eff = 1.0, .tps = 1000},
    };
    assert_order(rows, COUNT(rows), LF_SORT_RANK, "bac");
}

static void shares_within_three_hundredths_count_as_equal(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {.id = "a", .tier = LF_TIER_USEFUL, .q_eff = 0.500, .tps = 10},
        {.id = "b", .tier = LF_TIER_USEFUL, .q_eff = 0.475, .tps = 30},
        {.id = "c", .tier = LF_TIER_USEFUL, .q_eff = 0.465, .tps = 90},
        {.id = "d", .tier = LF_TIER_USEFUL, .q_eff = 0.440, .tps = 95},
        {.id = "e", .tier = LF_TIER_USEFUL, .q_eff = 0.400, .tps = 99},
    };
    /* A run is measured from its best: c is too far from a, and begins the next. */
    assert_order(rows, COUNT(rows), LF_SORT_RANK, "badce");
}

static void equal_shares_are_ordered_by_speed_then_memory_then_id(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {.id = "a", .tier = LF_TIER_USEFUL, .q_eff = 0.5, .tps = 10, .total_bytes = 5},
        {.id = "b", .tier = LF_TIER_USEFUL, .q_eff = 0.5, .tps = 20, .total_bytes = 9},
        {.id = "c", .tier = LF_TIER_USEFUL, .q_eff = 0.5, .tps = 10, .total_bytes = 4},
        {.id = "e", .tier = LF_TIER_USEFUL, .q_eff = 0.5, .tps = 10, .total_bytes = 5},
    };
    assert_order(rows, COUNT(rows), LF_SORT_RANK, "bcae");
}

static void every_key_has_its_order(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"a", LF_TIER_USEFUL, 0.51, 10, 300, 30, 8192, "2025-01"},
        {"b", LF_TIER_CAPABLE, 0.50, 20, 200, 10, 4096, NULL},
        {"c", LF_TIER_LEARNING, 0.52, 15, 100, 20, 16384, "2026-02-03"},
        {"d", LF_TIER_LEARNING, 0.52, 0, 100, 20, 16384, "2026-02"},
    };
    static const struct {
        enum lf_sort sort;
        const char *order;
    } keys[] = {
        {LF_SORT_RANK, "bacd"},   {LF_SORT_QUALITY, "cdab"}, {LF_SORT_SPEED, "bcad"},
        {LF_SORT_MEMORY, "cdba"}, {LF_SORT_PARAMS, "acdb"},  {LF_SORT_CONTEXT, "cdab"},
        {LF_SORT_DATE, "cdab"},   {LF_SORT_NAME, "abcd"},
    };
    assert_int_equal(COUNT(keys), LF_SORT_COUNT);
    for (size_t i = 0; i < COUNT(keys); i++) {
        assert_order(rows, COUNT(rows), keys[i].sort, keys[i].order);
    }
}

static void nothing_and_one_need_no_order(void **state)
{
    (void)state;
    static const struct row rows[] = {{.id = "a"}};
    assert_order(rows, 1, LF_SORT_RANK, "a");
    lf_rank(NULL, 0, LF_SORT_RANK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tier_goes_before_everything),
        cmocka_unit_test(shares_within_three_hundredths_count_as_equal),
        cmocka_unit_test(equal_shares_are_ordered_by_speed_then_memory_then_id),
        cmocka_unit_test(every_key_has_its_order),
        cmocka_unit_test(nothing_and_one_need_no_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
