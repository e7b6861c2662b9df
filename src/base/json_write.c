#include "base/json_write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void indent(struct lf_json_writer *writer)
{
    static const char blanks[] = "                                                                ";
    size_t width = (size_t)writer->depth * 2;
    lf_text_add(writer->out, "\n", 1);
    lf_text_add(writer->out, blanks, width < sizeof blanks - 1 ? width : sizeof blanks - 1);
}

static void add_escaped(struct lf_text *out, const char *value)
{
    const unsigned char *p = (const unsigned char *)value;
    const unsigned char *start = p;
    for (; *p != '\0'; p++) {
        if (*p >= 0x20 && *p != '"' && *p != '\\' && *p != 0x7F) {
            continue;
        }
        lf_text_add(out, (const char *)start, (size_t)(p - start));
        if (*p == '"' || *p == '\\') {
            lf_text_format(out, "\\%c", *p);
        } else if (*p == '\n') {
            lf_text_add_string(out, "\\n");
        } else {
            lf_text_format(out, "\\u%04x", *p);
        }
        start = p + 1;
    }
    lf_text_add(out, (const char *)start, (size_t)(p - start));
}

/* Bytes of the well-formed UTF-8 sequence at p, 0 when there is none (overlong forms, surrogates
 * and what lies above U+10FFFF are none). */
static size_t sequence(const unsigned char *p)
{
    size_t length = *p < 0x80   ? 1
                    : *p < 0xC2 ? 0
                    : *p < 0xE0 ? 2
                    : *p < 0xF0 ? 3
                    : *p < 0xF5 ? 4
                                : 0;
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    bool is_strange = (*p == 0xE0 && p[1] < 0xA0) || (*p == 0xED && p[1] > 0x9F) ||
                      (*p == 0xF0 && p[1] < 0x90) || (*p == 0xF4 && p[1] > 0x8F);
    return is_strange ? 0 : length;
}

static void add_string(struct lf_text *out, const char *value)
{
    lf_text_add(out, "\"", 1);
    const unsigned char *p = (const unsigned char *)value;
    while (*p != '\0' && sequence(p) != 0) {
        p += sequence(p);
    }
    if (*p == '\0') {
        add_escaped(out, value);
    } else {
        struct lf_text clean = {0};
        for (p = (const unsigned char *)value; *p != '\0';) {
            size_t length = sequence(p);
            if (length == 0) {
                lf_text_add_string(&clean, "\xEF\xBF\xBD");
                p++;
            } else {
                lf_text_add(&clean, (const char *)p, length);
                p += length;
            }
        }
        add_escaped(out, lf_text_string(&clean));
        lf_text_clear(&clean);
    }
    lf_text_add(out, "\"", 1);
}

/* What stands before a value: a comma, a line, a key. */
static void begin(struct lf_json_writer *writer, const char *key)
{
    if (writer->has_item) {
        lf_text_add(writer->out, ",", 1);
    }
    if (writer->depth > 0) {
        indent(writer);
    }
    if (key != NULL) {
        add_string(writer->out, key);
        lf_text_add(writer->out, ": ", 2);
    }
    writer->has_item = true;
}

static void open(struct lf_json_writer *writer, const char *key, const char *bracket)
{
    begin(writer, key);
    lf_text_add(writer->out, bracket, 1);
    writer->depth++;
    writer->has_item = false;
}

static void close(struct lf_json_writer *writer, const char *bracket)
{
    writer->depth--;
    if (writer->has_item) {
        indent(writer);
    }
    lf_text_add(writer->out, bracket, 1);
    writer->has_item = true;
    if (writer->depth == 0) {
        lf_text_add(writer->out, "\n", 1);
    }
}

void lf_json_open_object(struct lf_json_writer *writer, const char *key)
{
    open(writer, key, "{");
}

void lf_json_close_object(struct lf_json_writer *writer)
{
    close(writer, "}");
}

void lf_json_open_array(struct lf_json_writer *writer, const char *key)
{
    open(writer, key, "[");
}

void lf_json_close_array(struct lf_json_writer *writer)
{
    close(writer, "]");
}

void lf_json_string(struct lf_json_writer *writer, const char *key, const char *value)
{
    if (value == NULL) {
        lf_json_null(writer, key);
        return;
    }
    begin(writer, key);
    add_string(writer->out, value);
}

void lf_json_integer(struct lf_json_writer *writer, const char *key, uint64_t value)
{
    begin(writer, key);
    lf_text_format(writer->out, "%llu", (unsigned long long)value);
}

void lf_json_bool(struct lf_json_writer *writer, const char *key, bool value)
{
    begin(writer, key);
    lf_text_add_string(writer->out, value ? "true" : "false");
}

void lf_json_answer(struct lf_json_writer *writer, const char *key, enum lf_answer answer)
{
    if (answer == LF_ANSWER_UNKNOWN) {
        lf_json_null(writer, key);
    } else {
        lf_json_bool(writer, key, answer == LF_ANSWER_YES);
    }
}

void lf_json_null(struct lf_json_writer *writer, const char *key)
{
    begin(writer, key);
    lf_text_add(writer->out, "null", 4);
}

void lf_json_number(struct lf_json_writer *writer, const char *key, double value, int decimals)
{
    if (!isfinite(value)) {
        lf_json_null(writer, key);
        return;
    }
    char digits[64];
    snprintf(digits, sizeof digits, "%.*f", decimals, value);
    if (strchr(digits, '.') != NULL) {
        size_t length = strlen(digits);
        while (digits[length - 1] == '0') {
            length--;
        }
        length -= digits[length - 1] == '.';
        digits[length] = '\0';
    }
    begin(writer, key);
    lf_text_add_string(writer->out, strcmp(digits, "-0") == 0 ? "0" : digits);
}

void lf_json_amount(struct lf_json_writer *writer, const char *key, struct lf_amount amount)
{
    if (lf_known(amount)) {
        lf_json_integer(writer, key, amount.value);
    } else {
        lf_json_null(writer, key);
    }
}
