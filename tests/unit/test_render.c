#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "report/layout.h"
#include "report/render.h"
#include "report/text.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const char machine_text[] =
    "{\"machine\": {\"cpu\": {\"name\": \"AMD Ryzen 9 7950X 16-Core Processor\", \"cores\": 16,"
    " \"isa\": [\"avx2\"], \"preview\": {\"quota_millis\": 8000}},"
    " \"memory\": {\"total_bytes\": 67337945088, \"bandwidth_bps\": 83200000000,"
    " \"preview\": {\"swap_bytes\": 0}},"
    " \"accelerators\": [{\"id\": \"0000:01:00.0\", \"vendor\": \"NVIDIA\","
    " \"name\": \"NVIDIA GeForce RTX 4090\", \"total_bytes\": 25757220864,"
    " \"bandwidth_bps\": 1008000000000,"
    " \"preview\": {\"driver\": \"nvidia\", \"fp16_tflops\": 330.3, \"fp32_tflops\": 82.58}}],"
    " \"disks\": [{\"path\": \"/home\", \"kind\": \"nvme\", \"free_bytes\": 1000000000000}],"
    " \"diagnostics\": [{\"code\": \"some-code\", \"text\": \"some text\", \"gap\": \"memory\"}],"
    " \"steps\": [{\"name\": \"cpu\", \"source\": \"hwloc\", \"status\": \"ok\","
    " \"elapsed_ms\": 1.25}],"
    " \"origins\": {\"memory.total_bytes\": {\"from\": \"measured\","
    " \"source\": \"/proc/meminfo\"}}}}";

/* One machine and the built-in catalog, for all tests. */
struct world {
    struct lf_catalog catalog;
    struct lf_machine machine;
    struct lf_request request;
};

static int load(void **state)
{
    struct world *world = lf_alloc(1, sizeof *world);
    struct lf_error err = {0};
    lf_catalog_init(&world->catalog, NULL);
    lf_request_init(&world->request);
    if (lf_catalog_load(&world->catalog, LF_FIT_PARTS, &err) != LF_OK ||
        lf_machine_read(&world->machine, "box.json", machine_text, strlen(machine_text), &err) !=
            LF_OK) {
        print_error("%s\n", err.text);
        return -1;
    }
    *state = world;
    return 0;
}

static int clear(void **state)
{
    struct world *world = *state;
    lf_machine_clear(&world->machine);
    lf_catalog_clear(&world->catalog);
    free(world);
    return 0;
}

/* Every answer of a format, one after the other. */
enum answer { SYSTEM, FIT, INFO, LIST, CHECK, ANSWER_COUNT };

static void render(const struct world *world, const struct lf_renderer *renderer,
                   const struct lf_style *style, enum answer answer, struct lf_text *out)
{
    static const char *const requirements[] = {"ram_installed>=64G", "gpus>=9"};
    const struct lf_model *model = lf_catalog_find_model(&world->catalog, "qwen3-8b");
    struct lf_catalog *catalog = (struct lf_catalog *)(uintptr_t)&world->catalog;
    struct lf_fit_report fit = {0};
    struct lf_info_report info = {0};
    struct lf_list_report list = {0};
    struct lf_check_report check = {0};
    struct lf_error err = {0};
    switch (answer) {
    case SYSTEM:
        renderer->system(&world->machine, &world->catalog, style, out);
        break;
    case FIT:
        assert_int_equal(lf_fit(&world->machine, catalog, &world->request, &fit, &err), LF_OK);
        renderer->fit(&fit, style, out);
        break;
    case INFO:
        assert_int_equal(lf_info(&world->machine, catalog, &world->request, model, &info, &err),
                         LF_OK);
        renderer->info(&info, style, out);
        break;
    case LIST:
        assert_int_equal(lf_list(catalog, &world->request, NULL, 0, &list, &err), LF_OK);
        renderer->list(&list, &world->request, style, out);
        break;
    case CHECK:
        assert_int_equal(lf_check(&world->machine, catalog, &world->request, requirements,
                                  COUNT(requirements), &check, &err),
                         LF_OK);
        renderer->check(&check, style, out);
        break;
    case ANSWER_COUNT:
        break;
    }
    lf_fit_clear(&fit);
    lf_info_clear(&info);
    lf_list_clear(&list);
    lf_check_clear(&check);
}

static void every_json_answer_is_a_document_of_its_schema(void **state)
{
    static const char *const schemas[ANSWER_COUNT] = {"llmfit.system", "llmfit.fit", "llmfit.info",
                                                      "llmfit.list", "llmfit.check"};
    const struct lf_style style = {.columns = 80};
    for (int answer = 0; answer < ANSWER_COUNT; answer++) {
        struct lf_text out = {0};
        struct lf_json json = {0};
        struct lf_error err = {0};
        render(*state, lf_renderer_find("json"), &style, (enum answer)answer, &out);
        assert_int_equal(lf_json_parse(&json, "answer", lf_text_string(&out), out.length, &err),
                         LF_OK);
        assert_int_equal(lf_json_check_schema(&json, schemas[answer], &err), LF_OK);
        assert_non_null(lf_json_find(json.root, "engine"));
        assert_non_null(lf_json_find(json.root, "catalog"));
        assert_non_null(lf_json_find(json.root, "warnings"));
        lf_json_clear(&json);
        lf_text_clear(&out);
    }
}

