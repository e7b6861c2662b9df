#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/store.h"

enum { LIMIT_BYTES = 1024, PATH_BYTES = 160, LONG_BYTES = 256 * 1024 };

/* A folder of its own; the cache is a folder below it that is not there yet. */
struct place {
    char top[64];
    char cache[PATH_BYTES];
    char file[PATH_BYTES]; /* in the cache */
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    if (place == NULL) {
        return -1;
    }
    *state = place;
    snprintf(place->top, sizeof place->top, "/tmp/llmfit-store-XXXXXX");
    if (mkdtemp(place->top) == NULL) {
        return -1;
    }
    snprintf(place->cache, sizeof place->cache, "%s/a/b", place->top);
    snprintf(place->file, sizeof place->file, "%s/a/b/kept", place->top);
    return setenv("LLMFIT_CACHE_DIR", place->cache, 1);
}

/* Removes a folder with what it holds, two levels deep. */
static void remove_folder(const char *path, unsigned depth)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    while (folder != NULL && depth > 0 && (entry = readdir(folder)) != NULL) {
        char below[PATH_BYTES];
        if (entry->d_name[0] != '.') {
            snprintf(below, sizeof below, "%s/%.60s", path, entry->d_name);
            if (unlink(below) != 0) {
                remove_folder(below, depth - 1);
            }
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    rmdir(path);
}

static int remove_place(void **state)
{
    struct place *place = *state;
    remove_folder(place->top, 3);
    free(place);
    return 0;
}

static unsigned files_in(const char *path)
{
    unsigned count = 0;
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        count += entry->d_name[0] != '.';
    }
    closedir(folder);
    return count;
}

static void replace_with(const char *words)
{
    struct lf_error err = {0};
    enum lf_status status = lf_store_replace(LF_STORE_CACHE, "kept", words, strlen(words), &err);
    assert_string_equal(err.text, "");
    assert_int_equal(status, LF_OK);
}

