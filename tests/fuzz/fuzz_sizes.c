/* What is typed on the command line: sizes, tokens, counts, numbers, requirements. */
#include <stdlib.h>

#include "advise/requirement.h"
#include "base/units.h"
#include "fuzz.h"

/* The built-in tiers and first models, read once: for a name that is unknown, all are compared. */
static const struct lf_catalog *small_catalog(void)
{
    enum { MODELS = 6 };
    static struct lf_catalog catalog;
    if (catalog.loaded == 0) {
        lf_catalog_init(&catalog, NULL);
        if (lf_catalog_load(&catalog, LF_CATALOG_MODELS | LF_CATALOG_TIERS, NULL) != LF_OK) {
            abort();
        }
        catalog.models.count = MODELS;
    }
    return &catalog;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena arena = {0};
    const char *text = lf_arena_copy(&arena, (const char *)data, size);
    char buffer[LF_SIZE_TEXT_BYTES];
    uint64_t value = 0;
    double number = 0;
    if (lf_size_parse(text, &value)) {
        lf_size_format(buffer, value);
        lf_gib_format(buffer, value);
        lf_rate_format(buffer, value);
        lf_params_format(buffer, value);
    }
    if (lf_tokens_parse(text, &value)) {
        lf_tokens_format(buffer, value);
    }
    lf_count_parse(text, &value);
    if (lf_number_parse(text, &number) && !(number >= 0)) {
        abort();
    }
    struct lf_requirement requirement;
    struct lf_error err = {0};
    if (lf_requirement_parse(text, small_catalog(), &arena, &requirement, &err) != LF_OK &&
        (err.status != LF_USAGE || err.text[0] == '\0')) {
        abort();
    }
    lf_arena_clear(&arena);
    return 0;
}
