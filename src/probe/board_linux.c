/* What the whole machine is called: by its firmware (DMI), else by its device tree. Serial numbers
 * and the like stand beside it and are left alone. */
#include <string.h>

#include "base/text.h"
#include "probe/backends.h"
#include "probe/sysfile.h"

static const char source[] = "/sys/class/dmi/id";

/* A home-made computer has no name of its own, but a mainboard has. */
static const char *const attributes[] = {"product_name", "board_name"};

/* What firmware says when nobody filled it in. */
static const char *const blanks[] = {"System Product Name", "To Be Filled",   "Default string",
                                     "Not Specified",       "Not Applicable", "O.E.M."};

static bool is_blank(const char *name)
{
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++) {
        if (lf_text_contains_nocase(name, blanks[i])) {
            return true;
        }
    }
    return false;
}

static enum lf_step_status run(struct lf_probe *probe)
{
    struct lf_machine *machine = probe->machine;
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        const char *name = lf_sys_word(probe, "%s/%s", source, attributes[i]);
        if (name != NULL && !is_blank(name)) {
            machine->board = name;
            return LF_STEP_OK;
        }
    }
    machine->board = lf_sys_word(probe, "/proc/device-tree/model");
    return machine->board == NULL ? LF_STEP_NOTHING : LF_STEP_OK;
}

const struct lf_backend lf_backend_board = {.name = "board", .source = source, .run = run};
