/* Which model a name means that a person types, an engine prints or a file has. */
#include <string.h>

#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/letter.h"
#include "catalog/name.h"
#include "catalog/nearest.h"

enum { NAME_BYTES = 256 };

_Static_assert((int)LF_NEAREST_KEPT == (int)LF_NEAREST_MOST, "the nearest models are those kept");

/* Calls visit for every name a model goes by until it returns true; returns whether it did. */
static bool any_name(const struct lf_model *model, bool (*visit)(const char *name, void *context),
                     void *context)
{
    const char *const names[] = {model->id,     model->hf,   model->name,
                                 model->ollama, model->gguf, model->mlx};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i] != NULL && visit(names[i], context)) {
            return true;
        }
    }
    for (size_t i = 0; i < model->aliases.count; i++) {
        if (visit(model->aliases.items[i], context)) {
            return true;
        }
    }
    return false;
}

/* What stands behind the last '/': the file of a path, the name of a repository. */
static const char *last_part(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash == NULL ? name : slash + 1;
}

static bool is_separator(char c)
{
    return c != '\0' && strchr("-_:./ ", c) != NULL;
}

/* Takes tail, and the separator before it, off the end of name. */
static bool cut_tail(char *name, const char *tail)
{
    size_t length = strlen(name);
    size_t tail_length = strlen(tail);
    if (length < tail_length + 2 || !is_separator(name[length - tail_length - 1]) ||
        !lf_text_equal_nocase(name + length - tail_length, tail)) {
        return false;
    }
    name[length - tail_length - 1] = '\0';
    return true;
}

/* Takes "-00001-of-00003" off the end of name. */
static bool cut_part_number(char *name)
{
    static const char form[] = "-ddddd-of-ddddd";
    size_t form_length = sizeof form - 1;
    size_t length = strlen(name);
    if (length <= form_length) {
        return false;
    }
    char *tail = name + length - form_length;
    for (size_t i = 0; i < form_length; i++) {
        if (form[i] == 'd' ? !lf_is_digit(tail[i]) : tail[i] != form[i]) {
            return false;
        }
    }
    *tail = '\0';
    return true;
}

/* Takes a mix's or a block type's name off the end of name. */
static bool cut_quant(char *name)
{
    for (int i = 0; i < LF_MIX_COUNT; i++) {
        if (cut_tail(name, lf_mix_name((enum lf_mix)i))) {
            return true;
        }
    }
    for (int i = 0; i < LF_TYPE_COUNT; i++) {
        if (cut_tail(name, lf_type_name((enum lf_type)i))) {
            return true;
        }
    }
    return false;
}

/* Takes off what tells the file and not the model: "Qwen3-8B-UD-Q4_K_XL.gguf",
 * "Qwen3-8B-GGUF:Q4_K_M", "Qwen3-8B-MLX-4bit", "qwen3-coder-next:latest". */
static void cut_file_words(char *name)
{
    static const char *const words[] = {
        "gguf",    "latest", "UD",   "Q2_K_XL", "Q3_K_XL", "Q4_K_XL", "Q5_K_XL", "Q6_K_XL",
        "Q8_K_XL", "MLX",    "4bit", "6bit",    "8bit",    "FP8",     "AWQ",     "GPTQ",
    };
    bool is_cut = true;
    while (is_cut) {
        is_cut = cut_part_number(name) || cut_quant(name);
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            is_cut = cut_tail(name, words[i]) || is_cut;
        }
    }
}

void lf_name_squeeze(char *name)
{
    char *end = name;
    for (const char *p = name; *p != '\0'; p++) {
        bool is_point = *p == '.' && p > name && lf_is_digit(p[-1]) && lf_is_digit(p[1]);
        if (is_point || !is_separator(*p)) {
            *end++ = lf_fold(*p);
        }
    }
    *end = '\0';
}

static void copy_name(char copy[NAME_BYTES], const char *name)
{
    size_t length = strlen(name);
    length = length < NAME_BYTES ? length : NAME_BYTES - 1;
    memcpy(copy, name, length);
    copy[length] = '\0';
}

static bool is_same(const char *name, void *wanted)
{
    return lf_text_equal_nocase(name, wanted);
}

static bool is_same_squeezed(const char *name, void *wanted)
{
    char copy[NAME_BYTES];
    copy_name(copy, name);
    lf_name_squeeze(copy);
    return strcmp(copy, wanted) == 0;
}

/* "Qwen/Qwen3-8B" is also "Qwen_Qwen3-8B", as some publishers name its files. */
static bool is_same_file(const char *name, void *wanted)
{
    const char *const forms[] = {name, last_part(name)};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        char copy[NAME_BYTES];
        copy_name(copy, forms[i]);
        cut_file_words(copy);
        lf_name_squeeze(copy);
        if (strcmp(copy, wanted) == 0) {
            return true;
        }
    }
    return false;
}

/* Sets *found to the only model some name of which is the same as wanted, NULL when several are;
 * returns whether any is. */
