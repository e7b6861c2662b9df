#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "advise/choice.h"
#include "base/store.h"
#include "folder.h"
#include "measure/own.h"

/* Every test has a data folder of its own. */
static int set_up(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);
    *state = folder;
    folder_make(folder);
    return setenv("LLMFIT_DATA_DIR", folder->path, 1);
}

static int tear_down(void **state)
{
    struct folder *folder = *state;
    char path[FOLDER_PATH_BYTES];
    snprintf(path, sizeof path, "%s/bench.json", folder->path);
    remove(path);
    folder_remove(folder);
    free(folder);
    return 0;
}

static struct lf_own_row make_row(uint64_t context_tokens)
{
    return (struct lf_own_row){
        .date = "2026-11-22",
        .machine = "CPU, 8 cores, 31 GiB",
        .server = "llama-server",
        .version = "b9999",
        .runtime = "llama.cpp",
        .model = "qwen3-8b",
        .quant = "Q4_K_M",
        .mode = "gpu",
        .context_tokens = context_tokens,
        .depth_tokens = 576,
        .prompt_tokens = 512,
        .generated_tokens = 128,
        .repeats = 3,
        .decode_tps = 50.125,
        .decode_low_tps = 49,
        .decode_high_tps = 51,
        .prefill_tps = 1000,
        .prefill_low_tps = 990,
        .prefill_high_tps = 1010,
        .estimated_decode_tps = 40,
    };
}

static void what_is_added_is_read_again(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct lf_own_rows rows;
    lf_own_read(&arena, &rows);
    assert_int_equal(rows.count, 0);
    assert_null(rows.fault);
    struct lf_own_row row = make_row(8192);
    assert_int_equal(lf_own_add(&row, NULL), LF_OK);
    row.version = NULL;
    row.context_tokens = 4096;
    assert_int_equal(lf_own_add(&row, NULL), LF_OK);
    lf_own_read(&arena, &rows);
    assert_int_equal(rows.count, 2);
    assert_string_equal(rows.items[0].version, "b9999");
    assert_null(rows.items[1].version);
    assert_int_equal(rows.items[1].context_tokens, 4096);
    assert_string_equal(rows.items[1].mode, "gpu");
    assert_true(rows.items[1].decode_tps == 50.125);
    assert_true(rows.items[1].estimated_prefill_tps == 0);
    lf_arena_clear(&arena);
}

static void the_oldest_make_room(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct lf_own_rows rows;
    for (uint64_t i = 0; i < LF_OWN_ROWS_MOST + 3; i++) {
        struct lf_own_row row = make_row(i);
        assert_int_equal(lf_own_add(&row, NULL), LF_OK);
    }
    lf_own_read(&arena, &rows);
    assert_int_equal(rows.count, LF_OWN_ROWS_MOST);
    assert_int_equal(rows.items[0].context_tokens, 3);
    assert_int_equal(rows.items[LF_OWN_ROWS_MOST - 1].context_tokens, LF_OWN_ROWS_MOST + 2);
    lf_arena_clear(&arena);
}

static void a_broken_file_is_told_and_left_alone(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "{",
        "[]",
        "{\"schema\": \"llmfit.other\", \"schema_version\": 1, \"rows\": []}",
        "{\"schema\": \"llmfit.measurements\", \"schema_version\": 2, \"rows\": []}",
        "{\"schema\": \"llmfit.measurements\", \"schema_version\": 1}",
        "{\"schema\": \"llmfit.measurements\", \"schema_version\": 1, \"rows\": [{}]}",
        "{\"schema\": \"llmfit.measurements\", \"schema_version\": 1, \"rows\": 7}",
    };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct lf_arena arena = {0};
        struct lf_own_rows rows;
        struct lf_own_row row = make_row(1);
        struct lf_text content = {0};
        lf_store_replace(LF_STORE_DATA, "bench.json", broken[i], strlen(broken[i]), NULL);
        lf_own_read(&arena, &rows);
        assert_int_equal(rows.count, 0);
        assert_non_null(strstr(rows.fault, "bench.json"));
        assert_int_equal(lf_own_add(&row, NULL), LF_BAD_INPUT);
        assert_int_equal(lf_store_read(LF_STORE_DATA, "bench.json", 4096, &content, NULL), LF_OK);
        assert_string_equal(content.bytes, broken[i]);
        lf_text_clear(&content);
        lf_arena_clear(&arena);
    }
}

