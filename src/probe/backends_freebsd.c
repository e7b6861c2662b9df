/* What FreeBSD is asked, and the back ends that ask. */
#define __BSD_VISIBLE 1 /* sysctlbyname, and what its headers need */

#include <sys/types.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pciio.h>
#include <sys/sysctl.h>
#include <unistd.h>

#include "base/memory.h"
#include "probe/backends.h"
#include "probe/disk.h"
#include "probe/freebsd.h"
#include "probe/nvidia.h"

static bool read_sysctl(const void *context, const char *name, void *value, size_t *bytes)
{
    (void)context;
    return sysctlbyname(name, value, bytes, NULL, 0) == 0;
}

/* /dev/pci is readable by all; asking it for configurations needs no more than that. */
static size_t get_devices(const void *context, struct lf_freebsd_device *devices, size_t most)
{
    (void)context;
    int handle = open("/dev/pci", O_RDONLY | O_CLOEXEC);
    if (handle < 0) {
        return 0;
    }
    struct pci_conf *matches = lf_alloc(most, sizeof *matches);
    struct pci_conf_io request = {
        .match_buf_len = (uint32_t)(most * sizeof *matches),
        .matches = matches,
    };
    size_t count = 0;
    if (ioctl(handle, PCIOCGETCONF, &request) == 0 && request.status == PCI_GETCONF_LAST_DEVICE) {
        for (; count < request.num_matches && count < most; count++) {
            const struct pci_conf *match = &matches[count];
            devices[count] = (struct lf_freebsd_device){
                .domain = match->pc_sel.pc_domain,
                .bus = match->pc_sel.pc_bus,
                .slot = match->pc_sel.pc_dev,
                .function = match->pc_sel.pc_func,
                .vendor = match->pc_vendor,
                .device = match->pc_device,
                .revision = match->pc_revid,
                .class_id = match->pc_class,
                .unit = (uint32_t)match->pd_unit,
            };
            snprintf(devices[count].driver, sizeof devices[count].driver, "%s", match->pd_name);
        }
    }
    free(matches);
    close(handle);
    return count;
}

static const struct lf_freebsd_calls calls = {
    .sysctl = read_sysctl,
    .cpuid = lf_cpuid_ask,
    .get_enabled = lf_cpuid_enabled,
    .get_devices = get_devices,
};

static enum lf_step_status run_cpu(struct lf_probe *probe)
{
    return lf_freebsd_read_cpu(probe, &calls);
}

static enum lf_step_status run_memory(struct lf_probe *probe)
{
    return lf_freebsd_read_memory(probe, &calls);
}

static enum lf_step_status run_gpus(struct lf_probe *probe)
{
    return lf_freebsd_read_gpus(probe, &calls);
}

static enum lf_step_status run_nvidia(struct lf_probe *probe)
{
    return lf_nvidia_is_there(probe->machine) ? lf_nvidia_ask(probe) : LF_STEP_NOTHING;
}

const struct lf_backend lf_backend_cpu = {.name = "cpu", .source = "sysctl", .run = run_cpu};
const struct lf_backend lf_backend_memory = {
    .name = "memory",
    .source = "sysctl",
    .run = run_memory,
};
const struct lf_backend lf_backend_pci = {.name = "pci", .source = "/dev/pci", .run = run_gpus};
const struct lf_backend lf_backend_nvidia = {.name = "nvidia", .source = "nvml", .run = run_nvidia};

const struct lf_backend *const lf_backends[] = {
    &lf_backend_cpu, &lf_backend_memory, &lf_backend_pci, &lf_backend_nvidia, &lf_backend_disk,
};

const size_t lf_backend_count = sizeof lf_backends / sizeof lf_backends[0];

/* GEOM could tell; a disk's speed is not worth the asking. */
const char *lf_disk_find_kind(const struct lf_probe *probe, const char *folder)
{
    (void)probe;
    (void)folder;
    return NULL;
}
