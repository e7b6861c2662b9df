#include "advise/doctor.h"
#include "cli/command.h"
#include "cli/system.h"

static enum lf_status run(struct lf_session *session, struct lf_error *err)
{
    const struct lf_options *options = &session->options;
    if (options->words.count > 0) {
        return lf_fail(err, LF_USAGE, "doctor takes no words, but \"%.64s\" was given",
                       options->words.items[0]);
    }
    enum lf_status status = lf_catalog_load(&session->catalog, LF_CATALOG_CPUS, err);
    if (status == LF_OK) {
        status = lf_session_open_machine(session, err);
    }
    if (status != LF_OK) {
        return status;
    }
    struct lf_doctor_system system = {0};
    bool is_here = options->machine == NULL && options->root == NULL;
    if (is_here) {
        system = lf_system_describe(&session->machine.arena);
    }
    struct lf_doctor_report report;
    lf_doctor(&session->machine, &session->catalog, &system, &report);
    session->renderer->doctor(&report, &session->style, &session->out);
    lf_doctor_clear(&report);
    return LF_OK;
}

const struct lf_command_row lf_command_doctor = {
    .name = "doctor",
    .summary = "a report of the probe to paste into a bug report",
    .usage = "[OPTION...]",
    .about = "Shows what each step of the probe found, where every figure comes from, what is "
             "unknown and how to state it. Made for pasting: no serial numbers, names of hosts or "
             "users, or paths but the system's own are in it.",
    .examples = {"llmfit doctor", "llmfit doctor --json", "llmfit doctor --root recording"},
    .bit = LF_FOR_DOCTOR,
    .run = run,
};
