/* Limits that enclose this process: memory and CPU time of every cgroup up to the root of the
 * hierarchy, v2 and v1 (a machine may use both at once), and those on
 * its own address space and data.
 * /proc/meminfo and hwloc know nothing of them. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "probe/backends.h"
#include "probe/sysfile.h"

/* Limits from here on mean "none": v1 has no word for it but a number near 2^63. */
#define MOST_BYTES (UINT64_C(64) << 40)

enum { PATH_BYTES = 1024, LINE_BYTES = 4096, MOST_LEVELS = 64, TABLE_BYTES = 1024 * 1024 };

/* What one hierarchy calls its files. */
struct hierarchy {
    const char *controller; /* in /proc/self/cgroup and among the mount's options; NULL: v2 */
    const char *usual_mount;
    const char *limit_files[2]; /* NULL: only one */
    const char *usage_file;
    const char *reclaimable_key; /* in memory.stat: page cache that gives way */
    const char *inherited_key;   /* in memory.stat: least limit of all around; NULL: not told */
    const char *quota_file;
    const char *period_file; /* NULL: behind the quota, in the same file */
};

static const struct hierarchy hierarchies[] = {
    {
        .usual_mount = "/sys/fs/cgroup",
        .limit_files = {"memory.max", "memory.high"},
        .usage_file = "memory.current",
        .reclaimable_key = "inactive_file ",
        .quota_file = "cpu.max",
    },
    {
        .controller = "memory",
        .usual_mount = "/sys/fs/cgroup/memory",
        .limit_files = {"memory.limit_in_bytes"},
        .usage_file = "memory.usage_in_bytes",
        .reclaimable_key = "total_inactive_file ",
        .inherited_key = "hierarchical_memory_limit ",
    },
    {
        .controller = "cpu",
        .usual_mount = "/sys/fs/cgroup/cpu",
        .quota_file = "cpu.cfs_quota_us",
        .period_file = "cpu.cfs_period_us",
    },
};

/* Takes the next line off *rest; what is beyond LINE_BYTES is cut. A search for a word then ends
 * with the line, and reading a table stays linear. */
static bool take_line(const char **rest, char line[LINE_BYTES])
{
    if (**rest == '\0') {
        return false;
    }
    size_t length = strcspn(*rest, "\n");
    size_t kept = length < LINE_BYTES ? length : LINE_BYTES - 1;
    memcpy(line, *rest, kept);
    line[kept] = '\0';
    *rest += length;
    *rest += **rest == '\n';
    return true;
}

/* Whether list, separated by commas and ended by `end` or the line, holds the word. */
static bool has_item(const char *list, char end, const char *word)
{
    const char stops[] = {',', end, '\0'};
    size_t length = strlen(word);
    for (;;) {
        size_t span = strcspn(list, stops);
        if (span == length && memcmp(list, word, length) == 0) {
            return true;
        }
        list += span;
        if (*list != ',') {
            return false;
        }
        list++;
    }
}

/* Moves past `count` blank-separated words. */
static const char *skip_words(const char *line, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        line += strcspn(line, " ");
        line += *line == ' ';
    }
    return line;
}

/* Copies text up to a stop or its end; \040 and its like, which stand for blanks in paths, are
 * decoded. Returns false when it does not fit. */
static bool copy_path(char path[PATH_BYTES], const char *text, char stop)
{
    size_t length = 0;
    while (*text != stop && *text != '\0' && length + 1 < PATH_BYTES) {
        const char *digits = text + 1;
        if (*text == '\\' && strspn(digits, "01234567") >= 3) {
            path[length++] =
                (char)((digits[0] - '0') * 64 + (digits[1] - '0') * 8 + digits[2] - '0');
            text += 4;
        } else {
            path[length++] = *text++;
        }
    }
    path[length] = '\0';
    return *text == stop || *text == '\0';
}

/* Where this process is, from lines of /proc/self/cgroup such as "0::/user.slice" (v2) and
 * "4:memory:/docker/1f". */
