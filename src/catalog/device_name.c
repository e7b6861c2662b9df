#include "catalog/device_name.h"

#include <string.h>

#include "catalog/letter.h"

/* Words that say nothing (no meaning), and words that say the same as another. */
static const struct {
    const char *word;
    const char *meaning;
} meanings[] = {
    {"amd", NULL},      {"apple", NULL},   {"corporation", NULL}, {"design", NULL},
    {"edition", NULL},  {"geforce", NULL}, {"generation", NULL},  {"gpu", NULL},
    {"graphics", NULL}, {"intel", NULL},   {"mobile", "laptop"},  {"nvidia", NULL},
    {"r", NULL},        {"radeon", NULL},  {"tm", NULL},          {"with", NULL},
};

/* Words people leave out. Each tells a series, and no two parts differ by it alone. */
static const char *const series[] = {"arc",    "blackwell", "gtx", "instinct",
                                     "jetson", "rtx",       "rx",  "tesla"};

static bool is_word(const struct lf_name_word *word, const char *text)
{
    return strlen(text) == word->length && memcmp(word->start, text, word->length) == 0;
}

static int compare(const struct lf_name_word *a, const struct lf_name_word *b)
{
    int order = memcmp(a->start, b->start, a->length < b->length ? a->length : b->length);
    return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

/* By insertion: there are a handful. */
static void sort_words(struct lf_name *name)
{
    for (size_t i = 1; i < name->count; i++) {
        struct lf_name_word word = name->words[i];
        size_t place = i;
        for (; place > 0 && compare(&word, &name->words[place - 1]) < 0; place--) {
            name->words[place] = name->words[place - 1];
        }
        name->words[place] = word;
    }
}

/* Length of the run of digits or letters at text, 0 when there is none. */
static size_t run_length(const char *text)
{
    bool (*belongs)(char) = lf_is_digit(*text) ? lf_is_digit : lf_is_letter;
    size_t length = 0;
    while (belongs(text[length])) {
        length++;
    }
    return length;
}

/* Adds a word behind those there are; returns whether it fits. */
static bool add_word(struct lf_name *name, size_t *used, const char *start, size_t length)
{
    size_t gap = name->count > 0;
    if (name->count == LF_NAME_WORDS_MOST || *used + gap + length >= sizeof name->text) {
        return false;
    }
    if (gap > 0) {
        name->text[(*used)++] = ' ';
    }
    name->words[name->count++] = (struct lf_name_word){name->text + *used, length};
    for (size_t i = 0; i < length; i++) {
        name->text[(*used)++] = lf_fold(start[i]);
    }
    name->text[*used] = '\0';
    return true;
}

/* What a word of digits says; 0 for others, and for more digits than a size or a count has. */
static uint64_t number_of(const struct lf_name_word *word)
{
    enum { DIGITS_MOST = 6 };
    uint64_t number = 0;
    for (size_t i = 0; i < word->length && word->length <= DIGITS_MOST; i++) {
        if (!lf_is_digit(word->start[i])) {
            return 0;
        }
        number = number * 10 + (uint64_t)(word->start[i] - '0');
    }
    return number;
}

/* The number before the last word when that is one of two units, else 0. */
static uint64_t figure_before(const struct lf_name *name, const char *unit, const char *other)
{
    if (name->count < 2) {
        return 0;
    }
    const struct lf_name_word *word = &name->words[name->count - 1];
    return is_word(word, unit) || is_word(word, other) ? number_of(word - 1) : 0;
}

static void drop_words(struct lf_name *name, size_t count, size_t *used)
{
    name->count -= count;
    *used = name->count == 0 ? 0 : (size_t)(name->words[name->count].start - name->text) - 1;
    name->text[*used] = '\0';
}

/* Gives the last word its meaning, or takes it away. */
static void settle_word(struct lf_name *name, size_t *used)
{
    uint64_t memory_gib = figure_before(name, "gb", "gib");
    uint64_t gpu_cores = figure_before(name, "core", "cores");
    if (memory_gib > 0 || gpu_cores > 0) {
        name->memory_gib = name->memory_gib == 0 ? memory_gib : name->memory_gib;
        name->gpu_cores = name->gpu_cores == 0 ? gpu_cores : name->gpu_cores;
        drop_words(name, 2, used);
        return;
    }
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        if (is_word(&name->words[name->count - 1], meanings[i].word)) {
            drop_words(name, 1, used);
            if (meanings[i].meaning != NULL) {
                add_word(name, used, meanings[i].meaning, strlen(meanings[i].meaning));
            }
            return;
        }
    }
}

void lf_name_split(struct lf_name *name, const char *text)
{
    size_t used = 0;
    name->text[0] = '\0';
    name->count = 0;
    name->memory_gib = 0;
    name->gpu_cores = 0;
    while (text != NULL && *text != '\0') {
        size_t length = run_length(text);
        if (length > 0) {
            if (!add_word(name, &used, text, length)) {
                break;
            }
            settle_word(name, &used);
        }
        text += length > 0 ? length : 1;
    }
    sort_words(name);
}

bool lf_name_take_memory(struct lf_name *name)
{
    enum { LEAST_GIB = 4, MOST_GIB = 1024 };
    size_t last = 0;
    for (size_t i = 1; i < name->count; i++) {
        last = name->words[i].start > name->words[last].start ? i : last;
    }
    uint64_t gib = name->count < 2 || name->memory_gib > 0 ? 0 : number_of(&name->words[last]);
    if (gib < LEAST_GIB || gib > MOST_GIB) {
        return false;
    }
    name->memory_gib = gib;
    name->text[name->words[last].start - name->text - 1] = '\0';
    memmove(&name->words[last], &name->words[last + 1],
            (name->count - last - 1) * sizeof name->words[0]);
    name->count--;
    return true;
}

/* Walks both names and counts the words that only one has. */
static void count_differences(const struct lf_name *a, const struct lf_name *b, size_t *only_a,
                              size_t *only_b, size_t *only_b_series)
{
    size_t i = 0;
    size_t j = 0;
    *only_a = *only_b = *only_b_series = 0;
    while (i < a->count || j < b->count) {
        int order = i == a->count ? 1 : j == b->count ? -1 : compare(&a->words[i], &b->words[j]);
        if (order > 0) {
            (*only_b)++;
            for (size_t k = 0; k < sizeof series / sizeof series[0]; k++) {
                *only_b_series += is_word(&b->words[j], series[k]);
            }
        }
        *only_a += order < 0;
        i += order <= 0;
        j += order >= 0;
    }
}

bool lf_name_equal(const struct lf_name *a, const struct lf_name *b)
{
    if (a->count == 0 || a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (compare(&a->words[i], &b->words[i]) != 0) {
            return false;
        }
    }
    return true;
}

bool lf_name_is_brief(const struct lf_name *brief, const struct lf_name *full)
{
    size_t only_brief;
    size_t only_full;
    size_t only_full_series;
    if (brief->count == 0) {
        return false;
    }
    count_differences(brief, full, &only_brief, &only_full, &only_full_series);
    return only_brief == 0 && only_full == only_full_series;
}

size_t lf_name_missing(const struct lf_name *a, const struct lf_name *b)
{
    size_t only_a;
    size_t only_b;
    size_t only_b_series;
    count_differences(a, b, &only_a, &only_b, &only_b_series);
    return only_a;
}
