/* A made-up machine for one test: a folder with /proc and /sys files, and a probe of it. Include
 * after <cmocka.h>. */
#ifndef LLMFIT_TESTS_BOX_H
#define LLMFIT_TESTS_BOX_H

#include "probe/probe.h"

enum { BOX_PATH_BYTES = 512 };

struct box {
    char root[64];
    struct lf_machine machine;
    struct lf_probe probe; /* of a recording, with two seconds of time */
};

/* cmocka's fixture: *state is a new box, which goes with its folder. */
int box_set_up(void **state);
int box_tear_down(void **state);

/* Makes a file at an absolute path of the box, and the folders it lies in. */
void box_file(const struct box *box, const char *path, const char *content);

void box_link(const struct box *box, const char *path, const char *target);

/* A named pipe, whose reader would wait for ever. */
void box_pipe(const struct box *box, const char *path);

/* A PCI device; driver may be NULL. */
void box_pci(const struct box *box, const char *address, const char *class_id, const char *vendor,
             const char *device, const char *driver);

/* The diagnostic of that code; NULL when there is none. */
const struct lf_diagnostic *box_diagnostic(const struct box *box, const char *code);

void assert_measured(struct lf_amount amount, uint64_t value);

#define BOX_TEST(function) cmocka_unit_test_setup_teardown(function, box_set_up, box_tear_down)

#endif
