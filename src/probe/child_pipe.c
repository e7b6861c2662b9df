#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "probe/child_posix.h"

/* A frame is smaller than any PIPE_BUF (POSIX: 512), so that it arrives in one piece. */
struct frame {
    uint32_t is_record; /* 0 ends the report */
    unsigned char record[LF_CHILD_RECORD_BYTES];
};

static_assert(sizeof(struct frame) <= 512, "a frame is written in one piece");

static void write_frame(const struct lf_child_outlet *outlet, const struct frame *frame)
{
    size_t bytes = offsetof(struct frame, record) + outlet->record_bytes;
    ssize_t written = 0;
    do {
        written = write(outlet->handle, frame, bytes);
    } while (written < 0 && errno == EINTR);
}

void lf_child_send(const struct lf_child_outlet *outlet, const void *record)
{
    struct frame frame = {.is_record = 1};
    memcpy(frame.record, record, outlet->record_bytes);
    write_frame(outlet, &frame);
}

void lf_child_finish(const struct lf_child_outlet *outlet)
{
    struct frame last = {0};
    write_frame(outlet, &last);
}

/* Reads one frame; DONE here means that a whole one came. */
static enum lf_child_end read_frame(int handle, void *frame, size_t bytes, double deadline_ms)
{
    size_t length = 0;
    while (length < bytes) {
        double left_ms = deadline_ms - lf_clock_now_ms();
        struct pollfd wait = {.fd = handle, .events = POLLIN};
        int ready = left_ms <= 0 ? 0 : poll(&wait, 1, (int)left_ms + 1);
        if (ready == 0) {
            return LF_CHILD_TIMEOUT;
        }
        ssize_t got = ready < 0 ? -1 : read(handle, (char *)frame + length, bytes - length);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return LF_CHILD_CRASHED;
        }
        length += (size_t)got;
    }
    return LF_CHILD_DONE;
}

static enum lf_child_end collect(int handle, void *records, size_t record_bytes, size_t most,
                                 size_t *count, double deadline_ms)
{
    for (;;) {
        struct frame frame;
        enum lf_child_end end =
            read_frame(handle, &frame, offsetof(struct frame, record) + record_bytes, deadline_ms);
        if (end != LF_CHILD_DONE || frame.is_record == 0 || *count == most) {
            return end;
        }
        memcpy((char *)records + *count * record_bytes, frame.record, record_bytes);
        (*count)++;
    }
}

enum lf_child_end lf_child_run(lf_child_work *work, const void *context, void *records,
                               size_t record_bytes, size_t most, size_t *count, double deadline_ms)
{
    assert(record_bytes <= LF_CHILD_RECORD_BYTES);
    *count = 0;
    int ends[2];
    if (pipe(ends) != 0) {
        return LF_CHILD_NONE;
    }
    /* A helper that a driver starts must not hold the pipe open. */
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    struct lf_child_outlet outlet = {.handle = ends[1], .record_bytes = record_bytes};
    long child = lf_child_start(work, context, &outlet, ends[0]);
    enum lf_child_end end = LF_CHILD_NONE;
    if (child >= 0) {
        end = collect(ends[0], records, record_bytes, most, count, deadline_ms);
        lf_child_stop(child);
    }
    close(ends[0]);
    return end;
}
