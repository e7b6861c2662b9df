#include "base/json_scan.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

/* An object's keys seen so far, to refuse duplicates: each as its raw bytes between the quotes.
 * Comparing raw bytes misses "a" against "\u0061"; escapes in keys are refused for that. */
enum { MOST_KEYS = 4096 };

struct key {
    const char *bytes;
    size_t length;
};

struct scan {
    const char *name;
    const char *text;
    const char *at;
    const char *end;
    struct lf_error *err;
    struct key *keys; /* a stack over all open objects */
    size_t key_count;
    size_t key_capacity;
};

static void position_of(const char *text, const char *at, unsigned *line, unsigned *column)
{
    *line = 1;
    const char *start = text;
    for (const char *p = text; p < at; p++) {
        if (*p == '\n') {
            (*line)++;
            start = p + 1;
        }
    }
    *column = (unsigned)(at - start) + 1;
}

static enum lf_status fail(struct scan *scan, const char *at, const char *words)
{
    unsigned line = 0;
    unsigned column = 0;
    position_of(scan->text, at, &line, &column);
    return lf_fail_at(scan->err, LF_BAD_INPUT, scan->name, line, column, "%s", words);
}

static void skip_blanks(struct scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\t' || *scan->at == '\r')) {
        scan->at++;
    }
}

static char peek(const struct scan *scan)
{
    return scan->at < scan->end ? *scan->at : '\0';
}

/* Length of the UTF-8 sequence at p, 0 when it is not well-formed (RFC 3629: no overlong forms, no
 * surrogates, at most U+10FFFF). */
static size_t utf8_length(const unsigned char *p, const unsigned char *end)
{
    size_t length = *p < 0x80   ? 1
                    : *p < 0xC2 ? 0
                    : *p < 0xE0 ? 2
                    : *p < 0xF0 ? 3
                    : *p < 0xF5 ? 4
                                : 0;
    if (length == 0 || (size_t)(end - p) < length) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    if ((*p == 0xE0 && p[1] < 0xA0) || (*p == 0xED && p[1] > 0x9F) || (*p == 0xF0 && p[1] < 0x90) ||
        (*p == 0xF4 && p[1] > 0x8F)) {
        return 0;
    }
    return length;
}

/* Reads four hex digits at p; returns -1 when they are not. */
static long hex4(const char *p, const char *end)
{
    long value = 0;
    if (end - p < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

/* at is behind a backslash. */
static enum lf_status scan_escape(struct scan *scan)
{
    const char *start = scan->at - 1;
    char c = peek(scan);
    scan->at++;
    if (c != '\0' && strchr("\"\\/bfnrt", c) != NULL) {
        return LF_OK;
    }
    if (c != 'u') {
        return fail(scan, start, "unknown escape in a string");
    }
    long unit = hex4(scan->at, scan->end);
    scan->at += unit < 0 ? 0 : 4;
    if (unit <= 0) {
        return fail(scan, start, unit == 0 ? "NUL in a string" : "broken \\u escape in a string");
    }
    if (unit >= 0xD800 && unit <= 0xDFFF) {
        bool pair =
            unit < 0xDC00 && scan->end - scan->at >= 6 && scan->at[0] == '\\' && scan->at[1] == 'u';
        long low = pair ? hex4(scan->at + 2, scan->end) : -1;
        if (low < 0xDC00 || low > 0xDFFF) {
            return fail(scan, start, "half a surrogate pair in a string");
        }
        scan->at += 6;
    }
    return LF_OK;
}

static enum lf_status scan_string(struct scan *scan, bool is_key)
{
    const char *start = scan->at;
    scan->at++;
    while (scan->at < scan->end && *scan->at != '"') {
        unsigned char c = (unsigned char)*scan->at;
        if (c >= 0x20 && c < 0x80 && c != '\\') {
            scan->at++;
            continue;
        }
        if (c < 0x20) {
            return fail(scan, scan->at, "control character in a string");
        }
        if (c == '\\') {
            if (is_key) {
                return fail(scan, scan->at, "escape in a key");
            }
            scan->at++;
            enum lf_status status = scan_escape(scan);
            if (status != LF_OK) {
                return status;
            }
            continue;
        }
        size_t length =
            utf8_length((const unsigned char *)scan->at, (const unsigned char *)scan->end);
        if (length == 0) {
            return fail(scan, scan->at, "bytes that are not UTF-8");
        }
        scan->at += length;
    }
    if (scan->at >= scan->end) {
        return fail(scan, start, "string without an end");
    }
    scan->at++;
    return LF_OK;
}

static size_t skip_digits(struct scan *scan)
{
    const char *start = scan->at;
    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9') {
        scan->at++;
    }
    return (size_t)(scan->at - start);
}

static enum lf_status scan_number(struct scan *scan)
{
    enum { MOST_CHARACTERS = 63 };
    const char *start = scan->at;
    bool whole = true;
    if (peek(scan) == '-') {
        scan->at++;
    }
    const char *first = scan->at;
    size_t digits = skip_digits(scan);
    if (digits == 0 || (digits > 1 && *first == '0')) {
        return fail(scan, start, "not a JSON number");
    }
    if (peek(scan) == '.') {
        whole = false;
        scan->at++;
        if (skip_digits(scan) == 0) {
            return fail(scan, start, "not a JSON number");
        }
    }
    if (peek(scan) == 'e' || peek(scan) == 'E') {
        whole = false;
        scan->at++;
        if (peek(scan) == '+' || peek(scan) == '-') {
            scan->at++;
        }
        if (skip_digits(scan) == 0) {
            return fail(scan, start, "not a JSON number");
        }
    }
    char copy[MOST_CHARACTERS + 1] = "";
    size_t length = (size_t)(scan->at - start);
    if (length > MOST_CHARACTERS) {
        return fail(scan, start, "number of more than 63 characters");
    }
    memcpy(copy, start, length);
    double value = strtod(copy, NULL);
    if (!isfinite(value)) {
        return fail(scan, start, "number is out of range");
    }
    if (whole &&
        (digits > 16 || strtoull(copy + (first - start), NULL, 10) > LF_JSON_INTEGER_MOST)) {
        return fail(scan, start, "integer above 2^53 cannot be kept exactly");
    }
    return LF_OK;
}

static enum lf_status scan_word(struct scan *scan)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(scan->end - scan->at) >= length && memcmp(scan->at, words[i], length) == 0) {
            scan->at += length;
            return LF_OK;
        }
    }
    return fail(scan, scan->at, scan->at >= scan->end ? "text ends in the middle" : "not a value");
}