static void a_system_document_reads_back_to_the_same_bytes(void **state)
{
    struct world *world = *state;
    const struct lf_style style = {.columns = 80};
    const struct lf_renderer *renderer = lf_renderer_find("json");
    struct lf_machine again = {0};
    struct lf_text first = {0};
    struct lf_text second = {0};
    struct lf_error err = {0};
    renderer->system(&world->machine, &world->catalog, &style, &first);
    assert_int_equal(lf_machine_read(&again, "again", lf_text_string(&first), first.length, &err),
                     LF_OK);
    renderer->system(&again, &world->catalog, &style, &second);
    assert_string_equal(lf_text_string(&first), lf_text_string(&second));
    lf_machine_clear(&again);
    lf_text_clear(&first);
    lf_text_clear(&second);
}

static void a_machine_nothing_is_known_of_renders_and_reads_back(void **state)
{
    struct world *world = *state;
    const struct lf_style style = {.columns = 80};
    struct lf_machine *machine = lf_alloc(1, sizeof *machine);
    struct lf_machine *again = lf_alloc(1, sizeof *again);
    struct lf_text text = {0};
    struct lf_text json = {0};
    lf_renderer_find("text")->system(machine, &world->catalog, &style, &text);
    assert_non_null(strstr(lf_text_string(&text), "unknown"));
    lf_renderer_find("json")->system(machine, &world->catalog, &style, &json);
    assert_int_equal(lf_machine_read(again, "again", lf_text_string(&json), json.length, NULL),
                     LF_OK);
    assert_false(lf_known(again->memory.usable_bytes));
    lf_machine_clear(again);
    lf_text_clear(&text);
    lf_text_clear(&json);
    free(machine);
    free(again);
}

/* The columns of the longest line. */
static size_t widest(const char *text)
{
    size_t most = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        size_t columns = 0;
        for (size_t i = 0; i < length; i++) {
            columns += ((unsigned char)text[i] & 0xC0U) != 0x80U;
        }
        most = columns > most ? columns : most;
        assert_true(length == 0 || text[length - 1] != ' ');
        text += length + 1;
    }
    return most;
}

static void text_keeps_within_its_columns(void **state)
{
    static const unsigned widths[] = {80, 100, 120, 160};
    for (size_t i = 0; i < COUNT(widths); i++) {
        const struct lf_style style = {.columns = widths[i], .lines = LF_STYLE_LINES};
        for (int answer = 0; answer < ANSWER_COUNT; answer++) {
            struct lf_text out = {0};
            render(*state, lf_renderer_find("text"), &style, (enum answer)answer, &out);
            assert_true(out.length > 0);
            assert_true(widest(lf_text_string(&out)) <= widths[i]);
            lf_text_clear(&out);
        }
    }
}

static void the_ranking_fits_a_screen(void **state)
{
    const struct lf_style style = {.columns = 80, .lines = LF_STYLE_LINES};
    struct lf_text out = {0};
    render(*state, lf_renderer_find("text"), &style, FIT, &out);
    assert_true(lf_layout_lines(&out) <= LF_STYLE_LINES);
    lf_text_clear(&out);
}

static void ascii_and_colors_are_as_asked_for(void **state)
{
    const struct lf_style plain = {.columns = 80, .ascii = true};
    const struct lf_style colored = {.columns = 80, .color = true};
    for (int answer = 0; answer < ANSWER_COUNT; answer++) {
        struct lf_text out = {0};
        render(*state, lf_renderer_find("text"), &plain, (enum answer)answer, &out);
        for (size_t i = 0; i < out.length; i++) {
            assert_true((unsigned char)out.bytes[i] < 0x80 && out.bytes[i] != '\033');
        }
        lf_text_clear(&out);
        render(*state, lf_renderer_find("text"), &colored, (enum answer)answer, &out);
        assert_non_null(strstr(lf_text_string(&out), "\033["));
        lf_text_clear(&out);
    }
}

static void an_error_is_a_document(void **state)
{
    (void)state;
    struct lf_error err;
    struct lf_text out = {0};
    lf_fail_at(&err, LF_BAD_INPUT, "box.json", 3, 7, "\"x\" is wrong");
    lf_renderer_find("json")->error(&err, &out);
    assert_string_equal(lf_text_string(&out),
                        "{\n  \"schema\": \"llmfit.error\",\n  \"schema_version\": 1,\n"
                        "  \"code\": \"bad-input\",\n  \"exit\": 3,\n  \"file\": \"box.json\",\n"
                        "  \"line\": 3,\n  \"column\": 7,\n"
                        "  \"text\": \"box.json:3:7: \\\"x\\\" is wrong\"\n}\n");
    lf_text_clear(&out);
}