static bool find_only(const struct lf_models *models, bool (*same)(const char *name, void *context),
                      char *wanted, const struct lf_model **found)
{
    size_t count = 0;
    for (size_t i = 0; i < models->count; i++) {
        if (any_name(&models->items[i], same, wanted)) {
            *found = &models->items[i];
            count++;
        }
    }
    if (count > 1) {
        *found = NULL;
    }
    return count > 0;
}

const struct lf_model *lf_catalog_find_model(const struct lf_catalog *catalog, const char *name)
{
    const struct lf_models *models = &catalog->models;
    const struct lf_model *found = lf_models_find_id(models, name);
    char wanted[NAME_BYTES];
    if (found != NULL || strlen(name) >= sizeof wanted) {
        return found;
    }
    copy_name(wanted, name);
    if (find_only(models, is_same, wanted, &found)) {
        return found;
    }
    lf_name_squeeze(wanted);
    if (find_only(models, is_same_squeezed, wanted, &found)) {
        return found;
    }
    copy_name(wanted, last_part(name));
    cut_file_words(wanted);
    lf_name_squeeze(wanted);
    find_only(models, is_same_file, wanted, &found);
    return found;
}

/* Lower case, each run of separators one '-', one more at either end: "-hermes-3-llama-3.1-8b-". */
static void spread(char copy[NAME_BYTES], const char *name)
{
    size_t length = 0;
    copy[length++] = '-';
    for (; *name != '\0' && length < NAME_BYTES - 2; name++) {
        char c = *name != '.' && is_separator(*name) ? '-' : lf_fold(*name);
        if (c != '-' || copy[length - 1] != '-') {
            copy[length++] = c;
        }
    }
    if (copy[length - 1] != '-') {
        copy[length++] = '-';
    }
    copy[length] = '\0';
}

/* How many words of a spread name are sizes: "8b", "1.7b", "8x7b". */
static size_t count_sizes(const char *spread_name)
{
    size_t count = 0;
    for (const char *word = spread_name; *word != '\0'; word++) {
        size_t digits = word[0] == '-' ? strspn(word + 1, "0123456789.x") : 0;
        count += digits > 0 && lf_is_digit(word[1]) && word[digits + 1] == 'b' &&
                 word[digits + 2] == '-';
    }
    return count;
}

/* The longest name of a model that stands as whole words in one that is wanted. */
struct base {
    char wanted[NAME_BYTES]; /* spread */
    size_t length;
};

static bool note_base(const char *name, void *context)
{
    static const char *const tails[] = {"Instruct", "it", "Chat", "hf"};
    struct base *base = context;
    char copy[NAME_BYTES];
    char own[NAME_BYTES];
    copy_name(copy, last_part(name));
    cut_file_words(copy);
    for (size_t i = sizeof tails / sizeof tails[0]; i > 0; i--) {
        cut_tail(copy, tails[i - 1]);
    }
    spread(own, copy);
    size_t length = strlen(own);
    /* A size that only the wanted name has makes it another model: a pruned one, a draft. */
    if (length > base->length && strstr(base->wanted, own) != NULL && count_sizes(own) > 0 &&
        count_sizes(own) == count_sizes(base->wanted)) {
        base->length = length;
    }
    return false;
}

const struct lf_model *lf_catalog_find_base(const struct lf_catalog *catalog, const char *name)
{
    const struct lf_model *found = NULL;
    struct base base = {.length = 0};
    spread(base.wanted, last_part(name));
    for (size_t i = 0; i < catalog->models.count; i++) {
        size_t before = base.length;
        any_name(&catalog->models.items[i], note_base, &base);
        found = base.length > before ? &catalog->models.items[i] : found;
    }
    return found;
}

/* How far a model's nearest name is from one that is wanted. */
struct nearness {
    const char *wanted;
    size_t distance;
};

/* A name that holds the wanted one is nearer than any that does not. */
static bool note_nearness(const char *name, void *context)
{
    enum { ELSEWHERE = NAME_BYTES };
    struct nearness *nearness = context;
    char copy[NAME_BYTES];
    copy_name(copy, last_part(name));
    lf_name_squeeze(copy);
    size_t distance = lf_text_distance(copy, nearness->wanted);
    if (strstr(copy, nearness->wanted) == NULL) {
        distance += ELSEWHERE;
    }
    if (distance < nearness->distance) {
        nearness->distance = distance;
    }
    return false;
}

size_t lf_catalog_nearest_models(const struct lf_catalog *catalog, const char *name,
                                 const struct lf_model *nearest[LF_NEAREST_MOST])
{
    struct lf_nearest best = {.count = 0};
    char wanted[NAME_BYTES];
    copy_name(wanted, last_part(name));
    cut_file_words(wanted);
    lf_name_squeeze(wanted);
    for (size_t i = 0; i < catalog->models.count && wanted[0] != '\0'; i++) {
        struct nearness nearness = {wanted, SIZE_MAX};
        any_name(&catalog->models.items[i], note_nearness, &nearness);
        lf_nearest_offer(&best, &catalog->models.items[i], nearness.distance);
    }
    for (size_t i = 0; i < best.count; i++) {
        nearest[i] = best.items[i];
    }
    return best.count;
}
