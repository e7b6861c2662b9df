/* The projector: the vision and audio part of a model, which llama.cpp keeps in a file of its own
 * and vLLM among the weights. */
#ifndef LLMFIT_ADVISE_PROJECTOR_H
#define LLMFIT_ADVISE_PROJECTOR_H

#include "advise/choice.h"

/* Whether the model sees or hears. */
bool lf_model_has_projector(const struct lf_model *model);

/* What the runtime makes of the model's projector: left out unless it is asked for or the runtime
 * asks nobody. vLLM's is taken to be as large as a file of 16 bits. llama.cpp alone can be told to
 * keep it in RAM.
 *
 * source  runtimes.json, "projector"; the files of data/models */
struct lf_projector lf_projector_of(const struct lf_advice_context *context,
                                    const struct lf_model *model, enum lf_mix mix);

/* What is to be said of it; code NULL: nothing. Text comes from the arena. */
struct lf_reason lf_projector_reason(const struct lf_choice *choice, struct lf_arena *arena);

#endif
