/* The program behind main. */
#ifndef LLMFIT_CLI_CLI_H
#define LLMFIT_CLI_CLI_H

#include "catalog/image.h"

/* Runs argv[argc] to its end and returns the exit code: the answer goes to stdout in one piece, an
 * error as "llmfit: sentence" to stderr. The image stands for the built-in catalog; NULL or an
 * empty one: its files are read. */
int lf_cli_run(int argc, char **argv, const struct lf_catalog_image *image);

#endif
