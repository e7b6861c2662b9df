/* The table of options. A new one is a row here, a field in struct lf_options, and a case. */
#include "cli/options.h"

#include "cli/option_words.h"
#include "measure/bench.h"
#include "measure/memory.h"

#define AT(member) offsetof(struct lf_options, member)

enum {
    MODELS = LF_FOR_FIT | LF_FOR_INFO | LF_FOR_CHECK | LF_FOR_COST,
    RUNS = MODELS | LF_FOR_PLAN | LF_FOR_BENCH,
    CHOICES = MODELS | LF_FOR_PLAN, /* what is chosen where an engine does not settle it */
    MACHINES = MODELS | LF_FOR_SYSTEM | LF_FOR_DOCTOR | LF_FOR_BENCH,
    ANSWERS = MACHINES | LF_FOR_LIST | LF_FOR_PLAN | LF_FOR_CATALOG,
    ALL = ANSWERS | LF_FOR_HELP,
};

#define ROW(name_, kind_, group_, member) \
    .name = (name_), .kind = LF_OPTION_##kind_, .group = LF_GROUP_##group_, .offset = AT(member)

#define MOST_BYTES 9007199254740992.0 /* 8 PiB, as in a machine file */
#define LEAST_BYTES 1048576.0
#define MOST_TOKENS 16777216.0

/* A switch of what is asked. */
#define ANSWER_FLAG(name_, member, help_, commands_)                                             \
    {                                                                                            \
        .name = (name_), .kind = LF_OPTION_FLAG, .group = LF_GROUP_ANSWER, .offset = AT(member), \
        .help = (help_), .commands = (commands_)                                                 \
    }

/* A number that only sums of money rest on. */
#define COST_ROW(name_, member, value_, help_, least_, most_)                             \
    {                                                                                     \
        .name = (name_), .kind = LF_OPTION_NUMBER, .group = LF_GROUP_COST,                \
        .offset = AT(cost.member), .value = (value_), .help = (help_), .least = (least_), \
        .most = (most_), .commands = LF_FOR_COST                                          \
    }

/* How an engine is measured. */
#define BENCH_ROW(name_, kind_, member, value_, help_, least_, most_)                      \
    {                                                                                      \
        .name = (name_), .kind = LF_OPTION_##kind_, .group = LF_GROUP_BENCH,               \
        .offset = AT(bench.member), .value = (value_), .help = (help_), .least = (least_), \
        .most = (most_), .commands = LF_FOR_BENCH                                          \
    }

/* Tokens of which the wait is told. */
#define WAIT_ROW(name_, member, help_)                                                             \
    {                                                                                              \
        .name = (name_), .kind = LF_OPTION_TOKENS, .group = LF_GROUP_ANSWER, .offset = AT(member), \
        .value = "N", .help = (help_), .least = 1, .most = MOST_TOKENS,                            \
        .commands = LF_FOR_FIT | LF_FOR_INFO                                                       \
    }

