#include "cli/bench_engine.h"

#include <stdio.h>

#include "advise/bench.h"
#include "advise/fit.h"
#include "base/clock.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"

enum {
    REPEATS = 3,
    PROMPT_TOKENS = 512,
    GENERATE_TOKENS = 128,
    FIND_MS = 2000,
    BAR_COLUMNS = 24,
};
static const double MAX_TIME_S = 300;

/* A bar on a terminal's line of its own. */
static void tell(size_t done, size_t count, void *context)
{
    (void)context;
    int filled = (int)(BAR_COLUMNS * done / count);
    fprintf(stderr, "\rllmfit: [%.*s%.*s] %s %zu of %zu ", filled, "########################",
            BAR_COLUMNS - filled, "........................", done == 0 ? "warming up, run" : "run",
            done + 1, count);
    fflush(stderr);
}

static void clear_bar(void)
{
    fprintf(stderr, "\r%*s\r", BAR_COLUMNS + 40, "");
}

static enum lf_status find_server(const struct lf_options *options, struct lf_client *client,
                                  struct lf_server *server, struct lf_error *err)
{
    double end_ms = client->deadline_ms;
    double find_ms = options->timeout_ms != 0 ? (double)options->timeout_ms : FIND_MS;
    double find_end_ms = lf_clock_now_ms() + find_ms;
    client->deadline_ms = find_end_ms < end_ms ? find_end_ms : end_ms;
    enum lf_status status = options->bench.url == NULL
                                ? lf_server_find(client, server, err)
                                : lf_server_open(client, options->bench.url, false, server, err);
    client->deadline_ms = end_ms;
    return status;
}

/* What is to be done, as far as the model's context has room for it. */
static struct lf_bench_plan make_plan(const struct lf_bench_options *options,
                                      const struct lf_served_model *served)
{
    struct lf_bench_plan plan = {
        .model = served->name,
        .prompt_tokens = options->prompt_tokens != 0 ? options->prompt_tokens : PROMPT_TOKENS,
        .generate_tokens =
            options->generate_tokens != 0 ? options->generate_tokens : GENERATE_TOKENS,
        .repeats = options->repeats != 0 ? options->repeats : REPEATS,
        .tell = lf_terminal_has_messages() ? tell : NULL,
    };
    if (served->context_tokens != 0 && plan.generate_tokens > served->context_tokens / 4) {
        plan.generate_tokens = served->context_tokens / 4;
    }
    if (served->context_tokens != 0 && plan.prompt_tokens > served->context_tokens / 2) {
        plan.prompt_tokens = served->context_tokens / 2;
    }
    return plan;
}

static enum lf_status measure(const struct lf_options *options, struct lf_client *client,
                              struct lf_server *server, struct lf_served_model **served,
                              struct lf_bench_result *result, struct lf_error *err)
{
    const char *name = options->words.count > 0 ? options->words.items[0] : NULL;
    enum lf_status status = find_server(options, client, server, err);
    if (status == LF_OK) {
        status = lf_server_find_model(server, name, served, err);
    }
    if (status != LF_OK) {
        return status;
    }
    const struct lf_bench_plan plan = make_plan(&options->bench, *served);
    status = lf_bench_run(client, server, &plan, result, err);
    if (plan.tell != NULL) {
        clear_bar();
    }
    if (status == LF_OK && server->api->weigh != NULL) {
        status = server->api->weigh(client, server, *served, err);
    }
    return status;
}

/* The model of the catalog: the one named, else what the engine's name means. */
static enum lf_status find_model(const struct lf_session *session,
                                 const struct lf_served_model *served,
                                 const struct lf_model **model, struct lf_error *err)
{
    const char *named = session->options.bench.model;
    *model = lf_catalog_find_model(&session->catalog, named != NULL ? named : served->name);
    if (*model == NULL && named != NULL) {
        return lf_fail(err, LF_USAGE, "--model: \"%.128s\" names no single model of the catalog",
                       named);
    }
    return LF_OK;
}

/* Whether an address is one of this computer's own. */
static bool is_here(const char *url)
{
    static const char *const hosts[] = {"http://127.", "http://localhost", "http://[::1]"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        if (lf_text_starts_with(url, hosts[i])) {
            return true;
        }
    }
    return false;
}

/* Remembers what was measured of this very machine; a failure is told and no more. */
static void save(const struct lf_session *session, struct lf_bench_report *report)
{
    struct lf_own_row row;
    struct lf_error err = {0};
    if (session->options.no_save || !lf_session_is_here(session) ||
        !is_here(report->run->server->url) || !lf_bench_row(report, &row)) {
        return;
    }
    report->is_saved = lf_own_add(&row, &err) == LF_OK;
    if (!report->is_saved) {
        lf_bench_warn(report, "not-saved",
                      lf_arena_format(&report->arena, "it is not remembered: %s", err.text));
    }
}

static enum lf_status report(struct lf_session *session, struct lf_bench_run *run,
                             struct lf_error *err)
{
    struct lf_bench_report report = {0};
    enum lf_status status = find_model(session, run->served, &run->model, err);
    if (status == LF_OK) {
        status = lf_session_open_machine(session, err);
    }
    if (status == LF_OK) {
        status = lf_bench_predict(&session->machine, &session->catalog, &session->request, run,
                                  &report, err);
    }
    if (status == LF_OK) {
        save(session, &report);
        session->renderer->bench(&report, &session->style, &session->out);
    }
    lf_bench_clear(&report);
    return status;
}

static enum lf_status check_words(const struct lf_options *options, struct lf_error *err)
{
    if (options->words.count > 1) {
        return lf_fail(err, LF_USAGE, "bench takes one model, \"%.64s\" is one too many",
                       options->words.items[1]);
    }
    if (options->quant.all) {
        return lf_fail(err, LF_USAGE, "bench takes one --quant, the one the engine runs");
    }
    if (options->offline && options->bench.url != NULL) {
        return lf_fail(err, LF_USAGE, "--offline and --url exclude each other");
    }
    return LF_OK;
}

enum lf_status lf_bench_engine(struct lf_session *session, struct lf_error *err)
{
    const struct lf_options *options = &session->options;
    struct lf_client client = {.is_interrupted = lf_interrupt_came};
    struct lf_server server = {0};
    struct lf_served_model *served = NULL;
    struct lf_bench_result result;
    enum lf_status status = check_words(options, err);
    if (status == LF_OK) {
        status = lf_catalog_load(&session->catalog, LF_FIT_PARTS, err);
    }
    if (status == LF_OK) {
        status = lf_http_open(&client.http, err);
    }
    if (status == LF_OK) {
        double most_s = options->bench.max_time_s > 0 ? options->bench.max_time_s : MAX_TIME_S;
        client.patience_ms = most_s * 1e3;
        client.deadline_ms = lf_clock_now_ms() + client.patience_ms;
        lf_interrupt_hold();
        status = measure(options, &client, &server, &served, &result, err);
        lf_interrupt_release();
    }
    if (status == LF_OK) {
        struct lf_bench_run measured = {.server = &server, .served = served, .result = &result};
        status = report(session, &measured, err);
    }
    lf_http_close(client.http);
    lf_arena_clear(&client.arena);
    return status;
}
