#include "advise/requirement.h"

#include <string.h>

#include "base/text.h"
#include "base/units.h"

/* Longest first: ">=" begins with ">". */
static const struct {
    const char *text;
    enum lf_operator op;
} operators[] = {
    {">=", LF_AT_LEAST}, {"<=", LF_AT_MOST}, {"==", LF_EQUAL},
    {">", LF_MORE},      {"<", LF_LESS},     {"=", LF_EQUAL},
};

const char *lf_operator_text(enum lf_operator op)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (operators[i].op == op && strcmp(operators[i].text, "==") != 0) {
            return operators[i].text;
        }
    }
    return "?";
}

bool lf_operator_holds(enum lf_operator op, uint64_t actual, uint64_t wanted)
{
    switch (op) {
    case LF_AT_LEAST:
        return actual >= wanted;
    case LF_MORE:
        return actual > wanted;
    case LF_EQUAL:
        return actual == wanted;
    case LF_AT_MOST:
        return actual <= wanted;
    case LF_LESS:
        return actual < wanted;
    }
    return false;
}

/* "key op value" as written. */
struct term {
    const char *key;
    const char *value;
    enum lf_operator op;
};

static enum lf_status split_term(const char *text, struct lf_arena *arena, struct term *term,
                                 struct lf_error *err)
{
    size_t length = strcspn(text, "<>=");
    size_t blanks = length;
    while (blanks > 0 && text[blanks - 1] == ' ') {
        blanks--;
    }
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (length > 0 && lf_text_starts_with(text + length, operators[i].text)) {
            const char *value = text + length + strlen(operators[i].text);
            value += strspn(value, " ");
            term->key = lf_arena_copy(arena, text, blanks);
            term->value = lf_arena_copy(arena, value, strlen(value));
            term->op = operators[i].op;
            return LF_OK;
        }
    }
    return lf_fail(err, LF_USAGE,
                   "--require: \"%s\" is not of the form key>=value (operators: >= > = <= <)",
                   text);
}

bool lf_requirement_needs_catalog(const char *text)
{
    text += strspn(text, " ");
    return lf_text_starts_with(text, "model") || lf_text_starts_with(text, "tier");
}

static enum lf_status fail_value(const struct term *term, const char *wanted, struct lf_error *err)
{
    return lf_fail(err, LF_USAGE, "--require: %s: \"%s\" is not %s", term->key, term->value,
                   wanted);
}

static enum lf_status parse_figure(const struct term *term, struct lf_requirement *requirement,
                                   struct lf_error *err)
{
    const struct lf_figure *figure = lf_figure_find(term->key);
    if (figure == NULL) {
        struct lf_text keys = {.limit = 512};
        for (size_t i = 0; lf_figure_key(i) != NULL; i++) {
            lf_text_format(&keys, "%s, ", lf_figure_key(i));
        }
        enum lf_status status =
            lf_fail(err, LF_USAGE, "--require: there is no key \"%s\" (keys: %smodel, tier)",
                    term->key, lf_text_string(&keys));
        lf_text_clear(&keys);
        return status;
    }
    requirement->figure = figure;
    requirement->op = term->op;
    if (figure->is_size) {
        return lf_size_parse(term->value, &requirement->value)
                   ? LF_OK
                   : fail_value(term, "a size (16G, 24GiB, 24GB)", err);
    }
    return lf_count_parse(term->value, &requirement->value)
               ? LF_OK
               : fail_value(term, "a whole number", err);
}

static enum lf_status parse_model(const struct term *term, const struct lf_catalog *catalog,
                                  struct lf_requirement *requirement, struct lf_error *err)
{
    if (term->op != LF_EQUAL) {
        return lf_fail(err, LF_USAGE, "--require: model is given by =");
    }
    requirement->model = lf_catalog_find_model(catalog, term->value);
    if (requirement->model != NULL) {
        return LF_OK;
    }
    const struct lf_model *nearest[LF_NEAREST_MOST];
    size_t count = lf_catalog_nearest_models(catalog, term->value, nearest);
    struct lf_text names = {.limit = 256};
    for (size_t i = 0; i < count; i++) {
        lf_text_format(&names, "%s%s", i == 0 ? "; nearest: " : ", ", nearest[i]->id);
    }
    enum lf_status status =
        lf_fail(err, LF_USAGE, "--require: there is no model \"%s\" in the catalog%s", term->value,
                lf_text_string(&names));
    lf_text_clear(&names);
    return status;
}

/* A bound on how the model runs. */
static enum lf_status parse_bound(const struct term *term, struct lf_requirement *requirement,
                                  struct lf_error *err)
{
    static const char *const keys[] = {"quant", "context", "tps", "tier"};
    size_t k = 0;
    while (k < sizeof keys / sizeof keys[0] && strcmp(term->key, keys[k]) != 0) {
        k++;
    }
    if (k == sizeof keys / sizeof keys[0]) {
        return lf_fail(err, LF_USAGE,
                       "--require: a model has no \"%s\" (quant, context, tps, tier)", term->key);
    }
    if (term->op != LF_AT_LEAST) {
        return lf_fail(err, LF_USAGE, "--require: %s is bounded by >=", term->key);
    }
    switch (k) {
    case 0:
        requirement->has_mix = lf_mix_find(term->value, &requirement->least_mix);
        return requirement->has_mix ? LF_OK : fail_value(term, "a quant (Q4_K_M, Q8_0)", err);
    case 1:
        return lf_tokens_parse(term->value, &requirement->context_tokens) &&
                       requirement->context_tokens > 0
                   ? LF_OK
                   : fail_value(term, "a number of tokens (8k, 32768)", err);
    case 2:
        return lf_number_parse(term->value, &requirement->least_tps) && requirement->least_tps > 0
                   ? LF_OK
                   : fail_value(term, "a speed in tokens/s (10, 7.5)", err);
    default:
        requirement->has_tier = lf_tier_find(term->value, &requirement->least_tier);
        return requirement->has_tier
                   ? LF_OK
                   : fail_value(term,
                                "a tier (learning, useful, capable, frontier-adjacent, "
                                "frontier-replacement)",
                                err);
    }
}

enum lf_status lf_requirement_parse(const char *text, const struct lf_catalog *catalog,
                                    struct lf_arena *arena, struct lf_requirement *requirement,
                                    struct lf_error *err)
{
    *requirement = (struct lf_requirement){0};
    bool is_first = true;
    for (;;) {
        text += strspn(text, " ");
        size_t length = strcspn(text, ",");
        size_t used = length;
        while (used > 0 && text[used - 1] == ' ') {
            used--;
        }
        struct term term = {0};
        enum lf_status status = split_term(lf_arena_copy(arena, text, used), arena, &term, err);
        if (status == LF_OK && is_first && strcmp(term.key, "model") == 0) {
            status = parse_model(&term, catalog, requirement, err);
        } else if (status == LF_OK && is_first && strcmp(term.key, "tier") != 0) {
            status = parse_figure(&term, requirement, err);
        } else if (status == LF_OK && requirement->figure != NULL) {
            status = lf_fail(err, LF_USAGE,
                             "--require: %s takes no further conditions; give --require again",
                             requirement->figure->key);
        } else if (status == LF_OK) {
            status = parse_bound(&term, requirement, err);
        }
        if (status != LF_OK || text[length] == '\0') {
            return status;
        }
        text += length + 1;
        is_first = false;
    }
}
