/* Time as it passes, for deadlines and measurements. */
#ifndef LLMFIT_BASE_CLOCK_H
#define LLMFIT_BASE_CLOCK_H

/* Milliseconds on a clock that only goes forward. */
double lf_clock_now_ms(void);

/* Lets others work for about so long; a signal ends it early. */
void lf_clock_sleep_ms(unsigned ms);

#endif
