/* Ctrl-C while something lasts: noticed, not dying of, so that nothing is left half-done. */
#ifndef LLMFIT_CLI_INTERRUPT_H
#define LLMFIT_CLI_INTERRUPT_H

#include <stdbool.h>

/* From here on Ctrl-C waits to be asked for. Where a system has no such thing it ends the program
 * as ever. */
void lf_interrupt_hold(void);

/* Whether Ctrl-C came since. */
bool lf_interrupt_came(void);

/* As it was before. A Ctrl-C that came and was asked for counts as dealt with. */
void lf_interrupt_release(void);

#endif
