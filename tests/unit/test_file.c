#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

/* A folder of its own with a FIFO, a file of 10 bytes and an empty one. */
struct folder {
    char path[64];
    char fifo[96];
    char ten[96];
    char empty[96];
};

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);
    if (folder == NULL) {
        return -1;
    }
    *state = folder;
    snprintf(folder->path, sizeof folder->path, "/tmp/llmfit-file-XXXXXX");
    if (mkdtemp(folder->path) == NULL) {
        return -1;
    }
    snprintf(folder->fifo, sizeof folder->fifo, "%s/fifo", folder->path);
    snprintf(folder->ten, sizeof folder->ten, "%s/ten", folder->path);
    snprintf(folder->empty, sizeof folder->empty, "%s/empty", folder->path);
    write_file(folder->ten, "0123456789");
    write_file(folder->empty, "");
    return mkfifo(folder->fifo, 0600);
}

static int remove_folder(void **state)
{
    struct folder *folder = *state;
    unlink(folder->fifo);
    unlink(folder->ten);
    unlink(folder->empty);
    int result = rmdir(folder->path);
    free(folder);
    return result;
}

static void a_file_is_added_as_a_whole(void **state)
{
    const struct folder *folder = *state;
    struct lf_text text = {0};
    assert_int_equal(lf_file_read(folder->empty, 100, &text, NULL), LF_OK);
    assert_string_equal(lf_text_string(&text), "");
    assert_int_equal(lf_file_read(folder->ten, 100, &text, NULL), LF_OK);
    assert_int_equal(lf_file_read(folder->ten, 100, &text, NULL), LF_OK);
    assert_string_equal(lf_text_string(&text), "01234567890123456789");
    lf_text_clear(&text);
}

static void the_limit_is_the_last_byte_that_is_taken(void **state)
{
    const struct folder *folder = *state;
    struct lf_text text = {0};
    struct lf_error err = {0};
    char words[200];
    assert_int_equal(lf_file_read(folder->ten, 10, &text, &err), LF_OK);
    assert_int_equal(lf_file_read(folder->ten, 9, &text, &err), LF_BAD_INPUT);
    snprintf(words, sizeof words, "%s: is larger than 9 bytes", folder->ten);
    assert_string_equal(err.text, words);
    assert_string_equal(err.file, folder->ten);
    lf_text_clear(&text);
}

static void a_pipe_without_a_writer_is_empty_at_once(void **state)
{
    struct folder *folder = *state;
    struct lf_text content = {0};
    assert_int_equal(lf_file_read(folder->fifo, 1024, &content, NULL), LF_OK);
    assert_int_equal(content.length, 0);
    lf_text_clear(&content);
}

static void folders_and_devices_are_refused(void **state)
{
    const struct folder *folder = *state;
    const char *const paths[] = {folder->path, "/dev/zero"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct lf_text text = {0};
        struct lf_error err = {0};
        assert_int_equal(lf_file_read(paths[i], 100, &text, &err), LF_BAD_INPUT);
        assert_non_null(strstr(err.text, ": is not a regular file"));
        lf_text_clear(&text);
    }
}

static void a_pipe_without_a_writer_is_empty(void **state)
{
    const struct folder *folder = *state;
    struct lf_text text = {0};
    alarm(5); /* opening must not wait for one */
    assert_int_equal(lf_file_read(folder->fifo, 100, &text, NULL), LF_OK);
    alarm(0);
    assert_string_equal(lf_text_string(&text), "");
    lf_text_clear(&text);
}

static void a_pipe_is_read_to_its_end_however_slow(void **state)
{
    const struct folder *folder = *state;
    const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
    struct lf_text text = {0};
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int handle = open(folder->fifo, O_RDWR); /* does not wait for a reader */
        ssize_t sent = write(handle, "abc", 3) + write(ready[1], "!", 1);
        nanosleep(&pause, NULL);
        sent += write(handle, "def", 3);
        nanosleep(&pause, NULL);
        _exit(sent == 7 ? 0 : 1);
    }
    char byte = 0;
    int status = 0;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(lf_file_read(folder->fifo, 100, &text, NULL), LF_OK);
    assert_string_equal(lf_text_string(&text), "abcdef");
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(ready[0]);
    close(ready[1]);
    lf_text_clear(&text);
}

static void a_missing_file_is_named(void **state)
{
    const struct folder *folder = *state;
    struct lf_text text = {0};
    struct lf_error err = {0};
    char path[128];
    char words[200];
    snprintf(path, sizeof path, "%s/missing", folder->path);
    snprintf(words, sizeof words, "%s: No such file or directory", path);
    assert_int_equal(lf_file_read(path, 100, &text, &err), LF_BAD_INPUT);
    assert_string_equal(err.text, words);
    lf_text_clear(&text);
}

static void a_file_of_proc_has_content_without_a_size(void **state)
{
    (void)state;
    struct lf_text text = {0};
    struct lf_error err = {0};
    if (access("/proc/meminfo", R_OK) != 0) {
        skip();
    }
    assert_int_equal(lf_file_read("/proc/meminfo", 1 << 20, &text, &err), LF_OK);
    assert_non_null(strstr(lf_text_string(&text), "MemTotal:"));
    lf_text_clear(&text);
}

static void a_dash_is_standard_input(void **state)
{
    const struct folder *folder = *state;
    struct lf_text text = {0};
    assert_non_null(freopen(folder->ten, "r", stdin));
    assert_int_equal(lf_file_read("-", 100, &text, NULL), LF_OK);
    assert_string_equal(lf_text_string(&text), "0123456789");
    lf_text_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_added_as_a_whole),
        cmocka_unit_test(the_limit_is_the_last_byte_that_is_taken),
        cmocka_unit_test(a_pipe_without_a_writer_is_empty_at_once),
        cmocka_unit_test(folders_and_devices_are_refused),
        cmocka_unit_test(a_pipe_without_a_writer_is_empty),
        cmocka_unit_test(a_pipe_is_read_to_its_end_however_slow),
        cmocka_unit_test(a_missing_file_is_named),
        cmocka_unit_test(a_file_of_proc_has_content_without_a_size),
        cmocka_unit_test(a_dash_is_standard_input),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
