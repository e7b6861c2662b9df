/* Reading files as a whole, below a root, with a cap on their size. */
#ifndef LLMFIT_BASE_FILE_H
#define LLMFIT_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "base/text.h"

/* Adds the content of path to *content; "-" reads standard input. Works for /proc and /sys, whose
 * files have no size. Content over limit bytes is an error (LF_BAD_INPUT), as is a file that cannot
 * be opened or read. A pipe is read to its end, waiting at most ten seconds for each piece; one
 * without a writer is empty. Other special files are refused. */
enum lf_status lf_file_read(const char *path, size_t limit, struct lf_text *content,
                            struct lf_error *err);

/* Whether there is something of that name, be it a link that leads nowhere. What cannot be looked
 * at counts as there, so that reading it tells why. */
bool lf_file_is_there(const char *path);

#endif
