#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "probe/child.h"

enum behaviour { FINISH, CRASH, EXIT, HANG, PRINT, FLOOD };

static void behave(const struct lf_child_outlet *outlet, const void *context)
{
    uint32_t number = 1;
    lf_child_send(outlet, &number);
    number = 2;
    lf_child_send(outlet, &number);
    switch (*(const enum behaviour *)context) {
    case FINISH:
        return;
    case CRASH:
        raise(SIGSEGV);
        return;
    case EXIT:
        _exit(0);
    case HANG:
        for (;;) {
            pause();
        }
    case PRINT:
        fputs("noise\n", stdout);
        fputs("noise\n", stderr);
        fflush(NULL);
        return;
    case FLOOD:
        for (;;) {
            lf_child_send(outlet, &number);
        }
    }
}

static void a_childs_records_arrive_however_it_ends(void **state)
{
    (void)state;
    static const struct {
        enum behaviour behaviour;
        enum lf_child_end end;
        size_t count;
    } rows[] = {
        {FINISH, LF_CHILD_DONE, 2},  {CRASH, LF_CHILD_CRASHED, 2}, {EXIT, LF_CHILD_CRASHED, 2},
        {HANG, LF_CHILD_TIMEOUT, 2}, {PRINT, LF_CHILD_DONE, 2},    {FLOOD, LF_CHILD_DONE, 8},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t numbers[8] = {0};
        size_t count = 99;
        double start_ms = lf_clock_now_ms();
        enum lf_child_end end = lf_child_run(behave, &rows[i].behaviour, numbers, sizeof numbers[0],
                                             8, &count, start_ms + 200);
        assert_true(lf_clock_now_ms() - start_ms < 400);
        assert_int_equal(end, rows[i].end);
        assert_int_equal(count, rows[i].count);
        assert_int_equal(numbers[0], 1);
        assert_int_equal(numbers[1], 2);
        /* No child is left, dead or alive. */
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    }
}

static void what_a_child_prints_reaches_nobody(void **state)
{
    (void)state;
    enum behaviour behaviour = PRINT;
    uint32_t numbers[2] = {0};
    size_t count = 0;
    FILE *seen = tmpfile();
    assert_non_null(seen);
    fflush(NULL);
    int output = dup(STDOUT_FILENO);
    int words = dup(STDERR_FILENO);
    dup2(fileno(seen), STDOUT_FILENO);
    dup2(fileno(seen), STDERR_FILENO);
    lf_child_run(behave, &behaviour, numbers, sizeof numbers[0], 2, &count,
                 lf_clock_now_ms() + 1000);
    dup2(output, STDOUT_FILENO);
    dup2(words, STDERR_FILENO);
    close(output);
    close(words);
    struct stat facts;
    assert_int_equal(fstat(fileno(seen), &facts), 0);
    assert_int_equal(facts.st_size, 0);
    fclose(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_childs_records_arrive_however_it_ends),
        cmocka_unit_test(what_a_child_prints_reaches_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
