/* One vocabulary of outcomes for every layer, and the sentence that goes with one. */
#ifndef LLMFIT_BASE_STATUS_H
#define LLMFIT_BASE_STATUS_H

/* name, exit code, code in JSON, words in --help. Exit codes are a contract. */
#define LF_STATUSES(X)                                                                 \
    X(OK, 0, "ok", "answered")                                                         \
    X(NO, 1, "no", "check or info --check: the answer is no")                          \
    X(USAGE, 2, "usage", "usage error, unknown name or key")                           \
    X(BAD_INPUT, 3, "bad-input", "bad input file or catalog")                          \
    X(NO_PROBE, 4, "no-probe", "the probe is incomplete and the answer depends on it") \
    X(NETWORK, 5, "network", "network failure")                                        \
    X(INTERNAL, 70, "internal", "out of memory or internal error")                     \
    X(OUTPUT, 74, "output", "the answer could not be written")                         \
    X(INTERRUPTED, 130, "interrupted", "interrupted")

enum lf_status {
#define LF_STATUS_ENUM(name, exit_code, code, words) LF_##name,
    LF_STATUSES(LF_STATUS_ENUM)
#undef LF_STATUS_ENUM
        LF_STATUS_COUNT
};

enum { LF_ERROR_TEXT_BYTES = 512, LF_ERROR_FILE_BYTES = 256 };

/* What went wrong, told once by the code that saw it. All-zero means "nothing did". */
struct lf_error {
    enum lf_status status;
    char text[LF_ERROR_TEXT_BYTES]; /* a whole sentence: the object, then what is wrong */
    char file[LF_ERROR_FILE_BYTES]; /* "" when no file is at fault */
    unsigned line;                  /* 1-based; 0 when not known */
    unsigned column;                /* 1-based, in bytes; 0 when not known */
};

/* The process exit code of a status. */
int lf_status_exit_code(enum lf_status status);

/* The stable word of a status, as in the error document ("bad-input"). */
const char *lf_status_code(enum lf_status status);

/* One line for --help ("answered"). */
const char *lf_status_words(enum lf_status status);

/* Fills err (NULL allowed) with a formatted sentence and returns status. */
enum lf_status lf_fail(struct lf_error *err, enum lf_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a place in a file; the sentence is preceded by "file:line:column: ". */
enum lf_status lf_fail_at(struct lf_error *err, enum lf_status status, const char *file,
                          unsigned line, unsigned column, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

#endif
