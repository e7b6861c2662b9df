/* The files of data/, built into the program. builtin.cmake writes builtin.c. */
#ifndef LLMFIT_CATALOG_BUILTIN_H
#define LLMFIT_CATALOG_BUILTIN_H

#include <stddef.h>

struct lf_builtin_file {
    const char *name; /* below data/: "models/qwen.json", "devices.json" */
    const unsigned char *bytes;
    size_t size;
};

extern const struct lf_builtin_file lf_builtin_files[]; /* [lf_builtin_file_count] */
extern const size_t lf_builtin_file_count;

#endif
