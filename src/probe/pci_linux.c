/* GPUs and other accelerators on the PCI bus, from sysfs: no driver library, no root rights. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/units.h"
#include "probe/backends.h"
#include "probe/gpu_linux.h"
#include "probe/pcie.h"
#include "probe/sysfile.h"

static const char source[] = "/sys/bus/pci/devices";

enum { CLASS_DISPLAY = 0x03, CLASS_ACCELERATOR = 0x12 };

struct vendor {
    uint64_t id;
    const char *drivers[2];  /* kernel drivers that engines can work with; NULL: none known */
    bool makes_accelerators; /* those of class 12 are for large models, not a laptop's NPU */
    bool is_undriven;        /* no engine we plan for drives them */
    void (*read)(const struct lf_probe *probe, const struct lf_pci_gpu *gpu);
};

static const struct vendor vendors[] = {
    {.id = 0x10de, .drivers = {"nvidia"}, .makes_accelerators = true},
    {.id = 0x1002, .drivers = {"amdgpu"}, .makes_accelerators = true, .read = lf_gpu_read_amd},
    {.id = 0x8086, .drivers = {"i915", "xe"}, .read = lf_gpu_read_intel},
    {.id = 0x1da3, .makes_accelerators = true, .is_undriven = true},
    {.id = 0x19e5, .makes_accelerators = true, .is_undriven = true},
    {.id = 0x17cb, .makes_accelerators = true, .is_undriven = true},
};

static const struct vendor unknown_vendor = {0};

static const struct vendor *find_vendor(uint64_t id)
{
    for (size_t i = 0; i < sizeof vendors / sizeof vendors[0]; i++) {
        if (vendors[i].id == id) {
            return &vendors[i];
        }
    }
    return &unknown_vendor;
}

/* Says what keeps an engine from using the GPU. What the processor's own GPU lacks is no gap: its
 * memory is the system's. */
static void check_driver(struct lf_probe *probe, const struct vendor *vendor,
                         struct lf_accelerator *accelerator)
{
    struct lf_machine *machine = probe->machine;
    const char *driver = accelerator->driver;
    if (vendor->is_undriven) {
        accelerator->usable_bytes = lf_amount(0, LF_MEASURED, "no engine drives it");
        lf_machine_diagnose(machine, LF_GAP_ACCELERATORS, "accelerator-not-sized",
                            "%s (%s %s) is an accelerator that is seen but not sized: no engine "
                            "planned for here drives it",
                            accelerator->id, accelerator->vendor, accelerator->pci_id);
        return;
    }
    enum lf_gap gap = accelerator->is_integrated ? LF_GAP_NONE : LF_GAP_ACCELERATORS;
    if (driver == NULL) {
        accelerator->usable_bytes = lf_amount(0, LF_MEASURED, "no driver");
        lf_machine_diagnose(machine, gap, "gpu-no-driver",
                            "%s (%s %s) has no kernel driver, so nothing can run on it",
                            accelerator->id, accelerator->vendor, accelerator->pci_id);
        return;
    }
    if (strcmp(driver, "vfio-pci") == 0) {
        accelerator->usable_bytes = lf_amount(0, LF_MEASURED, "driver vfio-pci");
        lf_machine_diagnose(machine, LF_GAP_NONE, "gpu-passed-through",
                            "%s (%s %s) is set aside for a virtual machine", accelerator->id,
                            accelerator->vendor, accelerator->pci_id);
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        if (vendor->drivers[i] == NULL ? i == 0 : strcmp(vendor->drivers[i], driver) == 0) {
            return;
        }
    }
    accelerator->usable_bytes = lf_amount(0, LF_MEASURED, "driver unsuited");
    lf_machine_diagnose(machine, gap, "gpu-driver-unsuited",
                        "%s (%s %s) runs under the driver %s, which tells no memory; %s is wanted",
                        accelerator->id, accelerator->vendor, accelerator->pci_id, driver,
                        vendor->drivers[0]);
}

const char *lf_gpu_render_node(const struct lf_probe *probe, const char *address)
{
    struct lf_strings nodes = lf_sys_list(probe, "%s/%s/drm", source, address);
    for (size_t i = 0; i < nodes.count; i++) {
        if (lf_text_starts_with(nodes.items[i], "renderD")) {
            return lf_arena_format(&probe->machine->arena, "/dev/dri/%s", nodes.items[i]);
        }
    }
    return NULL;
}

/* Says that this process may not open the GPU, as in a container that was not given it or for a
 * user outside the group render. */
static void check_render_node(struct lf_probe *probe, const struct lf_pci_gpu *gpu)
{
    const char *path = lf_gpu_render_node(probe, gpu->address);
    if (path != NULL && access(path, R_OK | W_OK) != 0) {
        lf_machine_diagnose(probe->machine, LF_GAP_NONE, "gpu-not-permitted",
                            "%s cannot be used by this process: %s: %s", gpu->accelerator->id, path,
                            strerror(errno));
    }
}

/* Whether the name is an address such as "0000:01:00.0"; some bridges make domains of five digits.
 */
