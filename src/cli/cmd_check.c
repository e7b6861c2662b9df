#include "advise/check.h"
#include "cli/command.h"

static enum lf_status run(struct lf_session *session, struct lf_error *err)
{
    const struct lf_options *options = &session->options;
    if (options->words.count > 0) {
        return lf_fail(err, LF_USAGE, "check takes no words; write --require '%.64s'",
                       options->words.items[0]);
    }
    if (options->requirements.count == 0) {
        return lf_fail(err, LF_USAGE, "check needs --require (try --require 'ram_installed>=16G')");
    }
    struct lf_check_report report = {0};
    enum lf_status status = lf_session_open_machine(session, err);
    if (status == LF_OK) {
        status = lf_check(&session->machine, &session->catalog, &session->request,
                          options->requirements.items, options->requirements.count, &report, err);
    }
    if (status == LF_OK) {
        session->renderer->check(&report, &session->style, &session->out);
        status = lf_check_status(&report);
    }
    lf_check_clear(&report);
    return status;
}

const struct lf_command_row lf_command_check = {
    .name = "check",
    .summary = "test requirements on this machine; exit code 0 or 1, for CI",
    .usage = "--require REQ... [OPTION...]",
    .about = "Tests each requirement, tells which fails and by how much, and exits with 0 when all "
             "are met, 1 when one fails, and 4 when one cannot be told. Requirements on the "
             "machine compare ram_installed, ram_total, ram_usable, ram_available, swap, "
             "vram_nominal, vram_total, vram_free, vram_largest, gpus, cores, threads or disk_free "
             "with >=, >, =, < or <=; others name a model.",
    .examples = {"llmfit check --require 'ram_installed>=16G' --require 'vram_nominal>=24G'",
                 "llmfit check --require 'model=qwen3-8b,quant>=Q4_K_M,context>=8k,tps>=10'",
                 "llmfit check --require 'tier>=useful' --machine box.json"},
    .bit = LF_FOR_CHECK,
    .run = run,
};
