/* Runs a fuzz target once on each file of the folders and files named, without libFuzzer. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "fuzz.h"

enum { INPUT_BYTES_MOST = 16 * 1024 * 1024, PATH_BYTES = 1024 };

static int run_file(const char *path)
{
    struct lf_text input = {0};
    struct lf_error err = {0};
    if (lf_file_read(path, INPUT_BYTES_MOST, &input, &err) != LF_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    printf("%s\n", path);
    fflush(stdout);
    int result = LLVMFuzzerTestOneInput((const uint8_t *)lf_text_string(&input), input.length);
    lf_text_clear(&input);
    return result;
}

static int run_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL && errno == ENOTDIR) {
        return run_file(path);
    }
    if (folder == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    int result = 0;
    const struct dirent *entry = NULL;
    while ((entry = readdir(folder)) != NULL) {
        char name[PATH_BYTES];
        if (entry->d_name[0] != '.' &&
            snprintf(name, sizeof name, "%s/%s", path, entry->d_name) < (int)sizeof name) {
            result |= run_file(name);
        }
    }
    closedir(folder);
    return result;
}

int main(int count, char **paths)
{
    int result = count < 2;
    for (int i = 1; i < count; i++) {
        result |= run_folder(paths[i]);
    }
    return result;
}
