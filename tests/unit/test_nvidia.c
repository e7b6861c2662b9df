/* NVIDIA GPUs as the driver tells them; the driver is the library of fake_nvml.c, which
 * LD_LIBRARY_PATH must lead to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/wait.h>

#include <cmocka.h>

#include "base/clock.h"
#include "box.h"
#include "base/units.h"
#include "probe/backends.h"
#include "probe/nvidia.h"

/* Whether this is that variant of the library made of fake_nvml.c: "old" or "stub". */
static bool is_library(const char *variant)
{
    const char *kind = getenv("LLMFIT_NVML_KIND");
    return kind != NULL && strcmp(kind, variant) == 0;
}

/* Asks the fake driver on a machine that is not a recording and has one card at 0000:01:00.0. */
static enum lf_step_status ask_fake(struct box *box, const char *behaviour, double timeout_ms)
{
    assert_int_equal(setenv("LLMFIT_FAKE_NVML", behaviour, 1), 0);
    lf_machine_clear(&box->machine);
    struct lf_accelerator *card = lf_machine_add_accelerator(&box->machine);
    card->id = "0000:01:00.0";
    card->vendor = "NVIDIA";
    card->pci_id = "10de:2684";
    card->driver = "nvidia";
    box->machine.memory.total_bytes = lf_amount(120 * LF_GIB, LF_MEASURED, NULL);
    box->machine.memory.available_bytes = lf_amount(100 * LF_GIB, LF_MEASURED, NULL);
    box->probe.is_recording = false;
    box->probe.deadline_ms = lf_clock_now_ms() + timeout_ms;
    return lf_backend_nvidia.run(&box->probe);
}

static void each_fault_of_the_driver_has_its_diagnostic(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *behaviour;
        enum lf_step_status status;
        const char *code; /* NULL: no diagnostic */
        bool knows_memory;
    } rows[] = {
        {"ok", LF_STEP_OK, NULL, true},
        {"chatty", LF_STEP_OK, NULL, true},
        {"unsupported-memory", LF_STEP_OK, "nvml-no-memory", false},
        {"absurd", LF_STEP_OK, "nvml-absurd", false},
        {"no-permission", LF_STEP_FAILED, "nvml-no-permission", false},
        {"not-loaded", LF_STEP_FAILED, "nvml-driver-not-loaded", false},
        {"mismatch", LF_STEP_FAILED, "nvml-version-mismatch", false},
        {"error", LF_STEP_FAILED, "nvml-failed", false},
        {"crash", LF_STEP_FAILED, "driver-crash", false},
        {"crash-later", LF_STEP_FAILED, "driver-crash", true},
        {"hang", LF_STEP_TIMEOUT, "driver-hang", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double start_ms = lf_clock_now_ms();
        enum lf_step_status status = ask_fake(box, rows[i].behaviour, 300);
        const struct lf_machine *machine = &box->machine;
        const char *first = machine->diagnostic_count == 0 ? "none" : machine->diagnostics[0].code;
        if (lf_clock_now_ms() - start_ms > 500 || status != rows[i].status ||
            strcmp(first, rows[i].code == NULL ? "none" : rows[i].code) != 0 ||
            lf_known(machine->accelerators[0].total_bytes) != rows[i].knows_memory ||
            lf_machine_has_gap(machine, LF_GAP_ACCELERATORS) != (rows[i].code != NULL)) {
            fail_msg("%s: %s, %s, %.0f ms", rows[i].behaviour, lf_step_status_name(status), first,
                     lf_clock_now_ms() - start_ms);
        }
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    }
}

static void a_card_is_told_once_by_the_bus_and_the_driver(void **state)
{
    struct box *box = *state;
    assert_int_equal(ask_fake(box, "ok", 1000), LF_STEP_OK);
    assert_int_equal(box->machine.accelerator_count, 1);
    const struct lf_accelerator *gpu = &box->machine.accelerators[0];
    assert_string_equal(gpu->id, "0000:01:00.0");
    assert_string_equal(gpu->pci_id, "10de:2684");
    assert_string_equal(gpu->name, "NVIDIA GeForce RTX 4090");
    assert_string_equal(gpu->compute, "8.9");
    assert_int_equal(gpu->memory_kind, LF_MEMORY_DEDICATED);
    assert_measured(gpu->total_bytes, 24564 * LF_MIB);
    assert_measured(gpu->free_bytes, 23000 * LF_MIB);
    assert_measured(gpu->bandwidth_bps, UINT64_C(1008096000000)); /* 2 x 10501 MHz x 384 bit / 8 */
}

