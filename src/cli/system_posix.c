#include <string.h>
#include <sys/utsname.h>

#include "cli/system.h"

struct lf_doctor_system lf_system_describe(struct lf_arena *arena)
{
    struct utsname names;
    if (uname(&names) < 0) {
        return (struct lf_doctor_system){0};
    }
    return (struct lf_doctor_system){
        lf_arena_copy(arena, names.sysname, strlen(names.sysname)),
        lf_arena_copy(arena, names.release, strlen(names.release)),
        lf_arena_copy(arena, names.machine, strlen(names.machine)),
    };
}