static bool find_group(const char *table, const struct hierarchy *hierarchy, char path[PATH_BYTES])
{
    char line[LINE_BYTES];
    while (take_line(&table, line)) {
        const char *list = strchr(line, ':');
        const char *place = list == NULL ? NULL : strchr(list + 1, ':');
        if (place == NULL) {
            continue;
        }
        bool is_it = hierarchy->controller == NULL ? lf_text_starts_with(line, "0::")
                                                   : has_item(list + 1, ':', hierarchy->controller);
        if (is_it) {
            return copy_path(path, place + 1, '\0');
        }
    }
    return false;
}

/* Where the hierarchy is mounted, and which part of it, from /proc/self/mountinfo:
 * "35 31 0:32 /part /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory". */
static bool find_mount(const char *table, const struct hierarchy *hierarchy, char part[PATH_BYTES],
                       char mount[PATH_BYTES])
{
    char line[LINE_BYTES];
    const char *type = hierarchy->controller == NULL ? "cgroup2" : "cgroup";
    while (take_line(&table, line)) {
        const char *dash = strstr(line, " - ");
        if (dash != NULL && has_item(dash + 3, ' ', type) &&
            (hierarchy->controller == NULL ||
             has_item(skip_words(dash + 3, 2), ' ', hierarchy->controller))) {
            return copy_path(part, skip_words(line, 3), ' ') &&
                   copy_path(mount, skip_words(line, 4), ' ');
        }
    }
    return false;
}

static uint64_t find_number(const char *text, const char *key, uint64_t otherwise)
{
    const char *value = key == NULL ? NULL : lf_sys_find(text, key);
    uint64_t number = otherwise;
    lf_sys_parse(value == NULL ? "" : value, 10, &number, NULL);
    return number;
}

/* Takes a limit into account: the least counts, and so does what is least below one. */
static void lower(struct lf_probe *probe, uint64_t limit, uint64_t used, const char *folder,
                  const char *file)
{
    if (limit >= MOST_BYTES) {
        return;
    }
    struct lf_memory *memory = &probe->machine->memory;
    const char *source = lf_arena_format(&probe->machine->arena, "%s/%s", folder, file);
    memory->limit_bytes =
        lf_amount_least(memory->limit_bytes, lf_amount(limit, LF_MEASURED, source));
    memory->available_bytes = lf_amount_least(memory->available_bytes,
                                              lf_amount(lf_sub(limit, used), LF_MEASURED, source));
}

static void read_memory(struct lf_probe *probe, const struct hierarchy *hierarchy,
                        const char *folder)
{
    char stat[LF_SYS_PAGE_BYTES];
    uint64_t used = 0;
    lf_sys_read(probe, stat, sizeof stat, "%s/memory.stat", folder);
    lf_sys_number(probe, &used, "%s/%s", folder, hierarchy->usage_file);
    used = lf_sub(used, find_number(stat, hierarchy->reclaimable_key, 0));
    for (size_t i = 0; i < 2 && hierarchy->limit_files[i] != NULL; i++) {
        uint64_t limit = 0;
        /* "max" is no number. */
        if (lf_sys_number(probe, &limit, "%s/%s", folder, hierarchy->limit_files[i])) {
            lower(probe, limit, used, folder, hierarchy->limit_files[i]);
        }
    }
    /* A container does not see the groups around it, but v1 tells their limit. */
    lower(probe, find_number(stat, hierarchy->inherited_key, UINT64_MAX), used, folder,
          "memory.stat");
}

/* The quota is "250000 100000" or "max 100000" in one file (v2), or two files, the first of them
 * -1 for none (v1): microseconds of CPU time in each period. */
static void read_quota(struct lf_probe *probe, const struct hierarchy *hierarchy,
                       const char *folder)
{
    char text[64];
    const char *rest = NULL;
    uint64_t quota = 0;
    uint64_t period = 0;
    if (!lf_sys_read(probe, text, sizeof text, "%s/%s", folder, hierarchy->quota_file) ||
        !lf_sys_parse(text, 10, &quota, &rest)) {
        return;
    }
    bool knows_period =
        hierarchy->period_file == NULL
            ? lf_sys_parse(rest, 10, &period, NULL)
            : lf_sys_number(probe, &period, "%s/%s", folder, hierarchy->period_file);
    if (!knows_period || period == 0 || quota == 0) {
        return;
    }
    uint64_t millis = lf_mul(quota, 1000) / period;
    if (millis > LF_THREADS_MOST * UINT64_C(1000)) {
        return;
    }
    struct lf_cpu *cpu = &probe->machine->cpu;
    const char *source =
        lf_arena_format(&probe->machine->arena, "%s/%s", folder, hierarchy->quota_file);
    cpu->quota_millis = lf_amount_least(cpu->quota_millis,
                                        lf_amount(millis == 0 ? 1 : millis, LF_MEASURED, source));
}