const struct lf_option lf_option_rows[] = {
    {ROW("machine", TEXT, MACHINE, machine), .value = "FILE|NAME",
     .help = "answer for this machine file (- is standard input), or for a known computer; help "
             "lists those",
     .commands = MACHINES},
    {ROW("root", TEXT, MACHINE, root), .value = "DIR",
     .help = "read the recorded proc/ and sys/ below DIR", .commands = MACHINES},
    {ROW("gpu", TEXTS, MACHINE, gpus), .value = "NAME[xN]",
     .help = "as if it had these GPUs (\"rtx 4090\", \"rtx 3090x2\")", .commands = MACHINES},
    {ROW("memory", SIZE, MACHINE, vram_bytes), .value = "SIZE",
     .help = "as if each GPU had so much memory (24G)", .least = LEAST_BYTES, .most = MOST_BYTES,
     .commands = MACHINES & ~LF_FOR_BENCH},
    {ROW("ram", SIZE, MACHINE, ram_bytes), .value = "SIZE",
     .help = "as if it had so much RAM (64G)", .least = LEAST_BYTES, .most = MOST_BYTES,
     .commands = MACHINES},
    {ROW("cpu-cores", COUNT, MACHINE, cpu_cores), .value = "N",
     .help = "as if it had so many cores", .least = 1, .most = 65536, .commands = MACHINES},
    {ROW("use-free", FLAG, MACHINE, use_free), .help = "plan on the memory that is free now",
     .commands = MODELS},
    {ROW("from-disk", FLAG, MACHINE, from_disk),
     .help = "run what memory does not hold from the disk, slowly", .commands = MODELS},
    {ROW("disk-bandwidth", SIZE, MACHINE, disk_bandwidth_bps), .value = "RATE",
     .help = "what that disk reads in a second (7GB); else by its kind", .least = LEAST_BYTES,
     .most = MOST_BYTES, .commands = MODELS},
    {ROW("timeout", COUNT, MACHINE, timeout_ms), .value = "MS",
     .help = "longest the probe may take (2000)", .least = 1, .most = 60000, .commands = MACHINES},

    {ROW("runtime", WORD, MODEL, runtime), .value = "ENGINE",
     .help = "llama.cpp, ollama, lm-studio, mlx or vllm", .word = lf_runtime_id,
     .commands = MODELS},
    {ROW("context", TOKENS, MODEL, context_tokens), .letter = 'c', .value = "TOKENS",
     .help = "context to make room for (8k); else chosen", .least = 256, .most = MOST_TOKENS,
     .commands = RUNS},
    {ROW("max-context", TOKENS, MODEL, max_context_tokens), .value = "TOKENS",
     .help = "longest context to choose", .least = 256, .most = MOST_TOKENS, .commands = CHOICES},
    {ROW("quant", QUANT, MODEL, quant), .value = "Q|all",
     .help = "quantization (Q4_K_M); else chosen", .commands = RUNS},
    {ROW("kv", CACHE, MODEL, cache), .value = "TYPE|K,V",
     .help = "type of the attention cache (f16, q8_0, q4_0)", .commands = RUNS},
    {ROW("parallel", COUNT, MODEL, slots), .value = "N",
     .help = "conversations at the same time (1)", .least = 1, .most = 256, .commands = RUNS},
    {ROW("kv-split", FLAG, MODEL, splits_cache), .help = "each conversation has a cache of its own",
     .commands = RUNS},
    {ROW("ubatch", COUNT, MODEL, ubatch), .value = "N",
     .help = "prompt tokens at once (512; mlx and vllm 2048)", .least = 1, .most = 16384,
     .commands = RUNS},
    {ROW("outputs", COUNT, MODEL, outputs), .value = "N", .help = "rows of logits at once",
     .least = 1, .most = 16384, .commands = RUNS},
    {ROW("flash-attn", WORD, MODEL, flash_attn), .value = "on|off", .help = "flash attention (on)",
     .word = lf_option_switch_word, .commands = RUNS},
    {ROW("swa-full", FLAG, MODEL, swa_full), .help = "sliding-window layers keep the whole context",
     .commands = RUNS},
    {ROW("imatrix", WORD, MODEL, imatrix), .value = "on|off",
     .help = "GGUF files made with an importance matrix (on)", .word = lf_option_switch_word,
     .commands = RUNS},
    {ROW("mtp", FLAG, MODEL, loads_mtp), .help = "load the layers for multi-token prediction",
     .commands = RUNS},
    {ROW("mmproj", FLAG, MODEL, mmproj),
     .help = "load the part that sees and hears; --vision does so too", .commands = RUNS},
    {ROW("no-mmproj-offload", FLAG, MODEL, no_mmproj_offload), .help = "keep that part in RAM",
     .commands = RUNS},

    {ROW("use-case", WORD, ANSWER, use_case), .value = "USE",
     .help = "general, coding, reasoning, agents, vision or small", .word = lf_option_use_case_word,
     .commands = CHOICES},
    {ROW("min-tps", NUMBER, ANSWER, min_tps), .value = "N",
     .help = "only models that write so many tokens a second", .least = 0, .most = 1e6,
     .commands = CHOICES},
    WAIT_ROW("prompt-tokens", prompt_tokens, "prompt whose wait is told (2k; work 16k)"),
    WAIT_ROW("answer-tokens", answer_tokens, "answer whose time is told (28k; not thinking 4k)"),
    {ROW("licence", TEXT, ANSWER, licence), .value = "NAME",
     .help = "only models of this licence (apache)", .commands = LF_FOR_FIT | LF_FOR_LIST},
    ANSWER_FLAG("vision", vision, "only models that see pictures", LF_FOR_FIT),
    ANSWER_FLAG("tools", tools, "only models that call tools", LF_FOR_FIT),
    ANSWER_FLAG("thinking", thinking, "only models that think before they answer", LF_FOR_FIT),
    {ROW("sort", WORD, ANSWER, sort), .value = "KEY",
     .help = "rank, quality, speed, memory, params, context, date, name",
     .word = lf_option_sort_word, .commands = LF_FOR_FIT | LF_FOR_LIST},
    {ROW("limit", ROWS, ANSWER, limit), .letter = 'n', .value = "N|all", .help = "rows to show",
     .most = 1e6, .commands = LF_FOR_FIT | LF_FOR_LIST | LF_FOR_PLAN},
    {ROW("require", TEXTS, ANSWER, requirements), .value = "REQ",
     .help = "a requirement (repeat for more): \"vram_nominal>=24G\"", .commands = LF_FOR_CHECK},
    ANSWER_FLAG("check", check, "exit with 1 when the model does not fit", LF_FOR_INFO),
    ANSWER_FLAG("explain", explain, "show the arithmetic behind every figure", LF_FOR_INFO),

    ANSWER_FLAG("memory", bench_memory, "measure how fast the RAM is read", LF_FOR_BENCH),
    {ROW("threads", COUNT, ANSWER, bench_threads), .value = "N",
     .help = "threads that read; else one a core", .least = 1, .most = LF_MEASURE_THREADS_MOST,
     .commands = LF_FOR_BENCH},

    COST_ROW("kwh", usd_per_kwh, "USD", "price of electricity per kWh (0.17)", 0, 100),
    COST_ROW("hours", hours_per_day, "N", "hours a day it spends working (1.2)", 0.01, 24),
    COST_ROW("hardware-price", price_usd, "USD", "price of the machine; else it counts as owned", 0,
             1e7),
    COST_ROW("resale", resale_frac, "SHARE", "share of the price got back in the end (0.3)", 0, 1),
    COST_ROW("years", years, "N", "years the machine is used (3)", 0.1, 100),
    COST_ROW("watts", generating_watts, "N", "what it draws at the wall while it writes", 1, 1e6),
    COST_ROW("idle-watts", idle_watts, "N", "what it draws between answers, if that counts", 0,
             1e6),
    COST_ROW("input-ratio", input_ratio, "N", "tokens read for each one written (4)", 0, 1000),
    {ROW("against", TEXT, COST, cost.against), .value = "MODEL",
     .help = "a hosted model to compare with (\"gpt-6 luna\")", .commands = LF_FOR_COST},

    BENCH_ROW("url", TEXT, url, "URL", "the engine's address; else this computer is searched", 0,
              0),
    BENCH_ROW("model", TEXT, model, "ID", "which model of the catalog it runs", 0, 0),
    BENCH_ROW("repeat", COUNT, repeats, "N", "runs behind the one that warms up (3)", 1,
              LF_REPEATS_MOST),
    BENCH_ROW("prompt", TOKENS, prompt_tokens, "TOKENS", "about how much is read (512)", 16,
              MOST_TOKENS),
    BENCH_ROW("generate", TOKENS, generate_tokens, "TOKENS", "how much is written (128)", 2,
              MOST_TOKENS),
    BENCH_ROW("max-time", NUMBER, max_time_s, "S", "longest it may take in all (300)", 0.1, 86400),
    {ROW("no-save", FLAG, BENCH, no_save), .help = "do not remember the result",
     .commands = LF_FOR_BENCH},

    {ROW("json", FLAG, OUTPUT, json), .help = "print JSON; the same as --format json",
     .commands = ANSWERS},
    {ROW("format", WORD, OUTPUT, format), .value = "F", .help = "text, json or markdown",
     .word = lf_option_format_word, .commands = ANSWERS},
    {ROW("color", WORD, OUTPUT, color), .value = "WHEN", .help = "auto, always or never",
     .word = lf_option_color_word, .commands = ALL},
    {ROW("catalog", TEXT, OUTPUT, catalog), .value = "DIR",
     .help = "data files that replace or join the built-in ones", .commands = ANSWERS},
    {ROW("quality", TEXT, OUTPUT, quality), .value = "FILE",
     .help = "your own shares, in place of data/quality.json", .commands = ANSWERS},
    {ROW("offline", FLAG, OUTPUT, offline), .help = "never use the network", .commands = ALL},
    {ROW("help", FLAG, OUTPUT, help), .letter = 'h', .help = "show what a command does and takes",
     .commands = ALL},
    {ROW("version", FLAG, OUTPUT, version), .letter = 'V', .help = "show the version",
     .commands = ALL},
};

const size_t lf_option_count = sizeof lf_option_rows / sizeof lf_option_rows[0];

const char *lf_option_group_title(enum lf_option_group group)
{
    static const char *const titles[LF_GROUP_COUNT] = {
        [LF_GROUP_MACHINE] = "The machine",      [LF_GROUP_MODEL] = "How models are run",
        [LF_GROUP_ANSWER] = "What is asked",     [LF_GROUP_COST] = "What the sums rest on",
        [LF_GROUP_BENCH] = "How it is measured", [LF_GROUP_OUTPUT] = "Output",
    };
    return titles[group];
}
