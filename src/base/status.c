#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    int exit_code;
    const char *code;
    const char *words;
} rows[LF_STATUS_COUNT] = {
#define LF_STATUS_ROW(name, exit_code, code, words) {exit_code, code, words},
    LF_STATUSES(LF_STATUS_ROW)
#undef LF_STATUS_ROW
};

int lf_status_exit_code(enum lf_status status)
{
    return rows[status].exit_code;
}

const char *lf_status_code(enum lf_status status)
{
    return rows[status].code;
}

const char *lf_status_words(enum lf_status status)
{
    return rows[status].words;
}

static void set_text(struct lf_error *err, size_t used, const char *format, va_list arguments)
{
    if (used < sizeof err->text) {
        vsnprintf(err->text + used, sizeof err->text - used, format, arguments);
    }
}

enum lf_status lf_fail(struct lf_error *err, enum lf_status status, const char *format, ...)
{
    if (err == NULL) {
        return status;
    }
    memset(err, 0, sizeof *err);
    err->status = status;
    va_list arguments;
    va_start(arguments, format);
    set_text(err, 0, format, arguments);
    va_end(arguments);
    return status;
}

enum lf_status lf_fail_at(struct lf_error *err, enum lf_status status, const char *file,
                          unsigned line, unsigned column, const char *format, ...)
{
    if (err == NULL) {
        return status;
    }
    memset(err, 0, sizeof *err);
    err->status = status;
    err->line = line;
    err->column = column;
    snprintf(err->file, sizeof err->file, "%s", file);
    int used = 0;
    if (line == 0) {
        used = snprintf(err->text, sizeof err->text, "%s: ", err->file);
    } else {
        used = snprintf(err->text, sizeof err->text, "%s:%u:%u: ", err->file, line, column);
    }
    va_list arguments;
    va_start(arguments, format);
    set_text(err, (size_t)used, format, arguments);
    va_end(arguments);
    return status;
}