static void assert_kept(const char *words)
{
    struct lf_text text = {0};
    struct lf_error err = {0};
    enum lf_status status = lf_store_read(LF_STORE_CACHE, "kept", LIMIT_BYTES, &text, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(status, LF_OK);
    assert_string_equal(lf_text_string(&text), words);
    lf_text_clear(&text);
}

static void assert_not_written(const char *words)
{
    struct lf_error err = {0};
    assert_int_equal(lf_store_replace(LF_STORE_CACHE, "kept", "new", 3, &err), LF_OUTPUT);
    assert_string_equal(err.text, words);
}

static void assert_not_read(const char *words)
{
    struct lf_text text = {0};
    struct lf_error err = {0};
    assert_int_equal(lf_store_read(LF_STORE_CACHE, "kept", LIMIT_BYTES, &text, &err), LF_BAD_INPUT);
    assert_string_equal(err.text, words);
    assert_string_equal(lf_text_string(&text), "");
    lf_text_clear(&text);
}

static void what_was_written_last_is_read(void **state)
{
    const struct place *place = *state;
    assert_kept("");
    replace_with("one");
    assert_kept("one");
    replace_with("another");
    assert_kept("another");
    assert_int_equal(files_in(place->cache), 1);
}

static void folders_and_files_are_the_users_alone(void **state)
{
    const struct place *place = *state;
    struct stat facts;
    mode_t old = umask(0);
    replace_with("mine");
    umask(old);
    assert_int_equal(stat(place->cache, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0700);
    assert_int_equal(stat(place->file, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
}

static void reading_makes_no_folder(void **state)
{
    const struct place *place = *state;
    assert_kept("");
    assert_int_equal(files_in(place->top), 0);
}

static void a_file_that_is_too_large_is_refused(void **state)
{
    const struct place *place = *state;
    char text[LIMIT_BYTES + 2] = {0};
    char words[PATH_BYTES + 40];
    memset(text, 'x', LIMIT_BYTES + 1);
    replace_with(text);
    snprintf(words, sizeof words, "%s: is larger than 1024 bytes", place->file);
    assert_not_read(words);
}

/* Writes a text that the limit on the size of files cuts off in the middle. Returns what became of
 * the process that did. */
static int write_and_be_cut_off(void (*on_limit)(int))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        static const char text[LONG_BYTES];
        const struct rlimit limit = {.rlim_cur = LONG_BYTES / 2, .rlim_max = LONG_BYTES / 2};
        const struct rlimit no_core = {0};
        setrlimit(RLIMIT_CORE, &no_core);
        setrlimit(RLIMIT_FSIZE, &limit);
        signal(SIGXFSZ, on_limit);
        _exit((int)lf_store_replace(LF_STORE_CACHE, "kept", text, sizeof text, NULL));
    }
    int outcome = 0;
    assert_int_equal(waitpid(child, &outcome, 0), child);
    return outcome;
}

static void a_writer_that_dies_leaves_the_old_file(void **state)
{
    const struct place *place = *state;
    replace_with("old");
    int outcome = write_and_be_cut_off(SIG_DFL);
    assert_true(WIFSIGNALED(outcome));
    assert_int_equal(WTERMSIG(outcome), SIGXFSZ);
    assert_int_equal(files_in(place->cache), 2); /* it did begin */
    assert_kept("old");
    replace_with("new");
    assert_kept("new");
}

static void a_write_that_fails_leaves_the_old_file_alone(void **state)
{
    const struct place *place = *state;
    replace_with("old");
    int outcome = write_and_be_cut_off(SIG_IGN);
    assert_true(WIFEXITED(outcome));
    assert_int_equal(WEXITSTATUS(outcome), LF_OUTPUT);
    assert_int_equal(files_in(place->cache), 1);
    assert_kept("old");
}

static void a_folder_that_cannot_be_made_is_said(void **state)
{
    const struct place *place = *state;
    char words[PATH_BYTES + 40];
    char parent[PATH_BYTES];
    snprintf(parent, sizeof parent, "%s/a", place->top);
    FILE *file = fopen(parent, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    snprintf(words, sizeof words, "%s: Not a directory", place->cache);
    assert_not_written(words);
    setenv("LLMFIT_CACHE_DIR", parent, 1);
    snprintf(words, sizeof words, "%s: is not a folder", parent);
    assert_not_written(words);
    assert_not_read(words);
}

static void the_folder_of_another_user_is_not_used(void **state)
{
    const struct place *place = *state;
    const char *folder = "/usr";
    if (geteuid() == 0) {
        replace_with("old");
        assert_int_equal(chown(place->cache, 12345, 12345), 0);
        folder = place->cache;
    }
    char words[PATH_BYTES + 40];
    setenv("LLMFIT_CACHE_DIR", folder, 1);
    snprintf(words, sizeof words, "%s: belongs to another user", folder);
    assert_not_written(words);
    assert_not_read(words);
}

static void a_link_is_not_followed(void **state)
{
    const struct place *place = *state;
    char words[PATH_BYTES + 40];
    char other[PATH_BYTES];
    replace_with("old");
    snprintf(other, sizeof other, "%s/other", place->top);
    assert_int_equal(rename(place->file, other), 0);
    assert_int_equal(symlink(other, place->file), 0);
    snprintf(words, sizeof words, "%s: Too many levels of symbolic links", place->file);
    assert_not_read(words);
    replace_with("new");
    assert_kept("new");
    assert_int_equal(unlink(place->file), 0);
    assert_int_equal(rename(other, place->file), 0);
    assert_kept("old");

    snprintf(other, sizeof other, "%s/link", place->top);
    assert_int_equal(symlink(place->cache, other), 0);
    setenv("LLMFIT_CACHE_DIR", other, 1);
    snprintf(words, sizeof words, "%s: is a link", other);
    assert_not_written(words);
    assert_not_read(words);
}

static void the_environment_names_the_folders(void **state)
{
    (void)state;
    const struct {
        enum lf_store store;
        const char *own;
        const char *xdg;
        const char *home;
        const char *path; /* or what is wrong */
    } rows[] = {
        {LF_STORE_CACHE, "/own", "/xdg", "/home/u", "/own/x"},
        {LF_STORE_CACHE, NULL, "/xdg", "/home/u", "/xdg/llmfit/x"},
        {LF_STORE_CACHE, "", "", "/home/u", "/home/u/.cache/llmfit/x"},
        {LF_STORE_CACHE, NULL, "xdg", "/home/u", "/home/u/.cache/llmfit/x"},
        {LF_STORE_CACHE, NULL, NULL, "u",
         "there is no folder to keep a file in: nothing is set of LLMFIT_CACHE_DIR, "
         "XDG_CACHE_HOME, HOME"},
        {LF_STORE_CACHE, "own", "/xdg", "/home/u", "LLMFIT_CACHE_DIR: own is no absolute path"},
        {LF_STORE_DATA, "/own", "/xdg", "/home/u", "/own/x"},
        {LF_STORE_DATA, NULL, "/xdg", "/home/u", "/xdg/llmfit/x"},
        {LF_STORE_DATA, NULL, NULL, "/home/u", "/home/u/.local/share/llmfit/x"},
        {LF_STORE_DATA, NULL, NULL, NULL,
         "there is no folder to keep a file in: nothing is set of LLMFIT_DATA_DIR, "
         "XDG_DATA_HOME, HOME"},
    };
    static const char *const names[][3] = {
        [LF_STORE_CACHE] = {"LLMFIT_CACHE_DIR", "XDG_CACHE_HOME", "HOME"},
        [LF_STORE_DATA] = {"LLMFIT_DATA_DIR", "XDG_DATA_HOME", "HOME"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *const values[] = {rows[i].own, rows[i].xdg, rows[i].home};
        for (size_t j = 0; j < 3; j++) {
            const char *name = names[rows[i].store][j];
            assert_int_equal(values[j] == NULL ? unsetenv(name) : setenv(name, values[j], 1), 0);
        }
        struct lf_text path = {0};
        struct lf_error err = {0};
        enum lf_status status = lf_store_path(rows[i].store, "x", &path, &err);
        assert_string_equal(status == LF_OK ? lf_text_string(&path) : err.text, rows[i].path);
        assert_int_equal(status, rows[i].path[0] == '/' ? LF_OK : LF_OUTPUT);
        lf_text_clear(&path);
    }
}

static void without_a_store_nothing_was_kept(void **state)
{
    (void)state;
    unsetenv("LLMFIT_CACHE_DIR");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    assert_kept("");
    assert_not_written("there is no folder to keep a file in: nothing is set of LLMFIT_CACHE_DIR, "
                       "XDG_CACHE_HOME, HOME");
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(what_was_written_last_is_read),
        IN_PLACE(folders_and_files_are_the_users_alone),
        IN_PLACE(reading_makes_no_folder),
        IN_PLACE(a_file_that_is_too_large_is_refused),
        IN_PLACE(a_writer_that_dies_leaves_the_old_file),
        IN_PLACE(a_write_that_fails_leaves_the_old_file_alone),
        IN_PLACE(a_folder_that_cannot_be_made_is_said),
        IN_PLACE(the_folder_of_another_user_is_not_used),
        IN_PLACE(a_link_is_not_followed),
        cmocka_unit_test(the_environment_names_the_folders),
        cmocka_unit_test(without_a_store_nothing_was_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
