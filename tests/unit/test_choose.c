#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "advise/fit.h"
#include "base/units.h"
#include "support.h"

static int load_catalog(void **state)
{
    return catalog_set_up(state, LF_FIT_PARTS);
}

static const struct rig laptop = {8, 51, 0, 0, 0, false};
static const struct rig gaming = {32, 80, 24, 1008, 1, false};
static const struct rig workstation = {128, 80, 24, 1008, 1, false};
static const struct rig twins = {64, 80, 24, 936, 2, false};
static const struct rig mac = {128, 546, 0, 546, 1, true};
static const struct rig server = {1536, 400, 0, 0, 0, false};
static const struct rig cluster = {2048, 400, 141, 4800, 8, false};

static const struct rig *const rigs[] = {&laptop, &gaming, &workstation, &twins,
                                         &mac,    &server, &cluster};

/* A report, and what it borrows from. */
struct answer {
    struct lf_machine machine;
    struct lf_request request;
    struct lf_fit_report report;
};

static struct lf_request no_wishes(void)
{
    struct lf_request request;
    lf_request_init(&request);
    return request;
}

static struct answer *answer_new(const struct lf_catalog *catalog, const struct rig *rig,
                                 struct lf_request request)
{
    struct answer *answer = lf_alloc(1, sizeof *answer);
    struct lf_error err = {0};
    rig_make(rig, &answer->machine);
    answer->request = request;
    if (lf_fit(&answer->machine, catalog, &answer->request, &answer->report, &err) != LF_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(answer->report.count + answer->report.unfit_count, catalog->models.count);
    return answer;
}

static void answer_free(struct answer *answer)
{
    lf_fit_clear(&answer->report);
    lf_machine_clear(&answer->machine);
    free(answer);
}

static const struct lf_choice *find(struct lf_choice *const *choices, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(choices[i]->subject->model->id, id) == 0) {
            return choices[i];
        }
    }
    return NULL;
}

/* How that model runs; it must. */
static const struct lf_choice *find_model(const struct answer *answer, const char *id)
{
    const struct lf_choice *choice = find(answer->report.models, answer->report.count, id);
    assert_non_null(choice);
    return choice;
}

static uint64_t rank_of(const struct lf_catalog *catalog, enum lf_mix mix)
{
    return catalog->quants.rows[mix].rank;
}

static void a_24_gib_card_runs_a_27b_whole_at_q4_or_better(void **state)
{
    const struct lf_catalog *catalog = *state;
    struct answer *answer = answer_new(catalog, &gaming, no_wishes());
    const struct lf_choice *choice = find_model(answer, "qwen3.8-27b");
    assert_int_equal(choice->placement.mode, LF_MODE_GPU);
    assert_int_equal(choice->placement.gpu_layers, choice->placement.layer_count);
    assert_true(rank_of(catalog, choice->mix) <= rank_of(catalog, LF_MIX_Q4_K_M));
    assert_true(choice->decode.mid > 20);
    assert_int_equal(answer->report.headline.tier, LF_TIER_CAPABLE);
    assert_ptr_equal(answer->report.models[0], choice);
    answer_free(answer);
}

static void an_8_gib_laptop_gets_a_small_model(void **state)
{
    struct answer *answer = answer_new(*state, &laptop, no_wishes());
    assert_true(answer->report.count > 0);
    const struct lf_choice *best = answer->report.models[0];
    assert_int_equal(best->placement.mode, LF_MODE_CPU);
    assert_true(best->subject->form.params_total < UINT64_C(10000000000));
    assert_true(best->total_bytes < UINT64_C(7) * LF_GIB);
    assert_true(answer->report.headline.tier <= LF_TIER_USEFUL);
    assert_null(find(answer->report.models, answer->report.count, "llama-3.3-70b-instruct"));
    answer_free(answer);
}

static void experts_go_to_ram_where_there_is_much_of_it(void **state)
{
    struct answer *answer = answer_new(*state, &workstation, no_wishes());
    const struct lf_choice *choice = find_model(answer, "gpt-oss-120b");
    assert_int_equal(choice->placement.mode, LF_MODE_EXPERTS_IN_RAM);
    assert_int_equal(choice->placement.gpu_layers, choice->placement.layer_count);
    assert_in_range(choice->placement.ram_expert_layers, 1, choice->placement.layer_count);
    assert_true(choice->total_bytes > choice->file_bytes);
    assert_true(choice->decode.mid > 5);
    answer_free(answer);
}

static void two_cards_together_run_what_one_cannot(void **state)
{
    struct lf_request request = no_wishes();
    request.context_tokens = 8192;
    struct answer *one = answer_new(*state, &gaming, request);
    struct answer *two = answer_new(*state, &twins, request);
    const struct lf_choice *alone =
        find(one->report.models, one->report.count, "llama-3.3-70b-instruct");
    const struct lf_choice *both = find_model(two, "llama-3.3-70b-instruct");
    assert_true(alone == NULL || alone->placement.mode != LF_MODE_GPU);
    assert_int_equal(both->placement.mode, LF_MODE_MULTI_GPU);
    assert_int_equal(both->placement.share_count, 3);
    answer_free(one);
    answer_free(two);
}

