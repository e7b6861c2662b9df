/* Files of this computer or of its recording: every path starts at the probe's root, every read is
 * bounded, and what is kept is clean enough for a terminal. A recording comes from a stranger: a
 * link that leads out of it is refused, so that it cannot open a device or a secret here. */
#ifndef LLMFIT_PROBE_SYSFILE_H
#define LLMFIT_PROBE_SYSFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "probe/probe.h"
#include "probe/systext.h"

/* A sysfs attribute is at most a page; a directory lists this many names. */
enum { LF_SYS_PAGE_BYTES = 4096, LF_SYS_NAMES_MOST = 4096 };

/* Makes the root absolute, without links and without a slash at its end, as every path below is
 * checked against it. Returns false, with errno set, when there is no such place. */
bool lf_sys_set_root(struct lf_probe *probe, const char *root);

/* Reads the first size - 1 bytes of a file, terminated; a NUL inside becomes a line end. Returns
 * false, and an empty buffer, when there is no such regular file. */
bool lf_sys_read(const struct lf_probe *probe, char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds a whole file of at most limit bytes to *content. */
bool lf_sys_text(const struct lf_probe *probe, struct lf_text *content, size_t limit,
                 const char *path);

/* A file that holds one number, decimal or hexadecimal with 0x. */
bool lf_sys_number(const struct lf_probe *probe, uint64_t *number, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The first line of a file, clean; NULL when there is none or it is blank. In the machine's arena,
 * as is all text below. */
const char *lf_sys_word(const struct lf_probe *probe, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The last part of where a link leads, clean; NULL when there is no such link. */
const char *lf_sys_link(const struct lf_probe *probe, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

bool lf_sys_exists(const struct lf_probe *probe, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The names in a folder but "." and "..", sorted by byte; none when it cannot be read. */
struct lf_strings lf_sys_list(const struct lf_probe *probe, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
