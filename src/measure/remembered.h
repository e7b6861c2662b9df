/* The speed of the memory as `llmfit bench --memory` measured it last, in the user's cache. */
#ifndef LLMFIT_MEASURE_REMEMBERED_H
#define LLMFIT_MEASURE_REMEMBERED_H

#include <stdint.h>

#include "base/memory.h"
#include "base/status.h"

/* The file, a document "llmfit.bench-memory" as the command prints it. */
#define LF_REMEMBERED_FILE "bench-memory.json"

/* All-zero: nothing is remembered. Texts are in the caller's arena. */
struct lf_remembered {
    const char *date; /* "2026-11-22" */
    const char *cpu;  /* of the machine that was measured; NULL: not known */
    uint64_t cores;   /* 0: not known */
    uint64_t ram_bytes;
    uint64_t read_bps;
};

/* Reads a document of name and text[length] into an all-zero *remembered. LF_BAD_INPUT when it is
 * not one, with the line. */
enum lf_status lf_remembered_parse(struct lf_remembered *remembered, const char *name,
                                   const char *text, size_t length, struct lf_arena *arena,
                                   struct lf_error *err);

/* Reads the file; without one nothing is remembered, which is LF_OK. */
enum lf_status lf_remembered_read(struct lf_remembered *remembered, struct lf_arena *arena,
                                  struct lf_error *err);

#endif
