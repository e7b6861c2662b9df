#include "cli/options.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "cli/command.h"
#include "cli/nearest.h"

enum { OPTIONS_MOST = 64, NAME_SHOWN = 64 };

struct parser {
    char *const *argv;
    int argc;
    int next; /* the argument to read next */
    struct lf_options *options;
    const char **words; /* [argc] */
    size_t word_count;
    bool only_words; /* "--" was read */
    struct lf_error *err;
};

/* Adds a text to the list of an option that may be repeated. */
static void append(struct parser *parser, struct lf_strings *list, const char *text)
{
    size_t count = list->count;
    const char **items =
        lf_arena_alloc(&parser->options->arena, (size_t)parser->argc, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i] = list->items[i];
    }
    items[count] = text;
    *list = (struct lf_strings){.items = items, .count = count + 1};
}

static enum lf_status fail_value(struct parser *parser, const struct lf_option *row,
                                 const char *text, const char *wanted)
{
    return lf_fail(parser->err, LF_USAGE, "--%s: \"%.64s\" is not %s", row->name, text, wanted);
}

/* A bound as people write it on this option. */
static const char *bound(char buffer[LF_SIZE_TEXT_BYTES], const struct lf_option *row, double value)
{
    switch (row->kind) {
    case LF_OPTION_SIZE:
        return lf_size_format(buffer, (uint64_t)value);
    case LF_OPTION_TOKENS:
        return lf_tokens_format(buffer, (uint64_t)value);
    default:
        snprintf(buffer, LF_SIZE_TEXT_BYTES, "%.15g", value);
        return buffer;
    }
}

static enum lf_status check_bounds(struct parser *parser, const struct lf_option *row,
                                   const char *text, double value)
{
    char least[LF_SIZE_TEXT_BYTES];
    char most[LF_SIZE_TEXT_BYTES];
    if (value >= row->least && value <= row->most) {
        return LF_OK;
    }
    return lf_fail(parser->err, LF_USAGE, "--%s: \"%.64s\" is out of range (%s to %s)", row->name,
                   text, bound(least, row, row->least), bound(most, row, row->most));
}

/* Kinds that are numbers with bounds: how they are read, and what is said when they cannot be. */
static const struct {
    bool (*parse)(const char *text, uint64_t *value);
    const char *wanted;
} integers[LF_OPTION_KIND_COUNT] = {
    [LF_OPTION_SIZE] = {lf_size_parse, "a size (try 16G)"},
    [LF_OPTION_TOKENS] = {lf_tokens_parse, "a number of tokens (try 8k)"},
    [LF_OPTION_COUNT] = {lf_count_parse, "a whole number"},
    [LF_OPTION_ROWS] = {lf_count_parse, "a number of rows (try 20, or all)"},
};

static enum lf_status store_integer(struct parser *parser, const struct lf_option *row,
                                    const char *text, uint64_t *field)
{
    uint64_t value = 0;
    if (row->kind == LF_OPTION_ROWS && strcmp(text, "all") == 0) {
        *field = 0;
        return LF_OK;
    }
    if (!integers[row->kind].parse(text, &value)) {
        return fail_value(parser, row, text, integers[row->kind].wanted);
    }
    enum lf_status status = check_bounds(parser, row, text, (double)value);
    if (status == LF_OK) {
        *field = value;
    }
    return status;
}

static enum lf_status store_number(struct parser *parser, const struct lf_option *row,
                                   const char *text, double *field)
{
    double value = 0;
    if (!lf_number_parse(text, &value)) {
        return fail_value(parser, row, text, "a number (try 7.5)");
    }
    enum lf_status status = check_bounds(parser, row, text, value);
    if (status == LF_OK) {
        *field = value;
    }
    return status;
}

static enum lf_status store_word(struct parser *parser, const struct lf_option *row,
                                 const char *text, unsigned *field)
{
    struct lf_text words = {0};
    lf_text_add_string(&words, "one of ");
    for (unsigned place = 0; row->word(place) != NULL; place++) {
        if (strcmp(text, row->word(place)) == 0) {
            *field = place;
            lf_text_clear(&words);
            return LF_OK;
        }
        const char *joint = place == 0 ? "" : row->word(place + 1) == NULL ? " or " : ", ";
        lf_text_format(&words, "%s%s", joint, row->word(place));
    }
    enum lf_status status = fail_value(parser, row, text, lf_text_string(&words));
    lf_text_clear(&words);
    return status;
}

static enum lf_status store_quant(struct parser *parser, const struct lf_option *row,
                                  const char *text, struct lf_quant_option *field)
{
    struct lf_quant_option quant = {.all = strcmp(text, "all") == 0};
    quant.has_mix = !quant.all && lf_mix_find(text, &quant.mix);
    if (quant.all || quant.has_mix) {
        *field = quant;
        return LF_OK;
    }
    struct lf_nearest nearest = {.name = text};
    struct lf_text names = {0};
    for (int mix = 0; mix < LF_MIX_COUNT; mix++) {
        lf_nearest_add(&nearest, lf_mix_name((enum lf_mix)mix));
    }
    lf_nearest_format(&nearest, "", &names);
    enum lf_status status =
        lf_fail(parser->err, LF_USAGE, "--%s: \"%.64s\" is not a quant; the nearest are %s",
                row->name, text, lf_text_string(&names));
    lf_text_clear(&names);
    return status;
}

