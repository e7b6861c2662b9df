/* The words that options take as values: each function gives the spelling of the word at a place,
 * or NULL behind the last. */
#ifndef LLMFIT_CLI_OPTION_WORDS_H
#define LLMFIT_CLI_OPTION_WORDS_H

#include <stddef.h>

const char *lf_option_format_word(size_t place);
const char *lf_option_color_word(size_t place);
const char *lf_option_switch_word(size_t place);
const char *lf_option_use_case_word(size_t place);
const char *lf_option_sort_word(size_t place);

#endif
