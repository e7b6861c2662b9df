#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "advise/complete.h"
#include "advise/fit.h"
#include "advise/plan.h"
#include "base/units.h"
#include "support.h"

static int load_catalog(void **state)
{
    return catalog_set_up(state, LF_FIT_PARTS | LF_CATALOG_CLASSES);
}

/* Dense and MoE, from what a laptop holds to what no desktop does. */
static const char *const ids[] = {"qwen3-8b", "qwen3-32b", "gpt-oss-120b", "glm-4.6",
                                  "kimi-k2-instruct"};

static void plan(const struct lf_catalog *catalog, const char *id, const struct lf_request *request,
                 struct lf_plan_report *report)
{
    const struct lf_model *model = lf_models_find_id(&catalog->models, id);
    assert_non_null(model);
    assert_int_equal(lf_plan(catalog, request, model, report, NULL), LF_OK);
}

static void every_row_runs_it_as_wished(void **state)
{
    static const double wanted_tps[] = {0, 20};
    for (size_t i = 0; i < COUNT(ids) * COUNT(wanted_tps); i++) {
        struct lf_request request;
        struct lf_plan_report report;
        lf_request_init(&request);
        request.min_tps = wanted_tps[i % COUNT(wanted_tps)];
        plan(*state, ids[i / COUNT(wanted_tps)], &request, &report);
        assert_true(report.count > 0);
        for (size_t r = 0; r < report.count; r++) {
            const struct lf_prospect *prospect = &report.rows[r].prospect;
            assert_true(prospect->fits);
            assert_true(prospect->decode.mid >= request.min_tps);
        }
        lf_plan_clear(&report);
    }
}

static void a_row_is_what_the_planner_says_of_that_machine(void **state)
{
    const struct lf_catalog *catalog = *state;
    for (size_t i = 0; i < COUNT(ids); i++) {
        struct lf_request request;
        struct lf_plan_report report;
        lf_request_init(&request);
        plan(catalog, ids[i], &request, &report);
        for (size_t r = 0; r < report.count; r++) {
            const struct lf_plan_row *row = &report.rows[r];
            struct lf_machine machine = {0};
            struct lf_budget budget;
            struct lf_advice_context context;
            struct lf_choice choice = {0};
            machine_set_ram(&machine, row->memory_bytes,
                            row->host == NULL ? row->class->device->bandwidth_bps
                                              : row->host->ram->bandwidth_bps);
            for (uint64_t c = 0; c < row->copies; c++) {
                lf_machine_add_listed(&machine, row->class->device);
            }
            lf_machine_complete(&machine, catalog);
            assert_int_equal(
                lf_advice_prepare(catalog, &machine, &request, &budget, &context, NULL), LF_OK);
            assert_true(lf_choose(&context, &report.subject, &choice));
            assert_int_equal(choice.mix, row->prospect.mix);
            assert_int_equal(choice.placement.mode, row->prospect.mode);
            assert_true(choice.decode.mid == row->prospect.decode.mid);
            lf_machine_clear(&machine);
        }
        lf_plan_clear(&report);
    }
}

static void rows_go_by_memory_and_keep_within_the_limit(void **state)
{
    for (size_t i = 0; i < COUNT(ids); i++) {
        struct lf_request request;
        struct lf_plan_report reports[2];
        lf_request_init(&request);
        plan(*state, ids[i], &request, &reports[0]);
        request.limit = 3;
        plan(*state, ids[i], &request, &reports[1]);
        assert_in_range(reports[1].count, 1, 3);
        assert_true(reports[0].count >= reports[1].count);
        for (size_t r = 1; r < reports[0].count; r++) {
            const struct lf_plan_row *one = &reports[0].rows[r - 1];
            const struct lf_plan_row *next = &reports[0].rows[r];
            assert_true(one->memory_bytes + one->gpu_bytes <= next->memory_bytes + next->gpu_bytes);
        }
        lf_plan_clear(&reports[0]);
        lf_plan_clear(&reports[1]);
    }
}

