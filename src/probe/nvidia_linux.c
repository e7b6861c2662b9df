/* NVIDIA on Linux: whether the hardware calls for asking the driver and, from a recording or where
 * the driver's library does not help, what the kernel driver tells in /proc. */
#include <string.h>

#include "probe/backends.h"
#include "probe/gpu.h"
#include "probe/nvidia.h"
#include "probe/sysfile.h"

static const char gpus_folder[] = "/proc/driver/nvidia/gpus";

static bool is_tegra(const struct lf_probe *probe)
{
    char text[LF_SYS_PAGE_BYTES];
    return lf_sys_read(probe, text, sizeof text, "/proc/device-tree/compatible") &&
           strstr(text, "nvidia,tegra") != NULL;
}

/* Names from the kernel driver, for what the library did not name; in a container without sysfs
 * also the cards themselves. */
static void read_names(struct lf_probe *probe)
{
    struct lf_machine *machine = probe->machine;
    struct lf_strings addresses = lf_sys_list(probe, "%s", gpus_folder);
    for (size_t i = 0; i < addresses.count; i++) {
        char text[LF_SYS_PAGE_BYTES];
        const char *id = addresses.items[i];
        if (!lf_sys_read(probe, text, sizeof text, "%s/%s/information", gpus_folder, id)) {
            continue;
        }
        const char *model = lf_sys_find(text, "Model:");
        struct lf_accelerator *accelerator =
            lf_nvidia_take(machine, lf_sys_clean(&machine->arena, id, strlen(id)));
        if (model != NULL && accelerator != NULL && accelerator->name == NULL) {
            accelerator->name = lf_sys_clean(&machine->arena, model, strcspn(model, "\n"));
        }
    }
}

/* A Tegra's GPU is not on the PCI bus, and older systems have no NVML for it. */
static void add_tegra(struct lf_probe *probe)
{
    struct lf_accelerator *accelerator = lf_nvidia_take(probe->machine, NULL);
    if (accelerator != NULL) {
        accelerator->driver = "nvgpu";
        accelerator->name = lf_sys_word(probe, "/proc/device-tree/model");
        lf_gpu_share_memory(probe, accelerator, 0);
    }
}

/* Under WSL the cards are not on the bus; /dev/dxg leads to them all, and tells no memory. */
static void check_wsl(struct lf_machine *machine)
{
    if (machine->accelerator_count == 0) {
        lf_machine_diagnose(machine, LF_GAP_ACCELERATORS, "wsl-gpu-unknown",
                            "Windows offers its GPUs by /dev/dxg, which tells no memory; only "
                            "NVIDIA's library (/usr/lib/wsl/lib) does");
    }
}

static enum lf_step_status run(struct lf_probe *probe)
{
    bool has_tegra = is_tegra(probe);
    bool has_dxg = lf_sys_exists(probe, "/dev/dxg");
    bool is_wanted = lf_nvidia_is_there(probe->machine) || has_tegra || has_dxg ||
                     lf_sys_exists(probe, "/proc/driver/nvidia");
    if (!is_wanted) {
        return LF_STEP_NOTHING;
    }
    enum lf_step_status status = probe->is_recording ? LF_STEP_OK : lf_nvidia_ask(probe);
    read_names(probe);
    if (has_tegra && !lf_nvidia_is_there(probe->machine)) {
        add_tegra(probe);
    }
    if (has_dxg) {
        check_wsl(probe->machine);
    }
    return status;
}

const struct lf_backend lf_backend_nvidia = {.name = "nvidia", .source = "nvml", .run = run};