/* As on Windows, where the system tells of cards and their memory, but not where they are. */
static void a_card_that_has_no_address_yet_is_told_once(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *behaviour;
        const char *id;
        uint64_t total_bytes;
    } rows[] = {
        {"ok", "0000:01:00.0", 24564 * LF_MIB},
        {"not-loaded", "gpu0", 24142 * LF_MIB},
        {"hang", "gpu0", 24142 * LF_MIB},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lf_machine_clear(&box->machine);
        assert_int_equal(setenv("LLMFIT_FAKE_NVML", rows[i].behaviour, 1), 0);
        struct lf_accelerator *card = lf_machine_add_accelerator(&box->machine);
        card->vendor = "NVIDIA";
        card->name = "NVIDIA GeForce RTX 4090";
        card->pci_id = "10de:2684";
        card->driver = "nvidia";
        card->total_bytes = lf_amount(24142 * LF_MIB, LF_MEASURED, "dxgi");
        box->probe.deadline_ms = lf_clock_now_ms() + 200;
        lf_nvidia_ask(&box->probe);
        assert_int_equal(box->machine.accelerator_count, 1);
        assert_string_equal(card->id, rows[i].id);
        assert_measured(card->total_bytes, rows[i].total_bytes);
        assert_false(lf_machine_has_gap(&box->machine, LF_GAP_ACCELERATORS));
    }
}

static void a_card_the_bus_does_not_show_is_added(void **state)
{
    struct box *box = *state;
    assert_int_equal(ask_fake(box, "two-gpus", 1000), LF_STEP_OK);
    assert_int_equal(box->machine.accelerator_count, 2);
    assert_string_equal(box->machine.accelerators[1].id, "0000:02:00.0");
    assert_string_equal(box->machine.accelerators[1].vendor, "NVIDIA");
    assert_string_equal(box->machine.accelerators[1].pci_id, "10de:2684");
}

static void a_card_tells_its_links(void **state)
{
    struct box *box = *state;
    const struct lf_accelerator *gpu = &box->machine.accelerators[0];
    ask_fake(box, "ok", 1000);
    assert_measured(gpu->link_bps, UINT64_C(31507692304)); /* generation 4, 16 lanes */
    assert_false(lf_known(gpu->nvlink_count));
    ask_fake(box, "linked", 1000);
    assert_measured(gpu->nvlink_count, 2);
    ask_fake(box, "absurd", 1000);
    assert_false(lf_known(gpu->link_bps));
    ask_fake(box, "unified", 1000);
    assert_false(lf_known(gpu->link_bps));
}

/* What the driver keeps for itself no process gets. A library from before it told so, whose calls
 * have no versions, tells the rest. */
static void what_the_driver_reserves_cannot_be_used(void **state)
{
    struct box *box = *state;
    const struct lf_accelerator *gpu = &box->machine.accelerators[0];
    ask_fake(box, "ok", 1000);
    assert_measured(gpu->total_bytes, 24564 * LF_MIB);
    if (is_library("old")) {
        assert_false(lf_known(gpu->usable_bytes));
    } else {
        assert_measured(gpu->usable_bytes, (24564 - 350) * LF_MIB);
    }
}

static void a_library_without_the_calls_is_too_old(void **state)
{
    struct box *box = *state;
    assert_int_equal(ask_fake(box, "ok", 1000), LF_STEP_FAILED);
    assert_non_null(box_diagnostic(box, "nvml-too-old"));
    assert_true(lf_machine_has_gap(&box->machine, LF_GAP_ACCELERATORS));
}

static void a_lost_card_does_not_hide_the_others(void **state)
{
    struct box *box = *state;
    ask_fake(box, "lost-gpu", 1000);
    assert_int_equal(box->machine.accelerator_count, 2);
    assert_false(lf_known(box->machine.accelerators[0].total_bytes));
    assert_measured(box->machine.accelerators[0].usable_bytes, 0);
    assert_measured(box->machine.accelerators[1].total_bytes, 24564 * LF_MIB);
    assert_non_null(box_diagnostic(box, "nvml-gpu-failed"));
}