static void within_a_kind_more_memory_serves_better(void **state)
{
    for (size_t i = 0; i < COUNT(ids); i++) {
        struct lf_request request;
        struct lf_plan_report report;
        lf_request_init(&request);
        plan(*state, ids[i], &request, &report);
        for (size_t r = 1; r < report.count; r++) {
            for (size_t s = 0; s < r; s++) {
                const struct lf_prospect *small = &report.rows[s].prospect;
                const struct lf_prospect *large = &report.rows[r].prospect;
                if (report.rows[s].kind == report.rows[r].kind) {
                    assert_true(large->expectation.q_eff > small->expectation.q_eff ||
                                large->decode.mid > small->decode.mid);
                }
            }
        }
        lf_plan_clear(&report);
    }
}

static void datacenter_cards_are_for_what_nothing_else_holds(void **state)
{
    static const struct {
        const char *id;
        enum lf_mix mix;
        bool needs_them;
    } rows[] = {{"qwen3-8b", LF_MIX_Q8_0, false},
                {"qwen3-32b", LF_MIX_Q8_0, false},
                {"kimi-k2-instruct", LF_MIX_Q8_0, true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_request request;
        struct lf_plan_report report;
        bool has_them = false;
        lf_request_init(&request);
        request.has_mix = true;
        request.mix = rows[i].mix;
        plan(*state, rows[i].id, &request, &report);
        for (size_t r = 0; r < report.count; r++) {
            const struct lf_device *device = report.rows[r].class->device;
            has_them = has_them || (device != NULL && strcmp(device->kind, "datacenter") == 0);
        }
        assert_true(has_them == rows[i].needs_them);
        lf_plan_clear(&report);
    }
}

static void several_machines_hold_what_one_of_them_does_not(void **state)
{
    struct lf_request request;
    struct lf_plan_report report;
    lf_request_init(&request);
    request.has_mix = true;
    request.mix = LF_MIX_Q8_0;
    plan(*state, "deepseek-v3.2", &request, &report);
    assert_true(report.cluster_count > 0);
    for (size_t i = 0; i < report.cluster_count; i++) {
        const struct lf_plan_cluster *cluster = &report.clusters[i];
        uint64_t each = cluster->cluster->memory_gib * LF_GIB;
        assert_in_range(cluster->nodes, 2, cluster->cluster->nodes_most);
        assert_true(cluster->prospect.total_bytes > each);
        assert_true(cluster->prospect.total_bytes <= cluster->nodes * each);
        /* One row of F32 values goes round once. */
        assert_int_equal(cluster->token_bytes, 4 * report.subject.form.embd);
        const struct lf_link *link = cluster->cluster->link;
        double ms =
            (double)cluster->nodes * (link->latency_us / 1e3 + 1e3 * (double)cluster->token_bytes /
                                                                   (double)link->bandwidth_bps);
        assert_true(cluster->network_ms > 0.999 * ms && cluster->network_ms < 1.001 * ms);
        assert_true(1e3 / cluster->prospect.decode.mid > ms);
        /* No placeholder is left in a command. */
        for (size_t s = 0; s < cluster->step_count; s++) {
            for (size_t a = 0; a < cluster->steps[s].argv.count; a++) {
                assert_null(strchr(cluster->steps[s].argv.items[a], '{'));
            }
        }
    }
    lf_plan_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_runs_it_as_wished),
        cmocka_unit_test(a_row_is_what_the_planner_says_of_that_machine),
        cmocka_unit_test(rows_go_by_memory_and_keep_within_the_limit),
        cmocka_unit_test(within_a_kind_more_memory_serves_better),
        cmocka_unit_test(datacenter_cards_are_for_what_nothing_else_holds),
        cmocka_unit_test(several_machines_hold_what_one_of_them_does_not),
    };
    return cmocka_run_group_tests(tests, load_catalog, catalog_tear_down);
}
