#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "probe/gpu_linux.h"
#include "probe/sysfile.h"

static const char devices[] = "/sys/bus/pci/devices";
static const char names_file[] = "/usr/share/libdrm/amdgpu.ids";

enum { NAMES_BYTES = 256 * 1024 };

static bool read_pools(const struct lf_probe *probe, const char *address,
                       struct lf_amd_pools *pools)
{
    pools->source = "amdgpu mem_info_*";
    if (!lf_sys_number(probe, &pools->vram_bytes, "%s/%s/mem_info_vram_total", devices, address) ||
        pools->vram_bytes > LF_GPU_BYTES_MOST) {
        return false;
    }
    lf_sys_number(probe, &pools->vram_used_bytes, "%s/%s/mem_info_vram_used", devices, address);
    lf_sys_number(probe, &pools->gtt_bytes, "%s/%s/mem_info_gtt_total", devices, address);
    lf_sys_number(probe, &pools->gtt_used_bytes, "%s/%s/mem_info_gtt_used", devices, address);
    return true;
}

bool lf_gpu_names_its_chips(const struct lf_probe *probe, const char *address)
{
    return lf_sys_exists(probe, "%s/%s/mem_info_vram_vendor", devices, address) ||
           lf_sys_exists(probe, "%s/%s/board_info", devices, address);
}

/* An id we know decides. Otherwise a GPU that names its memory's vendor has chips of its own, and
 * one that may map far more than it has does not (the rule ollama uses). */
static bool is_apu(const struct lf_probe *probe, const struct lf_pci_gpu *gpu,
                   const struct lf_amd_pools *pools)
{
    if (lf_gpu_is_amd_apu(gpu->vendor, gpu->device)) {
        return true;
    }
    return !lf_gpu_names_its_chips(probe, gpu->address) && pools->vram_bytes <= 4 * LF_GIB &&
           pools->gtt_bytes >= 8 * LF_GIB && pools->gtt_bytes / 4 >= pools->vram_bytes;
}

/* One process gets at most what was set aside plus what the driver maps, and never more than there
 * is: gtt may be set beyond MemTotal, which does not count what was set aside. */
static void set_unified(const struct lf_probe *probe, struct lf_accelerator *accelerator,
                        const struct lf_amd_pools *pools)
{
    const struct lf_memory *memory = &probe->machine->memory;
    lf_gpu_share_memory(probe, accelerator, pools->vram_bytes);
    if (pools->gtt_bytes == 0) {
        return;
    }
    uint64_t mapped = lf_known_or(memory->total_bytes, 0);
    mapped = pools->gtt_bytes < mapped ? pools->gtt_bytes : mapped;
    accelerator->usable_bytes =
        lf_amount(lf_add(pools->vram_bytes, mapped), LF_MEASURED, pools->source);
    uint64_t left = lf_sub(mapped, pools->gtt_used_bytes);
    uint64_t available = lf_known_or(memory->available_bytes, left);
    left = left < available ? left : available;
    accelerator->free_bytes =
        lf_amount(lf_add(lf_sub(pools->vram_bytes, pools->vram_used_bytes), left), LF_MEASURED,
                  pools->source);
}

void lf_gpu_set_amd_pools(const struct lf_probe *probe, struct lf_accelerator *accelerator,
                          const struct lf_amd_pools *pools, bool is_apu)
{
    if (is_apu) {
        set_unified(probe, accelerator, pools);
    } else if (pools->vram_bytes > 0) {
        accelerator->total_bytes = lf_amount(pools->vram_bytes, LF_MEASURED, pools->source);
        accelerator->free_bytes = lf_amount(lf_sub(pools->vram_bytes, pools->vram_used_bytes),
                                            LF_MEASURED, pools->source);
    }
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
    struct lf_amd_pools pools = {0};
    accelerator->name = lf_sys_word(probe, "%s/%s/product_name", devices, gpu->address);
    if (accelerator->name == NULL) {
        find_name(probe, gpu);
    }
    if (!read_pools(probe, gpu->address, &pools)) {
        pools = (struct lf_amd_pools){0};
    }
    lf_gpu_set_amd_pools(probe, accelerator, &pools, is_apu(probe, gpu, &pools));
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