/* Adds a key to the open object whose keys start at first; refuses one that is there. */
static enum lf_status add_key(struct scan *scan, size_t first, struct key key)
{
    for (size_t i = first; i < scan->key_count; i++) {
        if (scan->keys[i].length == key.length &&
            memcmp(scan->keys[i].bytes, key.bytes, key.length) == 0) {
            return fail(scan, key.bytes - 1, "key appears twice");
        }
    }
    if (scan->key_count - first >= MOST_KEYS) {
        return fail(scan, key.bytes - 1, "object with more than 4096 keys");
    }
    if (scan->key_count == scan->key_capacity) {
        scan->key_capacity = scan->key_capacity == 0 ? 64 : scan->key_capacity * 2;
        scan->keys = lf_resize(scan->keys, scan->key_capacity, sizeof *scan->keys);
    }
    scan->keys[scan->key_count++] = key;
    return LF_OK;
}

static enum lf_status scan_value(struct scan *scan, unsigned depth);

static enum lf_status scan_member(struct scan *scan, unsigned depth, size_t first_key)
{
    if (peek(scan) != '"') {
        return fail(scan, scan->at, "a key in quotes is missing");
    }
    const char *start = scan->at + 1;
    enum lf_status status = scan_string(scan, true);
    if (status != LF_OK) {
        return status;
    }
    status = add_key(scan, first_key, (struct key){start, (size_t)(scan->at - 1 - start)});
    if (status != LF_OK) {
        return status;
    }
    skip_blanks(scan);
    if (peek(scan) != ':') {
        return fail(scan, scan->at, "':' is missing");
    }
    scan->at++;
    return scan_value(scan, depth);
}

/* at is on the opening bracket. */
static enum lf_status scan_container(struct scan *scan, unsigned depth)
{
    bool object = *scan->at == '{';
    char closing = object ? '}' : ']';
    size_t first_key = scan->key_count;
    if (depth >= LF_JSON_DEPTH) {
        return fail(scan, scan->at, "nested too deeply (more than 32 levels)");
    }
    scan->at++;
    skip_blanks(scan);
    if (peek(scan) == closing) {
        scan->at++;
        return LF_OK;
    }
    for (;;) {
        skip_blanks(scan);
        enum lf_status status =
            object ? scan_member(scan, depth + 1, first_key) : scan_value(scan, depth + 1);
        if (status != LF_OK) {
            return status;
        }
        skip_blanks(scan);
        if (peek(scan) == closing && scan->at < scan->end) {
            scan->at++;
            scan->key_count = first_key;
            return LF_OK;
        }
        if (peek(scan) != ',') {
            return fail(scan, scan->at, object ? "',' or '}' is missing" : "',' or ']' is missing");
        }
        scan->at++;
    }
}

static enum lf_status scan_value(struct scan *scan, unsigned depth)
{
    skip_blanks(scan);
    char c = peek(scan);
    if (c == '{' || c == '[') {
        return scan_container(scan, depth);
    }
    if (c == '"') {
        return scan_string(scan, false);
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
        return scan_number(scan);
    }
    return scan_word(scan);
}

enum lf_status lf_json_scan(const char *name, const char *text, size_t length, struct lf_error *err)
{
    struct scan scan = {.name = name, .text = text, .at = text, .end = text + length, .err = err};
    if (length > LF_JSON_LIMIT_BYTES) {
        return lf_fail_at(err, LF_BAD_INPUT, name, 0, 0, "is larger than 64 MiB");
    }
    enum lf_status status = scan_value(&scan, 0);
    if (status == LF_OK) {
        skip_blanks(&scan);
        if (scan.at < scan.end) {
            status = fail(&scan, scan.at, "text after the end of the document");
        }
    }
    free(scan.keys);
    return status;
}

void lf_json_locate(const char *text, size_t length, size_t number, unsigned *line,
                    unsigned *column)
{
    /* The text is known to be good, so a value starts wherever a token does that is not a key, and
     * a key is a string followed by ':'. */
    const char *end = text + length;
    size_t seen = 0;
    for (const char *p = text; p < end; p++) {
        const char *start = p;
        if (strchr(" \n\r\t,:]}", *p) != NULL) {
            continue;
        }
        if (*p == '"') {
            for (p++; *p != '"'; p++) {
                p += *p == '\\';
            }
            const char *next = p + 1;
            while (next < end && strchr(" \n\r\t", *next) != NULL) {
                next++;
            }
            if (next < end && *next == ':') {
                continue;
            }
        } else if (*p != '{' && *p != '[') {
            while (p + 1 < end && strchr(" \n\r\t,]}", p[1]) == NULL) {
                p++;
            }
        }
        if (seen++ == number) {
            position_of(text, start, line, column);
            return;
        }
    }
    *line = 1;
    *column = 1;
}
