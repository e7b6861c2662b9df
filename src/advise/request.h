/* What is asked: everything an answer depends on besides the machine and the catalog. */
#ifndef LLMFIT_ADVISE_REQUEST_H
#define LLMFIT_ADVISE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mix.h"
#include "catalog/quality.h"

/* id, context aimed for when none is asked for, the skill that counts */
#define LF_USE_CASES(X)                         \
    X(GENERAL, "general", 32768, GENERAL)       \
    X(CODING, "coding", 65536, CODING)          \
    X(REASONING, "reasoning", 32768, REASONING) \
    X(AGENTS, "agents", 65536, AGENTS)          \
    X(VISION, "vision", 32768, VISION)          \
    X(SMALL, "small", 8192, GENERAL)

enum lf_use_case {
#define LF_USE_CASE_ENUM(name, id, context_tokens, skill) LF_USE_CASE_##name,
    LF_USE_CASES(LF_USE_CASE_ENUM)
#undef LF_USE_CASE_ENUM
        LF_USE_CASE_COUNT
};

/* id of the key results are sorted by */
#define LF_SORTS(X)       \
    X(RANK, "rank")       \
    X(QUALITY, "quality") \
    X(SPEED, "speed")     \
    X(MEMORY, "memory")   \
    X(PARAMS, "params")   \
    X(CONTEXT, "context") \
    X(DATE, "date")       \
    X(NAME, "name")

enum lf_sort {
#define LF_SORT_ENUM(name, id) LF_SORT_##name,
    LF_SORTS(LF_SORT_ENUM)
#undef LF_SORT_ENUM
        LF_SORT_COUNT
};

/* What is said of money and power. Negative means "not said". */
struct lf_cost_request {
    double usd_per_kwh;
    double hours_per_day; /* the machine spends working */
    double price_usd;     /* of the whole machine; not said: it is there anyway */
    double resale_frac;
    double years;
    double generating_watts; /* the whole machine, at the wall */
    double idle_watts;
    double input_ratio;  /* tokens read for each one written */
    const char *against; /* a hosted model to compare with; NULL: none is named */
};

/* The runtimes of runtimes.json that can be asked for; the first is the one unasked. */
#define LF_RUNTIMES(X) \
    X("llama.cpp")     \
    X("ollama")        \
    X("lm-studio")     \
    X("mlx")           \
    X("vllm")

struct lf_machine;
struct lf_own_rows;

/* Zero and false mean "not asked for", but where said. */
struct lf_request {
    enum lf_use_case use_case;
    uint64_t context_tokens;     /* 0: chosen */
    uint64_t max_context_tokens; /* a chosen context stays below; 0: no bound */
    bool has_kv;                 /* cache types are given */
    enum lf_type type_k;
    enum lf_type type_v;
    bool has_mix; /* one quant is given */
    enum lf_mix mix;
    bool all_mixes;   /* info: every quant */
    uint64_t slots;   /* at least 1 */
    uint64_t ubatch;  /* 0: what the engine takes */
    uint64_t outputs; /* 0: 512 in sizes, one a slot in placements, as llama-server does */
    /* In the cache when a speed is told; 0: LF_DEPTH_TOKENS. */
    uint64_t depth_tokens;
    bool no_flash_attn;
    bool swa_full;
    bool splits_cache; /* each slot has a cache of its own */
    bool no_imatrix;   /* GGUF files are made without an importance matrix, as few published are */
    bool loads_mtp;
    bool loads_projector;        /* the vision and audio part, where the model has one */
    bool projector_in_ram;       /* it lies there, not on a GPU */
    bool uses_free;              /* plan on the memory free now */
    bool from_disk;              /* weights that RAM does not hold may stay on the disk */
    uint64_t disk_bandwidth_bps; /* it reads sequentially; 0: as its kind does */
    bool explains;               /* info: the arithmetic behind its figures */
    double min_tps;
    uint64_t prompt_tokens; /* of which the wait is told; 0: what the use case has */
    uint64_t answer_tokens; /* 0: a long answer of the model's */
    bool needs_vision;
    bool needs_tools;
    bool needs_thinking;
    const char *licence; /* only models of this licence (part of its name); NULL: all */
    const char
        *finetune; /* info, cost: what was asked for, where the model is only its base; else NULL */
    enum lf_sort sort;
    size_t limit;        /* rows; 0: all */
    const char *runtime; /* one of LF_RUNTIMES; NULL: the first */
    const char *today;   /* "2026-11-22"; NULL: not known */
    /* What was measured on this computer, and the machine that this computer is: the rows hold for
     * no other. NULL: nothing was. */
    const struct lf_own_rows *own;
    const struct lf_machine *own_machine;
    struct lf_cost_request cost;
};

/* Nothing is said. */
void lf_cost_request_init(struct lf_cost_request *cost);

/* slots 1, the rest unasked and unsaid. */
void lf_request_init(struct lf_request *request);

/* The id of that place among the runtimes, or NULL behind the last. */
const char *lf_runtime_id(size_t place);

const char *lf_use_case_id(enum lf_use_case use_case);
uint64_t lf_use_case_context(enum lf_use_case use_case);
enum lf_skill lf_use_case_skill(enum lf_use_case use_case);
bool lf_use_case_find(const char *id, enum lf_use_case *use_case);
const char *lf_sort_id(enum lf_sort sort);
bool lf_sort_find(const char *id, enum lf_sort *sort);

#endif
