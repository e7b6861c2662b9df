/* GPUs of which only Vulkan tells the memory; its library is that of fake_vulkan.c, which
 * LD_LIBRARY_PATH must lead to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef LLMFIT_VULKAN_HEADER
#include <vulkan/vulkan_core.h>
#endif

#include "base/clock.h"
#include "box.h"
#include "base/clock.h"
#include "base/units.h"
#include "probe/backends.h"
#include "probe/vulkan_types.h"

#ifdef LLMFIT_VULKAN_HEADER
#define SAME_SIZE(ours, theirs) assert_int_equal(sizeof(struct lf_vk_##ours), sizeof(theirs))
#define SAME_PLACE(ours, our_member, theirs, their_member) \
    assert_int_equal(offsetof(struct lf_vk_##ours, our_member), offsetof(theirs, their_member))
#define BUDGET VkPhysicalDeviceMemoryBudgetPropertiesEXT

static void the_structures_are_those_of_the_real_header(void **state)
{
    (void)state;
    SAME_SIZE(application, VkApplicationInfo);
    SAME_PLACE(application, name, VkApplicationInfo, pApplicationName);
    SAME_PLACE(application, api_version, VkApplicationInfo, apiVersion);
    SAME_SIZE(instance_create, VkInstanceCreateInfo);
    SAME_PLACE(instance_create, application, VkInstanceCreateInfo, pApplicationInfo);
    SAME_PLACE(instance_create, layer_count, VkInstanceCreateInfo, enabledLayerCount);
    SAME_SIZE(extension, VkExtensionProperties);
    SAME_SIZE(properties, VkPhysicalDeviceProperties);
    SAME_PLACE(properties, vendor, VkPhysicalDeviceProperties, vendorID);
    SAME_PLACE(properties, kind, VkPhysicalDeviceProperties, deviceType);
    SAME_PLACE(properties, name, VkPhysicalDeviceProperties, deviceName);
    SAME_PLACE(properties, limits, VkPhysicalDeviceProperties, limits);
    SAME_PLACE(properties, sparse, VkPhysicalDeviceProperties, sparseProperties);
    SAME_SIZE(properties_2, VkPhysicalDeviceProperties2);
    SAME_PLACE(properties_2, properties, VkPhysicalDeviceProperties2, properties);
    SAME_SIZE(pci_bus, VkPhysicalDevicePCIBusInfoPropertiesEXT);
    SAME_PLACE(pci_bus, domain, VkPhysicalDevicePCIBusInfoPropertiesEXT, pciDomain);
    SAME_PLACE(pci_bus, function, VkPhysicalDevicePCIBusInfoPropertiesEXT, pciFunction);
    SAME_SIZE(memory, VkPhysicalDeviceMemoryProperties);
    SAME_PLACE(memory, heap_count, VkPhysicalDeviceMemoryProperties, memoryHeapCount);
    SAME_PLACE(memory, heaps, VkPhysicalDeviceMemoryProperties, memoryHeaps);
    SAME_SIZE(heap, VkMemoryHeap);
    SAME_SIZE(memory_2, VkPhysicalDeviceMemoryProperties2);
    SAME_PLACE(memory_2, memory, VkPhysicalDeviceMemoryProperties2, memoryProperties);
    SAME_SIZE(memory_budget, BUDGET);
    SAME_PLACE(memory_budget, budget_bytes, BUDGET, heapBudget);
    SAME_PLACE(memory_budget, used_bytes, BUDGET, heapUsage);
    assert_int_equal(LF_VK_APPLICATION, VK_STRUCTURE_TYPE_APPLICATION_INFO);
    assert_int_equal(LF_VK_INSTANCE_CREATE, VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO);
    assert_int_equal(LF_VK_PROPERTIES_2, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2);
    assert_int_equal(LF_VK_MEMORY_2, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2);
    assert_int_equal(LF_VK_PCI_BUS, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PCI_BUS_INFO_PROPERTIES_EXT);
    assert_int_equal(LF_VK_MEMORY_BUDGET,
                     VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT);
    assert_int_equal(LF_VK_VERSION_1_1, VK_API_VERSION_1_1);
    assert_int_equal(LF_VK_INCOMPLETE, VK_INCOMPLETE);
    assert_int_equal(LF_VK_CPU, VK_PHYSICAL_DEVICE_TYPE_CPU);
    assert_int_equal(LF_VK_INTEGRATED, VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU);
    assert_int_equal(LF_VK_HEAP_DEVICE_LOCAL, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT);
    assert_int_equal(LF_VK_MOST_TYPES, VK_MAX_MEMORY_TYPES);
    assert_int_equal(LF_VK_MOST_HEAPS, VK_MAX_MEMORY_HEAPS);
}
#else
static void the_structures_are_those_of_the_real_header(void **state)
{
    (void)state;
    skip();
}
#endif

/* The machine of one GPU whose driver tells nothing, with 64 GiB of RAM. */
static struct lf_accelerator *make_machine(struct box *box, const char *behaviour)
{
    assert_int_equal(setenv("LLMFIT_FAKE_VULKAN", behaviour, 1), 0);
    lf_machine_clear(&box->machine);
    struct lf_accelerator *gpu = lf_machine_add_accelerator(&box->machine);
    gpu->id = "0000:01:00.0";
    gpu->pci_id = "abcd:1234";
    gpu->driver = "abacus";
    box->machine.memory.total_bytes = lf_amount(64 * LF_GIB, LF_MEASURED, NULL);
    box->machine.memory.available_bytes = lf_amount(60 * LF_GIB, LF_MEASURED, NULL);
    box->probe.is_recording = false;
    box->probe.deadline_ms = lf_clock_now_ms() + 300;
    return gpu;
}

