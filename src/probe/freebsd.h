/* A FreeBSD computer, as its system tells it through a few calls: the system's own, or a
 * recording's. */
#ifndef LLMFIT_PROBE_FREEBSD_H
#define LLMFIT_PROBE_FREEBSD_H

#include "probe/cpuid.h"
#include "probe/probe.h"
#include "probe/sysctl.h"

/* A device on the PCI bus. */
struct lf_freebsd_device {
    uint32_t domain;
    uint32_t bus;
    uint32_t slot;
    uint32_t function;
    uint32_t vendor;
    uint32_t device;
    uint32_t revision;
    uint32_t class_id; /* 0x03: display */
    uint32_t unit;     /* of the bus's own driver */
    char driver[32];   /* the bus's own, "vgapci" for what displays; "" when there is none */
};

enum { LF_FREEBSD_DEVICES_MOST = 512 };

struct lf_freebsd_calls {
    const void *context;
    lf_sysctl *sysctl;
    lf_cpuid *cpuid;
    uint64_t (*get_enabled)(const void *context); /* the XCR0 register; 0 where there is none */
    size_t (*get_devices)(const void *context, struct lf_freebsd_device *devices, size_t most);
};

/* Each fills a part of the probe's machine, in this order. */
enum lf_step_status lf_freebsd_read_cpu(struct lf_probe *probe,
                                        const struct lf_freebsd_calls *calls);
enum lf_step_status lf_freebsd_read_memory(struct lf_probe *probe,
                                           const struct lf_freebsd_calls *calls);
enum lf_step_status lf_freebsd_read_gpus(struct lf_probe *probe,
                                         const struct lf_freebsd_calls *calls);

#endif
