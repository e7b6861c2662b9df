/* What a mix costs in quality, by the size of the model (quants.json). */
#ifndef LLMFIT_CATALOG_QUANT_H
#define LLMFIT_CATALOG_QUANT_H

#include "base/mix.h"
#include "base/json.h"

enum { LF_SIZE_CLASSES = 4 };

struct lf_quant {
    enum lf_mix mix;
    uint64_t rank;                   /* 1 is the best */
    bool needs_imatrix;              /* llama-quantize asks for one */
    double nominal_bpw;              /* bits per weight of a typical model of 7 B and more */
    double factors[LF_SIZE_CLASSES]; /* 0..1, by size class */
    const char *source;
    const char *checked;
};

struct lf_quants {
    double class_bounds_b[LF_SIZE_CLASSES - 1]; /* total parameters, 10^9; a class ends below */
    struct lf_quant rows[LF_MIX_COUNT];         /* by mix; rank 0: the file does not have it */
};

enum lf_status lf_quants_read(const struct lf_json *json, struct lf_arena *arena,
                              struct lf_quants *quants, struct lf_error *err);

/* The factor for a model of so many parameters; 0 when the mix is not listed. */
double lf_quant_factor(const struct lf_quants *quants, enum lf_mix mix, uint64_t params_total);

#endif
