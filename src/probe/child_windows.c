/* A thread, as Windows has no fork: one that hangs is left behind, and an exception that it does
 * not handle ends it alone. */
#include "base/clock.h"
#include "probe/child.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "base/memory.h"

enum { CRASHED = 1, OWNERS = 2 };

/* What the thread and its parent share; the one that leaves last frees it. */
struct lf_child_outlet {
    lf_child_work *work;
    const void *context;
    size_t record_bytes;
    size_t most;
    volatile LONG owners;
    volatile LONG is_done;
    CRITICAL_SECTION lock; /* of the two below */
    size_t count;
    unsigned char *records; /* [most][record_bytes] */
};

static void leave(struct lf_child_outlet *outlet)
{
    if (InterlockedDecrement(&outlet->owners) == 0) {
        DeleteCriticalSection(&outlet->lock);
        free(outlet->records);
        free(outlet);
    }
}

void lf_child_send(const struct lf_child_outlet *outlet, const void *record)
{
    struct lf_child_outlet *shared = (struct lf_child_outlet *)outlet;
    EnterCriticalSection(&shared->lock);
    if (shared->count < shared->most) {
        memcpy(shared->records + shared->count * shared->record_bytes, record,
               shared->record_bytes);
        shared->count++;
    }
    LeaveCriticalSection(&shared->lock);
}

/* While the thread works, its parent only waits: what is not handled is of the driver's making. */
static LONG WINAPI end_thread(EXCEPTION_POINTERS *exception)
{
    (void)exception;
    ExitThread(CRASHED);
}

static DWORD WINAPI run(void *argument)
{
    struct lf_child_outlet *outlet = argument;
    outlet->work(outlet, outlet->context);
    InterlockedExchange(&outlet->is_done, 1);
    leave(outlet);
    return 0;
}

static enum lf_child_end wait_for(HANDLE thread, struct lf_child_outlet *outlet, double deadline_ms)
{
    double left_ms = deadline_ms - lf_clock_now_ms();
    LPTOP_LEVEL_EXCEPTION_FILTER before = SetUnhandledExceptionFilter(end_thread);
    ResumeThread(thread);
    DWORD result = WaitForSingleObject(thread, left_ms <= 0 ? 0 : (DWORD)left_ms + 1);
    SetUnhandledExceptionFilter(before);
    if (result != WAIT_OBJECT_0) {
        return LF_CHILD_TIMEOUT;
    }
    if (InterlockedCompareExchange(&outlet->is_done, 1, 1) == 1) {
        return LF_CHILD_DONE;
    }
    leave(outlet); /* in place of the thread */
    return LF_CHILD_CRASHED;
}

enum lf_child_end lf_child_run(lf_child_work *work, const void *context, void *records,
                               size_t record_bytes, size_t most, size_t *count, double deadline_ms)
{
    assert(record_bytes <= LF_CHILD_RECORD_BYTES);
    *count = 0;
    struct lf_child_outlet *outlet = lf_alloc(1, sizeof *outlet);
    *outlet = (struct lf_child_outlet){
        .work = work,
        .context = context,
        .record_bytes = record_bytes,
        .most = most,
        .owners = OWNERS,
        .records = lf_alloc(most, record_bytes),
    };
    InitializeCriticalSection(&outlet->lock);
    HANDLE thread = CreateThread(NULL, 0, run, outlet, CREATE_SUSPENDED, NULL);
    enum lf_child_end end = LF_CHILD_NONE;
    if (thread == NULL) {
        leave(outlet);
    } else {
        end = wait_for(thread, outlet, deadline_ms);
        CloseHandle(thread);
    }
    EnterCriticalSection(&outlet->lock);
    *count = outlet->count;
    memcpy(records, outlet->records, outlet->count * record_bytes);
    LeaveCriticalSection(&outlet->lock);
    leave(outlet);
    return end;
}
