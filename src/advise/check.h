/* Requirements on a machine, and whether it meets them: `llmfit check --require ...`. */
#ifndef LLMFIT_ADVISE_CHECK_H
#define LLMFIT_ADVISE_CHECK_H

#include "advise/choice.h"

enum lf_outcome {
    LF_OUTCOME_PASS,
    LF_OUTCOME_FAIL,
    LF_OUTCOME_UNKNOWN, /* the probe could not tell; never a pass */
};

/* One --require. Texts are in the report's arena. */
struct lf_check_row {
    const char *requirement; /* as given */
    enum lf_outcome outcome;
    const char *wanted; /* "ram_installed >= 16 GiB" */
    const char *actual; /* "15.3 GiB seen, 16 GiB installed"; NULL: not known */
    const char *text;   /* one sentence: what failed and by how much */
};

struct lf_check_report {
    struct lf_arena arena;
    const struct lf_machine *machine;
    const struct lf_catalog *catalog;
    const struct lf_runtime *runtime; /* NULL: no row asked for a model, or for an engine */
    struct lf_check_row *rows;        /* [count], in the order given */
    size_t count;
    enum lf_outcome outcome; /* fail beats unknown beats pass */
};

/* Checks requirements[count] of the form key op value, joined by commas:
 *
 *     ram_installed ram_total ram_usable ram_available swap     sizes
 *     vram_nominal vram_total vram_free vram_largest            sizes; all GPUs, or the largest
 *     gpus cores threads                                        counts
 *     disk_free                                                 size
 *     model=NAME[,quant>=MIX][,context>=N][,tps>=N][,tier>=ID]  the model fits like that
 *     tier>=ID                                                  some model of the catalog reaches
 * it
 *
 * op is >= > = <= <. Sizes as on the command line; *_installed and *_nominal round what is seen up
 * to the capacity that is sold (a 16 GB machine shows 15.3 GiB, an RTX 4090 23.99).
 * Fails with LF_USAGE on an unknown key, operator, value or model: one sentence, with the nearest
 * names; with LF_BAD_INPUT on a catalog error. */
enum lf_status lf_check(const struct lf_machine *machine, struct lf_catalog *catalog,
                        const struct lf_request *request, const char *const *requirements,
                        size_t count, struct lf_check_report *report, struct lf_error *err);

void lf_check_clear(struct lf_check_report *report);

/* "pass", "fail", "unknown". */
const char *lf_outcome_name(enum lf_outcome outcome);

/* The exit status: LF_OK, LF_NO or LF_NO_PROBE. */
enum lf_status lf_check_status(const struct lf_check_report *report);

#endif
