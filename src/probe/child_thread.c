/* A thread, where the system's own libraries do not work in a forked child. It may hang, then it is
 * left behind; a crash is not caught.
 *
 * So on macOS: after a fork without an exec CoreFoundation stops the child on purpose, and the
 * Objective-C classes of the frameworks, Metal's among them, are not made for it: the runtime ends
 * the child where one of them is first used. A child would so fail on machines where nothing is
 * wrong, which is worse than a crash of Metal that nobody has seen.
 * source  Apple, CoreFoundation release notes for Mac OS X 10.5, "CoreFoundation and fork()";
 *         G. Parker, "Objective-C and fork() in macOS 10.13" (sealiesoftware.com, 2017-06-05) */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "probe/child_posix.h"

struct job {
    lf_child_work *work;
    const void *context;
    struct lf_child_outlet outlet;
};

static void *run(void *argument)
{
    struct job *job = argument;
    job->work(&job->outlet, job->context);
    lf_child_finish(&job->outlet);
    close(job->outlet.handle);
    free(job);
    return NULL;
}

long lf_child_start(lf_child_work *work, const void *context, const struct lf_child_outlet *outlet,
                    int reader)
{
    (void)reader;
    struct job *job = lf_alloc(1, sizeof *job);
    *job = (struct job){.work = work, .context = context, .outlet = *outlet};
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, job) != 0) {
        close(outlet->handle);
        free(job);
        return -1;
    }
    pthread_detach(thread);
    return 0;
}

void lf_child_stop(long child)
{
    (void)child;
}
