/* What each system does its own way when a file is read. */
#ifndef LLMFIT_BASE_FILE_OPEN_H
#define LLMFIT_BASE_FILE_OPEN_H

#include <stdbool.h>

/* Opens a file for reading, its bytes as they are, without waiting for anything (a FIFO's writer).
 * Returns the handle, or -1 with errno set. */
int lf_file_open(const char *path);

/* Waits, ten seconds at most, until a pipe has something to read or its writer is gone; false when
 * neither comes in time. */
bool lf_file_wait(int handle);

#endif
