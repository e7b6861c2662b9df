#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/terminal.h"

/* Writes text to stderr with control characters made harmless: it may quote what was typed or what
 * a file holds. */
static void tell(const char *text)
{
    fputs("llmfit: ", stderr);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        fputc(c < 0x20 || c == 0x7F ? '?' : c, stderr);
    }
    fputc('\n', stderr);
}

/* Writes the answer and closes stdout, so that a full disk is noticed. A reader that has gone away
 * needs no sentence. */
static enum lf_status write_answer(const struct lf_text *out)
{
    bool is_written = fwrite(lf_text_string(out), 1, out->length, stdout) == out->length;
    int error = is_written ? 0 : errno;
    if (fclose(stdout) != 0 && is_written) {
        is_written = false;
        error = errno;
    }
    if (is_written) {
        return LF_OK;
    }
    if (error != EPIPE) {
        char text[LF_ERROR_TEXT_BYTES];
        snprintf(text, sizeof text, "standard output: %s", strerror(error));
        tell(text);
    }
    return LF_OUTPUT;
}

/* Today in UTC; SOURCE_DATE_EPOCH stands in for the clock where answers must repeat. */
static void find_today(char today[LF_TODAY_BYTES])
{
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    time_t now = fixed == NULL ? time(NULL) : (time_t)strtoll(fixed, NULL, 10);
    struct tm date;
    if (gmtime_r(&now, &date) == NULL || strftime(today, LF_TODAY_BYTES, "%Y-%m-%d", &date) == 0) {
        today[0] = '\0';
    }
}

static enum lf_status run(struct lf_session *session, int argc, char *argv[],
                          const struct lf_catalog_image *image, struct lf_error *err)
{
    struct lf_options *options = &session->options;
    enum lf_status status = lf_options_parse(argc, argv, options, err);
    if (status != LF_OK) {
        return status;
    }
    lf_terminal_style(options, &session->style);
    if (options->help) {
        bool is_named = options->words.count > 0 || options->command != lf_command_at(0);
        lf_help_add(is_named ? options->command : NULL, &session->out);
        return LF_OK;
    }
    if (options->version) {
        lf_help_add_version(&session->out);
        return LF_OK;
    }
    find_today(session->today);
    lf_options_request(options, session->today[0] == '\0' ? NULL : session->today,
                       &session->request);
    session->renderer = options->json ? lf_renderer_find("json") : lf_renderer_at(options->format);
    if (session->renderer->is_markdown) {
        session->style.markdown = true;
        session->style.color = session->style.ascii = false;
    }
    lf_catalog_init(&session->catalog, options->catalog);
    session->catalog.image = image;
    session->catalog.quality_file = options->quality;
    if (options->machine != NULL && strcmp(options->machine, "help") == 0) {
        status = lf_catalog_load(&session->catalog, LF_CATALOG_MACHINES, err);
        lf_help_add_machines(&session->catalog.machines, &session->out);
        return status;
    }
    return options->command->run(session, err);
}

int lf_cli_run(int argc, char *argv[], const struct lf_catalog_image *image)
{
    unsigned before = lf_terminal_open();
    struct lf_session *session = lf_alloc(1, sizeof *session);
    struct lf_error err = {0};
    enum lf_status status = run(session, argc, argv, image, &err);
    if (err.text[0] != '\0') {
        tell(err.text);
    }
    if (session->out.length == 0 && status != LF_OK && lf_options_want_json(argc, argv)) {
        lf_renderer_find("json")->error(&err, &session->out);
    }
    if (session->out.truncated) {
        tell("the answer is longer than 64 MiB");
        status = LF_INTERNAL;
    }
    enum lf_status written = write_answer(&session->out);
    status = written == LF_OK ? status : written;
    lf_text_clear(&session->out);
    lf_machine_clear(&session->machine);
    lf_catalog_clear(&session->catalog);
    lf_options_clear(&session->options);
    free(session);
    lf_terminal_close(before);
    return lf_status_exit_code(status);
}
