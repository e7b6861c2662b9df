/* The program behind main. */
#ifndef LLMFIT_CLI_CLI_H
#define LLMFIT_CLI_CLI_H

/* Runs argv[argc] to its end and returns the exit code: the answer goes to stdout in one piece, an
 * error as "llmfit: sentence" to stderr. */
int lf_cli_run(int argc, char **argv);

#endif
