/* Writes the image of the built-in catalog (see image.h) as a C file:
 *
 *     llmfit_freeze image.c
 *
 * The catalog is read twice, into memory at two places. A word that is the same in both is a value,
 * one that is as far apart as the places are is a pointer into the catalog. Anything else points
 * out of it, as does a value that is an address of this program; that is refused, for it would not
 * survive: a reader has kept something that is not in the catalog's arena. Linux only. */
#include "base/memory.h"
#include "catalog/image.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_BYTES = 32 * 1024 * 1024, RANGES_MOST = 512, LINE_BYTES = 512, WORDS_A_LINE = 6 };

/* Where this program and its libraries lie: what both catalogs may point to. */
struct ranges {
    struct range {
        uint64_t from;
        uint64_t to;
    } items[RANGES_MOST];
    size_t count;
};

struct frozen {
    struct lf_arena arena;
    uint64_t *words; /* [word_count] */
    size_t word_count;
    size_t hardware_words;
    struct lf_catalog *root;
};

static int fail(const char *words)
{
    fprintf(stderr, "llmfit_freeze: %s\n", words);
    return EXIT_FAILURE;
}

/* The arena's memory may be written; only its readers may not. */
static void let_go_of_document(struct lf_model *model, const struct lf_form *form)
{
    struct lf_shape *shape = (struct lf_shape *)model->shape;
    struct lf_part *parts = (struct lf_part *)shape->parts;
    model->json = NULL;
    model->node = NULL;
    shape->json = NULL;
    shape->node = NULL;
    for (size_t i = 0; i < shape->part_count; i++) {
        parts[i].node = NULL;
    }
    shape->form = model->shape_id == NULL ? form : shape->form;
}

/* Lets go of the rows that models were spelled out from. */
static void let_go_of_rows(struct lf_architectures *architectures)
{
    struct lf_architecture *items = (struct lf_architecture *)architectures->items;
    for (size_t i = 0; i < architectures->count; i++) {
        items[i].model = items[i].layer = (struct lf_template){0};
        memset(items[i].parts, 0, sizeof items[i].parts);
        items[i].part_count = 0;
    }
}

/* Spells every model out. Documents are not frozen. */
static enum lf_status finish_models(struct lf_models *models, struct lf_arena *arena,
                                    struct lf_error *err)
{
    struct lf_arena scratch = {0};
    struct lf_form **forms = lf_arena_alloc(&scratch, models->count, sizeof *forms);
    enum lf_status status = LF_OK;
    for (size_t i = 0; i < models->count && status == LF_OK; i++) {
        struct lf_arena *place = models->items[i].shape_id == NULL ? arena : &scratch;
        forms[i] = lf_arena_alloc(place, 1, sizeof *forms[i]);
        status = lf_model_expand(&models->items[i], place, forms[i], err);
    }
    for (size_t i = 0; i < models->count; i++) {
        let_go_of_document(&models->items[i], forms[i]);
    }
    lf_arena_clear(&scratch);
    return status;
}

static size_t words_to(const uint64_t *words, const unsigned char *end)
{
    return (size_t)(end - (const unsigned char *)words) / sizeof *words;
}

/* Reads the whole catalog into memory of one piece, the hardware first. */
static enum lf_status read_catalog(struct frozen *frozen, struct lf_error *err)
{
    struct lf_catalog catalog;
    lf_catalog_init(&catalog, NULL);
    lf_arena_reserve(&catalog.arena, ROOM_BYTES);
    frozen->root = lf_arena_alloc(&catalog.arena, 1, sizeof *frozen->root);
    enum lf_status status = lf_catalog_load(&catalog, LF_CATALOG_HARDWARE, err);
    const unsigned char *hardware_end = lf_arena_alloc(&catalog.arena, 1, 1);
    if (status == LF_OK) {
        status = lf_catalog_load(&catalog, LF_CATALOG_ALL, err);
    }
    if (status == LF_OK) {
        status = finish_models(&catalog.models, &catalog.arena, err);
        let_go_of_rows(&catalog.architectures);
    }
    const unsigned char *end = lf_arena_alloc(&catalog.arena, 1, 1);
    frozen->words = (uint64_t *)frozen->root;
    frozen->word_count = words_to(frozen->words, end);
    frozen->hardware_words = words_to(frozen->words, hardware_end);
    if (status == LF_OK && frozen->word_count > ROOM_BYTES / sizeof *frozen->words) {
        return lf_fail(err, LF_INTERNAL, "the catalog needs more than %d bytes", ROOM_BYTES);
    }
    frozen->arena = catalog.arena;
    catalog.arena = (struct lf_arena){0};
    *frozen->root = catalog;
    frozen->root->files = NULL;
    frozen->root->reading = (struct lf_arena){0};
    lf_catalog_clear(&catalog);
    return status;
}

