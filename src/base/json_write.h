/* JSON out: a printer that keeps commas and two-space indentation, into a text. */
#ifndef LLMFIT_BASE_JSON_WRITE_H
#define LLMFIT_BASE_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/amount.h"
#include "base/text.h"

/* All-zero but `out` is ready. Every function takes the key of a member, or NULL inside an array
 * and for the root. */
struct lf_json_writer {
    struct lf_text *out; /* borrowed */
    unsigned depth;
    bool has_item; /* the open container holds something already */
};

void lf_json_open_object(struct lf_json_writer *writer, const char *key);
void lf_json_close_object(struct lf_json_writer *writer);
void lf_json_open_array(struct lf_json_writer *writer, const char *key);
void lf_json_close_array(struct lf_json_writer *writer);

/* NULL becomes null. Bytes that are not UTF-8 become U+FFFD. */
void lf_json_string(struct lf_json_writer *writer, const char *key, const char *value);
void lf_json_integer(struct lf_json_writer *writer, const char *key, uint64_t value);
void lf_json_bool(struct lf_json_writer *writer, const char *key, bool value);
void lf_json_answer(struct lf_json_writer *writer, const char *key, enum lf_answer answer);
void lf_json_null(struct lf_json_writer *writer, const char *key);

/* Rounded to that many decimals, trailing zeros dropped; null when not finite. */
void lf_json_number(struct lf_json_writer *writer, const char *key, double value, int decimals);

/* An amount's value, or null when it is not known. */
void lf_json_amount(struct lf_json_writer *writer, const char *key, struct lf_amount amount);

#endif
