/* llmfit bench --memory. Inner header of the command. */
#ifndef LLMFIT_CLI_BENCH_MEMORY_H
#define LLMFIT_CLI_BENCH_MEMORY_H

#include "cli/session.h"

/* Measures how fast this machine's memory is read, and remembers it. */
enum lf_status lf_bench_memory_run(struct lf_session *session, struct lf_error *err);

#endif
