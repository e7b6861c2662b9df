#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/units.h"
#include "measure/memory.h"

enum { CPUS_MOST = 65536, CACHES_MOST = 8, FILE_BYTES = 4096, LINE_BYTES = 64 };

/* Reads the start of a file of a processor's cache; false when there is no such cache. */
static bool read_line(char line[LINE_BYTES], unsigned cpu, unsigned cache, const char *name)
{
    struct lf_text path = {0};
    struct lf_text content = {0};
    lf_text_format(&path, "/sys/devices/system/cpu/cpu%u/cache/index%u/%s", cpu, cache, name);
    bool is_read = lf_file_read(lf_text_string(&path), FILE_BYTES, &content, NULL) == LF_OK;
    line[0] = '\0';
    strncat(line, lf_text_string(&content), LINE_BYTES - 1);
    line[strcspn(line, "\n")] = '\0';
    lf_text_clear(&content);
    lf_text_clear(&path);
    return is_read;
}

/* The size of a processor's last cache, if it is the first of those that share it. */
static uint64_t read_last(unsigned cpu)
{
    char line[LINE_BYTES];
    uint64_t bytes = 0;
    long last = 0;
    for (unsigned cache = 0; cache < CACHES_MOST && read_line(line, cpu, cache, "level"); cache++) {
        long level = strtol(line, NULL, 10);
        if (level <= last || !read_line(line, cpu, cache, "shared_cpu_list")) {
            continue;
        }
        bool is_first = strtol(line, NULL, 10) == (long)cpu;
        last = level;
        bytes = 0;
        if (is_first && read_line(line, cpu, cache, "size")) {
            lf_size_parse(line, &bytes); /* "32768K" */
        }
    }
    return bytes;
}

uint64_t lf_memory_cache_bytes(void)
{
    uint64_t bytes = 0;
    char line[LINE_BYTES];
    for (unsigned cpu = 0; cpu < CPUS_MOST && read_line(line, cpu, 0, "level"); cpu++) {
        bytes = lf_add(bytes, read_last(cpu));
    }
    return bytes;
}
