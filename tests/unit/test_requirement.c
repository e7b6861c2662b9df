#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "advise/requirement.h"
#include "base/text.h"
#include "base/units.h"
#include "support.h"

static int load_models(void **state)
{
    return catalog_set_up(state, LF_CATALOG_MODELS | LF_CATALOG_TIERS);
}

static void parse_good(const struct lf_catalog *catalog, const char *text, struct lf_arena *arena,
                       struct lf_requirement *requirement)
{
    struct lf_error err = {0};
    if (lf_requirement_parse(text, catalog, arena, requirement, &err) != LF_OK) {
        fail_msg("%s: %s", text, err.text);
    }
}

static void figures_are_compared_in_their_unit(void **state)
{
    static const struct {
        const char *text;
        const char *key;
        enum lf_operator op;
        uint64_t value;
    } rows[] = {
        {"ram_installed>=16G", "ram_installed", LF_AT_LEAST, 16 * LF_GIB},
        {"ram_total > 16GB", "ram_total", LF_MORE, UINT64_C(16000000000)},
        {" vram_nominal>=24G ", "vram_nominal", LF_AT_LEAST, 24 * LF_GIB},
        {"vram_largest=8589934592", "vram_largest", LF_EQUAL, 8 * LF_GIB},
        {"swap<=0", "swap", LF_AT_MOST, 0},
        {"gpus==2", "gpus", LF_EQUAL, 2},
        {"threads<64", "threads", LF_LESS, 64},
        {"disk_free>=0.5T", "disk_free", LF_AT_LEAST, 512 * LF_GIB},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_arena arena = {0};
        struct lf_requirement requirement;
        parse_good(*state, rows[i].text, &arena, &requirement);
        assert_non_null(requirement.figure);
        assert_string_equal(requirement.figure->key, rows[i].key);
        assert_int_equal(requirement.op, rows[i].op);
        assert_int_equal(requirement.value, rows[i].value);
        lf_arena_clear(&arena);
    }
}

static void every_figure_can_be_required(void **state)
{
    size_t count = 0;
    for (; lf_figure_key(count) != NULL; count++) {
        struct lf_arena arena = {0};
        struct lf_requirement requirement;
        parse_good(*state, lf_arena_format(&arena, "%s>=1", lf_figure_key(count)), &arena,
                   &requirement);
        assert_string_equal(requirement.figure->key, lf_figure_key(count));
        lf_arena_clear(&arena);
    }
    assert_int_equal(count, 13);
}

static void a_model_is_required_with_its_bounds(void **state)
{
    struct lf_arena arena = {0};
    struct lf_requirement requirement;
    parse_good(*state, "model=qwen3:8b, quant>=q4_k_m,context>=8k , tps>=7.5,tier>=useful", &arena,
               &requirement);
    assert_null(requirement.figure);
    assert_string_equal(requirement.model->id, "qwen3-8b");
    assert_true(requirement.has_mix && requirement.has_tier);
    assert_int_equal(requirement.least_mix, LF_MIX_Q4_K_M);
    assert_int_equal(requirement.context_tokens, 8192);
    assert_true(requirement.least_tps == 7.5);
    assert_int_equal(requirement.least_tier, LF_TIER_USEFUL);
    lf_arena_clear(&arena);
}

