/* Several cards that differ: which are used, and the command that says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "advise/command.h"
#include "advise/fit.h"
#include "base/units.h"
#include "support.h"

static int load_catalog(void **state)
{
    return catalog_set_up(state, LF_FIT_PARTS);
}

/* A machine, and how a model runs there. */
struct answer {
    struct lf_arena arena;
    struct lf_machine machine;
    struct lf_request request;
    struct lf_budget budget;
    struct lf_subject subject;
    struct lf_choice choice;
};

/* Asks for a model on 96 GiB of RAM and cards of those sizes and speeds. */
static struct answer *answer_new(const struct lf_catalog *catalog, const char *id,
                                 const uint64_t gib[3], const uint64_t gbps[3])
{
    struct answer *answer = lf_alloc(1, sizeof *answer);
    struct lf_advice_context context;
    rig_make(&(struct rig){96, 80, 0, 0, 0, false}, &answer->machine);
    for (size_t g = 0; g < 3; g++) {
        machine_add_gpu(&answer->machine, "NVIDIA", gib[g] * LF_GIB, gbps[g] * 1000000000);
    }
    lf_request_init(&answer->request);
    assert_int_equal(lf_advice_prepare(catalog, &answer->machine, &answer->request, &answer->budget,
                                       &context, NULL),
                     LF_OK);
    assert_int_equal(lf_subject_make(lf_models_find_id(&catalog->models, id), &answer->arena,
                                     &answer->subject, NULL),
                     LF_OK);
    assert_true(lf_choose(&context, &answer->subject, &answer->choice));
    return answer;
}

static void answer_free(struct answer *answer)
{
    lf_machine_clear(&answer->machine);
    lf_arena_clear(&answer->arena);
    free(answer);
}

static void two_fast_cards_go_before_a_slow_one_that_holds_it_all(void **state)
{
    struct answer *answer = answer_new(*state, "qwen3-32b", (const uint64_t[]){48, 24, 24},
                                       (const uint64_t[]){347, 936, 936});
    const struct lf_placement *placement = &answer->choice.placement;
    assert_int_equal(placement->mode, LF_MODE_MULTI_GPU);
    assert_int_equal(placement->share_count, 3);
    assert_int_equal(placement->shares[0].gpu, 1);
    assert_int_equal(placement->shares[1].gpu, 2);
    answer_free(answer);
}

/* The GPU that the engine gives a layer, by its own arithmetic in floats. */
static size_t gpu_of_layer(const double counts[], size_t gpus, uint64_t layer, uint64_t offloaded)
{
    double sum = 0;
    float cumulative = 0;
    for (size_t g = 0; g < gpus; g++) {
        sum += counts[g];
    }
    for (size_t g = 0; g < gpus; g++) {
        cumulative += (float)counts[g];
        if (cumulative / (float)sum > (float)layer / (float)offloaded) {
            return g;
        }
    }
    return gpus;
}

/* The numbers behind -ts; returns whether there are any. */
static bool read_split(const struct lf_command *command, double counts[3])
{
    for (size_t a = 0; a + 1 < command->count; a++) {
        const char *text = command->arguments[a + 1];
        if (strcmp(command->arguments[a], "-ts") != 0) {
            continue;
        }
        for (size_t g = 0; g < 3 && *text != '\0'; g++) {
            char *end = NULL;
            counts[g] = strtod(text, &end);
            text = *end == ',' ? end + 1 : end;
        }
        return true;
    }
    return false;
}

static void the_commands_split_gives_each_gpu_its_layers(void **state)
{
    static const uint64_t gib[][3] = {{8, 24, 12}, {24, 8, 12}, {6, 6, 6}, {12, 32, 4}};
    static const uint64_t gbps[][3] = {{360, 936, 1792}, {1792, 936, 360}, {936, 1792, 360}};
    static const char *const ids[] = {"qwen3-32b", "gpt-oss-120b", "gemma-3-27b-it"};
    size_t checked = 0;
    for (size_t n = 0; n < COUNT(gib) * COUNT(ids); n++) {
        struct answer *answer = answer_new(*state, ids[n % COUNT(ids)], gib[n / COUNT(ids)],
                                           gbps[n / COUNT(ids) % COUNT(gbps)]);
        const struct lf_placement *placement = &answer->choice.placement;
        bool has_output = placement->gpu_layers == placement->layer_count;
        struct lf_commands commands;
        double counts[3] = {0};
        uint64_t layer = 0;
        const struct lf_catalog *catalog = *state;
        lf_commands_make(lf_runtime_find(&catalog->runtimes, "llama.cpp"), &answer->choice,
                         &answer->arena, &commands);
        checked += read_split(&commands.items[0], counts);
        for (size_t i = 0; i + 1 < placement->share_count; i++) {
            for (uint64_t l = 0; l < placement->shares[i].layers; l++, layer++) {
                assert_int_equal(gpu_of_layer(counts, 3, layer, placement->gpu_layers + has_output),
                                 placement->shares[i].gpu);
            }
        }
        answer_free(answer);
    }
    assert_int_equal(checked, COUNT(gib) * COUNT(ids));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_fast_cards_go_before_a_slow_one_that_holds_it_all),
        cmocka_unit_test(the_commands_split_gives_each_gpu_its_layers),
    };
    return cmocka_run_group_tests(tests, load_catalog, catalog_tear_down);
}