static void each_fault_of_a_driver_has_its_diagnostic(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *behaviour;
        enum lf_step_status status;
        const char *code; /* NULL: no diagnostic */
        bool has_gap;
        bool knows_memory;
    } rows[] = {
        {"ok", LF_STEP_OK, NULL, false, true},
        {"old", LF_STEP_OK, NULL, false, true},
        {"twice", LF_STEP_OK, NULL, false, true},
        {"integrated", LF_STEP_OK, NULL, false, true},
        {"elsewhere", LF_STEP_NOTHING, NULL, false, false},
        {"none", LF_STEP_NOTHING, NULL, false, false},
        {"software", LF_STEP_NOTHING, "vulkan-software", false, false},
        {"no-driver", LF_STEP_NOTHING, "vulkan-failed", false, false},
        {"absurd", LF_STEP_NOTHING, "vulkan-absurd", true, false},
        {"crash", LF_STEP_FAILED, "vulkan-crash", true, false},
        {"crash-later", LF_STEP_FAILED, "vulkan-crash", true, false},
        {"hang", LF_STEP_TIMEOUT, "vulkan-hang", true, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct lf_accelerator *gpu = make_machine(box, rows[i].behaviour);
        double start_ms = lf_clock_now_ms();
        enum lf_step_status status = lf_backend_vulkan.run(&box->probe);
        const struct lf_machine *machine = &box->machine;
        const char *first = machine->diagnostic_count == 0 ? "none" : machine->diagnostics[0].code;
        if (lf_clock_now_ms() - start_ms > 500 || status != rows[i].status ||
            strcmp(first, rows[i].code == NULL ? "none" : rows[i].code) != 0 ||
            lf_known(gpu->total_bytes) != rows[i].knows_memory ||
            lf_machine_has_gap(machine, LF_GAP_ACCELERATORS) != rows[i].has_gap ||
            machine->accelerator_count != 1) {
            fail_msg("%s: %s, %s, %.0f ms", rows[i].behaviour, lf_step_status_name(status), first,
                     lf_clock_now_ms() - start_ms);
        }
    }
}

static void a_card_has_the_heaps_of_its_own_without_the_window(void **state)
{
    struct box *box = *state;
    static const char *const behaviours[] = {"ok", "twice"};
    for (size_t i = 0; i < 2; i++) {
        const struct lf_accelerator *gpu = make_machine(box, behaviours[i]);
        assert_int_equal(lf_backend_vulkan.run(&box->probe), LF_STEP_OK);
        assert_int_equal(gpu->memory_kind, LF_MEMORY_DEDICATED);
        assert_measured(gpu->total_bytes, 16384 * LF_MIB);
        assert_measured(gpu->free_bytes, 15000 * LF_MIB);
        assert_string_equal(gpu->name, "Abacus 16G");
    }
}

static void without_a_budget_what_is_free_is_not_known(void **state)
{
    struct box *box = *state;
    const struct lf_accelerator *gpu = make_machine(box, "old");
    lf_backend_vulkan.run(&box->probe);
    assert_measured(gpu->total_bytes, 16384 * LF_MIB);
    assert_false(lf_known(gpu->free_bytes));
}

static void a_gpu_of_the_processor_shares_the_ram(void **state)
{
    struct box *box = *state;
    const struct lf_accelerator *gpu = make_machine(box, "integrated");
    lf_backend_vulkan.run(&box->probe);
    assert_int_equal(gpu->memory_kind, LF_MEMORY_UNIFIED);
    assert_true(gpu->is_integrated);
    assert_int_equal(gpu->total_bytes.value, 64 * LF_GIB);
    assert_int_equal(gpu->free_bytes.value, 60 * LF_GIB);
    assert_measured(gpu->usable_bytes, 32 * LF_GIB);
    gpu = make_machine(box, "integrated");
    box->machine.memory.total_bytes = lf_amount(16 * LF_GIB, LF_MEASURED, NULL);
    lf_backend_vulkan.run(&box->probe);
    assert_measured(gpu->usable_bytes, 16 * LF_GIB);
}

static void it_is_asked_only_where_an_answer_is_lacking(void **state)
{
    struct box *box = *state;
    struct lf_accelerator *gpu = make_machine(box, "crash");
    gpu->total_bytes = lf_amount(LF_GIB, LF_MEASURED, NULL);
    assert_int_equal(lf_backend_vulkan.run(&box->probe), LF_STEP_NOTHING);
    gpu = make_machine(box, "crash");
    gpu->usable_bytes = lf_amount(0, LF_MEASURED, "no driver");
    assert_int_equal(lf_backend_vulkan.run(&box->probe), LF_STEP_NOTHING);
    make_machine(box, "crash");
    box->probe.is_recording = true;
    assert_int_equal(lf_backend_vulkan.run(&box->probe), LF_STEP_NOTHING);
    make_machine(box, "crash");
    box->probe.deadline_ms = lf_clock_now_ms() - 1;
    assert_int_equal(lf_backend_vulkan.run(&box->probe), LF_STEP_TIMEOUT);
    assert_int_equal(box->machine.diagnostic_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_structures_are_those_of_the_real_header),
        BOX_TEST(each_fault_of_a_driver_has_its_diagnostic),
        BOX_TEST(a_card_has_the_heaps_of_its_own_without_the_window),
        BOX_TEST(without_a_budget_what_is_free_is_not_known),
        BOX_TEST(a_gpu_of_the_processor_shares_the_ram),
        BOX_TEST(it_is_asked_only_where_an_answer_is_lacking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
