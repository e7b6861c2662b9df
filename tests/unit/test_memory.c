#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"

/* AddressSanitizer reserves more address space than any limit leaves it. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ADDRESS_SANITIZER 1
#endif
#endif
#ifndef HAS_ADDRESS_SANITIZER
#define HAS_ADDRESS_SANITIZER 0
#endif

static bool is_zero(const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static void an_arena_hands_out_zeroed_aligned_memory_apart(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    unsigned char *last = NULL;
    for (size_t size = 0; size < 3000; size += 7) {
        unsigned char *memory = lf_arena_alloc(&arena, size, 1);
        assert_int_equal((uintptr_t)memory % 16, 0);
        assert_true(is_zero(memory, size));
        memset(memory, 0xAB, size);
        if (last != NULL) {
            assert_int_equal(*last, 0xAB);
        }
        last = size == 0 ? NULL : memory + size - 1;
    }
    lf_arena_clear(&arena);
    assert_null(arena.blocks);
}

static void an_arena_takes_more_than_a_block_at_once(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    unsigned char *small = lf_arena_alloc(&arena, 1, 1);
    unsigned char *large = lf_arena_alloc(&arena, 1000, 1000);
    *small = 1;
    assert_true(is_zero(large, 1000000));
    memset(large, 2, 1000000);
    assert_int_equal(*small, 1);
    lf_arena_clear(&arena);
}

static void a_cleared_arena_is_usable_again(void **state)
{
    (void)state;
    struct lf_arena arena = {0};
    lf_arena_clear(&arena);
    assert_string_equal(lf_arena_copy(&arena, "abcdef", 3), "abc");
    lf_arena_clear(&arena);
    assert_string_equal(lf_arena_format(&arena, "%s-%d", "x", 7), "x-7");
    lf_arena_clear(&arena);
}

static void resizing_keeps_what_was_there(void **state)
{
    (void)state;
    int *numbers = lf_alloc(2, sizeof *numbers);
    assert_int_equal(numbers[1], 0);
    numbers[0] = 7;
    numbers = lf_resize(numbers, 1000, sizeof *numbers);
    assert_int_equal(numbers[0], 7);
    numbers = lf_resize(numbers, 0, sizeof *numbers);
    assert_non_null(numbers);
    free(numbers);
    numbers = lf_resize(NULL, 1, sizeof *numbers);
    free(numbers);
}

static void take_too_much_at_once(void)
{
    free(lf_alloc(SIZE_MAX / 2, 16));
}

static void resize_too_much(void)
{
    free(lf_resize(NULL, SIZE_MAX / 2, 16));
}

static void take_too_much_of_an_arena(void)
{
    struct lf_arena arena = {0};
    lf_arena_alloc(&arena, SIZE_MAX / 2, 16);
}

/* Runs until the limit on address space is reached. */
static void take_little_by_little(void)
{
    struct lf_arena arena = {0};
    for (;;) {
        memset(lf_arena_alloc(&arena, 1, 100000), 1, 100000);
    }
}

/* Runs `take` in a child of little memory that has begun to answer; tells how it ended. */
static int end_of(void (*take)(void), char *out, char *words, size_t size)
{
    int pipes[2][2];
    assert_int_equal(pipe(pipes[0]), 0);
    assert_int_equal(pipe(pipes[1]), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit limit = {256 << 20, 256 << 20};
        dup2(pipes[0][1], STDOUT_FILENO);
        dup2(pipes[1][1], STDERR_FILENO);
        if (!HAS_ADDRESS_SANITIZER) {
            setrlimit(RLIMIT_AS, &limit);
        }
        fputs("half an answer", stdout);
        take();
        _exit(0);
    }
    char *texts[] = {out, words};
    for (int i = 0; i < 2; i++) {
        close(pipes[i][1]);
        ssize_t got = read(pipes[i][0], texts[i], size - 1);
        texts[i][got < 0 ? 0 : got] = '\0';
        close(pipes[i][0]);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void out_of_memory_ends_with_one_line_and_70(void **state)
{
    (void)state;
    static const struct {
        void (*take)(void);
        bool needs_limit;
    } rows[] = {
        {take_too_much_at_once, true}, /* the sanitizer ends the program itself */
        {resize_too_much, false},
        {take_too_much_of_an_arena, false},
        {take_little_by_little, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[64] = "";
        char words[256] = "";
        if (rows[i].needs_limit && HAS_ADDRESS_SANITIZER) {
            continue;
        }
        assert_int_equal(end_of(rows[i].take, out, words, sizeof out), 70);
        assert_string_equal(words, "llmfit: out of memory\n");
        /* What had been begun is not written. */
        assert_string_equal(out, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_hands_out_zeroed_aligned_memory_apart),
        cmocka_unit_test(an_arena_takes_more_than_a_block_at_once),
        cmocka_unit_test(a_cleared_arena_is_usable_again),
        cmocka_unit_test(resizing_keeps_what_was_there),
        cmocka_unit_test(out_of_memory_ends_with_one_line_and_70),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
