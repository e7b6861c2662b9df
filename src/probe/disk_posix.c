/* The disk where models would be kept: its free space and kind. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/json.h"
#include "base/units.h"
#include "probe/backends.h"
#include "probe/disk.h"
#include "probe/systext.h"

static const char source[] = "statvfs";

/* Model caches are below $HOME/.cache; a home without one, or no home, leaves the next best. */
static const char *find_folder(struct lf_arena *arena)
{
    const char *home = getenv("HOME");
    struct stat facts;
    if (home != NULL && home[0] == '/') {
        const char *cache = lf_arena_format(arena, "%s/.cache", home);
        if (stat(cache, &facts) == 0 && S_ISDIR(facts.st_mode)) {
            return cache;
        }
        if (stat(home, &facts) == 0 && S_ISDIR(facts.st_mode)) {
            return lf_arena_copy(arena, home, strlen(home));
        }
    }
    return ".";
}

static enum lf_step_status run(struct lf_probe *probe)
{
    struct lf_machine *machine = probe->machine;
    if (probe->is_recording) {
        return LF_STEP_NOTHING;
    }
    const char *folder = find_folder(&machine->arena);
    struct statvfs facts;
    if (statvfs(folder, &facts) != 0) {
        return LF_STEP_NOTHING;
    }
    struct lf_disk *disk = &machine->disks[machine->disk_count++];
    disk->path = lf_sys_clean(&machine->arena, folder, strlen(folder));
    disk->kind = lf_disk_find_kind(probe, folder);
    /* Some network mounts claim to be endless. */
    uint64_t free_bytes = lf_mul(facts.f_bavail, facts.f_frsize);
    if (free_bytes <= LF_JSON_INTEGER_MOST) {
        disk->free_bytes = lf_amount(free_bytes, LF_MEASURED, source);
    }
    return LF_STEP_OK;
}

const struct lf_backend lf_backend_disk = {.name = "disk", .source = source, .run = run};
