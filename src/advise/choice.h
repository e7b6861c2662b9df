/* A model as it would run on a machine: quant, context, placement, speed and what to expect. */
#ifndef LLMFIT_ADVISE_CHOICE_H
#define LLMFIT_ADVISE_CHOICE_H

#include "advise/measured.h"
#include "advise/request.h"
#include "catalog/catalog.h"
#include "rules/placement.h"
#include "rules/speed.h"
#include "rules/tier.h"

/* How sure the bytes are. */
enum lf_exactness {
    LF_EXACTNESS_MEASURED_ARCH, /* the architecture was checked against the engine: 0 differences */
    LF_EXACTNESS_RULE,          /* built from parts that were checked */
    LF_EXACTNESS_ESTIMATED,     /* the shape itself is unsure */
};

/* "measured-arch", "rule", "estimated". */
const char *lf_exactness_name(enum lf_exactness exactness);
enum lf_exactness lf_model_exactness(const struct lf_model *model, const struct lf_engine *engine);

/* A fact about an answer: code is contract, text is for people. */
struct lf_reason {
    const char *code;
    const char *text;
    uint64_t short_by_bytes; /* 0: nothing is missing, or not memory */
    struct lf_strings helps; /* what would change it, one phrase each */
};

enum { LF_REASONS_MOST = 8 };

/* A model spelled out, borrowed by choices. */
struct lf_subject {
    const struct lf_model *model;
    struct lf_form form;
};

/* The vision and audio part of a model, as a runtime loads it; see advise/projector.h. */
struct lf_projector {
    bool is_loaded;
    bool stays_in_ram;
    const struct lf_published_file *file; /* NULL: not loaded, or its size is not known */
};

/* The published row that comes nearest to a choice; see advise/same_device.h. */
struct lf_same_device {
    const struct lf_benchmark *row; /* NULL: none */
    bool is_comparable;             /* it is of the same quant and back end, by a recent engine */
    bool is_inside;                 /* and within the formula's interval at its depth */
    struct lf_estimate formula;     /* what the formula says of the choice; only where comparable */
};

struct lf_choice {
    const struct lf_subject *subject;
    enum lf_mix mix;
    struct lf_settings settings;
    uint64_t file_bytes;
    struct lf_projector projector;
    uint64_t total_bytes; /* over all pools */
    struct lf_estimate decode;
    struct lf_estimate prefill;
    const struct lf_own_row *own;        /* measured of just this; NULL: it was not */
    struct lf_estimate estimated_decode; /* what decode would be without own measurements */
    uint64_t depth_tokens;
    struct lf_same_device same_device;
    uint64_t max_context_tokens; /* the longest that fits like this; 0: not worked out */
    struct lf_expectation expectation;
    double worth; /* among the models of a list; see lf_rank */
    struct lf_reason reasons[LF_REASONS_MOST];
    size_t reason_count;
    struct lf_placement placement; /* last, for its shares are */
};

/* Makes all of it zero, but for shares, of which none is in use then. */
void lf_choice_reset(struct lf_choice *choice);

/* Copies all of it, but for shares that are not in use. */
void lf_choice_copy(struct lf_choice *to, const struct lf_choice *from);

/* A copy in the arena that ends behind the shares in use: it may be changed in place, and copied by
 * lf_choice_copy only. */
struct lf_choice *lf_choice_keep(const struct lf_choice *choice, struct lf_arena *arena);

/* What the adviser works with; all borrowed. */
struct lf_advice_context {
    const struct lf_catalog *catalog;
    const struct lf_machine *machine;
    const struct lf_request *request;
    const struct lf_budget *budget;
    const struct lf_runtime *runtime; /* the one asked for */
    struct lf_tier_tables tables;
    struct lf_measured measured; /* on this computer */
    /* Published speeds of the GPUs of the budget, and of the CPU; see advise/same_device.h. */
    struct lf_benchmarks gpu_rows[LF_ACCELERATORS_MOST];
    struct lf_benchmarks cpu_rows;
};

/* Makes the budget of a machine and what else the adviser works with. Fails with LF_BAD_INPUT when
 * the catalog lacks the runtime, and with LF_USAGE when that never loads the quant asked for, or
 * does not read from the disk as asked for. */
enum lf_status lf_advice_prepare(const struct lf_catalog *catalog, const struct lf_machine *machine,
                                 const struct lf_request *request, struct lf_budget *budget,
                                 struct lf_advice_context *context, struct lf_error *err);

/* Spells the model out into subject; memory comes from the arena. */
enum lf_status lf_subject_make(const struct lf_model *model, struct lf_arena *arena,
                               struct lf_subject *subject, struct lf_error *err);

/* Sizes the subject's weights in a mix the runtime loads, as the request has the file made, and the
 * projector. layers is [form->layers]; terms may be NULL; see lf_weights_size. */
void lf_subject_weigh(const struct lf_advice_context *context, const struct lf_subject *subject,
                      enum lf_mix mix, struct lf_layer_weights *layers, struct lf_weights *weights,
                      struct lf_weight_terms *terms);

/* What the request makes of the engine's settings, at that context. Outputs not asked for are one a
 * slot, as llama-server has it. */
struct lf_settings lf_settings_for(const struct lf_request *request, const struct lf_engine *engine,
                                   uint64_t context_tokens);

/* Whether the disk where models would be kept is known to have room for so many bytes. */
bool lf_disk_holds(const struct lf_machine *machine, uint64_t bytes);

/* The context aimed for: asked for, else the use case's, within the model's own and the bound. */
uint64_t lf_target_context(const struct lf_request *request, const struct lf_model *model);

/* Finds the quant, context, cache type and placement that serve best (lf_is_better of
 * advise/worth.h), as the request bounds them. Below Q3 only for 80 B and more. Returns false when
 * nothing fits; choice then holds the try that came nearest (placement.short_by_bytes), for the
 * reason. */
bool lf_choose(const struct lf_advice_context *context, const struct lf_subject *subject,
               struct lf_choice *choice);

/* The same for one quant: the best of all modes and contexts. */
bool lf_choose_mix(const struct lf_advice_context *context, const struct lf_subject *subject,
                   enum lf_mix mix, struct lf_choice *choice);

/* One try: this mix, these settings, this mode. Returns whether it fits. */
bool lf_try(const struct lf_advice_context *context, const struct lf_subject *subject,
            enum lf_mix mix, const struct lf_settings *settings, enum lf_mode mode,
            struct lf_choice *choice);

/* The longest context (a multiple of 1024, at most the native one) that still fits in the choice's
 * mode. */
uint64_t lf_max_context(const struct lf_advice_context *context, const struct lf_choice *choice);

/* Adds the reasons of a choice; texts come from the arena. */
void lf_explain_choice(struct lf_choice *choice, struct lf_arena *arena);

/* Adds to reasons why nothing fits, with what would help. */
void lf_explain_unfit(const struct lf_advice_context *context, struct lf_choice *choice,
                      struct lf_arena *arena);

#endif