/* The types llama.cpp keeps a cache in, and vLLM's fp8.
 * source  llama.cpp v0.5.0 common/arg.cpp, kv_cache_types */
static bool find_cache_type(const char *name, enum lf_type *type)
{
    static const enum lf_type types[] = {LF_F32,  LF_F16,    LF_BF16, LF_Q8_0, LF_Q4_0,
                                         LF_Q4_1, LF_IQ4_NL, LF_Q5_0, LF_Q5_1, LF_FP8};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (lf_text_equal_nocase(name, lf_type_name(types[i]))) {
            *type = types[i];
            return true;
        }
    }
    return false;
}

/* "q8_0" for both, or "q8_0,q4_0" for keys and values. */
static enum lf_status store_cache(struct parser *parser, const struct lf_option *row,
                                  const char *text, struct lf_cache_option *field)
{
    char type_k[16];
    struct lf_cache_option cache = {.has_types = true};
    const char *comma = strchr(text, ',');
    int length = comma == NULL ? (int)sizeof type_k - 1 : (int)(comma - text);
    bool is_short = length < (int)sizeof type_k && strlen(text) < 2 * sizeof type_k;
    snprintf(type_k, sizeof type_k, "%.*s", is_short ? length : 0, text);
    if (!find_cache_type(type_k, &cache.type_k) ||
        !find_cache_type(comma == NULL ? text : comma + 1, &cache.type_v)) {
        return fail_value(parser, row, text, "a cache type (f16, q8_0, q4_0, or two: q8_0,q4_0)");
    }
    *field = cache;
    return LF_OK;
}

static enum lf_status store(struct parser *parser, const struct lf_option *row, const char *text)
{
    void *field = (char *)parser->options + row->offset;
    if (row->kind != LF_OPTION_FLAG && text[0] == '\0') {
        return lf_fail(parser->err, LF_USAGE, "--%s: the value is empty (%s is wanted)", row->name,
                       row->value);
    }
    switch (row->kind) {
    case LF_OPTION_FLAG:
        *(bool *)field = true;
        return LF_OK;
    case LF_OPTION_TEXT:
        *(const char **)field = text;
        return LF_OK;
    case LF_OPTION_TEXTS:
        append(parser, field, text);
        return LF_OK;
    case LF_OPTION_NUMBER:
        return store_number(parser, row, text, field);
    case LF_OPTION_WORD:
        return store_word(parser, row, text, field);
    case LF_OPTION_QUANT:
        return store_quant(parser, row, text, field);
    case LF_OPTION_CACHE:
        return store_cache(parser, row, text, field);
    default:
        return store_integer(parser, row, text, field);
    }
}

/* Stores the option with its value, which is the next argument unless it was joined. */
static enum lf_status take(struct parser *parser, size_t row_number, const char *joined)
{
    const struct lf_option *row = &lf_option_rows[row_number];
    parser->options->given |= UINT64_C(1) << row_number;
    if (row->kind == LF_OPTION_FLAG) {
        return store(parser, row, NULL);
    }
    if (joined == NULL && parser->next == parser->argc) {
        return lf_fail(parser->err, LF_USAGE, "--%s: the value is missing (%s is wanted)",
                       row->name, row->value);
    }
    return store(parser, row, joined != NULL ? joined : parser->argv[parser->next++]);
}

static enum lf_status fail_unknown(struct parser *parser, const char *name, size_t length)
{
    char typed[NAME_SHOWN + 1];
    snprintf(typed, sizeof typed, "%.*s", length < NAME_SHOWN ? (int)length : NAME_SHOWN, name);
    struct lf_nearest nearest = {.name = typed};
    struct lf_text names = {0};
    for (size_t i = 0; i < lf_option_count; i++) {
        lf_nearest_add(&nearest, lf_option_rows[i].name);
    }
    lf_nearest_format(&nearest, "--", &names);
    enum lf_status status =
        lf_fail(parser->err, LF_USAGE, "--%s is not an option; the nearest are %s", typed,
                lf_text_string(&names));
    lf_text_clear(&names);
    return status;
}

/* The row of that name; of two the one for the command that was named already; lf_option_count when
 * there is none. */
static size_t find_row(const struct parser *parser, const char *name, size_t length)
{
    const struct lf_command_row *command =
        parser->word_count == 0 ? NULL : lf_command_find(parser->words[0], NULL);
    size_t found = lf_option_count;
    for (size_t i = 0; i < lf_option_count; i++) {
        const struct lf_option *row = &lf_option_rows[i];
        bool is_first = found == lf_option_count;
        bool is_used = command != NULL && (row->commands & command->bit) != 0;
        if (strlen(row->name) == length && strncmp(row->name, name, length) == 0 &&
            (is_first || is_used)) {
            found = i;
        }
    }
    return found;
}

