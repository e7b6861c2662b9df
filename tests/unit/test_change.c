#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "advise/change.h"
#include "advise/fit.h"
#include "base/units.h"
#include "support.h"

static int load_catalog(void **state)
{
    return catalog_set_up(state, LF_FIT_PARTS | LF_CATALOG_CLASSES | LF_CATALOG_DISKS);
}

/* A question, and what was found. */
struct answer {
    struct lf_arena arena;
    struct lf_machine machine;
    struct lf_request request;
    struct lf_budget budget;
    struct lf_advice_context context;
    struct lf_subject subject;
    struct lf_prospect now;
    struct lf_changes changes;
};

/* Makes the machine, and asks; what is asked stands in answer->request. */
static void ask(struct answer *answer, const struct lf_catalog *catalog, const char *id)
{
    const struct lf_model *model = lf_models_find_id(&catalog->models, id);
    assert_non_null(model);
    assert_int_equal(lf_subject_make(model, &answer->arena, &answer->subject, NULL), LF_OK);
    assert_int_equal(lf_advice_prepare(catalog, &answer->machine, &answer->request, &answer->budget,
                                       &answer->context, NULL),
                     LF_OK);
    answer->now = lf_prospect_seek(&answer->context, &answer->subject);
    lf_changes_find(&answer->context, &answer->subject, &answer->now, &answer->arena,
                    &answer->changes);
}

static struct answer *answer_new(const struct lf_catalog *catalog, const struct rig *rig,
                                 const char *id, uint64_t context_tokens, double min_tps)
{
    struct answer *answer = lf_alloc(1, sizeof *answer);
    rig_make(rig, &answer->machine);
    lf_request_init(&answer->request);
    answer->request.context_tokens = context_tokens;
    answer->request.min_tps = min_tps;
    ask(answer, catalog, id);
    return answer;
}

static void answer_free(struct answer *answer)
{
    lf_arena_clear(&answer->arena);
    lf_machine_clear(&answer->machine);
    free(answer);
}

static const struct lf_change *find(const struct answer *answer, const char *code)
{
    for (size_t i = 0; i < answer->changes.count; i++) {
        if (strcmp(answer->changes.items[i].code, code) == 0) {
            return &answer->changes.items[i];
        }
    }
    return NULL;
}

/* What the model would come to on that machine. */
static struct lf_prospect seek(const struct answer *answer, const struct lf_machine *machine,
                               const struct lf_request *request)
{
    struct lf_budget budget;
    struct lf_advice_context context;
    assert_int_equal(
        lf_advice_prepare(answer->context.catalog, machine, request, &budget, &context, NULL),
        LF_OK);
    return lf_prospect_seek(&context, &answer->subject);
}