/* A choice on a GPU, estimated to write 60 tokens/s and to read 2000. */
static void apply(const struct lf_own_rows *rows, const char *model_id, struct lf_choice *choice)
{
    static const struct lf_runtime runtime = {.id = "llama.cpp"};
    const struct lf_model model = {.id = model_id};
    const struct lf_subject subject = {.model = &model};
    struct lf_advice_context context = {.runtime = &runtime};
    lf_measured_make(&context.measured, rows, runtime.id);
    *choice = (struct lf_choice){.subject = &subject,
                                 .mix = LF_MIX_Q4_K_M,
                                 .decode = {.low = 50, .mid = 60, .high = 70, .basis = "bandwidth"},
                                 .prefill = {.low = 1500, .mid = 2000, .high = 3000},
                                 .depth_tokens = 4096};
    choice->placement.mode = LF_MODE_GPU;
    lf_measured_apply(&context, choice);
    choice->subject = NULL;
}

static void the_same_model_has_its_own_figure(void **state)
{
    (void)state;
    struct lf_own_row items[] = {make_row(8192), make_row(4096)};
    const struct lf_own_rows rows = {.items = items, .count = 2};
    struct lf_choice choice;
    items[0].decode_tps = 10;
    apply(&rows, "qwen3-8b", &choice);
    assert_true(choice.decode.mid == 50.125); /* the newest */
    assert_string_equal(choice.decode.basis, "own");
    assert_true(choice.decode.low < 49 && choice.decode.low > 44);
    assert_true(choice.decode.high > 51 && choice.decode.high < 56);
    assert_true(choice.estimated_decode.mid == 60);
    assert_int_equal(choice.depth_tokens, 576);
    assert_ptr_equal(choice.own, &items[1]);
}

static void others_are_corrected_by_the_median_ratio(void **state)
{
    (void)state;
    struct lf_own_row items[] = {make_row(1), make_row(2), make_row(3)};
    const struct lf_own_rows rows = {.items = items, .count = 3};
    struct lf_choice choice;
    items[0].estimated_decode_tps = items[0].decode_tps / 1.5;
    items[1].estimated_decode_tps = items[1].decode_tps / 0.9;
    items[2].estimated_decode_tps = items[2].decode_tps / 0.8;
    apply(&rows, "other", &choice);
    assert_true(choice.decode.mid > 53.99 && choice.decode.mid < 54.01);
    assert_true(choice.decode.low > 44.99 && choice.decode.low < 45.01);
    assert_string_equal(choice.decode.basis, "own-ratio");
    assert_true(choice.prefill.mid == 2000); /* no row has an estimate of it */
    assert_null(choice.own);
    items[0].estimated_decode_tps = items[1].estimated_decode_tps = 1;
    apply(&rows, "other", &choice);
    assert_true(choice.decode.mid == 60 * LF_MEASURED_RATIO_MOST);
}

static void what_lay_elsewhere_or_ran_on_another_engine_says_nothing(void **state)
{
    (void)state;
    struct lf_own_row items[] = {make_row(1), make_row(2)};
    const struct lf_own_rows rows = {.items = items, .count = 2};
    struct lf_choice choice;
    items[0].mode = "cpu";
    items[1].runtime = "ollama";
    apply(&rows, "qwen3-8b", &choice);
    assert_true(choice.decode.mid == 60);
    assert_string_equal(choice.decode.basis, "bandwidth");
    apply(NULL, "qwen3-8b", &choice);
    assert_true(choice.decode.mid == 60);
}

static void only_rows_of_this_machine_are_kept(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    struct lf_machine machine = {.cpu = {.name = "CPU"}};
    machine.cpu.cores = lf_amount(8, LF_MEASURED, NULL);
    machine.memory.total_bytes = lf_amount(UINT64_C(33285996544), LF_MEASURED, NULL);
    struct lf_own_row items[] = {make_row(1), make_row(2)};
    struct lf_own_rows rows = {.items = items, .count = 2};
    items[0].machine = "CPU, 8 cores, 31 GiB; NVIDIA GeForce RTX 3060, 12 GiB";
    lf_measured_keep(&rows, &machine, &arena);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.items[0].context_tokens, 2);
    lf_arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_added_is_read_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_oldest_make_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_broken_file_is_told_and_left_alone, set_up, tear_down),
        cmocka_unit_test(the_same_model_has_its_own_figure),
        cmocka_unit_test(others_are_corrected_by_the_median_ratio),
        cmocka_unit_test(what_lay_elsewhere_or_ran_on_another_engine_says_nothing),
        cmocka_unit_test(only_rows_of_this_machine_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
