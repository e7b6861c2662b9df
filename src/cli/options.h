/* The command line: one table of options, which the parser and the help read. */
#ifndef LLMFIT_CLI_OPTIONS_H
#define LLMFIT_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "advise/request.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/status.h"

/* What a value is and what it is stored as. */
enum lf_option_kind {
    LF_OPTION_FLAG,   /* bool; takes no value */
    LF_OPTION_TEXT,   /* const char *, borrowed from argv, not empty */
    LF_OPTION_TEXTS,  /* struct lf_strings: the option may be repeated */
    LF_OPTION_SIZE,   /* uint64_t, bytes */
    LF_OPTION_TOKENS, /* uint64_t */
    LF_OPTION_COUNT,  /* uint64_t */
    LF_OPTION_ROWS,   /* uint64_t; 0 and "all" are all */
    LF_OPTION_NUMBER, /* double */
    LF_OPTION_WORD,   /* unsigned: the place of a word among those of the row */
    LF_OPTION_QUANT,  /* struct lf_quant_option */
    LF_OPTION_CACHE,  /* struct lf_cache_option */
    LF_OPTION_KIND_COUNT
};

/* --quant: one mix, or all of them. */
struct lf_quant_option {
    bool has_mix;
    bool all;
    enum lf_mix mix;
};

/* --kv: the types of the attention cache. */
struct lf_cache_option {
    bool has_types;
    enum lf_type type_k;
    enum lf_type type_v;
};

/* How an engine is measured. */
struct lf_bench_options {
    const char *url;
    const char *model;
    uint64_t repeats;
    uint64_t prompt_tokens;
    uint64_t generate_tokens;
    double max_time_s;
};

enum lf_switch { LF_SWITCH_ON, LF_SWITCH_OFF };
enum lf_color { LF_COLOR_AUTO, LF_COLOR_ALWAYS, LF_COLOR_NEVER };

/* Which heading of the help an option stands under. */
enum lf_option_group {
    LF_GROUP_MACHINE,
    LF_GROUP_MODEL,
    LF_GROUP_ANSWER,
    LF_GROUP_COST,
    LF_GROUP_BENCH,
    LF_GROUP_OUTPUT,
    LF_GROUP_COUNT
};

/* Commands as bits, for the options they use. */
enum {
    LF_FOR_FIT = 1 << 0,
    LF_FOR_SYSTEM = 1 << 1,
    LF_FOR_LIST = 1 << 2,
    LF_FOR_INFO = 1 << 3,
    LF_FOR_CHECK = 1 << 4,
    LF_FOR_HELP = 1 << 5,
    LF_FOR_CATALOG = 1 << 6,
    LF_FOR_DOCTOR = 1 << 7,
    LF_FOR_PLAN = 1 << 8,
    LF_FOR_COST = 1 << 9,
    LF_FOR_BENCH = 1 << 10,
};

/* One option. Bounds hold for sizes, tokens, counts and numbers. */
struct lf_option {
    char letter;      /* '\0': none */
    const char *name; /* without the dashes */
    enum lf_option_kind kind;
    enum lf_option_group group;
    size_t offset;     /* into struct lf_options */
    const char *value; /* how the help calls the value; NULL for flags */
    const char *help;
    double least;
    double most;
    const char *(*word)(size_t place); /* of words: their spelling, NULL behind the last */
    unsigned commands;                 /* LF_FOR_... that use it */
};

/* Two rows may share a name when no command uses both: then the command named before the option
 * decides, and the first row counts where none was. */
extern const struct lf_option lf_option_rows[]; /* [lf_option_count] */
extern const size_t lf_option_count;

/* "Machine" ...: the heading of a group. */
const char *lf_option_group_title(enum lf_option_group group);

/* What was typed. Numbers are 0 and texts NULL where nothing was, but where said. */
struct lf_options {
    struct lf_arena arena;
    const struct lf_command_row *command; /* never NULL after parsing */
    struct lf_strings words;              /* what follows the command */
    uint64_t given;                       /* bit i: row i of the table was */

    bool json;
    unsigned format; /* row of the renderers */
    unsigned color;  /* enum lf_color */
    bool help;
    bool version;
    const char *catalog;
    const char *quality;
    bool offline;

    const char *machine;
    const char *root;
    uint64_t timeout_ms;
    struct lf_strings gpus;
    uint64_t vram_bytes;
    uint64_t ram_bytes;
    uint64_t cpu_cores;
    bool use_free;
    bool from_disk;
    uint64_t disk_bandwidth_bps;

    unsigned runtime; /* place among lf_runtime_id's */
    uint64_t context_tokens;
    uint64_t max_context_tokens;
    struct lf_cache_option cache;
    struct lf_quant_option quant;
    uint64_t slots;
    uint64_t ubatch;
    uint64_t outputs;
    unsigned flash_attn; /* enum lf_switch; on unless told otherwise */
    bool swa_full;
    unsigned imatrix; /* enum lf_switch; on unless told otherwise */
    bool splits_cache;
    bool loads_mtp;
    bool mmproj;
    bool no_mmproj_offload;

    unsigned use_case; /* enum lf_use_case */
    double min_tps;
    uint64_t prompt_tokens;
    uint64_t answer_tokens;
    const char *licence;
    bool vision;
    bool tools;
    bool thinking;
    unsigned sort;  /* enum lf_sort */
    uint64_t limit; /* LF_LIMIT_UNSET: not given; 0: all */
    struct lf_strings requirements;
    bool check;
    bool explain;
    bool bench_memory;
    uint64_t bench_threads;      /* 0: as many as there are cores */
    struct lf_cost_request cost; /* negative: not given */
    struct lf_bench_options bench;
    bool no_save;
};

#define LF_LIMIT_UNSET UINT64_MAX

/* Reads argv[argc] into an all-zero *options: finds the command (fit when none is named), the
 * options wherever they stand, and the words. Fails with LF_USAGE, one sentence, naming the nearest
 * for what is unknown and the right commands for an option that this one does not use. argv
 * outlives *options; lf_options_clear frees it, also after an error. */
enum lf_status lf_options_parse(int argc, char *const argv[], struct lf_options *options,
                                struct lf_error *err);

void lf_options_clear(struct lf_options *options);

/* Whether argv asks for JSON, however wrong the rest of it is. */
bool lf_options_want_json(int argc, char *const argv[]);

/* The request that was typed; today is borrowed. */
void lf_options_request(const struct lf_options *options, const char *today,
                        struct lf_request *request);

#endif