/* Where /proc is not mounted nothing is known, and nothing is refused for it. */
static void read_ranges(struct ranges *ranges)
{
    char line[LINE_BYTES];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps != NULL && ranges->count < RANGES_MOST && fgets(line, sizeof line, maps) != NULL) {
        char *rest = NULL;
        struct range range = {.from = strtoull(line, &rest, 16)};
        range.to = *rest == '-' ? strtoull(rest + 1, NULL, 16) : 0;
        if (range.to > range.from && strchr(line, '/') != NULL) { /* mapped from a file */
            ranges->items[ranges->count++] = range;
        }
    }
    if (maps != NULL) {
        fclose(maps);
    }
}

static bool is_address(const struct ranges *ranges, uint64_t word)
{
    for (size_t i = 0; i < ranges->count; i++) {
        if (ranges->items[i].from <= word && word < ranges->items[i].to) {
            return true;
        }
    }
    return false;
}

/* Whether the word points into the catalog itself; fails where it points elsewhere. */
static bool find_pointer(const struct frozen frozen[2], const struct ranges *ranges, size_t word,
                         bool *is_pointer)
{
    uint64_t first = frozen[0].words[word];
    uint64_t second = frozen[1].words[word];
    uint64_t base = (uintptr_t)frozen[0].words;
    bool is_inside = first >= base && first - base < frozen[0].word_count * sizeof first;
    *is_pointer = is_inside && second - (uintptr_t)frozen[1].words == first - base;
    return *is_pointer || (first == second && !is_address(ranges, first));
}

static void write_array(FILE *file, const char *head, const uint64_t *numbers, size_t count)
{
    fprintf(file, "static const %s[] = {", head);
    for (size_t i = 0; i < count; i++) {
        fprintf(file, "%s0x%" PRIx64 ",", i % WORDS_A_LINE == 0 ? "\n    " : " ", numbers[i]);
    }
    fputs("};\n\n", file);
}

static bool write_image(FILE *file, const struct frozen *frozen, const uint64_t *pointers,
                        size_t pointer_count)
{
    uint64_t *words = frozen->words;
    for (size_t i = 0; i < pointer_count; i++) {
        words[pointers[i]] -= (uintptr_t)words;
    }
    fputs("/* Written by llmfit_freeze. */\n#include \"catalog/image.h\"\n\n", file);
    write_array(file, "uint64_t words", words, frozen->word_count);
    write_array(file, "uint32_t pointers", pointers, pointer_count);
    fprintf(file,
            "const struct lf_catalog_image lf_catalog_image = {words, %zu, %zu, pointers, %zu};\n",
            frozen->word_count, frozen->hardware_words, pointer_count);
    return fclose(file) == 0;
}

static int freeze(struct frozen frozen[2], const char *path)
{
    struct lf_error err;
    struct ranges ranges = {0};
    if (read_catalog(&frozen[0], &err) != LF_OK || read_catalog(&frozen[1], &err) != LF_OK) {
        return fail(err.text);
    }
    read_ranges(&ranges);
    if (frozen[0].word_count != frozen[1].word_count) {
        return fail("the two catalogs differ in size");
    }
    uint64_t *pointers = lf_arena_alloc(&frozen[1].arena, frozen[0].word_count, sizeof *pointers);
    size_t count = 0;
    for (size_t i = 0; i < frozen[0].word_count; i++) {
        bool is_pointer = false;
        if (!find_pointer(frozen, &ranges, i, &is_pointer)) {
            fprintf(stderr, "word %zu: %" PRIx64 "\n", i, frozen[0].words[i]);
            return fail("a word of the catalog points elsewhere");
        }
        pointers[count] = i;
        count += is_pointer;
    }
    FILE *file = fopen(path, "w");
    if (file == NULL || !write_image(file, &frozen[0], pointers, count)) {
        return fail("the file cannot be written");
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct frozen frozen[2] = {0};
    if (argc != 2) {
        return fail("one argument is wanted: the file to write");
    }
    int exit_code = freeze(frozen, argv[1]);
    lf_arena_clear(&frozen[0].arena);
    lf_arena_clear(&frozen[1].arena);
    return exit_code;
}
