/* The halves of reading a file: opening, which each system does its own way, and the rest. */
#ifndef LLMFIT_BASE_FILE_OPEN_H
#define LLMFIT_BASE_FILE_OPEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "base/text.h"

/* Opens a file for reading, its bytes as they are, without waiting for anything (a FIFO's writer).
 * Returns the handle, or -1 with errno set. */
int lf_file_open(const char *path);

/* Waits, ten seconds at most, until a pipe has something to read or its writer is gone; false when
 * neither comes in time. */
bool lf_file_wait(int handle);

/* Adds what lf_file_read would of an open file, which is closed; errors call it path. */
enum lf_status lf_file_read_handle(int handle, const char *path, size_t limit,
                                   struct lf_text *content, struct lf_error *err);

#endif
