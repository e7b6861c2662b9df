/* A child process: a driver's library may hang or crash there as it likes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "probe/child_posix.h"

/* How long a killed child may take to go, and a lost child may outlive us. */
static const double REAP_MS = 100;
enum { ORPHAN_SECONDS = 30 };

/* The child: nothing it does may reach the terminal, leave a core file or outlive us for long. */
static _Noreturn void be_child(lf_child_work *work, const void *context,
                               const struct lf_child_outlet *outlet)
{
    int nowhere = open("/dev/null", O_RDWR);
    for (int stream = STDIN_FILENO; nowhere >= 0 && stream <= STDERR_FILENO; stream++) {
        dup2(nowhere, stream);
    }
    setrlimit(RLIMIT_CORE, &(struct rlimit){0});
    static const int deadly[] = {SIGALRM, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGPIPE};
    for (size_t i = 0; i < sizeof deadly / sizeof deadly[0]; i++) {
        signal(deadly[i], SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    alarm(ORPHAN_SECONDS);
    work(outlet, context);
    lf_child_finish(outlet);
    _exit(0);
}

long lf_child_start(lf_child_work *work, const void *context, const struct lf_child_outlet *outlet,
                    int reader)
{
    pid_t child = fork();
    if (child == 0) {
        close(reader);
        be_child(work, context, outlet);
    }
    close(outlet->handle);
    return child;
}

/* Ends and reaps the child. A process inside a stuck driver call does not even die of SIGKILL, so
 * the wait has an end too. */
void lf_child_stop(long number)
{
    pid_t child = (pid_t)number;
    kill(child, SIGKILL);
    double give_up_ms = lf_clock_now_ms() + REAP_MS;
    struct timespec pause = {.tv_nsec = 20000};
    for (;;) {
        pid_t gone = waitpid(child, NULL, WNOHANG);
        if (gone == child || (gone < 0 && errno != EINTR) || lf_clock_now_ms() > give_up_ms) {
            return;
        }
        nanosleep(&pause, NULL);
        pause.tv_nsec += pause.tv_nsec / 2;
    }
}
