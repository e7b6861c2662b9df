/* Well-known computers (machines.json), so that one can be asked for by name. */
#ifndef LLMFIT_CATALOG_LISTED_H
#define LLMFIT_CATALOG_LISTED_H

#include "base/json.h"

struct lf_listed_machine {
    const char *id;   /* "macbook-pro-m4-max-64" */
    const char *name; /* "MacBook Pro M4 Max 64 GB" */
    struct lf_strings aliases;
    const char *cpu; /* as its system names it */
    uint64_t cores;
    uint64_t threads;
    uint64_t ram_bytes; /* as its system reports it where that is known, else as installed */
    uint64_t ram_bandwidth_bps; /* 0: as the CPU's platform has it */
    struct lf_strings gpus;     /* names of devices, with a number of copies: "RTX 3090x2" */
    const char *source;
    const char *checked;
};

struct lf_listed_machines {
    const struct lf_listed_machine *items;
    size_t count;
};

enum lf_status lf_listed_machines_read(const struct lf_json *json, struct lf_arena *arena,
                                       struct lf_listed_machines *machines, struct lf_error *err);

/* The machine of that id, alias or name, whatever stands between its words; NULL when none is. */
const struct lf_listed_machine *lf_listed_machine_find(const struct lf_listed_machines *machines,
                                                       const char *name);

enum { LF_NEAREST_MACHINES_MOST = 3 };

/* The machines whose ids are nearest, best first; returns how many. */
size_t lf_listed_machine_nearest(const struct lf_listed_machines *machines, const char *name,
                                 const struct lf_listed_machine *nearest[LF_NEAREST_MACHINES_MOST]);

#endif
