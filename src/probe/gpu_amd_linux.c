#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "probe/gpu_linux.h"
#include "probe/sysfile.h"

static const char devices[] = "/sys/bus/pci/devices";
static const char names_file[] = "/usr/share/libdrm/amdgpu.ids";

enum { NAMES_BYTES = 256 * 1024 };

/* The driver's pools: memory of its own (or set aside by the firmware), and system memory that it
 * may map. */
struct pools {
    uint64_t vram_bytes;
    uint64_t vram_used_bytes;
    uint64_t gtt_bytes;
    uint64_t gtt_used_bytes;
};

static bool read_pools(const struct lf_probe *probe, const char *address, struct pools *pools)
{
    if (!lf_sys_number(probe, &pools->vram_bytes, "%s/%s/mem_info_vram_total", devices, address) ||
        pools->vram_bytes > LF_GPU_BYTES_MOST) {
        return false;
    }
    lf_sys_number(probe, &pools->vram_used_bytes, "%s/%s/mem_info_vram_used", devices, address);
    lf_sys_number(probe, &pools->gtt_bytes, "%s/%s/mem_info_gtt_total", devices, address);
    lf_sys_number(probe, &pools->gtt_used_bytes, "%s/%s/mem_info_gtt_used", devices, address);
    return true;
}

/* An id we know decides. Otherwise a GPU that names its memory's vendor has chips of its own, and
 * one that may map far more than it has does not (the rule ollama uses). */
static bool is_apu(const struct lf_probe *probe, const struct lf_pci_gpu *gpu,
                   const struct pools *pools)
{
    if (lf_gpu_is_amd_apu(gpu->vendor, gpu->device)) {
        return true;
    }
    if (lf_sys_exists(probe, "%s/%s/mem_info_vram_vendor", devices, gpu->address) ||
        lf_sys_exists(probe, "%s/%s/board_info", devices, gpu->address)) {
        return false;
    }
    return pools->vram_bytes <= 4 * LF_GIB && pools->gtt_bytes >= 8 * LF_GIB &&
           pools->gtt_bytes / 4 >= pools->vram_bytes;
}

/* One process gets at most what was set aside plus what the driver maps, and never more than there
 * is: gtt may be set beyond MemTotal, which does not count what was set aside. */
static void set_unified(const struct lf_probe *probe, struct lf_accelerator *accelerator,
                        const struct pools *pools)
{
    const struct lf_memory *memory = &probe->machine->memory;
    lf_gpu_share_memory(probe, accelerator, pools->vram_bytes);
    if (pools->gtt_bytes == 0) {
        return;
    }
    uint64_t mapped = lf_known_or(memory->total_bytes, 0);
    mapped = pools->gtt_bytes < mapped ? pools->gtt_bytes : mapped;
    accelerator->usable_bytes = lf_amount(lf_add(pools->vram_bytes, mapped), LF_MEASURED,
                                          "amdgpu mem_info_vram_total + mem_info_gtt_total");
    uint64_t left = lf_sub(mapped, pools->gtt_used_bytes);
    uint64_t available = lf_known_or(memory->available_bytes, left);
    left = left < available ? left : available;
    accelerator->free_bytes =
        lf_amount(lf_add(lf_sub(pools->vram_bytes, pools->vram_used_bytes), left), LF_MEASURED,
                  "amdgpu mem_info_*_used");
}

static void set_dedicated(struct lf_accelerator *accelerator, const struct pools *pools)
{
    accelerator->total_bytes =
        lf_amount(pools->vram_bytes, LF_MEASURED, "amdgpu mem_info_vram_total");
    accelerator->free_bytes = lf_amount(lf_sub(pools->vram_bytes, pools->vram_used_bytes),
                                        LF_MEASURED, "amdgpu mem_info_vram_used");
}

/* Finds the name in libdrm's list, whose lines are "744C,\tC8,\tAMD Radeon RX 7900 XTX": the device
 * id alone stands for several products, the revision tells which. */
static void find_name(const struct lf_probe *probe, const struct lf_pci_gpu *gpu)
{
    struct lf_text list = {0};
    if (lf_sys_text(probe, &list, NAMES_BYTES, names_file)) {
        char key[32];
        snprintf(key, sizeof key, "%04X,\t%02X,", (unsigned)gpu->device, (unsigned)gpu->revision);
        const char *name = lf_sys_find(lf_text_string(&list), key);
        if (name != NULL) {
            gpu->accelerator->name =
                lf_sys_clean(&probe->machine->arena, name, strcspn(name, "\n"));
        }
    }
    lf_text_clear(&list);
}

void lf_gpu_read_amd(const struct lf_probe *probe, const struct lf_pci_gpu *gpu)
{
    struct lf_accelerator *accelerator = gpu->accelerator;
    struct pools pools = {0};
    accelerator->name = lf_sys_word(probe, "%s/%s/product_name", devices, gpu->address);
    if (accelerator->name == NULL) {
        find_name(probe, gpu);
    }
    bool knows_pools = read_pools(probe, gpu->address, &pools);
    if (is_apu(probe, gpu, &pools)) {
        set_unified(probe, accelerator, &pools);
    } else if (knows_pools && pools.vram_bytes > 0) {
        set_dedicated(accelerator, &pools);
    }
}

void lf_gpu_check_amd_pool(struct lf_machine *machine)
{
    enum { WANTED_QUARTERS = 3, PAGE_BYTES = 4096 };
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        if (machine->accelerators[i].memory_kind == LF_MEMORY_DEDICATED) {
            return;
        }
    }
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        const struct lf_accelerator *gpu = &machine->accelerators[i];
        uint64_t wanted = lf_known_or(gpu->total_bytes, 0) / 4 * WANTED_QUARTERS;
        if (gpu->driver == NULL || strcmp(gpu->driver, "amdgpu") != 0 ||
            lf_known_or(gpu->usable_bytes, UINT64_MAX) >= wanted) {
            continue;
        }
        char usable[LF_SIZE_TEXT_BYTES];
        char total[LF_SIZE_TEXT_BYTES];
        lf_machine_diagnose(machine, LF_GAP_NONE, "gtt-small",
                            "%s may use %s of the %s it shares with the system; the kernel "
                            "parameter ttm.pages_limit=%llu lets it use three quarters",
                            gpu->id, lf_size_format(usable, gpu->usable_bytes.value),
                            lf_size_format(total, gpu->total_bytes.value),
                            (unsigned long long)(wanted / PAGE_BYTES));
    }
}
