/* A recorded machine, told as in the files NAME.machine (the directives file, value, link and pci):
 * whatever stands in its files, no figure is absurd and no text would move a terminal. */
#define _XOPEN_SOURCE 700 /* mkdtemp, nftw */

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "fuzz.h"
#include "probe/probe.h"

enum { PATH_BYTES = 512, LINES_MOST = 2000, TIMEOUT_MS = 100 };

/* What a line says: a word of the directive, a path and the rest. Cut in place. */
struct line {
    const char *directive;
    char *path;
    char *rest;
};

static struct line split(char *text)
{
    struct line line = {.directive = text, .path = "", .rest = ""};
    char *space = strchr(text, ' ');
    if (space != NULL) {
        *space = '\0';
        line.path = space + 1;
        space = strchr(line.path, ' ');
        if (space != NULL) {
            *space = '\0';
            line.rest = space + 1;
        }
    }
    return line;
}

/* Writes the place of a path below the root and makes the folders it lies in; false for a path that
 * leads out, also by a link that the recording made. */
static bool make_way(const char *root, const char *path, char place[PATH_BYTES])
{
    struct stat facts;
    if (path[0] == '/' || path[0] == '\0' || strstr(path, "..") != NULL ||
        snprintf(place, PATH_BYTES, "%s/%s", root, path) >= PATH_BYTES) {
        return false;
    }
    char *slash = place + strlen(root) + 1;
    while ((slash = strchr(slash, '/')) != NULL) {
        *slash = '\0';
        bool is_folder = (mkdir(place, 0700) == 0 || errno == EEXIST) &&
                         lstat(place, &facts) == 0 && S_ISDIR(facts.st_mode);
        *slash++ = '/';
        if (!is_folder) {
            return false;
        }
    }
    return true;
}

static void write_file(const char *root, const char *path, const char *content, bool is_more)
{
    char place[PATH_BYTES];
    if (make_way(root, path, place)) {
        int handle =
            open(place, O_WRONLY | O_CREAT | O_NOFOLLOW | (is_more ? O_APPEND : O_TRUNC), 0600);
        if (handle >= 0) {
            (void)!write(handle, content, strlen(content));
            (void)!write(handle, "\n", 1);
            close(handle);
        }
    }
}

static void make_link(const char *root, const char *path, const char *target)
{
    char place[PATH_BYTES];
    if (make_way(root, path, place)) {
        (void)!symlink(target, place);
    }
}

/* "class=0x030000 vendor=0x10de ..." */
static void make_device(const char *root, const char *address, char *settings)
{
    char path[PATH_BYTES];
    for (char *word = settings; word != NULL && *word != '\0';) {
        char *next = strchr(word, ' ');
        if (next != NULL) {
            *next++ = '\0';
        }
        char *value = strchr(word, '=');
        if (value != NULL) {
            *value++ = '\0';
            snprintf(path, sizeof path, "sys/bus/pci/devices/%s/%s", address, word);
            if (strcmp(word, "driver") == 0) {
                make_link(root, path, value);
            } else {
                write_file(root, path, value, false);
            }
        }
        word = next;
    }
}

static void lay_out(const char *root, char *text)
{
    const char *file = NULL;
    for (int i = 0; text != NULL && i < LINES_MOST; i++) {
        char *next = strchr(text, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        if (file != NULL && strncmp(text, "    ", 4) == 0) {
            write_file(root, file, text + 4, true);
        } else {
            struct line line = split(text);
            file = strcmp(line.directive, "file") == 0 ? line.path : NULL;
            if (strcmp(line.directive, "value") == 0) {
                write_file(root, line.path, line.rest, false);
            } else if (strcmp(line.directive, "link") == 0) {
                make_link(root, line.path, line.rest);
            } else if (strcmp(line.directive, "pci") == 0) {
                make_device(root, line.path, line.rest);
            }
        }
        text = next;
    }
}

static void check_amount(struct lf_amount amount)
{
    if (lf_known_or(amount, 0) > UINT64_C(128) << 40) {
        abort();
    }
}

static void check_text(const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        if (*text < ' ' || *text > '~') {
            abort();
        }
    }
}

static void check(const struct lf_machine *machine)
{
    check_amount(machine->memory.total_bytes);
    check_amount(machine->memory.available_bytes);
    check_amount(machine->memory.usable_bytes);
    check_text(machine->board);
    check_text(machine->cpu.name);
    for (size_t i = 0; i < machine->accelerator_count; i++) {
        const struct lf_accelerator *accelerator = &machine->accelerators[i];
        check_amount(accelerator->total_bytes);
        check_amount(accelerator->free_bytes);
        check_amount(accelerator->usable_bytes);
        check_text(accelerator->id);
        check_text(accelerator->name);
        check_text(accelerator->driver);
    }
    for (size_t i = 0; i < machine->diagnostic_count; i++) {
        check_text(machine->diagnostics[i].text);
    }
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)facts;
    (void)kind;
    (void)place;
    return remove(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char root[] = "/tmp/llmfit-fuzz-XXXXXX";
    if (mkdtemp(root) == NULL) {
        abort();
    }
    struct lf_text text = {0};
    lf_text_add(&text, (const char *)data, size);
    if (size > 0) {
        lay_out(root, text.bytes);
    }
    lf_text_clear(&text);
    static struct lf_machine machine;
    lf_machine_probe(&machine, &(struct lf_probe_options){.root = root, .timeout_ms = TIMEOUT_MS});
    check(&machine);
    lf_machine_clear(&machine);
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
