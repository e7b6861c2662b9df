#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/nearest.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

enum { ARGUMENTS_MOST = 10 };

/* Parses "llmfit" and the arguments up to NULL. */
static enum lf_status parse(const char *const arguments[], struct lf_options *options,
                            struct lf_error *err)
{
    char *argv[ARGUMENTS_MOST + 2] = {"llmfit"};
    int argc = 1;
    memset(options, 0, sizeof *options);
    memset(err, 0, sizeof *err);
    for (; argc <= ARGUMENTS_MOST && arguments[argc - 1] != NULL; argc++) {
        argv[argc] = (char *)(uintptr_t)arguments[argc - 1];
    }
    return lf_options_parse(argc, argv, options, err);
}

static void an_empty_command_line_means_fit(void **state)
{
    (void)state;
    struct lf_options options;
    struct lf_error err;
    assert_int_equal(parse((const char *[]){NULL}, &options, &err), LF_OK);
    assert_string_equal(options.command->name, "fit");
    assert_int_equal(options.words.count, 0);
    assert_true(options.limit == LF_LIMIT_UNSET);
    lf_options_clear(&options);
}

static void values_may_be_joined_or_follow_anywhere(void **state)
{
    (void)state;
    static const char *const lines[][ARGUMENTS_MOST] = {
        {"fit", "--context", "8k", "-n", "5", "--gpu", "rtx 3090x2", "--gpu=rtx 4090"},
        {"--context=8k", "-n5", "--gpu=rtx 3090x2", "fit", "--gpu", "rtx 4090"},
        {"-c8k", "--limit=5", "--gpu", "rtx 3090x2", "--gpu", "rtx 4090"},
        {"-c", "8192", "--gpu", "rtx 3090x2", "fit", "-n", "7", "-n5", "--gpu=rtx 4090"},
    };
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct lf_options options;
        struct lf_error err;
        assert_int_equal(parse(lines[i], &options, &err), LF_OK);
        assert_int_equal(options.context_tokens, 8192);
        assert_int_equal(options.limit, 5);
        assert_int_equal(options.gpus.count, 2);
        assert_string_equal(options.gpus.items[0], "rtx 3090x2");
        assert_string_equal(options.gpus.items[1], "rtx 4090");
        lf_options_clear(&options);
    }
}

static void every_kind_of_value_is_read(void **state)
{
    (void)state;
    struct lf_options options;
    struct lf_error err;
    struct lf_request request;
    assert_int_equal(
        parse((const char *[]){"--ram=64G", "--min-tps=7.5", "--sort=speed", "--quant=q4_k_m",
                               "--kv=q8_0,q4_0", "--use-case=coding", "--flash-attn=off",
                               "--limit=all", "--parallel=4", "--runtime=mlx", NULL},
              &options, &err),
        LF_OK);
    assert_true(options.ram_bytes == UINT64_C(64) << 30);
    lf_options_request(&options, "2026-11-22", &request);
    assert_true(request.min_tps > 7.4 && request.min_tps < 7.6);
    assert_int_equal(request.sort, LF_SORT_SPEED);
    assert_true(request.has_mix);
    assert_int_equal(request.mix, LF_MIX_Q4_K_M);
    assert_true(request.has_kv);
    assert_int_equal(request.type_k, LF_Q8_0);
    assert_int_equal(request.type_v, LF_Q4_0);
    assert_int_equal(request.use_case, LF_USE_CASE_CODING);
    assert_true(request.no_flash_attn);
    assert_int_equal(request.limit, 0);
    assert_int_equal(request.slots, 4);
    assert_int_equal(request.ubatch, 0);
    assert_string_equal(request.runtime, "mlx");
    assert_string_equal(request.today, "2026-11-22");
    lf_options_clear(&options);
}

static void words_follow_the_command_and_two_dashes_end_options(void **state)
{
    (void)state;
    struct lf_options options;
    struct lf_error err;
    assert_int_equal(
        parse((const char *[]){"info", "gpt-oss", "--json", "20b", "--", "--context", "-", NULL},
              &options, &err),
        LF_OK);
    assert_string_equal(options.command->name, "info");
    assert_true(options.json);
    assert_int_equal(options.words.count, 4);
    assert_string_equal(options.words.items[1], "20b");
    assert_string_equal(options.words.items[2], "--context");
    assert_string_equal(options.words.items[3], "-");
    lf_options_clear(&options);
}

