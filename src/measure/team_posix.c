#include "measure/team.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

struct member {
    pthread_t thread;
    lf_team_work *work;
    void *context;
    unsigned number;
};

struct lf_team {
    unsigned count;
    struct member members[];
};

static void *run(void *argument)
{
    const struct member *member = argument;
    member->work(member->context, member->number);
    return NULL;
}

struct lf_team *lf_team_start(lf_team_work *work, void *context, unsigned count, bool *is_whole)
{
    struct lf_team *team = lf_alloc(1, sizeof *team + count * sizeof team->members[0]);
    *is_whole = true;
    while (*is_whole && team->count < count) {
        struct member *member = &team->members[team->count];
        member->work = work;
        member->context = context;
        member->number = team->count;
        *is_whole = pthread_create(&member->thread, NULL, run, member) == 0;
        team->count += *is_whole;
    }
    return team;
}

void lf_team_join(struct lf_team *team)
{
    for (unsigned i = 0; i < team->count; i++) {
        pthread_join(team->members[i].thread, NULL);
    }
    free(team);
}