static void a_unified_machine_has_one_pool(void **state)
{
    struct answer *answer = answer_new(*state, &mac, no_wishes());
    for (size_t i = 0; i < answer->report.count; i++) {
        const struct lf_choice *choice = answer->report.models[i];
        assert_true(choice->placement.mode == LF_MODE_UNIFIED ||
                    choice->placement.mode == LF_MODE_CPU);
        assert_int_equal(choice->placement.share_count, 1);
    }
    assert_int_equal(find_model(answer, "gpt-oss-120b")->placement.mode, LF_MODE_UNIFIED);
    answer_free(answer);
}

static void few_bits_are_for_large_models_only(void **state)
{
    static const struct {
        enum lf_mix mix;
        uint64_t least_params;
    } rows[] = {
        {LF_MIX_IQ3_XXS, UINT64_C(80000000000)},
        {LF_MIX_Q2_K, UINT64_C(80000000000)},
        {LF_MIX_Q3_K_M, UINT64_C(14000000000)},
        {LF_MIX_IQ4_XS, UINT64_C(4000000000)},
        {LF_MIX_Q2_K_S, UINT64_MAX},
        {LF_MIX_IQ2_M, UINT64_MAX},
        {LF_MIX_IQ2_XXS, UINT64_MAX},
        {LF_MIX_IQ1_S, UINT64_MAX},
    };
    for (size_t r = 0; r < COUNT(rigs); r++) {
        struct answer *answer = answer_new(*state, rigs[r], no_wishes());
        for (size_t i = 0; i < answer->report.count; i++) {
            for (size_t m = 0; m < COUNT(rows); m++) {
                assert_true(answer->report.models[i]->mix != rows[m].mix ||
                            answer->report.models[i]->subject->form.params_total >=
                                rows[m].least_params);
            }
        }
        answer_free(answer);
    }
}

static void what_is_advised_fits_its_pools(void **state)
{
    for (size_t r = 0; r < COUNT(rigs); r++) {
        struct answer *answer = answer_new(*state, rigs[r], no_wishes());
        for (size_t i = 0; i < answer->report.count; i++) {
            const struct lf_choice *choice = answer->report.models[i];
            uint64_t sum = 0;
            for (size_t s = 0; s < choice->placement.share_count; s++) {
                const struct lf_share *share = &choice->placement.shares[s];
                uint64_t used = share->weights_bytes + share->duplicate_bytes + share->kv_bytes +
                                share->state_bytes + share->compute_bytes;
                assert_int_equal(used + share->left_bytes, share->pool->budget_bytes);
                sum += used;
            }
            assert_int_equal(sum, choice->total_bytes);
            assert_true(choice->placement.fits);
            assert_true(choice->reason_count > 0);
        }
        answer_free(answer);
    }
}

static void the_same_question_has_the_same_answer(void **state)
{
    for (size_t r = 0; r < COUNT(rigs); r++) {
        struct answer *one = answer_new(*state, rigs[r], no_wishes());
        struct answer *two = answer_new(*state, rigs[r], no_wishes());
        assert_int_equal(one->report.count, two->report.count);
        for (size_t i = 0; i < one->report.count; i++) {
            const struct lf_choice *a = one->report.models[i];
            const struct lf_choice *c = two->report.models[i];
            assert_ptr_equal(a->subject->model, c->subject->model);
            assert_int_equal(a->mix, c->mix);
            assert_int_equal(a->placement.mode, c->placement.mode);
            assert_int_equal(a->settings.context_tokens, c->settings.context_tokens);
            assert_int_equal(a->total_bytes, c->total_bytes);
            assert_memory_equal(&a->decode.mid, &c->decode.mid, sizeof a->decode.mid);
        }
        assert_string_equal(one->report.headline.text, two->report.headline.text);
        answer_free(one);
        answer_free(two);
    }
}

static void a_larger_card_never_lowers_the_tier(void **state)
{
    enum lf_tier last = LF_TIER_LEARNING;
    size_t count = 0;
    for (uint64_t gib = 4; gib <= 512; gib *= 2) {
        const struct rig rig = {16, 51, gib, 1008, 1, false};
        struct answer *answer = answer_new(*state, &rig, no_wishes());
        assert_true(answer->report.headline.tier >= last);
        assert_true(answer->report.count >= count);
        last = answer->report.headline.tier;
        count = answer->report.count;
        answer_free(answer);
    }
    assert_true(last > LF_TIER_USEFUL);
}

