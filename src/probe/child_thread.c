/* A thread, where the system's own libraries do not work in a forked child (macOS). It may hang,
 * then it is left behind; a crash is not caught. */
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