static void letters_without_a_value_may_stand_together(void **state)
{
    (void)state;
    struct lf_options options;
    struct lf_error err;
    assert_int_equal(parse((const char *[]){"-hVn5", NULL}, &options, &err), LF_OK);
    assert_true(options.help);
    assert_true(options.version);
    assert_int_equal(options.limit, 5);
    lf_options_clear(&options);
}

static void an_alias_names_its_command(void **state)
{
    (void)state;
    struct lf_options options;
    struct lf_error err;
    assert_int_equal(parse((const char *[]){"search", "qwen", NULL}, &options, &err), LF_OK);
    assert_ptr_equal(options.command, &lf_command_list);
    lf_options_clear(&options);
}

static void what_is_wrong_is_said_in_one_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[ARGUMENTS_MOST];
        const char *sentence;
    } rows[] = {
        {{"--context", "abc"}, "--context: \"abc\" is not a number of tokens (try 8k)"},
        {{"--context=100"}, "--context: \"100\" is out of range (256 to 16M)"},
        {{"-c", "-5"}, "--context: \"-5\" is not a number of tokens (try 8k)"},
        {{"--context"}, "--context: the value is missing (TOKENS is wanted)"},
        {{"-n"}, "--limit: the value is missing (N|all is wanted)"},
        {{"--machine="}, "--machine: the value is empty (FILE|NAME is wanted)"},
        {{"--json=yes"}, "--json takes no value"},
        {{"--parallel=0"}, "--parallel: \"0\" is out of range (1 to 256)"},
        {{"--timeout=60001"}, "--timeout: \"60001\" is out of range (1 to 60000)"},
        {{"--min-tps", "1e3"}, "--min-tps: \"1e3\" is not a number (try 7.5)"},
        {{"--ram", "16 G"}, "--ram: \"16 G\" is not a size (try 16G)"},
        {{"--ram", "1K"}, "--ram: \"1K\" is out of range (1.00 MiB to 8.00 PiB)"},
        {{"--color", "blue"}, "--color: \"blue\" is not one of auto, always or never"},
        {{"--quant", "Q4_KM"},
         "--quant: \"Q4_KM\" is not a quant; the nearest are Q4_K_M, Q6_K and Q5_K_M"},
        {{"--kv", "q8_0,"},
         "--kv: \"q8_0,\" is not a cache type (f16, q8_0, q4_0, or two: q8_0,q4_0)"},
        {{"--kv", "q8_0,q8_0,q8_0"},
         "--kv: \"q8_0,q8_0,q8_0\" is not a cache type (f16, q8_0, q4_0, or two: q8_0,q4_0)"},
        {{"--kv", "q2_k"},
         "--kv: \"q2_k\" is not a cache type (f16, q8_0, q4_0, or two: q8_0,q4_0)"},
        {{"--jsn"}, "--jsn is not an option; the nearest are --json, --gpu and --ram"},
        {{"--cont", "8k"}, "--cont is not an option; the nearest are --context, --root and --sort"},
        {{"-q"}, "-q is not an option (llmfit --help shows them)"},
        {{"list", "--context=8k"},
         "--context has no meaning for list; it is for fit, info, plan, cost, check, bench"},
        {{"--require", "gpus>=1"}, "--require has no meaning for fit; it is for check"},
        {{"--machine=a", "--root=b"}, "--machine and --root exclude each other"},
        {{"sytem"},
         "\"sytem\" is not a command; the nearest are system, fit and info (for a model: llmfit "
         "info NAME)"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_options options;
        struct lf_error err;
        assert_int_equal(parse(rows[i].arguments, &options, &err), LF_USAGE);
        assert_int_equal(err.status, LF_USAGE);
        assert_string_equal(err.text, rows[i].sentence);
        lf_options_clear(&options);
    }
}

static void help_is_given_whatever_else_is_asked(void **state)
{
    (void)state;
    struct lf_options options;
    struct lf_error err;
    assert_int_equal(
        parse((const char *[]){"list", "--context=8k", "--help", NULL}, &options, &err), LF_OK);
    assert_true(options.help);
    lf_options_clear(&options);
}