static void slices_stand_for_their_card(void **state)
{
    struct box *box = *state;
    assert_int_equal(ask_fake(box, "mig", 1000), LF_STEP_OK);
    assert_int_equal(box->machine.accelerator_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct lf_accelerator *slice = &box->machine.accelerators[i];
        char id[32];
        snprintf(id, sizeof id, "0000:01:00.0/mig%zu", i);
        assert_string_equal(slice->id, id);
        assert_string_equal(slice->name, "NVIDIA A100-SXM4-40GB MIG 3g.20gb");
        assert_int_equal(slice->memory_kind, LF_MEMORY_PARTITION);
        assert_measured(slice->total_bytes, 19968 * LF_MIB);
        assert_int_equal(slice->bandwidth_bps.origin, LF_COMPUTED);
        assert_int_equal(slice->bandwidth_bps.value, UINT64_C(504048000000));
    }
}

static void a_card_in_slices_without_any_is_of_no_use(void **state)
{
    struct box *box = *state;
    ask_fake(box, "mig-empty", 1000);
    assert_int_equal(box->machine.accelerator_count, 1);
    assert_measured(box->machine.accelerators[0].usable_bytes, 0);
    assert_non_null(box_diagnostic(box, "mig-no-slices"));
}

static void a_unified_part_has_the_systems_memory(void **state)
{
    struct box *box = *state;
    assert_int_equal(ask_fake(box, "unified", 1000), LF_STEP_OK);
    const struct lf_accelerator *gpu = &box->machine.accelerators[0];
    assert_int_equal(gpu->memory_kind, LF_MEMORY_UNIFIED);
    assert_int_equal(gpu->total_bytes.value, 120 * LF_GIB);
    assert_int_equal(gpu->free_bytes.value, 100 * LF_GIB);
    assert_false(lf_known(gpu->usable_bytes));
    assert_false(lf_known(gpu->bandwidth_bps));
    assert_int_equal(box->machine.diagnostic_count, 0);
}

static void an_absurd_answer_is_not_believed(void **state)
{
    struct box *box = *state;
    ask_fake(box, "absurd", 1000);
    assert_in_range(box->machine.accelerator_count, 1, LF_ACCELERATORS_MOST);
    for (size_t i = 0; i < box->machine.accelerator_count; i++) {
        const struct lf_accelerator *gpu = &box->machine.accelerators[i];
        assert_false(lf_known(gpu->total_bytes));
        assert_false(lf_known(gpu->bandwidth_bps));
        assert_null(gpu->compute);
        assert_true(gpu->name == NULL || strchr(gpu->name, '\x1b') == NULL);
    }
}

static void the_driver_is_only_asked_where_hardware_calls_for_it(void **state)
{
    struct box *box = *state;
    assert_int_equal(setenv("LLMFIT_FAKE_NVML", "crash", 1), 0);
    /* No NVIDIA hardware, though the library is there. */
    box->probe.is_recording = false;
    assert_int_equal(lf_backend_nvidia.run(&box->probe), LF_STEP_NOTHING);
    /* A recording of some. */
    box_file(box, "/proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t NVIDIA L4\n");
    box->probe.is_recording = true;
    assert_int_equal(lf_backend_nvidia.run(&box->probe), LF_STEP_OK);
    assert_int_equal(box->machine.diagnostic_count, 0);
    assert_int_equal(box->machine.accelerator_count, 1);
    assert_string_equal(box->machine.accelerators[0].name, "NVIDIA L4");
}

int main(void)
{
    const struct CMUnitTest stub_tests[] = {BOX_TEST(a_library_without_the_calls_is_too_old)};
    const struct CMUnitTest tests[] = {
        BOX_TEST(each_fault_of_the_driver_has_its_diagnostic),
        BOX_TEST(a_card_is_told_once_by_the_bus_and_the_driver),
        BOX_TEST(a_card_that_has_no_address_yet_is_told_once),
        BOX_TEST(a_card_the_bus_does_not_show_is_added),
        BOX_TEST(a_card_tells_its_links),
        BOX_TEST(what_the_driver_reserves_cannot_be_used),
        BOX_TEST(a_lost_card_does_not_hide_the_others),
        BOX_TEST(slices_stand_for_their_card),
        BOX_TEST(a_card_in_slices_without_any_is_of_no_use),
        BOX_TEST(a_unified_part_has_the_systems_memory),
        BOX_TEST(an_absurd_answer_is_not_believed),
        BOX_TEST(the_driver_is_only_asked_where_hardware_calls_for_it),
    };
    if (is_library("stub")) {
        return cmocka_run_group_tests(stub_tests, NULL, NULL);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
