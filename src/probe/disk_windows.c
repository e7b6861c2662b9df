/* The disk where models would be kept: its free space and kind. */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winioctl.h>

#include "base/json.h"
#include "probe/backends.h"
#include "probe/disk.h"
#include "probe/systext.h"

static const char source[] = "GetDiskFreeSpaceEx";

static bool ask(HANDLE disk, STORAGE_PROPERTY_ID property, void *answer, DWORD bytes)
{
    STORAGE_PROPERTY_QUERY query = {.PropertyId = property, .QueryType = PropertyStandardQuery};
    DWORD written = 0;
    return DeviceIoControl(disk, IOCTL_STORAGE_QUERY_PROPERTY, &query, sizeof query, answer, bytes,
                           &written, NULL) != 0;
}

const char *lf_disk_find_kind(const struct lf_probe *probe, const char *folder)
{
    (void)probe;
    char path[8];
    snprintf(path, sizeof path, "\\\\.\\%.2s", folder);
    /* No access is wanted but to ask, which needs no rights. */
    HANDLE disk =
        CreateFileA(path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    if (disk == INVALID_HANDLE_VALUE) {
        return NULL;
    }
    const char *kind = NULL;
    STORAGE_DEVICE_DESCRIPTOR device = {0};
    DEVICE_SEEK_PENALTY_DESCRIPTOR seek = {0};
    if (ask(disk, StorageDeviceProperty, &device, sizeof device) && device.BusType == BusTypeNvme) {
        kind = "nvme";
    } else if (ask(disk, StorageDeviceSeekPenaltyProperty, &seek, sizeof seek)) {
        kind = seek.IncursSeekPenalty ? "hdd" : "ssd";
    }
    CloseHandle(disk);
    return kind;
}

static enum lf_step_status run(struct lf_probe *probe)
{
    struct lf_machine *machine = probe->machine;
    const char *folder = getenv("USERPROFILE");
    ULARGE_INTEGER free_bytes;
    if (folder == NULL || !GetDiskFreeSpaceExA(folder, &free_bytes, NULL, NULL)) {
        return LF_STEP_NOTHING;
    }
    struct lf_disk *disk = &machine->disks[machine->disk_count++];
    disk->path = lf_sys_clean(&machine->arena, folder, strlen(folder));
    disk->kind = lf_disk_find_kind(probe, folder);
    if (free_bytes.QuadPart <= LF_JSON_INTEGER_MOST) {
        disk->free_bytes = lf_amount(free_bytes.QuadPart, LF_MEASURED, source);
    }
    return LF_STEP_OK;
}

const struct lf_backend lf_backend_disk = {.name = "disk", .source = source, .run = run};
