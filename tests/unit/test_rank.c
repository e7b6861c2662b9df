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
    double q_eff;
    double tps;
    uint64_t total_bytes;
    uint64_t params;
    uint64_t context_tokens;
    const char *released;
    enum lf_mode mode;
    const char *vendor;
    size_t shape; /* models of the same number share one; 0: its own */
    uint64_t experts;
};

enum { ROWS_MOST = 8 };

struct stage {
    struct lf_shape shapes[2 * ROWS_MOST];
    struct lf_model models[ROWS_MOST];
    struct lf_subject subjects[ROWS_MOST];
    struct lf_choice choices[ROWS_MOST];
    struct lf_choice *order[ROWS_MOST];
};

static void set_up(struct stage *stage, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t shape = rows[i].shape != 0 ? rows[i].shape : ROWS_MOST + i;
        stage->models[i] = (struct lf_model){.id = rows[i].id,
                                             .vendor = rows[i].vendor,
                                             .shape = &stage->shapes[shape],
                                             .released = rows[i].released};
        stage->subjects[i] = (struct lf_subject){
            .model = &stage->models[i],
            .form = {.params_total = rows[i].params, .experts = rows[i].experts}};
        stage->choices[i] = (struct lf_choice){
            .subject = &stage->subjects[i],
            .placement = {.fits = true, .mode = rows[i].mode},
            .expectation = {.q_eff = rows[i].q_eff},
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

static void quality_counts_as_far_as_it_is_fast_enough(void **state)
{
    (void)state;
    /* By hand, q_eff * (1 - exp(-tps / 12)): a .849, b .645, c .586, d .270. */
    static const struct row rows[] = {
        {.id = "a", .q_eff = 0.86, .tps = 52},
        {.id = "b", .q_eff = 0.65, .tps = 60},
        {.id = "c", .q_eff = 0.90, .tps = 12.6},
        {.id = "d", .q_eff = 0.80, .tps = 4.94},
    };
    assert_order(rows, COUNT(rows), LF_SORT_RANK, "abcd");
}

static void beyond_a_satisfying_speed_more_adds_nothing(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {.id = "a", .q_eff = 0.62, .tps = 50},
        {.id = "b", .q_eff = 0.60, .tps = 500},
    };
    assert_order(rows, COUNT(rows), LF_SORT_RANK, "ab");
}

static void a_speed_that_is_not_known_counts_as_slow_unless_all_is_on_the_gpu(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {.id = "a", .q_eff = 0.6, .tps = 0, .mode = LF_MODE_GPU},
        {.id = "b", .q_eff = 0.6, .tps = 20, .mode = LF_MODE_CPU},
        {.id = "c", .q_eff = 0.6, .tps = 0, .mode = LF_MODE_CPU},
    };
    assert_order(rows, COUNT(rows), LF_SORT_RANK, "abc");
}

static void of_equals_the_newer_goes_first_then_the_id(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {.id = "a", .q_eff = 0.5, .tps = 10, .released = "2025-12"},
        {.id = "b", .q_eff = 0.5, .tps = 10, .released = "2026-04"},
        {.id = "d", .q_eff = 0.5, .tps = 10},
        {.id = "c", .q_eff = 0.5, .tps = 10},
    };
    assert_order(rows, COUNT(rows), LF_SORT_RANK, "bacd");
}

static void a_family_does_not_fill_the_list(void **state)
{
    (void)state;
    /* b and c are a's vendor's, as large and of its kind; d is much smaller, e has experts, f is
     * another's. Each sibling before it takes a fifth: b counts .552, c .435. */
    static const struct row rows[] = {
        {.id = "a", .vendor = "V", .params = 27, .q_eff = 0.70, .tps = 99},
        {.id = "b", .vendor = "V", .params = 27, .q_eff = 0.69, .tps = 99},
        {.id = "c", .vendor = "V", .params = 31, .q_eff = 0.68, .tps = 99},
        {.id = "d", .vendor = "V", .params = 9, .q_eff = 0.60, .tps = 99},
        {.id = "e", .vendor = "V", .params = 30, .q_eff = 0.59, .tps = 99, .experts = 8},
        {.id = "f", .vendor = "W", .params = 27, .q_eff = 0.50, .tps = 99},
    };
    assert_order(rows, COUNT(rows), LF_SORT_RANK, "adebfc");
    assert_order(rows, COUNT(rows), LF_SORT_QUALITY, "abcdef");
}

static void a_finetune_is_a_sibling_whoever_made_it(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {.id = "a", .vendor = "V", .shape = 1, .params = 27, .q_eff = 0.70, .tps = 99},
        {.id = "b", .vendor = "W", .shape = 1, .params = 27, .q_eff = 0.69, .tps = 99},
        {.id = "c", .vendor = "X", .shape = 2, .params = 27, .q_eff = 0.60, .tps = 99},
    };
    assert_order(rows, COUNT(rows), LF_SORT_RANK, "acb");
}

static void every_key_has_its_order(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"a", 0.51, 10, 300, 30, 8192, "2025-01", .mode = LF_MODE_CPU},
        {"b", 0.50, 20, 200, 10, 4096, NULL, .mode = LF_MODE_CPU},
        {"c", 0.52, 15, 100, 20, 16384, "2026-02-03", .mode = LF_MODE_CPU},
        {"d", 0.52, 0, 100, 20, 16384, "2026-02", .mode = LF_MODE_CPU},
    };
    static const struct {
        enum lf_sort sort;
        const char *order;
    } keys[] = {
        {LF_SORT_RANK, "bcad"},   {LF_SORT_QUALITY, "cdab"}, {LF_SORT_SPEED, "bcad"},
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
        cmocka_unit_test(quality_counts_as_far_as_it_is_fast_enough),
        cmocka_unit_test(beyond_a_satisfying_speed_more_adds_nothing),
        cmocka_unit_test(a_speed_that_is_not_known_counts_as_slow_unless_all_is_on_the_gpu),
        cmocka_unit_test(of_equals_the_newer_goes_first_then_the_id),
        cmocka_unit_test(a_family_does_not_fill_the_list),
        cmocka_unit_test(a_finetune_is_a_sibling_whoever_made_it),
        cmocka_unit_test(every_key_has_its_order),
        cmocka_unit_test(nothing_and_one_need_no_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
