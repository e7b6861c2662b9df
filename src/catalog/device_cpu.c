/* Which platform a CPU's name belongs to. */
#include <string.h>

#include "base/text.h"
#include "catalog/device.h"
#include "catalog/letter.h"

enum { CPU_NAME_BYTES = 256 };

/* Copies a name without what stands in parentheses: "Xeon(R)" is "Xeon". */
static void clean(char cleaned[CPU_NAME_BYTES], const char *name)
{
    size_t used = 0;
    unsigned depth = 0;
    for (; *name != '\0' && used < CPU_NAME_BYTES - 1; name++) {
        depth += *name == '(';
        if (depth == 0) {
            cleaned[used++] = *name;
        } else if (*name == ')') {
            depth--;
        }
    }
    cleaned[used] = '\0';
}

/* Whether name starts with the words of the pattern, whole: '#' is a digit, '*' the rest of the
 * word. */
static bool starts_with_words(const char *name, const char *pattern)
{
    while (*pattern != '\0') {
        if (*pattern == '*') {
            while (*name != '\0' && *name != ' ') {
                name++;
            }
            pattern++;
            continue;
        }
        if (*pattern == '#' ? !lf_is_digit(*name) : lf_fold(*pattern) != lf_fold(*name)) {
            return false;
        }
        pattern++;
        name++;
    }
    return *name == '\0' || *name == ' ';
}

/* Whether the pattern's words stand in the name one after the other. */
static bool matches(const char *name, const char *pattern)
{
    for (const char *word = name; word != NULL; word = strchr(word, ' ')) {
        word += strspn(word, " ");
        if (*word != '\0' && starts_with_words(word, pattern)) {
            return true;
        }
    }
    return false;
}

const struct lf_device *lf_device_find_cpu(const struct lf_devices *devices, const char *cpu_name)
{
    char name[CPU_NAME_BYTES];
    clean(name, cpu_name);
    for (size_t i = 0; i < devices->count; i++) {
        const struct lf_device *device = &devices->items[i];
        for (size_t k = 0; k < device->cpu_match.count; k++) {
            if (matches(name, device->cpu_match.items[k])) {
                return device;
            }
        }
    }
    return NULL;
}
