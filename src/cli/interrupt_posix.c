/* The signal stays blocked and pending: no handler, and no global for it to set. */
#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

static sigset_t interrupt_set(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    return set;
}

void lf_interrupt_hold(void)
{
    sigset_t set = interrupt_set();
    sigprocmask(SIG_BLOCK, &set, NULL);
}

bool lf_interrupt_came(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 && sigismember(&pending, SIGINT) == 1;
}

void lf_interrupt_release(void)
{
    sigset_t set = interrupt_set();
    if (lf_interrupt_came()) {
        int taken = 0;
        sigwait(&set, &taken);
    }
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}
