#include "advise/audit.h"

#include "catalog/verify.h"
#include "rules/engine.h"

static void count_models(struct lf_audit_report *report)
{
    const struct lf_models *models = &report->catalog->models;
    for (size_t i = 0; i < models->count; i++) {
        const struct lf_model *model = &models->items[i];
        report->models++;
        report->shapes += model->shape_id == NULL;
        report->stated += model->params_stated != 0;
        report->by_confidence[model->confidence]++;
        if (model->shape != NULL) {
            report->by_exactness[lf_model_exactness(model, &lf_engine_gguf)]++;
        }
    }
    for (int mix = 0; mix < LF_MIX_COUNT; mix++) {
        report->mixes += report->catalog->quants.rows[mix].rank != 0;
    }
}

enum lf_status lf_audit(struct lf_catalog *catalog, const struct lf_request *request,
                        struct lf_audit_report *report, struct lf_error *err)
{
    *report = (struct lf_audit_report){.catalog = catalog};
    catalog->findings = &report->findings;
    catalog->today = request->today;
    enum lf_status status = lf_catalog_load(catalog, LF_CATALOG_ALL, err);
    if (status != LF_OK) {
        return status;
    }
    lf_catalog_verify(catalog);
    lf_findings_sort(&report->findings);
    count_models(report);
    return LF_OK;
}

void lf_audit_clear(struct lf_audit_report *report)
{
    lf_findings_clear(&report->findings);
}

enum lf_status lf_audit_status(const struct lf_audit_report *report)
{
    return report->findings.seen[LF_SEVERITY_ERROR] == 0 ? LF_OK : LF_BAD_INPUT;
}
