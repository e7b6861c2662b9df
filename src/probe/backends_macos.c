/* What a Mac's system is asked, and the back ends that ask. */
#define _DARWIN_C_SOURCE /* sysctlbyname, host_statistics64 */

#include <mach/mach.h>
#include <sys/sysctl.h>

#include "probe/backends.h"
#include "probe/disk.h"
#include "probe/macos.h"

static bool read_sysctl(const void *context, const char *name, void *value, size_t *bytes)
{
    (void)context;
    return sysctlbyname(name, value, bytes, NULL, 0) == 0;
}

static bool count_pages(const void *context, struct lf_macos_pages *pages)
{
    (void)context;
    vm_statistics64_data_t facts;
    mach_msg_type_number_t size = HOST_VM_INFO64_COUNT;
    mach_port_t host = mach_host_self();
    kern_return_t result = host_statistics64(host, HOST_VM_INFO64, (host_info64_t)&facts, &size);
    mach_port_deallocate(mach_task_self(), host);
    if (result != KERN_SUCCESS) {
        return false;
    }
    pages->free = facts.free_count;
    pages->inactive = facts.inactive_count;
    return true;
}

static const struct lf_macos_calls calls = {
    .sysctl = read_sysctl,
    .count_pages = count_pages,
    .tell_gpus = lf_macos_tell_gpus,
};

static enum lf_step_status run_cpu(struct lf_probe *probe)
{
    return lf_macos_read_cpu(probe, &calls);
}

static enum lf_step_status run_memory(struct lf_probe *probe)
{
    return lf_macos_read_memory(probe, &calls);
}

static enum lf_step_status run_gpus(struct lf_probe *probe)
{
    return lf_macos_read_gpus(probe, &calls);
}

const struct lf_backend lf_backend_cpu = {.name = "cpu", .source = "sysctl", .run = run_cpu};
const struct lf_backend lf_backend_memory = {
    .name = "memory",
    .source = "sysctl, host_statistics64",
    .run = run_memory,
};
static const struct lf_backend metal = {.name = "metal", .source = "Metal", .run = run_gpus};

const struct lf_backend *const lf_backends[] = {
    &lf_backend_cpu,
    &lf_backend_memory,
    &metal,
    &lf_backend_disk,
};

const size_t lf_backend_count = sizeof lf_backends / sizeof lf_backends[0];

/* The I/O registry could tell; a disk's speed is not worth the asking. */
const char *lf_disk_find_kind(const struct lf_probe *probe, const char *folder)
{
    (void)probe;
    (void)folder;
    return NULL;
}