/* --name, --name=value, --name value. */
static enum lf_status parse_name(struct parser *parser, const char *name)
{
    const char *equals = strchr(name, '=');
    size_t length = equals == NULL ? strlen(name) : (size_t)(equals - name);
    size_t row = find_row(parser, name, length);
    if (row == lf_option_count) {
        return fail_unknown(parser, name, length);
    }
    if (lf_option_rows[row].kind == LF_OPTION_FLAG && equals != NULL) {
        return lf_fail(parser->err, LF_USAGE, "--%s takes no value", lf_option_rows[row].name);
    }
    return take(parser, row, equals == NULL ? NULL : equals + 1);
}

/* -n5, -n 5, -hV. */
static enum lf_status parse_letters(struct parser *parser, const char *letters)
{
    for (; *letters != '\0'; letters++) {
        size_t i = 0;
        while (i < lf_option_count && lf_option_rows[i].letter != *letters) {
            i++;
        }
        if (i == lf_option_count) {
            return lf_fail(parser->err, LF_USAGE, "-%c is not an option (llmfit --help shows them)",
                           *letters);
        }
        bool has_value = lf_option_rows[i].kind != LF_OPTION_FLAG;
        const char *joined = has_value && letters[1] != '\0' ? letters + 1 : NULL;
        enum lf_status status = take(parser, i, joined);
        if (status != LF_OK || has_value) {
            return status;
        }
    }
    return LF_OK;
}

/* An option that the command would ignore is refused, with the commands that use it. */
static enum lf_status check_used(struct parser *parser)
{
    const struct lf_options *options = parser->options;
    for (size_t i = 0; i < lf_option_count; i++) {
        const struct lf_option *row = &lf_option_rows[i];
        bool is_given = (options->given >> i & 1) != 0;
        if (!is_given || (row->commands & options->command->bit) != 0) {
            continue;
        }
        struct lf_text names = {0};
        const struct lf_command_row *command = NULL;
        for (size_t c = 0; (command = lf_command_at(c)) != NULL; c++) {
            if ((row->commands & command->bit) != 0) {
                lf_text_format(&names, "%s%s", names.length == 0 ? "" : ", ", command->name);
            }
        }
        enum lf_status status =
            lf_fail(parser->err, LF_USAGE, "--%s has no meaning for %s; it is for %s", row->name,
                    options->command->name, lf_text_string(&names));
        lf_text_clear(&names);
        return status;
    }
    return LF_OK;
}

static enum lf_status parse_argument(struct parser *parser, const char *argument)
{
    if (parser->only_words || argument[0] != '-' || argument[1] == '\0') {
        parser->words[parser->word_count++] = argument;
        return LF_OK;
    }
    if (strcmp(argument, "--") == 0) {
        parser->only_words = true;
        return LF_OK;
    }
    return argument[1] == '-' ? parse_name(parser, argument + 2)
                              : parse_letters(parser, argument + 1);
}

/* What does not follow from one option alone. */
static enum lf_status settle(struct parser *parser)
{
    struct lf_options *options = parser->options;
    size_t skipped = parser->word_count > 0 ? 1 : 0;
    options->command =
        skipped == 0 ? lf_command_at(0) : lf_command_find(parser->words[0], parser->err);
    if (options->command == NULL) {
        return LF_USAGE;
    }
    options->words = (struct lf_strings){.items = parser->words + skipped,
                                         .count = parser->word_count - skipped};
    if (options->help || options->version) {
        return LF_OK;
    }
    if (options->machine != NULL && options->root != NULL) {
        return lf_fail(parser->err, LF_USAGE, "--machine and --root exclude each other");
    }
    if (options->disk_bandwidth_bps != 0 && !options->from_disk) {
        return lf_fail(parser->err, LF_USAGE, "--disk-bandwidth is for --from-disk alone");
    }
    return check_used(parser);
}

enum lf_status lf_options_parse(int argc, char *const argv[], struct lf_options *options,
                                struct lf_error *err)
{
    assert(lf_option_count <= OPTIONS_MOST);
    options->limit = LF_LIMIT_UNSET;
    lf_cost_request_init(&options->cost);
    options->command = lf_command_at(0);
    struct parser parser = {
        .argv = argv,
        .argc = argc,
        .next = 1,
        .options = options,
        .words = lf_arena_alloc(&options->arena, (size_t)argc + 1, sizeof *parser.words),
        .err = err,
    };
    enum lf_status status = LF_OK;
    while (status == LF_OK && parser.next < argc) {
        status = parse_argument(&parser, argv[parser.next++]);
    }
    return status == LF_OK ? settle(&parser) : status;
}

void lf_options_clear(struct lf_options *options)
{
    lf_arena_clear(&options->arena);
}
