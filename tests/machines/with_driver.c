/* Probes a recorded machine whose NVIDIA driver is asked as if it were this computer's; the driver
 * is recorded_nvml.c, which LD_LIBRARY_PATH must lead to. Prints what `llmfit system --json` would.
 *
 *     with_driver ROOT */
#include <stdio.h>

#include "advise/complete.h"
#include "base/clock.h"
#include "probe/backends.h"
#include "report/render.h"

int main(int argc, char *argv[])
{
    static const struct lf_backend *const backends[] = {&lf_backend_memory, &lf_backend_pci,
                                                        &lf_backend_nvidia};
    static struct lf_machine machine;
    struct lf_catalog catalog;
    struct lf_text out = {0};
    if (argc != 2) {
        fputs("with_driver ROOT\n", stderr);
        return 2;
    }
    struct lf_probe probe = {
        .root = argv[1],
        .deadline_ms = lf_clock_now_ms() + LF_PROBE_TIMEOUT_MS,
        .machine = &machine,
    };
    for (size_t i = 0; i < sizeof backends / sizeof backends[0]; i++) {
        backends[i]->run(&probe);
    }
    lf_machine_derive(&machine);
    lf_catalog_init(&catalog, NULL);
    if (lf_catalog_load(&catalog, LF_CATALOG_DEVICES | LF_CATALOG_CPUS, NULL) != LF_OK) {
        return 3;
    }
    lf_machine_complete(&machine, &catalog);
    lf_renderer_find("json")->system(&machine, &catalog, &(struct lf_style){0}, &out);
    fputs(lf_text_string(&out), stdout);
    lf_text_clear(&out);
    lf_machine_clear(&machine);
    lf_catalog_clear(&catalog);
    return 0;
}
