#include "probe/gpu.h"

#include "base/units.h"

enum { ANY = 0xffff, VENDOR_AMD = 0x1002 };

static const struct {
    uint16_t id;
    const char *name;
} vendors[] = {
    {0x10de, "NVIDIA"},        {VENDOR_AMD, "AMD"}, {0x8086, "Intel"},
    {0x1da3, "Intel"},         {0x19e5, "Huawei"},  {0x17cb, "Qualcomm"},
    {0x1ed5, "Moore Threads"}, {0x1d17, "Zhaoxin"}, {0x0014, "Loongson"},
};

/* Display adapters of servers' management controllers and of virtual machines: no GPUs. */
static const struct {
    uint16_t vendor;
    uint16_t device;
} no_gpus[] = {
    {0x1a03, ANY},    /* ASPEED */
    {0x102b, ANY},    /* Matrox */
    {0x1013, ANY},    /* Cirrus */
    {0x126f, ANY},    /* Silicon Motion */
    {0x18ca, ANY},    /* XGI */
    {0x19e5, 0x1711}, /* Huawei iBMC */
    {0x1002, 0x515e}, /* ATI ES1000 */
    {0x1002, 0x5969}, /* ATI ES1000 */
    {0x1234, ANY},    /* QEMU, Bochs */
    {0x1b36, ANY},    /* QEMU, Red Hat */
    {0x1af4, ANY},    /* virtio */
    {0x15ad, ANY},    /* VMware */
    {0x1414, ANY},    /* Hyper-V */
    {0x80ee, ANY},    /* VirtualBox */
    {0x1ab8, ANY},    /* Parallels */
    {0x5853, ANY},    /* Xen */
    {0x1d0f, ANY},    /* Amazon */
};

/* GPUs inside AMD processors. Their share of the memory that the firmware set aside may be any
 * size, so only the id is sure. */
static const uint16_t amd_apus[] = {
    0x1114, /* Krackan: 840M, 860M */
    0x13c0, /* Granite Ridge */
    0x1435, /* Steam Deck OLED */
    0x1506, /* Mendocino: 610M */
    0x150e, /* Strix: 880M, 890M */
    0x1586, /* Strix Halo: 8040S, 8050S, 8060S */
    0x15bf, /* Phoenix: 760M, 780M */
    0x15c8, /* Phoenix 2: 740M */
    0x15d8, /* Picasso */
    0x15dd, /* Raven */
    0x15e7, /* Barcelo */
    0x1636, /* Renoir */
    0x1638, /* Cezanne */
    0x163f, /* Van Gogh: Steam Deck */
    0x164c, /* Lucienne */
    0x164d, /* Rembrandt */
    0x164e, /* Raphael */
    0x1681, /* Rembrandt: 660M, 680M */
    0x1900, /* Hawk Point */
    0x1901, /* Hawk Point 2 */
};

bool lf_gpu_is_none(uint64_t vendor, uint64_t device)
{
    for (size_t i = 0; i < sizeof no_gpus / sizeof no_gpus[0]; i++) {
        if (no_gpus[i].vendor == vendor &&
            (no_gpus[i].device == ANY || no_gpus[i].device == device)) {
            return true;
        }
    }
    return false;
}

bool lf_gpu_is_amd_apu(uint64_t vendor, uint64_t device)
{
    for (size_t i = 0; i < sizeof amd_apus / sizeof amd_apus[0]; i++) {
        if (vendor == VENDOR_AMD && amd_apus[i] == device) {
            return true;
        }
    }
    return false;
}

const char *lf_gpu_vendor_name(uint64_t vendor)
{
    for (size_t i = 0; i < sizeof vendors / sizeof vendors[0]; i++) {
        if (vendors[i].id == vendor) {
            return vendors[i].name;
        }
    }
    return "unknown";
}

void lf_gpu_share_memory(const struct lf_probe *probe, struct lf_accelerator *accelerator,
                         uint64_t extra_bytes)
{
    const struct lf_memory *memory = &probe->machine->memory;
    accelerator->memory_kind = LF_MEMORY_UNIFIED;
    accelerator->is_integrated = true;
    if (lf_known(memory->total_bytes)) {
        accelerator->total_bytes = lf_amount(lf_add(memory->total_bytes.value, extra_bytes),
                                             LF_COMPUTED, "the system's memory");
    }
    if (lf_known(memory->available_bytes)) {
        accelerator->free_bytes =
            lf_amount(memory->available_bytes.value, LF_COMPUTED, "the system's memory");
    }
}
