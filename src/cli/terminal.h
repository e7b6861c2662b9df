/* What the reader's end of stdout can show. */
#ifndef LLMFIT_CLI_TERMINAL_H
#define LLMFIT_CLI_TERMINAL_H

#include <stdbool.h>

#include "cli/options.h"
#include "report/render.h"

/* Colours on a terminal without NO_COLOR, unless --color says otherwise; the terminal's width, else
 * COLUMNS, else 80; UTF-8 where the locale's name says so. */
void lf_terminal_style(const struct lf_options *options, struct lf_style *style);

/* What each system does its own way. */

/* Makes the standard streams carry our bytes as they are: UTF-8, "\n" at a line's end, and a reader
 * that has gone away is an error of the write, not the program's end. Returns what
 * lf_terminal_close wants. */
unsigned lf_terminal_open(void);

/* Leaves the terminal as it was found. */
void lf_terminal_close(unsigned before);

/* Whether standard output is a terminal that knows the escape sequences for colours. */
bool lf_terminal_is_shown(void);

/* Whether standard error is a terminal, where progress may be shown. */
bool lf_terminal_has_messages(void);

/* Width of standard output in characters; 0 where it has none. */
unsigned lf_terminal_columns(void);

/* Whether it shows UTF-8 where no locale is set. */
bool lf_terminal_knows_utf8(void);

#endif