/* Reads the group of this process and every one around it, up to the mount. */
static void climb(struct lf_probe *probe, const struct hierarchy *hierarchy, const char *mount,
                  const char *group)
{
    char folder[2 * PATH_BYTES];
    snprintf(folder, sizeof folder, "%s%s", mount, strcmp(group, "/") == 0 ? "" : group);
    for (unsigned level = 0; level < MOST_LEVELS; level++) {
        if (hierarchy->usage_file != NULL) {
            read_memory(probe, hierarchy, folder);
        }
        if (hierarchy->quota_file != NULL) {
            read_quota(probe, hierarchy, folder);
        }
        char *slash = strrchr(folder, '/');
        if (slash == NULL || strlen(folder) <= strlen(mount)) {
            return;
        }
        *slash = '\0';
    }
}

/* A container without a cgroup namespace sees its own part of the hierarchy mounted, but its path
 * from the host's root; a process outside of its namespace's root sees "/..". */
static const char *make_relative(const char *group, const char *part)
{
    size_t length = strlen(part);
    if (strcmp(part, "/") != 0 && strncmp(group, part, length) == 0 &&
        (group[length] == '/' || group[length] == '\0')) {
        group += length;
    }
    return group[0] != '/' || strstr(group, "/..") != NULL ? "/" : group;
}

/* Limits of the process itself, from lines such as
 * "Max address space         8589934592           unlimited            bytes". */
static void read_own_limits(struct lf_probe *probe)
{
    static const struct {
        const char *key;
        const char *source;
    } rows[] = {
        {"Max address space ", "address space (ulimit -v)"},
        {"Max data size ", "data (ulimit -d)"},
    };
    char text[LF_SYS_PAGE_BYTES];
    lf_sys_read(probe, text, sizeof text, "/proc/self/limits");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        /* "unlimited" is no number. */
        uint64_t limit = find_number(text, rows[i].key, UINT64_MAX);
        struct lf_memory *memory = &probe->machine->memory;
        if (limit < MOST_BYTES) {
            memory->limit_bytes =
                lf_amount_least(memory->limit_bytes, lf_amount(limit, LF_MEASURED, rows[i].source));
        }
    }
}

static enum lf_step_status run(struct lf_probe *probe)
{
    struct lf_text groups = {0};
    struct lf_text mounts = {0};
    lf_sys_text(probe, &groups, TABLE_BYTES, "/proc/self/cgroup");
    lf_sys_text(probe, &mounts, TABLE_BYTES, "/proc/self/mountinfo");
    for (size_t i = 0; i < sizeof hierarchies / sizeof hierarchies[0]; i++) {
        char group[PATH_BYTES];
        char part[PATH_BYTES] = "/";
        char mount[PATH_BYTES];
        if (!find_mount(lf_text_string(&mounts), &hierarchies[i], part, mount)) {
            snprintf(mount, sizeof mount, "%s", hierarchies[i].usual_mount);
        }
        bool knows_group = find_group(lf_text_string(&groups), &hierarchies[i], group);
        climb(probe, &hierarchies[i], mount, knows_group ? make_relative(group, part) : "/");
    }
    lf_text_clear(&groups);
    lf_text_clear(&mounts);
    read_own_limits(probe);
    const struct lf_machine *machine = probe->machine;
    bool found = lf_known(machine->memory.limit_bytes) || lf_known(machine->cpu.quota_millis);
    return found ? LF_STEP_OK : LF_STEP_NOTHING;
}

const struct lf_backend lf_backend_cgroup = {
    .name = "cgroup",
    .source = "/sys/fs/cgroup",
    .run = run,
};
