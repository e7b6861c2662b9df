#include "cli/bench_memory.h"

#include "advise/bench_memory.h"
#include "base/store.h"

/* Keeps the document that --json prints. Where that fails the answer is given all the same. */
static void save(struct lf_session *session, struct lf_bench_memory_report *report)
{
    struct lf_text path = {0};
    struct lf_text document = {0};
    struct lf_error err = {0};
    enum lf_status status = lf_store_path(LF_STORE_CACHE, LF_REMEMBERED_FILE, &path, &err);
    if (status == LF_OK) {
        report->saved_to = lf_arena_copy(&report->arena, lf_text_string(&path), path.length);
        lf_renderer_find("json")->bench_memory(report, &session->style, &document);
        status = lf_store_replace(LF_STORE_CACHE, LF_REMEMBERED_FILE, lf_text_string(&document),
                                  document.length, &err);
    }
    if (status != LF_OK) {
        lf_bench_memory_not_saved(report, err.text);
    }
    lf_text_clear(&document);
    lf_text_clear(&path);
}

static enum lf_status measure(struct lf_session *session, struct lf_memory_measured *measured,
                              uint64_t cache_bytes, struct lf_error *err)
{
    const struct lf_memory_measuring wishes = {
        .threads = session->options.bench_threads == 0 ? lf_bench_memory_threads(&session->machine)
                                                       : (unsigned)session->options.bench_threads,
        .cache_bytes = cache_bytes,
        .most_bytes = lf_bench_memory_most_bytes(&session->machine),
    };
    if (wishes.most_bytes < LF_MEASURE_LEAST_BYTES) {
        return lf_fail(err, LF_NO_PROBE,
                       "there is too little free memory to measure its speed: 256 MiB are needed");
    }
    return lf_memory_measure(&wishes, measured, err);
}

enum lf_status lf_bench_memory_run(struct lf_session *session, struct lf_error *err)
{
    const struct lf_options *options = &session->options;
    if (options->words.count > 0) {
        return lf_fail(err, LF_USAGE, "bench --memory takes no words, but \"%.64s\" was given",
                       options->words.items[0]);
    }
    if (!lf_session_is_here(session)) {
        return lf_fail(err, LF_USAGE, "bench --memory measures this computer, not another");
    }
    struct lf_bench_memory_report report = {.today = session->request.today};
    struct lf_memory_measured measured;
    uint64_t cache_bytes = lf_memory_cache_bytes();
    enum lf_status status = lf_catalog_load(&session->catalog, LF_CATALOG_CPUS, err);
    if (status == LF_OK) {
        status = lf_session_open_machine(session, err);
    }
    if (status == LF_OK) {
        status = measure(session, &measured, cache_bytes, err);
    }
    if (status == LF_OK) {
        lf_bench_memory(&session->machine, &session->catalog, &measured, cache_bytes, &report);
        if (!options->no_save) {
            save(session, &report);
        }
        session->renderer->bench_memory(&report, &session->style, &session->out);
    }
    lf_bench_memory_clear(&report);
    return status;
}