static void a_tier_alone_asks_for_any_model(void **state)
{
    struct lf_arena arena = {0};
    struct lf_requirement requirement;
    parse_good(*state, "tier>=frontier-adjacent,tps>=20", &arena, &requirement);
    assert_null(requirement.figure);
    assert_null(requirement.model);
    assert_int_equal(requirement.least_tier, LF_TIER_FRONTIER_ADJACENT);
    assert_true(requirement.least_tps == 20);
    lf_arena_clear(&arena);
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *text;
        const char *words; /* a part of the sentence */
    } rows[] = {
        {"", "\"\" is not of the form key>=value"},
        {"ram_total", "\"ram_total\" is not of the form key>=value"},
        {">=16G", "is not of the form key>=value"},
        {"ram_total!16G", "is not of the form key>=value"},
        {"ram>=16G", "there is no key \"ram\" (keys: ram_installed, ram_total,"},
        {"RAM_TOTAL>=16G", "there is no key \"RAM_TOTAL\""},
        {"ram_total>=", "\"\""},
        {"ram_total>=lots", "a size (16G, 24GiB, 24GB)"},
        {"ram_total>=-1", "a size"},
        {"ram_total=>16G", "a size"},
        {"ram_total>=99999999999T", "a size"},
        {"gpus>=1.5", "a whole number"},
        {"gpus>=1G", "a whole number"},
        {"gpus>=1,threads>=2", "gpus takes no further conditions; give --require again"},
        {"gpus>=1,", "is not of the form key>=value"},
        {"model>=qwen3-8b", "model is given by ="},
        {"model=qwen3-8c", "there is no model \"qwen3-8c\" in the catalog; nearest: "},
        {"model=", "there is no model \"\""},
        {"model=qwen3-8b,size>=3", "a model has no \"size\" (quant, context, tps, tier)"},
        {"model=qwen3-8b,quant=Q4_K_M", "quant is bounded by >="},
        {"model=qwen3-8b,quant>=Q4", "a quant (Q4_K_M, Q8_0)"},
        {"model=qwen3-8b,context>=0", "a number of tokens (8k, 32768)"},
        {"model=qwen3-8b,context>=8G", "a number of tokens"},
        {"model=qwen3-8b,tps>=0", "a speed in tokens/s (10, 7.5)"},
        {"model=qwen3-8b,tps>=1e3", "a speed"},
        {"model=qwen3-8b,tier>=best", "a tier (learning, useful, capable, frontier-adjacent,"},
        {"model=qwen3-8b,,tps>=1", "\"\" is not of the form key>=value"},
        {"tier=useful", "tier is bounded by >="},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lf_arena arena = {0};
        struct lf_requirement requirement;
        struct lf_error err = {0};
        assert_int_equal(lf_requirement_parse(rows[i].text, *state, &arena, &requirement, &err),
                         LF_USAGE);
        if (strstr(err.text, rows[i].words) == NULL) {
            fail_msg("%s: %s", rows[i].text, err.text);
        }
        assert_true(lf_text_starts_with(err.text, "--require: "));
        lf_arena_clear(&arena);
    }
}

static void models_and_tiers_need_the_catalog(void **state)
{
    (void)state;
    assert_true(lf_requirement_needs_catalog("model=x"));
    assert_true(lf_requirement_needs_catalog(" tier>=useful"));
    assert_false(lf_requirement_needs_catalog("ram_total>=16G"));
    assert_false(lf_requirement_needs_catalog(""));
}

static void operators_hold_as_they_read(void **state)
{
    (void)state;
    static const struct {
        enum lf_operator op;
        const char *text;
        bool below;
        bool equal;
        bool above;
    } rows[] = {
        {LF_AT_LEAST, ">=", false, true, true}, {LF_MORE, ">", false, false, true},
        {LF_EQUAL, "=", false, true, false},    {LF_AT_MOST, "<=", true, true, false},
        {LF_LESS, "<", true, false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(lf_operator_text(rows[i].op), rows[i].text);
        assert_true(lf_operator_holds(rows[i].op, 4, 5) == rows[i].below);
        assert_true(lf_operator_holds(rows[i].op, 5, 5) == rows[i].equal);
        assert_true(lf_operator_holds(rows[i].op, 6, 5) == rows[i].above);
    }
}

static void what_is_seen_is_rounded_up_to_what_is_sold(void **state)
{
    (void)state;
    static const struct {
        uint64_t seen;
        uint64_t nominal;
    } rows[] = {
        {UINT64_C(16428249088), 16 * LF_GIB}, /* 15.3 GiB */
        {UINT64_C(25757220864), 24 * LF_GIB}, /* 23.99 GiB, an RTX 4090 */
        {UINT64_C(8235126784), 8 * LF_GIB},   /* 7.67 GiB */
        {16 * LF_GIB, 16 * LF_GIB},           {14 * LF_GIB, 16 * LF_GIB},
        {14 * LF_GIB - 1, 14 * LF_GIB - 1}, /* more than an eighth less: not sold so */
        {5000 * LF_GIB, 5000 * LF_GIB},       {0, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(lf_nominal_bytes(rows[i].seen), rows[i].nominal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_compared_in_their_unit),
        cmocka_unit_test(every_figure_can_be_required),
        cmocka_unit_test(a_model_is_required_with_its_bounds),
        cmocka_unit_test(a_tier_alone_asks_for_any_model),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(models_and_tiers_need_the_catalog),
        cmocka_unit_test(operators_hold_as_they_read),
        cmocka_unit_test(what_is_seen_is_rounded_up_to_what_is_sold),
    };
    return cmocka_run_group_tests(tests, load_models, catalog_tear_down);
}