static void paragraphs_wrap_between_words(void **state)
{
    (void)state;
    const struct lf_style style = {.columns = 60};
    const struct lf_paragraph command = {.label = "Run:", .label_columns = 30, .joint = " \\"};
    struct lf_text out = {0};
    lf_layout_paragraph(&out, &style, &command,
                        "llama-server -hf some/repository -c 32768 -ngl 99");
    assert_string_equal(lf_text_string(&out),
                        "Run:                          llama-server \\\n"
                        "                              -hf some/repository -c 32768 \\\n"
                        "                              -ngl 99\n");
    lf_text_clear(&out);
}

static void tables_cut_what_is_too_long_and_drop_empty_columns(void **state)
{
    (void)state;
    static const struct lf_column columns[] = {
        {.title = "name", .flexible_least = 10},
        {.title = "empty"},
        {.title = "figure in full", .brief = "figure", .is_right = true},
    };
    const struct lf_style style = {.columns = 24};
    struct lf_table table = {.columns = columns, .column_count = COUNT(columns)};
    struct lf_text out = {0};
    lf_table_add(&table, LF_PAINT_PLAIN, "a rather long name of a thing");
    lf_table_add(&table, LF_PAINT_PLAIN, "");
    lf_table_format(&table, LF_PAINT_PLAIN, "%d", 42);
    lf_table_render(&table, &style, &out);
    assert_string_equal(lf_text_string(&out), "name              figure\n"
                                              "a rather long n\u2026      42\n");
    lf_table_clear(&table);
    lf_text_clear(&out);
}

static void cpu_names_lose_what_says_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *brief;
    } rows[] = {
        {"Intel(R) Core(TM) i7-1165G7 @ 2.80GHz", "Intel Core i7-1165G7"},
        {"AMD Ryzen 9 7950X 16-Core Processor", "AMD Ryzen 9 7950X"},
        {"AMD Ryzen Threadripper PRO 5955WX 16-Cores", "AMD Ryzen Threadripper PRO 5955WX"},
        {"AMD RYZEN AI MAX+ 395 w/ Radeon 8060S", "AMD RYZEN AI MAX+ 395"},
        {"Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz", "Intel Xeon Platinum 8375C"},
        {"Apple M4 Max", "Apple M4 Max"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_text out = {0};
        lf_text_cpu_name(rows[i].name, &out);
        assert_string_equal(lf_text_string(&out), rows[i].brief);
        lf_text_clear(&out);
    }
}

static void speeds_are_intervals_or_unknown(void **state)
{
    (void)state;
    static const struct {
        struct lf_estimate estimate;
        const char *text;
    } rows[] = {
        {{0}, "unknown"},
        {{.low = 3.21, .mid = 4, .high = 9.99}, "3.2\u201310"},
        {{.low = 9.96, .mid = 40, .high = 48.4}, "10\u201348"},
        {{.low = 998, .mid = 1100, .high = 12870}, "998\u201313k"},
        {{.low = 1500, .mid = 2000, .high = 2500}, "1.5k\u20132.5k"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char buffer[LF_CELL_BYTES];
        assert_string_equal(lf_tps_format(buffer, &rows[i].estimate), rows[i].text);
    }
}

static void commands_are_quoted_for_a_shell(void **state)
{
    (void)state;
    const struct lf_command command = {.arguments = {"run", "a b", "it's", "q:Q4_K_M", ""},
                                       .count = 5};
    struct lf_text out = {0};
    lf_text_command(&command, &out);
    assert_string_equal(lf_text_string(&out), "run 'a b' 'it'\\''s' q:Q4_K_M ''");
    lf_text_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_json_answer_is_a_document_of_its_schema),
        cmocka_unit_test(a_system_document_reads_back_to_the_same_bytes),
        cmocka_unit_test(a_machine_nothing_is_known_of_renders_and_reads_back),
        cmocka_unit_test(text_keeps_within_its_columns),
        cmocka_unit_test(the_ranking_fits_a_screen),
        cmocka_unit_test(ascii_and_colors_are_as_asked_for),
        cmocka_unit_test(an_error_is_a_document),
        cmocka_unit_test(paragraphs_wrap_between_words),
        cmocka_unit_test(tables_cut_what_is_too_long_and_drop_empty_columns),
        cmocka_unit_test(cpu_names_lose_what_says_nothing),
        cmocka_unit_test(speeds_are_intervals_or_unknown),
        cmocka_unit_test(commands_are_quoted_for_a_shell),
    };
    return cmocka_run_group_tests(tests, load, clear);
}