static void so_much_more_ram_as_is_missing_is_enough(void **state)
{
    static const char *const ids[] = {"llama-3.3-70b-instruct", "qwen3-32b", "kimi-k2.6"};
    for (size_t i = 0; i < COUNT(ids); i++) {
        struct answer *answer = answer_new(*state, &laptop, no_wishes());
        struct lf_budget *budget = &answer->report.budget;
        const struct lf_choice *unfit =
            find(answer->report.unfit, answer->report.unfit_count, ids[i]);
        const struct lf_catalog *catalog = *state;
        const struct lf_advice_context context = {
            .catalog = catalog,
            .machine = &answer->machine,
            .request = &answer->request,
            .budget = budget,
            .runtime = lf_runtime_find(&catalog->runtimes, "llama.cpp"),
            .tables = {&catalog->quality, &catalog->quants, &catalog->tiers, LF_SKILL_GENERAL},
        };
        struct lf_choice *choice = lf_alloc(1, sizeof *choice);
        assert_non_null(unfit);
        assert_string_equal(unfit->reasons[0].code, "too-large");
        assert_true(unfit->reasons[0].short_by_bytes > LF_GIB);
        budget->ram.budget_bytes += unfit->reasons[0].short_by_bytes - 1;
        assert_false(lf_choose(&context, unfit->subject, choice));
        budget->ram.budget_bytes += 1;
        assert_true(lf_choose(&context, unfit->subject, choice));
        free(choice);
        answer_free(answer);
    }
}

static void wishes_are_kept(void **state)
{
    struct lf_request request = no_wishes();
    request.has_mix = true;
    request.mix = LF_MIX_Q6_K;
    request.context_tokens = 12345;
    request.has_kv = true;
    request.type_k = LF_Q8_0;
    request.type_v = LF_Q4_0;
    request.slots = 3;
    request.min_tps = 15;
    request.licence = "apache";
    struct answer *answer = answer_new(*state, &gaming, request);
    assert_true(answer->report.count > 0);
    for (size_t i = 0; i < answer->report.count; i++) {
        const struct lf_choice *choice = answer->report.models[i];
        assert_int_equal(choice->mix, LF_MIX_Q6_K);
        assert_int_equal(choice->settings.context_tokens, 12345);
        assert_int_equal(choice->settings.type_k, LF_Q8_0);
        assert_int_equal(choice->settings.type_v, LF_Q4_0);
        assert_int_equal(choice->settings.slots, 3);
        assert_int_equal(choice->settings.outputs, 3);
        assert_true(choice->decode.mid >= 15);
        assert_non_null(strstr(choice->subject->model->licence, "apache"));
    }
    answer_free(answer);
}

static void no_quant_that_needs_an_imatrix_is_advised_without_one(void **state)
{
    const struct lf_catalog *catalog = *state;
    struct lf_request request = no_wishes();
    for (int without = 0; without < 2; without++) {
        request.no_imatrix = without == 1;
        struct answer *answer = answer_new(catalog, &mac, request);
        size_t needing = 0;
        for (size_t i = 0; i < answer->report.count; i++) {
            needing += catalog->quants.rows[answer->report.models[i]->mix].needs_imatrix;
        }
        assert_int_equal(needing == 0, without);
        answer_free(answer);
    }
}

static void a_chosen_context_stays_within_the_models_own_and_the_bound(void **state)
{
    static const struct {
        enum lf_use_case use_case;
        uint64_t max_context_tokens;
        const char *id;
        uint64_t context_tokens;
    } rows[] = {
        {LF_USE_CASE_GENERAL, 0, "qwen3-8b", 32768},
        {LF_USE_CASE_CODING, 0, "qwen3-8b", 40960},
        {LF_USE_CASE_CODING, 0, "qwen3.5-9b", 65536},
        {LF_USE_CASE_CODING, 16384, "qwen3.5-9b", 16384},
        {LF_USE_CASE_SMALL, 0, "qwen3-8b", 8192},
        {LF_USE_CASE_GENERAL, 0, "tinyllama-1.1b-chat-v1.0", 2048},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_request request = no_wishes();
        request.use_case = rows[i].use_case;
        request.max_context_tokens = rows[i].max_context_tokens;
        struct answer *answer = answer_new(*state, &cluster, request);
        assert_int_equal(find_model(answer, rows[i].id)->settings.context_tokens,
                         rows[i].context_tokens);
        answer_free(answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_24_gib_card_runs_a_27b_whole_at_q4_or_better),
        cmocka_unit_test(an_8_gib_laptop_gets_a_small_model),
        cmocka_unit_test(experts_go_to_ram_where_there_is_much_of_it),
        cmocka_unit_test(two_cards_together_run_what_one_cannot),
        cmocka_unit_test(a_unified_machine_has_one_pool),
        cmocka_unit_test(few_bits_are_for_large_models_only),
        cmocka_unit_test(what_is_advised_fits_its_pools),
        cmocka_unit_test(the_same_question_has_the_same_answer),
        cmocka_unit_test(a_larger_card_never_lowers_the_tier),
        cmocka_unit_test(so_much_more_ram_as_is_missing_is_enough),
        cmocka_unit_test(wishes_are_kept),
        cmocka_unit_test(no_quant_that_needs_an_imatrix_is_advised_without_one),
        cmocka_unit_test(a_chosen_context_stays_within_the_models_own_and_the_bound),
    };
    return cmocka_run_group_tests(tests, load_catalog, catalog_tear_down);
}
