#include <string.h>

#include "base/units.h"
#include "probe/gpu_linux.h"
#include "probe/sysfile.h"

static const char devices[] = "/sys/bus/pci/devices";

/* Adds up one attribute of every sub-folder whose name starts with prefix. */
static uint64_t sum(const struct lf_probe *probe, const char *address, const char *folder,
                    const char *prefix, const char *attribute)
{
    uint64_t total = 0;
    struct lf_strings names = lf_sys_list(probe, "%s/%s%s", devices, address, folder);
    for (size_t i = 0; i < names.count; i++) {
        uint64_t bytes = 0;
        if (lf_text_starts_with(names.items[i], prefix) &&
            lf_sys_number(probe, &bytes, "%s/%s%s/%s/%s", devices, address, folder, names.items[i],
                          attribute)) {
            total = lf_add(total, bytes);
        }
    }
    return total;
}

void lf_gpu_read_intel(const struct lf_probe *probe, const struct lf_pci_gpu *gpu)
{
    uint64_t bytes = sum(probe, gpu->address, "", "tile", "physical_vram_size_bytes");
    const char *from = "xe physical_vram_size_bytes";
    if (bytes == 0) {
        bytes = sum(probe, gpu->address, "/drm", "card", "lmem_total_bytes");
        from = "i915 lmem_total_bytes";
    }
    if (bytes > 0 && bytes <= LF_GPU_BYTES_MOST) {
        gpu->accelerator->total_bytes = lf_amount(bytes, LF_MEASURED, from);
    } else if (strcmp(gpu->address, "0000:00:02.0") == 0) {
        lf_gpu_share_memory(probe, gpu->accelerator, 0);
    }
}
