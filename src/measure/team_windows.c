#include "measure/team.h"

#include <windows.h>

#include <stdlib.h>

#include "base/memory.h"

struct member {
    HANDLE thread;
    lf_team_work *work;
    void *context;
    unsigned number;
};

struct lf_team {
    unsigned count;
    struct member members[];
};

static DWORD WINAPI run(void *argument)
{
    const struct member *member = argument;
    member->work(member->context, member->number);
    return 0;
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
        member->thread = CreateThread(NULL, 0, run, member, 0, NULL);
        *is_whole = member->thread != NULL;
        team->count += *is_whole;
    }
    return team;
}

void lf_team_join(struct lf_team *team)
{
    for (unsigned i = 0; i < team->count; i++) {
        WaitForSingleObject(team->members[i].thread, INFINITE);
        CloseHandle(team->members[i].thread);
    }
    free(team);
}
