#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "advise/fit.h"
#include "advise/info.h"
#include "base/units.h"
#include "support.h"

/* A laptop and a PC with a 24 GiB card. */
static const struct rig rigs[] = {
    {.ram_gib = 8, .ram_gbps = 51},
    {.ram_gib = 32, .ram_gbps = 80, .gpu_gib = 24, .gpu_gbps = 1008, .gpu_count = 1}};

static int load_catalog(void **state)
{
    return catalog_set_up(state, LF_FIT_PARTS);
}

static void sizes_of_a_model_do_not_depend_on_the_machine(void **state)
{
    const struct lf_catalog *catalog = *state;
    const struct lf_model *model = lf_models_find_id(&catalog->models, "qwen3-30b-a3b");
    struct lf_request request;
    struct lf_info_report reports[2];
    struct lf_machine machines[2];
    lf_request_init(&request);
    request.all_mixes = true;
    for (size_t i = 0; i < 2; i++) {
        rig_make(&rigs[i], &machines[i]);
        assert_int_equal(lf_info(&machines[i], catalog, &request, model, &reports[i], NULL), LF_OK);
    }
    assert_int_equal(reports[0].size_count, LF_GGUF_MIX_COUNT);
    for (size_t i = 0; i < reports[0].size_count; i++) {
        const struct lf_size_row *one = &reports[0].sizes[i];
        const struct lf_size_row *two = &reports[1].sizes[i];
        assert_int_equal(one->mix, two->mix);
        assert_int_equal(one->total_bytes, two->total_bytes);
        assert_int_equal(one->total_bytes, one->weights_bytes + one->kv_bytes + one->state_bytes +
                                               one->compute_bytes);
    }
    for (size_t i = 0; i < 2; i++) {
        lf_info_clear(&reports[i]);
        lf_machine_clear(&machines[i]);
    }
}

static void the_longest_context_fits_and_the_next_does_not(void **state)
{
    const struct lf_catalog *catalog = *state;
    const struct lf_model *model = lf_models_find_id(&catalog->models, "qwen3.6-27b");
    struct lf_request request;
    struct lf_info_report report;
    struct lf_machine machine;
    lf_request_init(&request);
    rig_make(&rigs[1], &machine);
    assert_int_equal(lf_info(&machine, catalog, &request, model, &report, NULL), LF_OK);
    const struct lf_choice *choice = report.placements[0];
    const struct lf_advice_context context = {
        .catalog = catalog,
        .machine = &machine,
        .request = &request,
        .budget = &report.budget,
        .runtime = lf_runtime_find(&catalog->runtimes, "llama.cpp"),
        .tables = {&catalog->quality, &catalog->quants, &catalog->tiers, LF_SKILL_GENERAL},
    };
    struct lf_settings settings = choice->settings;
    struct lf_choice *tried = lf_alloc(1, sizeof *tried);
    assert_true(choice->max_context_tokens > settings.context_tokens);
    assert_true(choice->max_context_tokens < model->native_context_tokens);
    settings.context_tokens = choice->max_context_tokens;
    assert_true(lf_try(&context, choice->subject, choice->mix, &settings, LF_MODE_GPU, tried));
    settings.context_tokens += 1024;
    assert_false(lf_try(&context, choice->subject, choice->mix, &settings, LF_MODE_GPU, tried));
    free(tried);
    lf_info_clear(&report);
    lf_machine_clear(&machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_of_a_model_do_not_depend_on_the_machine),
        cmocka_unit_test(the_longest_context_fits_and_the_next_does_not),
    };
    return cmocka_run_group_tests(tests, load_catalog, catalog_tear_down);
}
