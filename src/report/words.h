/* Spellings that several renderers share. Inner header of the report. */
#ifndef LLMFIT_REPORT_WORDS_H
#define LLMFIT_REPORT_WORDS_H

#include "base/ggml.h"

enum { LF_CACHE_TYPE_BYTES = 16, LF_CACHE_TYPES_BYTES = 40 };

/* A cache type as engines take it: "f16", "q8_0". Returns buffer. */
const char *lf_cache_type_format(char buffer[LF_CACHE_TYPE_BYTES], enum lf_type type);

/* "q8_0", or "q8_0,q4_0" where keys and values differ. Returns buffer. */
const char *lf_cache_types_format(char buffer[LF_CACHE_TYPES_BYTES], enum lf_type type_k,
                                  enum lf_type type_v);

#endif