static bool is_address(const char *name)
{
    static const char digits[] = "0123456789abcdef";
    size_t domain = strspn(name, digits);
    const char *rest = name + domain;
    return domain >= 4 && domain <= 8 && strlen(rest) == 8 && rest[0] == ':' &&
           strspn(rest + 1, digits) == 2 && rest[3] == ':' && strspn(rest + 4, digits) == 2 &&
           rest[6] == '.' && strspn(rest + 7, digits) == 1;
}

/* Whether this is a GPU or an accelerator for models that this system may use. */
static bool is_wanted(const struct lf_probe *probe, const struct lf_pci_gpu *gpu, uint64_t kind)
{
    if (lf_gpu_is_none(gpu->vendor, gpu->device) ||
        (kind == CLASS_ACCELERATOR && !find_vendor(gpu->vendor)->makes_accelerators)) {
        return false;
    }
    /* A virtual function is a share of a card that is listed itself, to be given to a guest. */
    return !lf_sys_exists(probe, "%s/%s/physfn", source, gpu->address);
}

/* The most the link to the host can carry: the least of what the card and each bridge above it can.
 * What it carries now is less while the card idles. */
static uint64_t read_link_bps(const struct lf_probe *probe, const char *address)
{
    enum { MOST_BRIDGES = 8 };
    uint64_t generation = UINT64_MAX;
    uint64_t lanes = UINT64_MAX;
    struct lf_text path = {0};
    lf_text_add_string(&path, address);
    for (unsigned i = 0; i <= MOST_BRIDGES; i++) {
        uint64_t width = 0;
        char speed[LF_SYS_PAGE_BYTES];
        if (!lf_sys_number(probe, &width, "%s/%s/max_link_width", source, lf_text_string(&path)) ||
            !lf_sys_read(probe, speed, sizeof speed, "%s/%s/max_link_speed", source,
                         lf_text_string(&path))) {
            break;
        }
        uint64_t step = lf_pcie_generation(speed);
        generation = step < generation ? step : generation;
        lanes = width < lanes ? width : lanes;
        lf_text_add_string(&path, "/..");
    }
    lf_text_clear(&path);
    return lf_pcie_bps(generation, lanes);
}

static void add_gpu(struct lf_probe *probe, struct lf_pci_gpu *gpu)
{
    const struct vendor *vendor = find_vendor(gpu->vendor);
    struct lf_arena *arena = &probe->machine->arena;
    struct lf_accelerator *accelerator = lf_machine_add_accelerator(probe->machine);
    if (accelerator == NULL) {
        return;
    }
    accelerator->id = gpu->address;
    accelerator->vendor = lf_gpu_vendor_name(gpu->vendor);
    accelerator->pci_id =
        lf_arena_format(arena, "%04x:%04x", (unsigned)gpu->vendor, (unsigned)gpu->device);
    if (lf_sys_number(probe, &gpu->revision, "%s/%s/revision", source, gpu->address)) {
        accelerator->pci_revision = lf_arena_format(arena, "%02x", (unsigned)gpu->revision & 0xff);
    }
    accelerator->driver = lf_sys_link(probe, "%s/%s/driver", source, gpu->address);
    gpu->accelerator = accelerator;
    if (vendor->read != NULL) {
        vendor->read(probe, gpu);
        if (!probe->is_recording) {
            check_render_node(probe, gpu);
        }
    }
    uint64_t link_bps =
        accelerator->memory_kind == LF_MEMORY_DEDICATED ? read_link_bps(probe, gpu->address) : 0;
    if (link_bps > 0) {
        accelerator->link_bps = lf_amount(link_bps, LF_MEASURED, "max_link_speed, max_link_width");
    }
    check_driver(probe, vendor, accelerator);
}

static enum lf_step_status run(struct lf_probe *probe)
{
    struct lf_strings addresses = lf_sys_list(probe, "%s", source);
    for (size_t i = 0; i < addresses.count; i++) {
        /* A recording may hold thousands of files for each of thousands of devices. */
        if (lf_clock_now_ms() > probe->deadline_ms) {
            lf_machine_diagnose(probe->machine, LF_GAP_ACCELERATORS, "pci-too-many",
                                "%s: looking at %zu devices took too long", source,
                                addresses.count);
            return LF_STEP_TIMEOUT;
        }
        struct lf_pci_gpu gpu = {.address = addresses.items[i]};
        uint64_t class = 0;
        if (!is_address(gpu.address) ||
            !lf_sys_number(probe, &class, "%s/%s/class", source, gpu.address)) {
            continue;
        }
        uint64_t kind = class >> 16;
        if ((kind == CLASS_DISPLAY || kind == CLASS_ACCELERATOR) &&
            lf_sys_number(probe, &gpu.vendor, "%s/%s/vendor", source, gpu.address) &&
            lf_sys_number(probe, &gpu.device, "%s/%s/device", source, gpu.address) &&
            gpu.vendor <= 0xffff && gpu.device <= 0xffff && is_wanted(probe, &gpu, kind)) {
            add_gpu(probe, &gpu);
        }
    }
    return probe->machine->accelerator_count > 0 ? LF_STEP_OK : LF_STEP_NOTHING;
}

const struct lf_backend lf_backend_pci = {.name = "pci", .source = source, .run = run};
