/* What llmfit bench does with an engine that runs. */
#ifndef LLMFIT_CLI_BENCH_ENGINE_H
#define LLMFIT_CLI_BENCH_ENGINE_H

#include "base/status.h"
#include "cli/session.h"

/* Finds the engine the options describe, measures it and writes the answer into session->out. */
enum lf_status lf_bench_engine(struct lf_session *session, struct lf_error *err);

#endif
