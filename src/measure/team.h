/* Threads that do one thing together. Inner header of the layer. */
#ifndef LLMFIT_MEASURE_TEAM_H
#define LLMFIT_MEASURE_TEAM_H

#include <stdbool.h>

/* What the thread of that number does, from 0 on. */
typedef void lf_team_work(void *context, unsigned number);

struct lf_team;

/* Starts count threads, which may begin before this returns. Returns the team, to be joined even
 * where not all could be started; then *is_whole is false. */
struct lf_team *lf_team_start(lf_team_work *work, void *context, unsigned count, bool *is_whole);

/* Waits until all have ended, and frees the team. */
void lf_team_join(struct lf_team *team);

#endif
