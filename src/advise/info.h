/* Everything about one model: exact sizes by quant, and where it would go on this machine. */
#ifndef LLMFIT_ADVISE_INFO_H
#define LLMFIT_ADVISE_INFO_H

#include "advise/choice.h"

/* Sizes that do not depend on the machine; see the JSON contract. */
struct lf_size_row {
    enum lf_mix mix;
    uint64_t context_tokens;
    enum lf_type type_k;
    enum lf_type type_v;
    uint64_t file_bytes;    /* every tensor of the file, once */
    uint64_t weights_bytes; /* what is loaded, once */
    uint64_t kv_bytes;
    uint64_t kv_padding_bytes; /* what CUDA adds to kv_bytes */
    uint64_t state_bytes;
    uint64_t compute_bytes;      /* all layers on one GPU: its part */
    uint64_t host_compute_bytes; /* and RAM's */
    uint64_t total_bytes;        /* weights + kv + state + compute */
};

struct lf_info_report {
    struct lf_arena arena;
    const struct lf_machine *machine;
    const struct lf_request *request;
    const struct lf_catalog *catalog;
    struct lf_budget budget;
    struct lf_subject subject;
    struct lf_settings settings; /* of the sizes */
    enum lf_exactness exactness;
    struct lf_size_row *sizes; /* [size_count], best quant first */
    size_t size_count;
    struct lf_choice **placements; /* [placement_count], best first; the first is the advice */
    size_t placement_count;
    struct lf_command *commands; /* [placement_count] */
    struct lf_reason *warnings;
    size_t warning_count;
};

enum lf_status lf_info(const struct lf_machine *machine, const struct lf_catalog *catalog,
                       const struct lf_request *request, const struct lf_model *model,
                       struct lf_info_report *report, struct lf_error *err);

void lf_info_clear(struct lf_info_report *report);

#endif
