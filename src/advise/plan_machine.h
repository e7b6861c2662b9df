/* Machines made of the catalog's classes. Inner header of plan. */
#ifndef LLMFIT_ADVISE_PLAN_MACHINE_H
#define LLMFIT_ADVISE_PLAN_MACHINE_H

#include "advise/plan.h"

/* What a plan is made for; machine is a place to build in. */
struct lf_planner {
    const struct lf_catalog *catalog;
    const struct lf_request *request;
    const struct lf_subject *subject;
    struct lf_machine *machine;
    struct lf_budget *budget;
    struct lf_error *err;
};

/* How the model would run on the row's machine; fills row->prospect and what the machine has. */
enum lf_status lf_plan_machine(const struct lf_planner *planner, struct lf_plan_row *row);

/* How it would run over so many nodes of the cluster, all layers on their GPUs; fills the rest of
 * plan. prospect.fits is false when they do not hold it. */
enum lf_status lf_plan_nodes(const struct lf_planner *planner, struct lf_plan_cluster *plan);

/* Fills in the cluster's commands; none when the model lacks a repository that they need. */
void lf_plan_steps(const struct lf_subject *subject, struct lf_arena *arena,
                   struct lf_plan_cluster *plan);

#endif
