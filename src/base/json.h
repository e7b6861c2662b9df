/* Strict JSON in: a validating scan of our own, cJSON's tree, and rows that declare fields.
 *
 * cJSON alone accepts duplicate keys, bad UTF-8, [01], 1e999 and text after the end, and keeps no
 * positions; so a document is scanned first, and scanned again to find the line of a value only
 * when an error is told. */
#ifndef LLMFIT_BASE_JSON_H
#define LLMFIT_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "base/amount.h"
#include "base/finding.h"
#include "base/memory.h"
#include "base/status.h"

enum {
    LF_JSON_DEPTH = 32,                     /* arrays and objects inside each other */
    LF_JSON_LIMIT_BYTES = 64 * 1024 * 1024, /* of one document */
    LF_JSON_FIELDS_MOST = 64,               /* of a shape */
};

/* The largest integer every JSON reader keeps exactly: 2^53. */
#define LF_JSON_INTEGER_MOST (UINT64_C(1) << 53)

/* A parsed document. name and text are borrowed and outlive it. */
struct lf_json {
    const char *name; /* how errors call it: a path */
    const char *text;
    size_t length;
    cJSON *root;
    struct lf_arena nodes;        /* holds the tree */
    struct lf_findings *findings; /* borrowed, set after parsing: where every fault is kept; NULL:
                                     reading ends at the first */
};

/* Checks text[length] against RFC 8259 (UTF-8, no duplicate keys in an object, depth, whole text
 * consumed, integers at most 2^53, finite numbers, no NUL in strings) without building anything. */
enum lf_status lf_json_scan(const char *name, const char *text, size_t length,
                            struct lf_error *err);

/* Scans and builds the tree into *json; lf_json_clear frees it. */
enum lf_status lf_json_parse(struct lf_json *json, const char *name, const char *text,
                             size_t length, struct lf_error *err);

/* Builds the tree of a text that is known to pass the scan, as the built-in data is (its tests scan
 * it): a third of the time. */
enum lf_status lf_json_parse_scanned(struct lf_json *json, const char *name, const char *text,
                                     size_t length, struct lf_error *err);

void lf_json_clear(struct lf_json *json);

/* Tells LF_BAD_INPUT about a node: "file:line:column: sentence". */
enum lf_status lf_json_fail(const struct lf_json *json, const cJSON *node, struct lf_error *err,
                            const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Keeps a note about a node; the document collects its faults. */
void lf_json_note(const struct lf_json *json, const cJSON *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether a reader of rows ends at a row read with this status: at the first fault, unless faults
 * are collected; then it leaves the row out and goes on. */
bool lf_json_ends(const struct lf_json *json, enum lf_status status);

/* The member of that exact key, or NULL. */
const cJSON *lf_json_find(const cJSON *object, const char *key);

/* What a field of a row holds and what it is stored as. null leaves the field as it is, unless it
 * is required. */
enum lf_json_kind {
    LF_JSON_STRING,  /* const char *, copied to the arena; no control characters, <= 4096 bytes */
    LF_JSON_INTEGER, /* uint64_t within least..most */
    LF_JSON_NUMBER,  /* double within least..most */
    LF_JSON_BOOL,    /* bool */
    LF_JSON_ANSWER,  /* enum lf_answer; null or absent is unknown */
    LF_JSON_STRINGS, /* struct lf_strings */
    LF_JSON_OBJECT,  /* const cJSON *, borrowed from the document */
    LF_JSON_ARRAY,   /* const cJSON *, borrowed from the document */
    LF_JSON_IGNORED, /* any value, not stored */
};

struct lf_strings {
    const char *const *items; /* [count] */
    size_t count;
};

/* One field of a row. `most` 0 means no bound but 2^53 for integers, none for numbers. */
struct lf_json_field {
    const char *key;
    size_t offset; /* into the caller's struct */
    enum lf_json_kind kind;
    bool required;
    double least;
    double most;
};

/* A shape: the fields of an object, and whether keys beyond them are let through. */
struct lf_json_shape {
    const struct lf_json_field *fields; /* [count] */
    size_t count;
    bool open;
};

#define LF_JSON_SHAPE(rows)                                         \
    {                                                               \
        .fields = (rows), .count = sizeof(rows) / sizeof((rows)[0]) \
    }
#define LF_JSON_OPEN_SHAPE(rows)                                                  \
    {                                                                             \
        .fields = (rows), .count = sizeof(rows) / sizeof((rows)[0]), .open = true \
    }

/* Reads node, an object of that shape, into *into. Errors name the field; where faults are
 * collected, all of the object's are. */
enum lf_status lf_json_read(const struct lf_json *json, const cJSON *node,
                            const struct lf_json_shape *shape, void *into, struct lf_arena *arena,
                            struct lf_error *err);

/* Checks that the root is an object whose "schema" is schema and whose "schema_version" is 1. */
enum lf_status lf_json_check_schema(const struct lf_json *json, const char *schema,
                                    struct lf_error *err);

#endif