static void what_is_missing_is_told(void **state)
{
    static const struct {
        struct rig rig;
        const char *id;
        double min_tps;
        unsigned missing;
    } rows[] = {
        {{64, 90, 24, 936, 1, false}, "qwen3-8b", 0, 0},
        {{64, 90, 24, 936, 1, false}, "qwen3-8b", 1e5, LF_GOAL_SPEED},
        {{64, 90, 12, 360, 1, false}, "qwen3-32b", 0, LF_GOAL_WHOLE},
        {{32, 90, 24, 936, 1, false}, "glm-4.6", 0, LF_GOAL_FIT | LF_GOAL_WHOLE},
        {{32, 90, 0, 0, 0, false}, "glm-4.6", 0, LF_GOAL_FIT},
        {{32, 90, 0, 0, 0, false}, "qwen3-8b", 0, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer *answer = answer_new(*state, &rows[i].rig, rows[i].id, 0, rows[i].min_tps);
        assert_int_equal(answer->changes.missing, rows[i].missing);
        assert_true(answer->changes.missing != 0 || answer->changes.count == 0);
        for (size_t c = 0; c < answer->changes.count; c++) {
            unsigned reaches = answer->changes.items[c].reaches;
            assert_true(reaches != 0 && (reaches & ~rows[i].missing) == 0);
        }
        answer_free(answer);
    }
}

static void the_disk_helps_where_it_is_known_to_have_room(void **state)
{
    static const struct rig rig = {32, 90, 24, 936, 1, false};
    static const struct {
        struct lf_amount free_bytes;
        bool helps;
    } rows[] = {
        {{0, LF_UNKNOWN, NULL}, false},
        {{100 * LF_GIB, LF_MEASURED, NULL}, false},
        {{2000 * LF_GIB, LF_MEASURED, NULL}, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer *answer = lf_alloc(1, sizeof *answer);
        rig_make(&rig, &answer->machine);
        answer->machine.disks[0] =
            (struct lf_disk){.path = "/", .kind = "nvme", .free_bytes = rows[i].free_bytes};
        answer->machine.disk_count = 1;
        lf_request_init(&answer->request);
        ask(answer, *state, "glm-4.6");
        const struct lf_change *change = find(answer, "from-disk");
        assert_int_equal(change != NULL, rows[i].helps);
        if (change != NULL) {
            answer->request.from_disk = true;
            struct lf_prospect again = seek(answer, &answer->machine, &answer->request);
            assert_true(again.fits && again.from_disk);
            assert_true(again.decode.mid > 0);
            assert_int_equal(again.total_bytes, change->prospect.total_bytes);
        }
        answer_free(answer);
    }
}

static void unified_memory_grows_to_sizes_its_chip_is_sold_with(void **state)
{
    static const struct rig rig = {96, 819, 0, 819, 1, true};
    static const struct {
        const char *chip; /* NULL: not known */
        const char *id;
        const char *text; /* NULL: none helps */
    } rows[] = {
        {"Apple M3 Ultra (60-core GPU)", "glm-4.6", "256 GiB of unified memory"},
        {"Apple M3 Ultra (60-core GPU)", "kimi-k2-instruct", NULL},
        {NULL, "glm-4.6", "192 GiB of unified memory"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer *answer = lf_alloc(1, sizeof *answer);
        rig_make(&rig, &answer->machine);
        answer->machine.accelerators[0].name = rows[i].chip;
        lf_request_init(&answer->request);
        ask(answer, *state, rows[i].id);
        const struct lf_change *change = find(answer, "more-ram");
        assert_int_equal(change != NULL, rows[i].text != NULL);
        if (change != NULL) {
            assert_string_equal(change->text, rows[i].text);
        }
        answer_free(answer);
    }
}

static void so_much_ram_is_enough_and_the_size_below_is_not(void **state)
{
    static const char *const ids[] = {"glm-4.6", "gpt-oss-120b", "qwen3-235b-a22b"};
    static const uint64_t below_gib[] = {0, 0, 0, 48, 64, 96, 128, 192};
    static const uint64_t sizes_gib[] = {32, 48, 64, 64, 96, 128, 192, 256};
    size_t found = 0;
    for (size_t i = 0; i < COUNT(ids); i++) {
        struct answer *answer =
            answer_new(*state, &(struct rig){32, 90, 24, 936, 1, false}, ids[i], 0, 0);
        const struct lf_change *change = find(answer, "more-ram");
        if (change != NULL && (change->reaches & LF_GOAL_FIT) != 0) {
            uint64_t gib = strtoull(change->text, NULL, 10);
            struct lf_prospect with;
            found++;
            machine_set_ram(&answer->machine, gib * LF_GIB, 90000000000);
            with = seek(answer, &answer->machine, &answer->request);
            assert_true(with.fits);
            assert_int_equal(with.mix, change->prospect.mix);
            assert_int_equal(with.mode, change->prospect.mode);
            assert_true(with.decode.mid == change->prospect.decode.mid);
            for (size_t s = 0; s < COUNT(sizes_gib); s++) {
                if (sizes_gib[s] == gib && below_gib[s] > 0) {
                    machine_set_ram(&answer->machine, below_gib[s] * LF_GIB, 90000000000);
                    assert_false(seek(answer, &answer->machine, &answer->request).fits);
                }
            }
        }
        answer_free(answer);
    }
    assert_true(found > 0);
}

static void a_second_card_is_tried_as_one(void **state)
{
    struct answer *answer = answer_new(*state, &(struct rig){32, 90, 24, 936, 1, false},
                                       "llama-3.3-70b-instruct", 0, 0);
    const struct lf_change *change = find(answer, "another-card");
    assert_non_null(change);
    assert_true((change->reaches & LF_GOAL_WHOLE) != 0);
    machine_add_gpu(&answer->machine, "NVIDIA", 24 * LF_GIB, 936000000000);
    struct lf_prospect with = seek(answer, &answer->machine, &answer->request);
    assert_int_equal(with.mode, LF_MODE_MULTI_GPU);
    assert_int_equal(with.mix, change->prospect.mix);
    assert_true(with.decode.mid == change->prospect.decode.mid);
    answer_free(answer);
}

static void the_smaller_context_is_the_longest_that_does(void **state)
{
    struct answer *answer = lf_alloc(1, sizeof *answer);
    rig_make(&(struct rig){64, 90, 24, 1008, 1, false}, &answer->machine);
    lf_request_init(&answer->request);
    answer->request.context_tokens = 24576;
    answer->request.has_mix = true;
    answer->request.mix = LF_MIX_Q4_K_M;
    answer->request.has_kv = true;
    answer->request.type_k = LF_F16;
    answer->request.type_v = LF_F16;
    ask(answer, *state, "qwen3-32b");
    const struct lf_change *change = find(answer, "smaller-context");
    assert_non_null(change);
    assert_true(change->prospect.is_whole);
    struct lf_request longer = answer->request;
    longer.context_tokens = change->prospect.context_tokens + 1024;
    assert_false(seek(answer, &answer->machine, &longer).is_whole);
    /* The cache's type is the other thing that costs nothing. */
    change = find(answer, "cache-q8_0");
    assert_non_null(change);
    assert_true(change->prospect.is_whole);
    assert_int_equal(change->prospect.context_tokens, 24576);
    answer_free(answer);
}

static void programs_to_close_are_counted_on_free_memory(void **state)
{
    struct answer *answer = lf_alloc(1, sizeof *answer);
    rig_make(&(struct rig){64, 90, 24, 1008, 1, false}, &answer->machine);
    lf_request_init(&answer->request);
    answer->request.uses_free = true;
    answer->request.has_mix = true;
    answer->request.mix = LF_MIX_Q8_0;
    answer->machine.accelerators[0].free_bytes = lf_amount(9 * LF_GIB, LF_MEASURED, NULL);
    ask(answer, *state, "qwen3-14b");
    const struct lf_change *change = find(answer, "free-memory");
    assert_non_null(change);
    assert_true((change->reaches & LF_GOAL_WHOLE) != 0);
    uint64_t gib = strtoull(change->text, NULL, 10);
    answer->machine.accelerators[0].free_bytes.value = (9 + gib) * LF_GIB;
    assert_true(seek(answer, &answer->machine, &answer->request).is_whole);
    answer_free(answer);
}

static void what_costs_nothing_comes_first(void **state)
{
    static const char *const order[] = {"free-memory",   "cache-q8_0", "smaller-context",
                                        "smaller-quant", "more-ram",   "another-card",
                                        "larger-card"};
    struct answer *answer =
        answer_new(*state, &(struct rig){32, 90, 24, 1008, 1, false}, "qwen3-32b", 65536, 60);
    size_t place = 0;
    assert_true(answer->changes.count > 2);
    for (size_t i = 0; i < answer->changes.count; i++) {
        while (place < COUNT(order) && strcmp(order[place], answer->changes.items[i].code) != 0) {
            place++;
        }
        assert_true(place < COUNT(order));
    }
    answer_free(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_is_told),
        cmocka_unit_test(unified_memory_grows_to_sizes_its_chip_is_sold_with),
        cmocka_unit_test(the_disk_helps_where_it_is_known_to_have_room),
        cmocka_unit_test(so_much_ram_is_enough_and_the_size_below_is_not),
        cmocka_unit_test(a_second_card_is_tried_as_one),
        cmocka_unit_test(the_smaller_context_is_the_longest_that_does),
        cmocka_unit_test(programs_to_close_are_counted_on_free_memory),
        cmocka_unit_test(what_costs_nothing_comes_first),
    };
    return cmocka_run_group_tests(tests, load_catalog, catalog_tear_down);
}
