/* The processor that runs the tests, as CPUID and as Linux tell it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "box.h"
#include "probe/backends.h"
#include "probe/cpuid.h"

static bool holds(const struct lf_strings *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void cpuid_tells_the_instruction_sets_that_linux_lists(void **state)
{
    struct box *box = *state;
    uint32_t registers[4];
    if (!lf_cpuid_ask(NULL, 1, 0, registers)) {
        skip(); /* not of the x86 family */
    }
    box->probe.root = "";
    assert_int_equal(lf_backend_cpuinfo.run(&box->probe), LF_STEP_OK);
    const struct lf_strings listed = box->machine.cpu.isa;
    const struct lf_strings told =
        lf_cpuid_isa(lf_cpuid_ask, NULL, lf_cpuid_enabled(NULL), &box->machine.arena);
    for (size_t i = 0; i < told.count; i++) {
        if (!holds(&listed, told.items[i])) {
            fail_msg("Linux does not list %s", told.items[i]);
        }
    }
    assert_int_equal(told.count, listed.count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOX_TEST(cpuid_tells_the_instruction_sets_that_linux_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
