/* A machine document: whatever it says of memory, a budget is made and a small catalog is placed;
 * nothing that fits exceeds its budget. */
#include <stdlib.h>

#include "advise/fit.h"
#include "fuzz.h"

/* The built-in catalog, read once, with its first models only. */
static const struct lf_catalog *small_catalog(void)
{
    enum { MODELS = 6 };
    static struct lf_catalog catalog;
    if (catalog.loaded == 0) {
        lf_catalog_init(&catalog, NULL);
        if (lf_catalog_load(&catalog, LF_FIT_PARTS, NULL) != LF_OK) {
            abort();
        }
        catalog.models.count = MODELS;
    }
    return &catalog;
}

static void check_choice(const struct lf_choice *choice)
{
    for (size_t i = 0; i < choice->placement.share_count; i++) {
        const struct lf_share *share = &choice->placement.shares[i];
        uint64_t used = share->weights_bytes + share->duplicate_bytes + share->kv_bytes +
                        share->state_bytes + share->compute_bytes;
        if (share->left_bytes != 0 && used + share->left_bytes != share->pool->budget_bytes) {
            abort();
        }
    }
    if (!choice->placement.fits || choice->decode.low > choice->decode.mid ||
        choice->decode.mid > choice->decode.high) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_machine machine = {0};
    struct lf_error err = {0};
    if (lf_machine_read(&machine, "fuzz", (const char *)data, size, &err) != LF_OK) {
        return 0;
    }
    struct lf_request request;
    struct lf_fit_report report;
    lf_request_init(&request);
    request.uses_free = size % 2 == 0;
    if (lf_fit(&machine, small_catalog(), &request, &report, &err) != LF_OK) {
        abort();
    }
    for (size_t i = 0; i < report.count; i++) {
        check_choice(report.models[i]);
    }
    lf_fit_clear(&report);
    lf_machine_clear(&machine);
    return 0;
}
