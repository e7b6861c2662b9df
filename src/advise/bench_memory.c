#include "advise/bench_memory.h"

#include <string.h>

#include "base/units.h"

/* A smaller buffer may have been read from the caches in part. */
enum { CACHES_LEAST = 4, FREE_PARTS = 4 };

unsigned lf_bench_memory_threads(const struct lf_machine *machine)
{
    const struct lf_cpu *cpu = &machine->cpu;
    struct lf_amount cores = lf_known(cpu->cores) ? cpu->cores : cpu->threads;
    uint64_t threads = lf_known_or(cores, 1);
    if (lf_known(cpu->quota_millis)) {
        uint64_t at_once = (cpu->quota_millis.value + 999) / 1000;
        threads = at_once < threads ? at_once : threads;
    }
    threads = threads == 0 ? 1 : threads;
    return threads < LF_MEASURE_THREADS_MOST ? (unsigned)threads : LF_MEASURE_THREADS_MOST;
}

uint64_t lf_bench_memory_most_bytes(const struct lf_machine *machine)
{
    const struct lf_memory *memory = &machine->memory;
    struct lf_amount free_bytes = lf_amount_least(memory->available_bytes, memory->usable_bytes);
    return lf_known(free_bytes) ? free_bytes.value / FREE_PARTS : LF_MEASURE_LEAST_BYTES;
}

static void warn(struct lf_bench_memory_report *report, const char *code, const char *text)
{
    report->warnings[report->warning_count++] = (struct lf_reason){.code = code, .text = text};
}

void lf_bench_memory(const struct lf_machine *machine, const struct lf_catalog *catalog,
                     const struct lf_memory_measured *measured, uint64_t cache_bytes,
                     struct lf_bench_memory_report *report)
{
    struct lf_amount known = machine->memory.bandwidth_bps;
    report->machine = machine;
    report->catalog = catalog;
    report->measured = *measured;
    report->cache_bytes = cache_bytes;
    report->peak_bps = (uint64_t)((double)measured->read_bps / LF_READ_SHARE_OF_PEAK);
    if (lf_known(known) && known.value > 0) {
        report->share_of_known = (double)measured->read_bps / (double)known.value;
    }
    if (lf_mul(cache_bytes, CACHES_LEAST) > measured->buffer_bytes) {
        warn(report, "buffer-small",
             lf_arena_format(&report->arena,
                             "the buffer is not %d times as large as the caches: a part may have "
                             "been read from those",
                             CACHES_LEAST));
    }
    if (report->share_of_known > 1) {
        warn(report, "above-known",
             "more was measured than the peak that is known, which so is not this machine's");
    }
}

void lf_bench_memory_not_saved(struct lf_bench_memory_report *report, const char *text)
{
    report->saved_to = NULL;
    warn(report, "not-saved",
         lf_arena_format(&report->arena, "the figure is not remembered: %s", text));
}

void lf_bench_memory_clear(struct lf_bench_memory_report *report)
{
    lf_arena_clear(&report->arena);
}

static bool is_same_machine(const struct lf_machine *machine,
                            const struct lf_remembered *remembered)
{
    const char *cpu = machine->cpu.name == NULL ? "" : machine->cpu.name;
    uint64_t ram_bytes = lf_known_or(machine->memory.total_bytes, 0);
    uint64_t more = ram_bytes > remembered->ram_bytes ? ram_bytes : remembered->ram_bytes;
    uint64_t less = ram_bytes > remembered->ram_bytes ? remembered->ram_bytes : ram_bytes;
    return strcmp(cpu, remembered->cpu == NULL ? "" : remembered->cpu) == 0 &&
           remembered->cores == lf_known_or(machine->cpu.cores, 0) && more - less <= more / 50;
}

void lf_machine_recall(struct lf_machine *machine, const struct lf_remembered *remembered)
{
    if (remembered->read_bps == 0 || lf_known(machine->memory.bandwidth_bps) ||
        !is_same_machine(machine, remembered)) {
        return;
    }
    char rate[LF_SIZE_TEXT_BYTES];
    double peak_bps = (double)remembered->read_bps / LF_READ_SHARE_OF_PEAK;
    const char *source = lf_arena_format(
        &machine->arena, "llmfit bench --memory, %s (%s read, taken for %.0f %% of the peak)",
        remembered->date, lf_rate_format(rate, remembered->read_bps), LF_READ_SHARE_OF_PEAK * 100);
    machine->memory.bandwidth_bps = lf_amount((uint64_t)peak_bps, LF_MEASURED, source);
}
