#define _XOPEN_SOURCE 700 /* nftw */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "box.h"

int box_set_up(void **state)
{
    struct box *box = calloc(1, sizeof *box);
    if (box == NULL) {
        return -1;
    }
    snprintf(box->root, sizeof box->root, "/tmp/llmfit-test-XXXXXX");
    box->probe = (struct lf_probe){
        .root = box->root,
        .is_recording = true,
        .deadline_ms = lf_clock_now_ms() + 2000,
        .machine = &box->machine,
    };
    *state = box;
    return mkdtemp(box->root) == NULL ? -1 : 0;
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)facts;
    (void)kind;
    (void)place;
    return remove(path);
}

int box_tear_down(void **state)
{
    struct box *box = *state;
    lf_machine_clear(&box->machine);
    int result = nftw(box->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(box);
    return result;
}

/* Writes the full path of a file of the box and makes the folders it lies in. */
static void make_way(const struct box *box, const char *path, char full[BOX_PATH_BYTES])
{
    int length = snprintf(full, BOX_PATH_BYTES, "%s%s", box->root, path);
    assert_in_range(length, 1, BOX_PATH_BYTES - 1);
    char *slash = full + strlen(box->root) + 1;
    while ((slash = strchr(slash, '/')) != NULL) {
        *slash = '\0';
        assert_true(mkdir(full, 0700) == 0 || errno == EEXIST);
        *slash++ = '/';
    }
}

void box_file(const struct box *box, const char *path, const char *content)
{
    char full[BOX_PATH_BYTES];
    make_way(box, path, full);
    FILE *file = fopen(full, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

void box_link(const struct box *box, const char *path, const char *target)
{
    char full[BOX_PATH_BYTES];
    make_way(box, path, full);
    assert_int_equal(symlink(target, full), 0);
}

void box_pipe(const struct box *box, const char *path)
{
    char full[BOX_PATH_BYTES];
    make_way(box, path, full);
    assert_int_equal(mkfifo(full, 0600), 0);
}

void box_pci(const struct box *box, const char *address, const char *class_id, const char *vendor,
             const char *device, const char *driver)
{
    const char *const names[] = {"class", "vendor", "device"};
    const char *const values[] = {class_id, vendor, device};
    char path[BOX_PATH_BYTES];
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/%s", address, names[i]);
        box_file(box, path, values[i]);
    }
    if (driver != NULL) {
        char target[BOX_PATH_BYTES];
        snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/driver", address);
        snprintf(target, sizeof target, "../../../../bus/pci/drivers/%s", driver);
        box_link(box, path, target);
    }
}

const struct lf_diagnostic *box_diagnostic(const struct box *box, const char *code)
{
    for (size_t i = 0; i < box->machine.diagnostic_count; i++) {
        if (strcmp(box->machine.diagnostics[i].code, code) == 0) {
            return &box->machine.diagnostics[i];
        }
    }
    return NULL;
}

void assert_measured(struct lf_amount amount, uint64_t value)
{
    assert_int_equal(amount.origin, LF_MEASURED);
    assert_int_equal(amount.value, value);
}