static void json_is_noticed_in_a_wrong_command_line(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[3];
        bool wanted;
    } rows[] = {
        {{"--bogus", "--json", "x"}, true},   {{"--format", "json", "--bogus"}, true},
        {{"--format=json", "-x", "y"}, true}, {{"--format", "text", "--bogus"}, false},
        {{"info", "--", "--json"}, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *argv[] = {"llmfit", (char *)(uintptr_t)rows[i].arguments[0],
                        (char *)(uintptr_t)rows[i].arguments[1],
                        (char *)(uintptr_t)rows[i].arguments[2]};
        assert_int_equal(lf_options_want_json((int)COUNT(argv), argv), rows[i].wanted);
    }
}

static void of_two_rows_of_a_name_the_command_before_it_decides(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[ARGUMENTS_MOST];
        bool measures;
        uint64_t vram_bytes;
    } rows[] = {
        {{"bench", "--memory"}, true, 0},
        {{"bench", "--threads", "2", "--memory"}, true, 0},
        {{"--memory", "24G"}, false, UINT64_C(24) << 30},
        {{"system", "--memory", "24G"}, false, UINT64_C(24) << 30},
        {{"--memory=24G", "system"}, false, UINT64_C(24) << 30},
    };
    struct lf_options options;
    struct lf_error err;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(parse(rows[i].arguments, &options, &err), LF_OK);
        assert_int_equal(options.bench_memory, rows[i].measures);
        assert_int_equal(options.vram_bytes, rows[i].vram_bytes);
        lf_options_clear(&options);
    }
    assert_int_equal(parse((const char *[]){"--memory=24G", "bench", NULL}, &options, &err),
                     LF_USAGE);
    assert_non_null(strstr(err.text, "--memory has no meaning for bench"));
    lf_options_clear(&options);
}

static void the_table_is_in_order(void **state)
{
    (void)state;
    assert_true(lf_option_count <= 64);
    for (size_t i = 0; i < lf_option_count; i++) {
        const struct lf_option *row = &lf_option_rows[i];
        bool is_number = row->kind == LF_OPTION_SIZE || row->kind == LF_OPTION_TOKENS ||
                         row->kind == LF_OPTION_COUNT || row->kind == LF_OPTION_ROWS ||
                         row->kind == LF_OPTION_NUMBER;
        assert_non_null(row->help);
        assert_true(row->commands != 0);
        assert_true(row->offset < sizeof(struct lf_options));
        assert_int_equal(row->value == NULL, row->kind == LF_OPTION_FLAG);
        assert_int_equal(row->word != NULL, row->kind == LF_OPTION_WORD);
        assert_int_equal(row->most > row->least, is_number);
        for (size_t j = 0; j < i; j++) {
            bool is_shared = (row->commands & lf_option_rows[j].commands) != 0;
            assert_true(!is_shared || strcmp(row->name, lf_option_rows[j].name) != 0);
            assert_true(row->letter == '\0' || row->letter != lf_option_rows[j].letter);
            assert_int_not_equal(row->offset, lf_option_rows[j].offset);
        }
    }
}

static void the_three_nearest_names_are_kept_in_order(void **state)
{
    (void)state;
    static const char *const names[] = {"zebra", "quant", "quants", "quant", "quart", "q"};
    struct lf_nearest nearest = {.name = "quan"};
    struct lf_text text = {0};
    for (size_t i = 0; i < COUNT(names); i++) {
        lf_nearest_add(&nearest, names[i]);
    }
    lf_nearest_format(&nearest, "--", &text);
    assert_string_equal(lf_text_string(&text), "--quant, --quants and --quart");
    lf_text_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_command_line_means_fit),
        cmocka_unit_test(values_may_be_joined_or_follow_anywhere),
        cmocka_unit_test(every_kind_of_value_is_read),
        cmocka_unit_test(words_follow_the_command_and_two_dashes_end_options),
        cmocka_unit_test(letters_without_a_value_may_stand_together),
        cmocka_unit_test(an_alias_names_its_command),
        cmocka_unit_test(what_is_wrong_is_said_in_one_sentence),
        cmocka_unit_test(help_is_given_whatever_else_is_asked),
        cmocka_unit_test(json_is_noticed_in_a_wrong_command_line),
        cmocka_unit_test(of_two_rows_of_a_name_the_command_before_it_decides),
        cmocka_unit_test(the_table_is_in_order),
        cmocka_unit_test(the_three_nearest_names_are_kept_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
