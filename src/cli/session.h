/* What a command works with: options, the opened catalog, the machine, the answer so far. */
#ifndef LLMFIT_CLI_SESSION_H
#define LLMFIT_CLI_SESSION_H

#include "base/text.h"
#include "catalog/catalog.h"
#include "cli/options.h"
#include "probe/machine.h"
#include "report/render.h"

enum { LF_TODAY_BYTES = 16 };

struct lf_session {
    struct lf_options options;
    struct lf_request request;
    char today[LF_TODAY_BYTES]; /* "2026-11-22" */
    const struct lf_renderer *renderer;
    struct lf_style style;
    struct lf_catalog catalog;
    struct lf_machine machine;
    struct lf_own_rows own; /* measured here */
    struct lf_text out;
};

/* Reads the machine the options describe, completed from the catalog's devices, which are loaded
 * when they are needed. */
enum lf_status lf_session_open_machine(struct lf_session *session, struct lf_error *err);

/* Whether the machine is this computer as it is: neither a file, a name, a recording nor made up.
 */
bool lf_session_is_here(const struct lf_session *session);

/* Has the request tell what was measured on this computer, where the machine, which is open, is it.
 * What cannot be read becomes a warning of the answer. */
void lf_session_open_own(struct lf_session *session);

/* Finds the model that the words name, or the base of a finetune that they name, which the request
 * then tells; the catalog's models must be loaded. LF_USAGE, naming the nearest, when there are no
 * words or they name no single model. */
enum lf_status lf_session_find_model(struct lf_session *session, const struct lf_model **model,
                                     struct lf_error *err);

/* LF_NO_PROBE, and a sentence, when the machine's memory or GPUs could not be read and nothing on
 * the command line stands in for them; else LF_OK. */
enum lf_status lf_session_check_probe(const struct lf_session *session, struct lf_error *err);

#endif
