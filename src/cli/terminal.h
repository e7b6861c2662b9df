/* What the reader's end of stdout can show. */
#ifndef LLMFIT_CLI_TERMINAL_H
#define LLMFIT_CLI_TERMINAL_H

#include "cli/options.h"
#include "report/render.h"

/* Colours on a terminal without NO_COLOR, unless --color says otherwise; the terminal's width, else
 * COLUMNS, else 80; UTF-8 where the locale's name says so. */
void lf_terminal_style(const struct lf_options *options, struct lf_style *style);

#endif
