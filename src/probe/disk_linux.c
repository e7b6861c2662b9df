#include "probe/disk.h"

#include <stdint.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/text.h"
#include "probe/sysfile.h"

/* NULL also for what hides its nature (virtual disks say "rotational" whatever they are) or has no
 * device (network, overlay and tmpfs mounts). */
const char *lf_disk_find_kind(const struct lf_probe *probe, const char *folder)
{
    struct stat facts;
    if (stat(folder, &facts) != 0) {
        return NULL;
    }
    unsigned hi = major(facts.st_dev);
    unsigned lo = minor(facts.st_dev);
    const char *name = lf_sys_link(probe, "/sys/dev/block/%u:%u", hi, lo);
    if (name == NULL || lf_text_starts_with(name, "vd") || lf_text_starts_with(name, "xvd")) {
        return NULL;
    }
    if (lf_text_starts_with(name, "nvme")) {
        return "nvme";
    }
    /* A partition's queue is its disk's. */
    uint64_t rotational = 0;
    if (!lf_sys_number(probe, &rotational, "/sys/dev/block/%u:%u/queue/rotational", hi, lo) &&
        !lf_sys_number(probe, &rotational, "/sys/dev/block/%u:%u/../queue/rotational", hi, lo)) {
        return NULL;
    }
    return rotational == 0 ? "ssd" : "hdd";
}
