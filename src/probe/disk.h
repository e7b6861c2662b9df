/* The kind of a disk, which each system tells its own way. */
#ifndef LLMFIT_PROBE_DISK_H
#define LLMFIT_PROBE_DISK_H

#include "probe/probe.h"

/* "nvme", "ssd" or "hdd" for the disk a folder lies on; NULL when that is not known. */
const char *lf_disk_find_kind(const struct lf_probe *probe, const char *folder);

#endif
