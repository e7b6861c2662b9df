#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

void folder_make(struct folder *folder)
{
    *folder = (struct folder){.path = "/tmp/llmfit-catalog-XXXXXX"};
    assert_non_null(mkdtemp(folder->path));
}

void folder_write(struct folder *folder, const char *name, const char *text)
{
    char models[80];
    snprintf(models, sizeof models, "%s/models", folder->path);
    mkdir(models, 0700);
    assert_true(folder->count < FOLDER_FILES_MOST);
    char path[FOLDER_PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    memcpy(folder->files[folder->count++], path, sizeof path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

void folder_remove(struct folder *folder)
{
    char models[80];
    snprintf(models, sizeof models, "%s/models", folder->path);
    for (size_t i = 0; i < folder->count; i++) {
        unlink(folder->files[i]);
    }
    rmdir(models);
    rmdir(folder->path);
}
